@testable import AlertEngine
@testable import JSON
@testable import OpsAlerts
@testable import Reports
internal import TestSupport
@testable import Text

@testable internal import AlertEngine
internal import Foundation
@testable internal import OpsAlerts
internal import Testing

/// `UPDATE_FIXTURES=1 swift test --filter ReplayReport` rewrites the reports and the recording;
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

  @Test("The recording in docs is the one generated here")
  func recording() throws {
    let lines = RecordedDay.lines().flatMap { $0.encoded() }
    #expect(lines.count < 100_000)
    try expect(String(decoding: lines, as: UTF8.self), is: "docs/recording.example.jsonl")
  }

  @Test("The reports of a day match the approved ones, as text and as JSON")
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

  /// Two targets, instances with names from outside, a metric that goes away, no end.
  static func rough() throws -> ReplayPlay {
    let configuration = try Configuration.decode(
      Array(
        #"""
        {"rules": [
          {"name": "source_age", "metric_path": "s.*.age", "comparison": "gte", "threshold": 60,
           "duration_minutes": 2, "unit": "s", "max_gap_minutes": 5},
          {"name": "low", "metric_path": "n", "comparison": "lt", "threshold": 1.5,
           "recovery_threshold": 2, "duration_minutes": 3, "breach_status": "warn"}
        ]}
        """#.utf8))
    let hostile = #"x\u001b[2J\u202e\r\n##[error]"#
    var samples: [ReplayPlay.Sample] = []
    for minute in 0..<20 where minute != 9 {
      let at = Instant(milliseconds: 1_795_000_000_000) + .minutes(Double(minute * minute) / 10)
      let age = minute > 4 && minute < 15 ? 75 : 30
      let body =
        #"{"s":{"a":{"age":\#(age)},"\#(hostile)":{"age":\#(minute * 6)}},"n":\#(minute % 6)}"#
      samples.append(.init(at: at, target: "eu", body: Array(body.utf8)))
      samples.append(
        .init(
          at: at, target: "us\u{1b}[31m",
          body: minute % 5 == 4 ? nil : Array(#"{"s": {}, "n": 9}"#.utf8)))
    }
    return try ReplayPlay(
      samples, by: configuration,
      whatIf: [
        "low: recovery_threshold=1..4 step 1, duration_minutes=0.5", "source_age: min_samples=3",
      ])
  }

  static let skipped = SkippedLines(
    total: 9,
    first: [
      .init(file: "a\u{1b}.jsonl", line: 12, column: 40, reason: "expected a value\n::error::"),
      .init(file: "-", line: 13, column: 1, reason: "this is not JSON"),
    ], overlapping: 206)

  @Test("The reports of several targets, instances and bad lines match the approved ones")
  func targets() throws {
    let play = try Self.rough()
    let text = play.render(
      ReplayTextReport(rules: ["source_age", "low"], targets: ["eu", "us"], isColored: false),
      skipped: Self.skipped)
    try expect(text, is: "Tests/Fixtures/reports/replay.targets.txt")
    let json = play.render(ReplayJSONReport(configurationVersion: nil), skipped: Self.skipped)
    try expect(json, is: "Tests/Fixtures/reports/replay.targets.json")
  }

  @Test("Text from outside cannot control a terminal or a runner", arguments: [false, true])
  func hostile(isColored: Bool) throws {
    let play = try Self.rough()
    let text = play.render(
      ReplayTextReport(rules: [], isColored: isColored), skipped: Self.skipped)
    let json = play.render(ReplayJSONReport(configurationVersion: "\u{1b}"), skipped: Self.skipped)
    for output in [text, json] {
      #expect(!output.contains("\u{1b}[2J") && !text.contains("\u{202E}"))
      #expect(!output.contains("\r") && !output.contains("##[") && !output.contains("\n::"))
    }
    #expect(text.contains("\u{1b}[31m") == isColored)
    #expect(!json.contains("\u{1b}"))
  }

  @Test("JSON is one document, however it is split into pieces", arguments: [1, 2, 1_000])
  func pieces(count: Int) throws {
    for play in [try Self.rough(), try ReplayPlay([RecordingLine](), by: Self.shipped())] {
      let json = play.render(ReplayJSONReport(configurationVersion: nil), pieces: count)
      #expect(json == play.render(ReplayJSONReport(configurationVersion: nil), pieces: 3))
      guard case .object(let members) = try JSONNode.parse(Array(json.utf8)).value else {
        Issue.record("no object")
        return
      }
      #expect(
        members.map(\.key) == [
          "schema_version", "config_version", "transitions", "recording", "rules", "what_if",
          "left_out", "skipped_lines",
        ])
      guard case .array(let transitions) = members[2].value.value else { return }
      #expect(transitions.count == play.transitions.count)
    }
  }

  @Test(
    "Missing evidence that all rules share is reported once",
    arguments: [
      ([#"{"a":1,"b":1}"#, nil], ["all rules except endpoint_down: without evidence for"]),
      ([#"{"a":null,"b":1}"#, #"{"a":1,"b":1}"#], ["without evidence for"]),
      (
        [#"{"a":null,"b":null}"#, #"{"a":null,"b":1}"#, #"{"a":1,"b":1}"#],
        [String](repeating: "without evidence for", count: 2)
      ),
      ([#"{"a":1,"b":1}"#, "-", #"{"a":1,"b":1}"#], ["all rules: 1 gap longer than 1 h"]),
    ])
  func shared(bodies: [String?], told: [String]) throws {
    let configuration = try Configuration.decode(
      Array(
        #"""
        {"rules": [
          {"name": "a", "metric_path": "a", "comparison": "gt", "threshold": 5, "duration_minutes": 5,
           "on_missing": "hold"},
          {"name": "b", "metric_path": "b", "comparison": "gt", "threshold": 5, "duration_minutes": 5,
           "on_missing": "hold"}
        ]}
        """#.utf8))
    let samples = bodies.enumerated().filter { $1 != "-" }.map { index, body in
      ReplayPlay.Sample(
        at: Instant(milliseconds: 0) + .minutes(Double(index) * 45),
        body: body.map { Array($0.utf8) })
    }
    let text = try ReplayPlay(samples, by: configuration)
      .render(ReplayTextReport(rules: ["a", "b"], isColored: false))
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let found = lines.compactMap { line in
      line.firstRange(of: /(all rules.*: )?(without evidence for|1 gap longer than 1 h)/).map {
        String(line[$0])
      }
    }
    #expect(found == told, "\(text)")
  }

  @Test("A report without samples says so")
  func nothing() throws {
    let play = try ReplayPlay([RecordingLine](), by: Self.shipped())
    let text = play.render(ReplayTextReport(rules: [], isColored: false))
    #expect(text == "replay: no snapshot was evaluated\n")
  }

  @Test("Many instances are summed up, and those that fired come first")
  func manyInstances() throws {
    let configuration = try Configuration.decode(
      Array(
        #"""
        {"rules": [{"name": "r", "metric_path": "s.*", "comparison": "gt", "threshold": 899,
          "duration_minutes": 0}]}
        """#.utf8))
    let members = (0..<1_000).map { "\"i\($0)\":\($0)" }.joined(separator: ",")
    let samples = (0..<3).map { minute in
      ReplayPlay.Sample(
        at: Instant(milliseconds: minute * 60_000), body: Array("{\"s\":{\(members)}}".utf8))
    }
    let play = try ReplayPlay(samples, by: configuration)
    let text = play.render(ReplayTextReport(rules: ["r"], isColored: false))
    #expect(text.contains("\nand 50 more that fired (the JSON report lists all)"))
    #expect(text.contains("\nand 881 more that never fired (the JSON report lists all)"))
    #expect(text.split(separator: "\n").count < 300)
  }

  @Test(
    "A share of the time has one decimal at most",
    arguments: [
      (0, "0 %"), (0.0001, "< 0.1 %"), (0.0005, "0.1 %"), (0.0231, "2.3 %"), (0.02, "2 %"),
      (0.0996, "10 %"), (0.37123, "37 %"), (1, "100 %"),
    ])
  func shares(share: Double, text: String) {
    #expect(ReplayWording.share(share) == text)
  }

  @Test("docs/tuning.md shows what the reports say")
  func tuning() throws {
    let document = try Repository.text(of: "docs/tuning.md")
    let request = try #require(document.firstMatch(of: /--what-if '(.*)'/)?.output.1)
    let configuration = try Self.shipped()
    let play = try ReplayPlay(
      RecordedDay.lines(), by: configuration, whatIf: [String(request)])
    let text = play.render(
      ReplayTextReport(rules: configuration.rules.map(\.name), isColored: false))
    let parts = text.split(separator: "\n\n")
    #expect(parts.count > 2)
    for part in parts { #expect(document.contains(part.trimmingCharacters(in: .newlines))) }
    #expect(try Self.keys().count > 2)
    for key in try Self.keys() { #expect(document.contains("`\(key)`")) }
  }

  /// The keys that can be varied, as a mistake lists them.
  private static func keys() throws -> [String] {
    let mistake = #expect(throws: WhatIfMistake.self) {
      try WhatIf(["error_rate: name=1"], in: shipped())
    }
    let list = try #require(mistake?.reason.split(separator: ": ").last)
    return list.split(separator: ", ").map(String.init)
  }

  @Test("docs/cli.md names every key of the JSON report")
  func documentedKeys() throws {
    let document = try Repository.text(of: "docs/cli.md")
    let json = try Self.rough().render(
      ReplayJSONReport(configurationVersion: nil), skipped: Self.skipped)
    let keys = Set(json.matches(of: /"([a-z_]+)":/).map { String($0.output.1) })
    let missing = keys.filter { !document.contains("\"\($0)\":") }
    // What is varied and why there is no evidence are keys as well.
    #expect(keys.count > 40)
    #expect(missing.subtracting(["recovery_threshold", "min_samples", "missing"]) == [])
  }

  @Test("docs/cli.md shows the replay of the example recording")
  func documentedExample() throws {
    let document = try Repository.text(of: "docs/cli.md")
    let section = try #require(
      document.firstMatch(of: /## The JSON report of a replay\n(?s:.*?)```json\n((?s:.*?))```/))
    let shown = try JSONNode.parse(Array(section.output.1.utf8))
    let play = try ReplayPlay(
      RecordedDay.lines(), by: Self.shipped(),
      whatIf: ["error_rate: threshold=0.04..0.10 step 0.02, duration_minutes=5,10,15"])
    let json = play.render(ReplayJSONReport(configurationVersion: "2026-02-27"))
    let real = try JSONNode.parse(Array(json.utf8))
    #expect(Self.differences(shown, from: real, at: "$") == [])
  }

  /// The places where a document is wrong; it may leave out elements of lists.
  private static func differences(
    _ shown: JSONNode, from real: JSONNode, at place: String
  ) -> [String] {
    switch (shown.value, real.value) {
    case (.object(let shown), .object(let real)):
      guard shown.map(\.key) == real.map(\.key) else { return [place] }
      return zip(shown, real).flatMap {
        differences($0.value, from: $1.value, at: "\(place).\($0.key)")
      }
    case (.array(let shown), .array(let real)):
      return shown.enumerated().flatMap { index, element in
        real.contains { differences(element, from: $0, at: "").isEmpty }
          ? [] : ["\(place)[\(index)]"]
      }
    // Means and shares are shown with three digits.
    case (.number(let shown), .number(let real)):
      return abs(shown - real) <= abs(real) * 0.005 ? [] : [place]
    case (.string(let shown), .string(let real)): return shown == real ? [] : [place]
    case (.bool(let shown), .bool(let real)): return shown == real ? [] : [place]
    case (.null, .null): return []
    default: return [place]
    }
  }
}
