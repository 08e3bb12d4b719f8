internal import Text

/// The format of `evaluate` on standard output.
enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, markdown, github, nagios, openmetrics, junit
}

/// A file for a report.
struct ReportFile: Hashable, Sendable {
  enum Format: String, CaseIterable, Sendable {
    case text, json, markdown, html, nagios, openmetrics, junit
  }

  var format: Format
  var path: String
}

/// The format of `status` on standard output.
enum StatusFormat: String, CaseIterable, Sendable {
  case text, json, nagios, openmetrics, junit
}

/// The format of `check` on standard output.
enum CheckFormat: String, CaseIterable, Sendable {
  case text, json, github
}

/// The format of other commands on standard output.
enum PlainFormat: String, CaseIterable, Sendable {
  case text, json
}

extension OptionValue<ReportFile> {
  /// A path, after a format and a colon if it is not for JSON; a colon after anything but letters belongs
  /// to the path.
  static let reportFile = OptionValue(
    placeholder: "[FORMAT:]PATH", completion: .files,
    read: { (text) throws(ValueMistake) in
      let word = String(decoding: text.utf8.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
      guard word != text, word.utf8.count > 1, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) })
      else {
        return ReportFile(format: .json, path: text)
      }
      let formats = ReportFile.Format.allCases.map(\.rawValue)
      guard let format = ReportFile.Format(rawValue: word) else {
        throw ValueMistake(
          "has no format \(shown(word))"
            + (didYouMean(word, among: formats).map { " (\($0))" }
              ?? "; there are \(listing(formats))")
            + "; a path with a colon begins with ./")
      }
      let path = String(decoding: text.utf8.dropFirst(word.utf8.count + 1), as: UTF8.self)
      guard !path.isEmpty else { throw ValueMistake("needs a path after \(word):") }
      return ReportFile(format: format, path: path)
    },
    write: { "\($0.format.rawValue):\($0.path)" })
}
