internal import AlertEngine

/// How one evaluation found things as one page with pictures, complete in itself: HTML with inline
/// SVG and CSS, no script, no request.
package enum RunPage {
  /// Draws the page: the last values of every check, what needs attention first.
  ///
  /// - Parameter report: what the run tells.
  /// - Returns: the document in UTF-8. Times are in UTC.
  package static func render(_ report: RunReport) -> [UInt8] {
    let summary = SummaryWording(report)
    let status = report.status.rawValue
    let pictures = RunPictures(report)
    let body: Markup = """
      <h1><span class="state is-\(report.status.kind)">\(status)</span>: \(summary.counts)</h1>
      <p class="muted"><bdi>\(summary.place)</bdi></p>
      \(RunHead(report).markup)\(pictures.overview)\(pictures.sections)
      """
    return PageFrame.document(title: "\(status): \(summary.counts)", body: body)
  }
}

extension ReportStatus {
  /// In the page's style.
  fileprivate var kind: String {
    switch self {
    case .pass: "calm"
    case .warn: "pending"
    case .fail: "firing"
    }
  }
}

/// What went wrong, and who was told.
private struct RunHead {
  let report: RunReport

  init(_ report: RunReport) {
    self.report = report
  }

  /// So many lines of each kind are shown.
  private static let most = 50

  var markup: Markup {
    let told = NotificationLines(report.notifications).lines
    return """
      \(block("bad", report.errors.map { error in "\(error)" }))\
      \(block("bad", told.filter { $0.outcome != .delivered }.map(line)))\
      \(block("", told.filter { $0.outcome == .delivered }.map(line)))
      """
  }

  private func block(_ kind: String, _ lines: [Markup]) -> Markup {
    guard !lines.isEmpty else { return "" }
    let items = lines.prefix(Self.most).map { line -> Markup in "<li>\(line)</li>\n" }
    let more = lines.count - items.count
    let rest: Markup = more > 0 ? "<li>and \(more) more</li>\n" : ""
    return """
      <div class="notice \(kind)">
      <ul class="plain small">
      \(items)\(rest)</ul>
      </div>

      """
  }

  private func line(_ line: NotificationLine) -> Markup {
    let names = PageWords.list(line.alerts) + (line.more > 0 ? " and \(line.more) more" : "")
    let end = (line.ending.map { ", \($0)" } ?? "") + (line.reason.map { ": \($0)" } ?? "")
    return "\(line.verdict) <b>\(line.receiver)</b>: \(line.counts) (\(names))\(end)"
  }
}
