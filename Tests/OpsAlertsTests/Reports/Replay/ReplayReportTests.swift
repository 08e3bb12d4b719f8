@testable internal import AlertEngine
internal import Foundation
internal import OpsAlerts
internal import Testing

/// `UPDATE_FIXTURES=1 swift test --filter ReplayReport` writes the reports and the recording anew;
/// then look at the difference.
@Suite("The reports of a replay")
struct ReplayReportTests {
  static func shipped() throws -> Configuration {
    try Configuration.decode(
      Array(Repository.text(of: "config/ops_alert_thresholds.json").utf8))
  }

  private func expect(_ text: String, is path: String) throws {
    let file = Repository.root.appending(path: path)
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
  }

  @Test("The recording that the documents show is the one that is described here")
  func recording() throws {
    let lines = RecordedDay.lines().flatMap { $0.encoded() }
    #expect(lines.count < 100_000)
    try expect(String(decoding: lines, as: UTF8.self), is: "docs/recording.example.jsonl")
  }

  @Test("A day looks as people signed it off, as text and as JSON")
  func day() throws {
    let request = "error_rate: threshold=0.03..0.07 step 0.01, duration_minutes=5,10,15"
    let configuration = try Self.shipped()
    let play = try ReplayPlay(RecordedDay.lines(), by: configuration, whatIf: [request])
    let text = play.render(
      ReplayTextReport(rules: configuration.rules.map(\.name), isColored: false))
    try expect(text, is: "Tests/Fixtures/reports/replay.day.txt")
    let widest = text.split(separator: "\n").map(\.count).max() ?? 0
    #expect(widest <= 80)
    let json = play.render(ReplayJSONReport(configurationVersion: "2026-02-27"))
    try expect(json, is: "Tests/Fixtures/reports/replay.day.json")
  }
}
