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

/// The format of other commands on standard output.
enum PlainFormat: String, CaseIterable, Sendable {
  case text, json
}
