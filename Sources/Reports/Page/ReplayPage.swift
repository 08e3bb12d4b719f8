package import AlertEngine
package import Text

/// A replay as one page with pictures, self-contained: HTML with inline SVG and CSS, no script, no
/// request.
package enum ReplayPage {
  /// What the page's head shows besides the results.
  package struct Facts: Sendable {
    /// The configuration's path, as given.
    var configuration: String
    var configurationVersion: String?
    /// The recordings, as given, in the order of reading.
    var files: [String]
    /// The lines that were skipped.
    package var skipped: SkippedLines
    /// The requested times; `nil` if none was requested.
    var from: Instant?
    var to: Instant?

    package init(
      configuration: String, configurationVersion: String? = nil, files: [String],
      skipped: SkippedLines = SkippedLines(), from: Instant? = nil, to: Instant? = nil
    ) {
      self.configuration = configuration
      self.configurationVersion = configurationVersion
      self.files = files
      self.skipped = skipped
      self.from = from
      self.to = to
    }
  }

  /// The largest number of transitions listed.
  package static let mostTransitions = 500

  /// Draws the page: the same bytes for the same arguments, of a bounded size however much was
  /// replayed.
  ///
  /// - Parameters:
  ///   - result: what was found; tallies without a picture are listed, not drawn.
  ///   - transitions: the first ones, in time order.
  ///   - moreTransitions: the number of further ones.
  ///   - facts: what was replayed.
  /// - Returns: the document in UTF-8. Times are in the current zone.
  package static func render(
    _ result: ReplayResult, transitions: [ReplayTransition], moreTransitions: Int = 0,
    facts: Facts
  ) -> [UInt8] {
    let pictures = PageAlerts(result)
    let body: Markup = """
      \(ReplayHead(result, facts).markup)\(pictures.map(\.overview) ?? "")\
      \(pictures.map { VariantSection.all(result, $0.time) } ?? "")\
      \(pictures.map(\.sections) ?? "")\
      \(TransitionTable(transitions, more: moreTransitions, of: result).markup)
      """
    return PageFrame.document(title: "Replay of \(listed(facts.files))", body: body)
  }
}
