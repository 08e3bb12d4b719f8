@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

/// The same samples, evaluated in three ways.
///
/// `RandomRecording.count` says how many of them.
@Suite("Agreement of evaluations, replay and rule tests")
struct AgreementTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test("Evaluations of each sample, a replay and a rule test agree")
  func agree() throws {
    try #require(RandomRecording.count > 0)
    var ruleTests = 0
    for seed in 0..<RandomRecording.count {
      let recording = try RandomRecording(seed: seed)
      let evaluated = try Self.evaluated(recording)
      let replayed = try replayed(recording, from: nil, seed: seed)
      try #require(replayed == evaluated, "recording \(seed): a replay differs")
      if seed % 4 == 0, let begin = recording.samples.dropFirst(seed % 11).first?.at {
        let part = try self.replayed(recording, from: begin, seed: seed)
        try #require(
          part == evaluated.filter { $0.transition.at >= begin },
          "recording \(seed): --from differs")
      }
      guard recording.isPlain else { continue }
      ruleTests += try Self.holdRuleTests(of: recording, against: evaluated, seed: seed)
    }
    #expect(ruleTests > 0)
  }

  /// A transition with its target.
  struct Told: Hashable, CustomStringConvertible {
    var target: String
    var transition: Transition

    var description: String { "\(target): \(transition)\n" }
  }

  /// Run by run, with only the state file in between.
  private static func evaluated(_ recording: RandomRecording) throws -> [Told] {
    let evaluator = Evaluator(recording.configuration, onMissing: recording.onMissing)
    // A file for each target: no run reads the state of another target.
    var files: [String: [UInt8]] = [:]
    var told: [Told] = []
    for sample in recording.samples {
      var state = try files[sample.target].map { try RunState(decoding: $0) } ?? RunState()
      let evaluation = evaluator.evaluate(
        RandomRecording.reading(sample.answer, by: evaluator),
        from: state.targets[sample.target] ?? TargetState(), at: sample.at)
      told += evaluation.transitions.map { Told(target: sample.target, transition: $0) }
      state.targets[sample.target] = evaluation.state
      files[sample.target] = state.encoded()
    }
    return told
  }

  /// As `replay` does: lines of a file, in chunks, by several lanes.
  private func replayed(_ recording: RandomRecording, from begin: Instant?, seed: Int) throws
    -> [Told]
  {
    var random = SplitMix64(seed: UInt64(seed))
    try RandomRecording.write(recording.lines, to: folder.file("r.jsonl"))
    let evaluators = evaluators(for: recording, lanes: Int.random(in: 1...4, using: &random))
    var lanes = evaluators.map { ReplayLane($0, from: begin, isDrawn: Bool.random(using: &random)) }
    var chunks = RecordingChunks(
      [folder.file("r.jsonl")],
      chunkSize: [300, 2_000, 10_000, 1 << 19].randomElement(using: &random) ?? 1)
    var reader = RecordingReader(for: evaluators[0])
    var told: [Told] = []
    while let chunk = try chunks.read() {
      let batch = RecordingBatch(chunk, by: reader)
      // The next one is sometimes read before what this one taught is known.
      if Bool.random(using: &random) { reader = batch.reader }
      #expect(batch.mistakes.isEmpty)
      var found: [(sample: Int, lane: Int, told: Told)] = []
      for index in lanes.indices {
        lanes[index].judge(batch.samples) { sample, transition in
          let one = Told(target: transition.target, transition: transition.transition)
          found.append((sample, index, one))
        }
      }
      told += found.sorted { ($0.sample, $0.lane) < ($1.sample, $1.lane) }.map(\.told)
    }
    return told
  }

  private func evaluators(for recording: RandomRecording, lanes count: Int) -> [Evaluator] {
    let parts = recording.configuration.rules.parts(count).enumerated().map { lane, rules in
      var part = recording.configuration
      part.rules = rules
      return Evaluator.Part(part, judgesEndpoint: lane == count - 1)
    }
    return Evaluator.sharingSnapshots(parts, onMissing: recording.onMissing)
  }

  private static func holdRuleTests(
    of recording: RandomRecording, against told: [Told], seed: Int
  ) throws -> Int {
    let evaluator = Evaluator(recording.configuration)
    var count = 0
    for target in Set(recording.samples.map(\.target)).sorted() {
      let own = told.filter { $0.target == target }.map(\.transition)
      guard let test = try recording.ruleTest(of: target, expecting: own) else { continue }
      count += 1
      let verdict = test.verdict(by: evaluator)
      try #require(
        verdict.isPassed, "recording \(seed), \(target): \(verdict.differences)")
      // A test without one of the transitions must fail: this is sometimes tried as well.
      guard !own.isEmpty, seed % 5 == 1 else { continue }
      let fewer = try recording.ruleTest(of: target, expecting: own.dropLast())
      #expect(fewer?.verdict(by: evaluator).isPassed == false)
    }
    return count
  }
}
