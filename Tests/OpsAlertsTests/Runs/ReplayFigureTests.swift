internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("The figures of a replay")
struct ReplayFigureTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [{"name": "v", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 10}]}
      """, to: "c.json")
  }

  private struct Report: Decodable {
    struct Recording: Decodable {
      var snapshots: Int
      var unreachable: Int
      var notAttempted: Int
    }
    struct Rule: Decodable {
      var name: String
      var fired: Int
      var firingMinutes: Double
    }
    var recording: Recording
    var rules: [Rule]
  }

  /// Replays samples of one target: `10:31=9` a value at a time, `10:31!` down, `10:31?` not
  /// attempted; `Y` in front of a time is the year 9999.
  private func replay(
    _ samples: String, _ options: String = "--format json"
  ) async throws -> ExitCode {
    let lines = samples.split(separator: " ").map { sample in
      let day = sample.hasPrefix("Y") ? "9999-12-31" : "2026-09-01"
      let sample = sample.drop { $0 == "Y" }
      let at = "{\"observed_at\": \"\(day)T\(sample.prefix(5)):00Z\", \"target\": \"t\", "
      switch sample.dropFirst(5).first {
      case "!": return at + "\"error\": \"down\"}\n"
      case "?": return at + "\"error\": \"not attempted\"}\n"
      default: return at + "\"snapshot\": {\"v\": \(sample.dropFirst(6))}}\n"
      }
    }
    try folder.write(lines.joined(), to: "r.jsonl")
    return await world.run(
      "replay \(folder.file("r.jsonl")) --config \(folder.file("c.json")) \(options)")
  }

  private func report() throws -> Report {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: Data(world.output.utf8))
  }

  private static func each(_ minutes: ClosedRange<Int>, _ rest: String) -> String {
    minutes.map { "\($0 < 600 ? "0" : "")\($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60)\(rest)" }
      .joined(separator: " ")
  }

  @Test("A sample that was not attempted is not a snapshot, and neither is one that failed")
  func snapshots() async throws {
    #expect(try await replay("10:00=1 10:01? 10:02! 10:03=1") == .success)
    let recording = try report().recording
    #expect(recording.snapshots == 2)
    #expect(recording.unreachable == 1)
    #expect(recording.notAttempted == 1)
  }

  @Test(
    "A replay in which nothing could be judged says so and exits with 3",
    arguments: [
      ("10:00? 10:01?", "", ExitCode.noEvidence), ("10:00! 10:01!", "--rule v", .noEvidence),
      ("10:00! 10:01!", "", .success), ("10:00? 10:01=1", "--rule v", .success),
    ])
  func nothing(samples: String, options: String, code: ExitCode) async throws {
    #expect(try await replay(samples, options) == code)
    #expect(world.output.contains("no snapshot was evaluated") == (code == .noEvidence))
    #expect(
      world.told.contains { $0.contains("no snapshot to replay") } == (code == .noEvidence))
  }

  @Test("A clock that is wrong for one sample makes no alert longer")
  func clocks() async throws {
    let good = Self.each(600...629, "=1")
    let bad = Self.each(631...658, "=9")
    #expect(try await replay("\(good) Y23:59=1 \(bad)") == .success)
    let rule = try #require(try report().rules.first { $0.name == "v" })
    #expect(rule.fired == 1)
    #expect(rule.firingMinutes == 17)
  }

  @Test("Ignored late samples add no time")
  func late() async throws {
    let swapped = stride(from: 600, to: 660, by: 2).map {
      Self.each(($0 + 1)...($0 + 1), "=9") + " " + Self.each($0...$0, "=9")
    }
    #expect(try await replay(swapped.joined(separator: " "), "") == .success)
    #expect(world.output.contains("30 samples ignored: not newer than the previous one"))
    #expect(world.output.contains("fired for 48 m, 83 % of the time"))
  }

  @Test("The picture of a firing alert ends after it starts, even if the clock was set back")
  func pictures() async throws {
    let story = Self.each(600...655, "=9") + " 09:00=9 09:01=9 09:02=9"
    #expect(try await replay(story, "--format html") == .success)
    #expect(world.output.contains("firing 2026-09-01 10:10:00 to 10:55:00 UTC (45 m)"))
  }

  @Test("An alert that ends with the first requested sample is counted")
  func endsAtBegin() async throws {
    let story = Self.each(600...615, "=9") + " 10:16=1 10:17=1"
    #expect(try await replay(story, "--from 2026-09-01T10:16:00Z") == .success)
    #expect(world.output.contains("RESOLVED"))
    #expect(world.output.contains("1 alert"))
    #expect(!world.output.contains("no alerts"))
  }

  @Test("A variant's figures do not depend on the order of the requested values")
  func order() async throws {
    // As configured it fires with the sample with which the tightest ends.
    try folder.write(
      """
      {"rules": [{"name": "v", "metric_path": "v", "comparison": "gt", "threshold": 0,
        "duration_minutes": 3}]}
      """, to: "c.json")
    let story = zip(600..., [0, 4, 4, 4, 1, 1, 4, 0]).map { Self.each($0...$0, "=\($1)") }
      .joined(separator: " ")
    var told: [Set<String>] = []
    for thresholds in ["3,5", "5,3"] {
      let request = "--what-if v:threshold=\(thresholds),duration_minutes=0"
      #expect(try await replay(story, request) == .success)
      let lines = world.output.split(separator: "\n").map(String.init)
      told.append(Set(lines.filter { $0.hasPrefix("now  ") || $0.contains(" 0 s ") }))
    }
    #expect(told[0] == told[1])
    #expect(told[0].count == 3)
    #expect(
      told[0].contains { $0.hasPrefix("now") && $0.contains("-2 m") && $0.contains("1 of 2") })
  }
}
