@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Suggested thresholds")
struct ReplaySuggestTests {
  let folder: Folder
  let world = World()

  init() throws { folder = try Folder() }

  /// Three weeks of noise around 0.02, a sample every hour, with an incident of known height and
  /// length in some of the weeks.
  struct Recording {
    static let step = 60.0
    static let week = 7 * 24

    /// The incidents, by sample.
    private(set) var incidents: [Range<Int>] = []
    private(set) var lines: [RecordingLine] = []

    init(
      seed: Int, noise: Noise, height: Double = 0.15, length: Int = 5, weeks: [Int] = [0, 1, 2],
      sign: Double = 1
    ) {
      var random = SplitMix64(seed: UInt64(seed) &+ 900)
      for week in weeks {
        let begin = week * Self.week + Int.random(in: 20..<(Self.week - 20), using: &random)
        incidents.append(begin..<(begin + length))
      }
      for index in 0..<(3 * Self.week) {
        var value = noise.next(&random)
        if incidents.contains(where: { $0.contains(index) }) { value += height }
        let text = #"{"v": \#(sign * value), "n": \#(index % 2)}"#
        lines.append(
          RecordingLine(
            observedAt: World.begin + .minutes(Double(index) * Self.step), target: "api",
            content: .snapshot(Array(text.utf8))))
      }
    }
  }

  enum Noise: CaseIterable {
    case even, normal, spiky

    func next(_ random: inout SplitMix64) -> Double {
      let sum = (0..<12).reduce(0.0) { sum, _ in sum + .random(in: 0..<1, using: &random) } - 6
      switch self {
      case .even: return .random(in: 0.01..<0.03, using: &random)
      case .normal: return 0.02 + 0.004 * sum
      // One sample in fifty is high, alone.
      case .spiky:
        return 0.02 + 0.004 * sum + (Int.random(in: 0..<50, using: &random) == 0 ? 0.1 : 0)
      }
    }
  }

  struct Report: Decodable {
    struct Choice: Decodable, Equatable {
      var threshold: Double
      var burn_rate: Double?
      var recovery_threshold: Double?
      var duration_minutes: Double
      var chosen_on: Int
      var checked_on: Int
    }
    struct Suggestion: Decodable {
      struct Most: Decodable {
        var chosen_on: Int
        var checked_on: Int
      }
      var split_at: String
      var most: Most
      var configured: Choice?
      var choices: [Choice]
      var suggested: Choice?
      var holds: Bool
    }
    struct Rule: Decodable {
      struct Episode: Decodable { var fired_at: String }
      var episodes: [Episode]
    }
    var suggestion: Suggestion?
    var rules: [Rule]
  }

  private func configure(_ rule: String) throws -> String {
    try folder.write(
      """
      {"rules": [{"name": "rate", "metric_path": "v", \(rule)},
                 {"name": "mode", "metric_path": "n", "comparison": "ne", "threshold": 3, "duration_minutes": 0},
                 {"name": "moving", "metric_path": "n", "comparison": "gt", "threshold_path": "v",
                  "duration_minutes": 0}]}
      """, to: "c.json")
  }

  private func write(_ recording: Recording) throws -> String {
    let file = folder.file("r.jsonl")
    try RandomRecording.write(recording.lines, to: file)
    return file
  }

  private static let seeds = ProcessInfo.processInfo.environment["OPS_RECORDINGS"] == nil ? 4 : 40

  private static let rule = #""comparison": "gt", "threshold": 0.5, "duration_minutes": 10"#

  private func suggest(_ recording: Recording, _ rule: String = rule, rate: String = "1")
    async throws
    -> Report.Suggestion
  {
    let path = try configure(rule)
    let code = await world.run(
      "replay --config \(path) --suggest rate --alerts-per-week \(rate) --format json "
        + (try write(recording)))
    try #require(code == .success, "\(world.told)")
    let report = try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
    return try #require(report.suggestion)
  }

