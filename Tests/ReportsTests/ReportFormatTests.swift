internal import Foundation
@testable import Reports
internal import TestSupport
internal import Testing

/// `UPDATE_FIXTURES=1 swift test --filter ReportFormat` rewrites the reports; then look at the
/// difference.
@Suite("The formats of a report")
struct ReportFormatTests {
  static func text(_ report: RunReport, _ detail: TextReport.Detail = .normal) -> String {
    TextReport(detail: detail, isColored: false).render(report)
  }

  static func markdown(_ report: RunReport, limit: Int = MarkdownReport.limit) -> String {
    MarkdownReport(report) { place in
      place.hasPrefix("https://") ? place : "https://github.com/o/r/blob/0a1b/\(place)"
    }.render(limit: limit)
  }

  static func export(_ report: RunReport) -> AlertExport {
    AlertExport(
      report, of: "rules.json", errorLevel: report.errors.isEmpty ? .ok : .unknown, exitCode: 1)
  }

  private func expect(_ text: String, is name: String) throws {
    let file = Repository.root.appending(path: "Tests/Fixtures/reports/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
  }

  @Test("Each format of a run matches the approved one", arguments: ReportStory.table)
  func golden(story: ReportStory) throws {
    let report = try story.report()
    try expect(Self.text(report), is: "\(story.name).txt")
    try expect(Self.markdown(report), is: "\(story.name).md")
    try expect(AnnotationReport.render(report), is: "\(story.name).github.txt")
    let export = Self.export(report)
    try expect(NagiosReport.render(export), is: "\(story.name).nagios.txt")
    guard report.targets.count < 3 else { return }
    try expect(OpenMetricsReport.render(export), is: "\(story.name).openmetrics.txt")
    try expect(AlertJUnitReport.render(export), is: "\(story.name).junit.xml")
  }
}
