@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Agreement of the replay command and evaluations")
struct ReplayCommandAgreementTests {
  let folder: Folder
  let world = World()

  init() throws { folder = try Folder() }

  /// Rules of every kind.
  private static let rules = """
    {"evaluation": {"request_count_path": "n", "snapshot_time_path": "at", "max_gap_minutes": 5},
     "endpoint": {"duration_minutes": 2},
     "rules": [
      {"name": "rate", "metric_path": "v", "comparison": "gt", "threshold": 0.05,
       "recovery_threshold": 0.02, "recovery_minutes": 2, "duration_minutes": 3},
      {"name": "ratio", "measure": "ratio", "metric_path": "c.errors",
       "denominator_path": "c.all", "window_minutes": 4, "comparison": "gte", "threshold": 0.2,
       "duration_minutes": 1, "min_request_count": 20, "on_missing": "hold"},
      {"name": "mode", "metric_path": "mode", "comparison": "ne", "threshold": "ok",
       "duration_minutes": 0, "breach_status": "warn", "on_missing": "clear"},
      {"name": "each", "metric_path": "of.*.v", "comparison": "gt", "threshold": 0.05,
       "duration_minutes": 1, "on_gap": "count", "max_gap_minutes": 10},
      {"name": "growth", "measure": "increase", "metric_path": "of.*.c", "window_minutes": 4,
       "comparison": "gt", "threshold": 20, "duration_minutes": 0}
     ]}
    """

  @Test("A replay of overlapping files, in any order, agrees with the evaluations")
  func agree() async throws {
    let path = try folder.write(Self.rules, to: "c.json")
    let configuration = try ConfigurationFile.load(path: path)
    // Every third one has a clock that goes back, which files may not be cut at.
    for seed in [1, 2, 4, 5, 7, 8, 10, 11] {
      let recording = try RandomRecording(seed: seed, rules: configuration)
      let names = try cut(recording, seed: seed)
      let code = await world.run(
        "replay --config \(path) --format json " + names.joined(separator: " "))
      try #require(code == .success)
      let report = try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
      #expect(!report.transitions.isEmpty)
      // Files follow one another, and so do their targets.
      #expect(
        report.transitions.map(\.words).sorted() == Self.evaluated(recording).sorted(), "\(seed)")
    }
  }

  /// Writes the recording in two or three files, and names them in any order.
  private func cut(_ recording: RandomRecording, seed: Int) throws -> [String] {
    var random = SplitMix64(seed: UInt64(seed))
    let lines = recording.lines
    let later = lines.indices.filter { lines[$0].observedAt > lines[0].observedAt }
    let middle = try #require(later.randomElement(using: &random))
    let parts = [lines[..<min(lines.count, middle + 9)], lines[middle...], lines.suffix(3)]
    return try parts.shuffled(using: &random).enumerated().map { index, part in
      let name = folder.file("\(seed)-\(index).jsonl")
      try RandomRecording.write(part, to: name)
      return name
    }
  }

  private static func evaluated(_ recording: RandomRecording) -> [String] {
    let evaluator = Evaluator(recording.configuration)
    var states: [String: TargetState] = [:]
    var words: [String] = []
    for sample in recording.samples {
      let evaluation = evaluator.evaluate(
        RandomRecording.reading(sample.answer, by: evaluator),
        from: states[sample.target] ?? TargetState(), at: sample.at)
      states[sample.target] = evaluation.state
      words += evaluation.transitions.map { transition in
        Report.Transition(
          target: sample.target, name: transition.key.rule, instance: transition.key.instance,
          to: transition.event.rawValue, at: transition.at.rfc3339,
          reason: transition.cause?.rawValue
        ).words
      }
    }
    return words
  }

  private struct Report: Decodable {
    struct Transition: Decodable {
      var target: String
      var name: String
      var instance: String?
      var to: String
      var at: String
      var reason: String?

      var words: String {
        "\(at) \(target) \(name) \(instance ?? "-") \(to) \(reason ?? "-")"
      }
    }
    var transitions: [Transition]
  }
}