  /// The incidents in which the suggestion fires, and how often it fires outside of them, in an
  /// ordinary replay of the last third.
  private func check(
    _ choice: Report.Choice, _ recording: Recording, comparison: String = "gt"
  ) async throws -> (caught: Int, other: Int) {
    let path = try configure(
      #""comparison": "\#(comparison)", "threshold": \#(choice.threshold), "#
        + #""duration_minutes": \#(choice.duration_minutes)"#)
    let from = World.begin + .minutes(Double(2 * Recording.week) * Recording.step)
    let code = await world.run(
      "replay --config \(path) --rule rate --format json --from \(from.rfc3339) "
        + (try write(recording)))
    try #require(code == .success, "\(world.told)")
    let report = try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
    let fired = report.rules.flatMap(\.episodes).compactMap { Instant(rfc3339: $0.fired_at) }
      .map { Int((($0 - World.begin).inMinutes / Recording.step).rounded()) }
    let last = recording.incidents.filter { $0.lowerBound >= 2 * Recording.week }
    let caught = last.count { incident in fired.contains { incident.contains($0) } }
    return (caught, fired.count { sample in !last.contains { $0.contains(sample) } })
  }

  @Test("A recovery threshold keeps its proportion to the threshold, whatever is tried")
  func scalesRecovery() async throws {
    let rule =
      #""comparison": "gt", "threshold": 0.5, "recovery_threshold": 0.4, "duration_minutes": 10"#
    let found = try await suggest(Recording(seed: 1, noise: .even), rule)
    let plain = try await suggest(Recording(seed: 1, noise: .even))
    #expect(world.told.allSatisfy { !$0.contains("left out") }, "\(world.told)")
    #expect(found.configured?.recovery_threshold == 0.4)
    #expect(found.suggested?.threshold == plain.suggested?.threshold)
    for choice in found.choices {
      let recovery = try #require(choice.recovery_threshold)
      #expect((recovery - choice.threshold * 0.8).magnitude < 1e-8)
    }
  }

  @Test(
    "Planted incidents are caught in the part that the choice has not seen, within the limit",
    arguments: Noise.allCases, [1.0, -1.0])
  func catches(noise: Noise, sign: Double) async throws {
    var held = 0
    for seed in 0..<Self.seeds {
      let recording = Recording(seed: seed, noise: noise, sign: sign)
      let (comparison, threshold) = sign > 0 ? ("gt", 0.5) : ("lte", -0.5)
      let found = try await suggest(
        recording,
        #""comparison": "\#(comparison)", "threshold": \#(threshold), "duration_minutes": 10"#)
      let choice = try #require(found.suggested)
      #expect(found.most.chosen_on == 2 && found.most.checked_on == 1)
      #expect(choice.chosen_on == 2)
      #expect(found.choices.allSatisfy { $0.chosen_on <= 2 })
      #expect(found.configured?.threshold == threshold)
      let last = try await check(choice, recording, comparison: comparison)
      // What the report says of the unseen part is what a replay of it finds.
      #expect(choice.checked_on == last.caught + last.other)
      #expect(found.holds == (choice.checked_on <= 1))
      if last == (1, 0) { held += 1 }
    }
    // Noise that no earlier week had may come in the last one.
    #expect(held * 4 >= 3 * Self.seeds, "\(held) of \(Self.seeds)")
  }

  /// `UPDATE_FIXTURES=1 swift test --filter ReplaySuggest` rewrites it; then look at the difference.
  @Test("The report of a suggestion matches the approved one, which docs/tuning.md shows")
  func approved() async throws {
    _ = try await suggest(
      Recording(seed: 2, noise: .normal),
      #""comparison": "gt", "threshold": 0.03, "duration_minutes": 60, "unit": "ratio""#)
    let line = "replay --config \(folder.file("c.json")) --suggest rate \(folder.file("r.jsonl"))"
    #expect(await world.run(line) == .success)
    let file = Repository.root.appending(path: "Tests/Fixtures/reports/replay.suggest.txt")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(world.output.utf8).write(to: file)
    }
    #expect(try world.output == String(contentsOf: file, encoding: .utf8))
    #expect(try Repository.text(of: "docs/tuning.md").contains("```text\n\(world.output)```"))
  }

  @Test("For a rule with an objective, a burn rate is suggested", arguments: [false, true])
  func burns(isQuiet: Bool) async throws {
    let recording = Recording(seed: 1, noise: .even)
    let found = try await suggest(
      recording.mapping { index, line in
        guard isQuiet, !recording.incidents.contains(where: { $0.contains(index) }) else {
          return line
        }
        return line.saying(#"{"v": 0, "n": 1}"#)
      },
      #""comparison": "gt", "objective": 0.99, "burn_rate": 14.4, "duration_minutes": 10"#)
    let choice = try #require(found.suggested)
    let rate = try #require(choice.burn_rate)
    #expect(abs(choice.threshold - rate * 0.01) < 1e-9 && choice.chosen_on == 2)
    #expect(found.configured?.burn_rate == 14.4)
    for format in ["text", "markdown"] {
      let line = "replay --config \(folder.file("c.json")) --suggest rate --format \(format)"
      #expect(await world.run("\(line) \(folder.file("r.jsonl"))") == .success)
      #expect(world.output.contains("v > burn rate × the error budget of 99 % (rate)"))
      #expect(world.output.contains(#""burn_rate": "#) && !world.output.contains(#""threshold""#))
    }
  }

  @Test("A suggestion that does not hold in the last third says so, in every format")
  func fails() async throws {
    // The last week has noise that the first two do not have.
    let quiet = Recording(seed: 3, noise: .even, weeks: [0])
    let loud = Recording(seed: 4, noise: .spiky, weeks: [0])
    var mixed = quiet
    let start = 2 * Recording.week
    mixed = mixed.replacing(after: start, by: loud)
    let found = try await suggest(mixed)
    let choice = try #require(found.suggested)
    #expect(choice.checked_on > 1 && !found.holds)
    for format in ["text", "markdown"] {
      let line = "replay --config \(folder.file("c.json")) --suggest rate --format \(format)"
      #expect(await world.run("\(line) \(folder.file("r.jsonl"))") == .success)
      #expect(world.output.contains("In the last third it does not hold"), "\(world.output)")
      #expect(world.output.contains(#""threshold": \#(choice.threshold)"#))
    }
  }

  @Test("Without an incident to choose on, or to check, the text says so")
  func unseen() async throws {
    for (weeks, words) in [
      ([2], "Nothing would have fired in the first two thirds"), ([0, 1], "but not tested"),
    ] {
      _ = try await suggest(Recording(seed: 5, noise: .even, weeks: weeks), rate: "1")
      let code = await world.run(
        "replay --config \(folder.file("c.json")) --suggest rate \(folder.file("r.jsonl"))")
      #expect(code == .success)
      let text = world.output.replacing("\n", with: " ")
      #expect(text.contains(words), "\(world.output)")
    }
  }

  @Test("A limit of none leaves only what nothing exceeds")
  func none() async throws {
    let found = try await suggest(Recording(seed: 6, noise: .normal), rate: "0")
    #expect(found.suggested?.chosen_on == 0)
    #expect(found.choices.allSatisfy { $0.chosen_on == 0 })
  }

  @Test("Alerts that no threshold decides leave nothing to suggest")
  func undecided() async throws {
    var recording = Recording(seed: 7, noise: .even, weeks: [])
    // The metric is missing for three hours of six.
    recording = recording.mapping { index, line in
      index / 3 % 2 == 0 ? line : line.saying(#"{"n": 1}"#)
    }
    let found = try await suggest(recording)
    #expect(found.suggested == nil && found.choices.isEmpty && !found.holds)
    let code = await world.run(
      "replay --config \(folder.file("c.json")) --suggest rate \(folder.file("r.jsonl"))")
    #expect(code == .success)
    #expect(world.output.contains("No threshold stays within 1 a week"), "\(world.output)")
    #expect(!world.output.contains("To use it"))
  }

  @Test(
    "Too little evidence is said, with exit code 3",
    arguments: [
      (84, "v", "the recording covers 3 d 11 h, and at least 7 d are needed"),
      (3_000, "w", "has 0 good or bad samples of the rule, and at least 100 are needed"),
    ])
  func tooLittle(samples: Int, path: String, words: String) async throws {
    var recording = Recording(seed: 8, noise: .even)
    recording = recording.first(samples)
    let config = try configure(Self.rule + #", "on_missing": "hold""#)
    try folder.write(
      folder.read("c.json").replacing(#""metric_path": "v""#, with: #""metric_path": "\#(path)""#),
      to: "c.json")
    let code = await world.run(
      "replay --config \(config) --suggest rate \(try write(recording))")
    #expect(code == .noEvidence)
    #expect(world.told.last?.contains(words) ?? false, "\(world.told)")
  }

  @Test(
    "What has no threshold to choose is refused",
    arguments: [
      ("--suggest mode", "--suggest needs a rule that compares by size; mode compares with ne"),
      ("--suggest moving", "cannot choose the threshold of moving, which is in the snapshot"),
      ("--suggest endpoint_down", "endpoint_down has no threshold"),
      ("--suggest rat", "has no rule \"rat\"; did you mean rate?"),
      ("--suggest rate --what-if rate:threshold=1", "cannot be used together"),
      ("--suggest rate --rule mode", "cannot be used together"),
      ("--suggest rate --against c.json", "cannot be used together"),
      ("--suggest rate --format html", "use text, json or markdown"),
      ("--suggest rate --alerts-per-week -1", "--alerts-per-week needs a value"),
      ("--suggest rate --alerts-per-week=nan", "needs a number from 0 to 100"),
      ("--alerts-per-week 1", "requires --suggest"),
      ("--suggest rate -", "name files instead of a stream"),
    ])
  func refused(options: String, words: String) async throws {
    let config = try configure(Self.rule)
    let file = try write(Recording(seed: 9, noise: .even).first(10))
    #expect(await world.run("replay --config \(config) \(options) \(file)") == .usage)
    #expect(world.told.last?.contains(words) ?? false, "\(world.told)")
  }
}

extension ReplaySuggestTests.Recording {
  func mapping(_ change: (Int, RecordingLine) -> RecordingLine) -> Self {
    var copy = self
    copy.lines = lines.enumerated().map { change($0, $1) }
    return copy
  }

  func replacing(after start: Int, by other: Self) -> Self {
    mapping { index, line in index < start ? line : other.lines[index] }
  }

  func first(_ count: Int) -> Self {
    var copy = self
    copy.lines = Array(lines.prefix(count))
    return copy
  }
}

extension RecordingLine {
  fileprivate func saying(_ text: String) -> RecordingLine {
    RecordingLine(observedAt: observedAt, target: target, content: .snapshot(Array(text.utf8)))
  }
}
