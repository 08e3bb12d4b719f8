@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Maintenance in a replay")
struct ReplayMaintenanceTests {
  /// Samples a minute apart from 11:00 UTC on, noon in Berlin: `b` bad, `g` good; three minutes fire.
  struct Case: CustomTestStringConvertible, Sendable {
    var samples = "gbbbbbbg"
    /// Members of the window.
    var window: String
    var match = #"{"rules": ["rate"]}"#
    /// Whether the transitions to firing and to resolved say that they were in maintenance.
    var marked: [Bool]
    var notified: String?
    var testDescription: String { "\(samples), \(window), \(match)" }
  }

  private static func window(_ from: Int, _ to: Int) -> String {
    #""starts": "2026-11-18T11:\#(two(from)):00Z", "ends": "2026-11-18T11:\#(two(to)):00Z""#
  }

  private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

  private static func time(_ minute: Int) -> String { "2026-11-18T11:\(two(minute)):00Z" }

  private static let weekly = #""days": ["wed"], "from": "12:00", "to": "12:06", "time_zone": "#

  static let cases = [
    Case(window: window(0, 10), marked: [true, true], notified: nil),
    Case(window: window(0, 6), marked: [true, false], notified: time(6)),
    Case(window: window(0, 4), marked: [false, false], notified: time(4)),
    Case(window: window(5, 10), marked: [false, false], notified: time(4)),
    // When the window has ended, the alert has, too.
    Case(window: window(0, 7), marked: [true, true], notified: nil),
    Case(samples: "gbbbbbb", window: window(0, 10), marked: [true], notified: nil),
    Case(
      window: window(0, 10), match: #"{"targets": ["web"]}"#, marked: [false, false],
      notified: time(4)),
    Case(
      window: window(0, 10), match: #"{"severities": ["critical"], "labels": {"team": "s*"}}"#,
      marked: [true, true], notified: nil),
    Case(window: weekly + #""Europe/Berlin""#, marked: [true, false], notified: time(6)),
    Case(window: weekly + #""UTC""#, marked: [false, false], notified: time(4)),
  ]

  let folder: Folder
  let world = World()

  init() throws { folder = try Folder() }

  private func configure(_ test: Case) throws {
    try folder.write(
      """
      {"rules": [
        {"name": "rate", "metric_path": "v", "comparison": "gt", "threshold": 0.05,
         "duration_minutes": 3, "labels": {"team": "search"}}],
       "maintenance": [{"name": "nightly import", \(test.window), "match": \(test.match)}]}
      """, to: "c.json")
    let lines = test.samples.enumerated().map { minute, sample in
      let value = sample == "b" ? "0.1" : "0.01"
      let line = RecordingLine(
        observedAt: Instant(rfc3339: Self.time(minute)) ?? World.begin, target: "api",
        content: .snapshot(Array(#"{"v": \#(value)}"#.utf8)))
      return String(decoding: line.encoded(), as: UTF8.self)
    }
    try folder.write(lines.joined(), to: "r")
  }

  private func replay(_ options: String) async -> ExitCode {
    await world.run("replay --config \(folder.file("c.json")) \(folder.file("r")) \(options)")
  }

  private struct Report: Decodable {
    struct Transition: Decodable {
      var to: String
      var maintenance: String?
    }
    struct Rule: Decodable {
      struct Episode: Decodable {
        var maintenance: String?
        var notified_at: String?
      }
      var fired: Int
      var in_maintenance: Int?
      var episodes: [Episode]
    }
    struct Variant: Decodable {
      var alerts: Int
      var in_maintenance: Int?
    }
    var transitions: [Transition]
    var rules: [Rule]
    var what_if: [Variant]
  }

  @Test(
    "What fires in maintenance is sent when that ends, if it still fires, and never otherwise",
    arguments: cases)
  func reports(test: Case) async throws {
    try configure(test)
    #expect(await replay("--format json --what-if rate:threshold=0.04") == .success)
    let report = try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
    let shown = report.transitions.filter { $0.to != "pending" }
    let marks = shown.map { $0.maintenance == "nightly import" }
    #expect(marks == test.marked)
    let episode = try #require(report.rules.first?.episodes.first)
    #expect(episode.notified_at == (test.marked[0] ? test.notified : nil))
    #expect((episode.maintenance != nil) == test.marked[0])
    let untold = test.notified == nil ? 1 : nil
    #expect(report.rules[0].fired == 1)
    #expect(report.rules[0].in_maintenance == untold)
    #expect(report.what_if.map(\.alerts) == [1, 1])
    #expect(report.what_if.map(\.in_maintenance) == [untold, untold])
  }

  @Test("Texts and pages say what was in maintenance, and do not count it")
  func words() async throws {
    try configure(Self.cases[0])
    #expect(await replay("--what-if rate:threshold=0.04") == .success)
    let lines = world.output.split(separator: "\n").map(String.init)
    #expect(lines[0].hasSuffix(#"bad for 3 m, in maintenance "nightly import""#))
    #expect(lines[1].hasSuffix(#"in maintenance "nightly import""#))
    #expect(lines.contains { $0.hasPrefix("no alert  rate ") })
    #expect(world.output.contains("in maintenance once: nobody would have been notified"))
    #expect(world.output.contains("Alerts that ended in maintenance are not counted."))
    #expect(world.output.contains("replay: no alerts and 1 in maintenance from"))
    #expect(await replay("--format html --what-if rate:threshold=0.04") == .success)
    #expect(world.output.contains("1 alert (1 in maintenance)"))
    #expect(world.output.contains("in maintenance &quot;nightly import&quot;"))
    #expect(world.output.contains("Alerts that ended in maintenance are not counted."))

    try configure(Self.cases[1])
    #expect(await replay("") == .success)
    #expect(
      world.output.contains(
        #"sent 2026-11-18 11:06 after maintenance "nightly import""#))
    #expect(world.output.contains("replay: 1 alert from"))
    #expect(!world.output.contains("nobody would"))
  }
}
