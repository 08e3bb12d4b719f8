@testable import AlertEngine
internal import Testing
@testable import Text

/// Counts that grow with each sample, compared with counts computed from all samples at the end.
///
/// `RandomRecording.count` says how many of them.
@Suite("The counts of a replay")
struct TallyAgreementTests {
  @Test("The running counts match those computed from all samples at the end")
  func agree() throws {
    try #require(RandomRecording.count > 0)
    for seed in 0..<RandomRecording.count {
      let recording = try RandomRecording(seed: seed &+ 70_000)
      // A bound in the past of a clock that goes back is a question of its own.
      let begin =
        recording.isPlain && seed % 2 == 0
        ? recording.samples[recording.samples.count / 3].at : nil
      let references = Self.references(recording, from: begin)
      let evaluator = Evaluator(recording.configuration, onMissing: recording.onMissing)
      var lane = ReplayLane(evaluator, from: begin, isDrawn: true)
      lane.judge(
        recording.samples.map {
          RecordedSample(
            observedAt: $0.at, target: $0.target,
            reading: RandomRecording.reading($0.answer, by: evaluator))
        }
      ) { _, _ in }
      let records = lane.finish()
      #expect(records.map(\.name).sorted() == references.keys.sorted())
      #expect(!records.isEmpty)
      for record in records {
        let expected = references[record.name] ?? [:]
        #expect(record.tallies.count == expected.count)
        for tally in record.tallies {
          let words = TallyReference.words(tally)
          try #require(
            words == expected[tally.key]?.words, "recording \(seed), \(record.name), \(tally.key)")
        }
      }
    }
  }

  private static func references(
    _ recording: RandomRecording, from begin: Instant?
  ) -> [String: [AlertKey: TallyReference]] {
    let evaluator = Evaluator(recording.configuration, onMissing: recording.onMissing)
    var states: [String: TargetState] = [:]
    var references: [String: [AlertKey: TallyReference]] = [:]
    for sample in recording.samples {
      let evaluation = evaluator.evaluate(
        RandomRecording.reading(sample.answer, by: evaluator),
        from: states[sample.target] ?? TargetState(), at: sample.at)
      states[sample.target] = evaluation.state
      if let begin, sample.at < begin { continue }
      var own = references[sample.target] ?? [:]
      defer { references[sample.target] = own }
      let isIgnored = evaluation.warnings.contains { warning in
        if case .sampleIgnored = warning { true } else { false }
      }
      guard !isIgnored else { continue }
      let end = recording.samples.last { $0.target == sample.target }?.at ?? sample.at
      for check in evaluation.checks {
        own[check.key, default: TallyReference(subject: check.subject, end: end)].take(
          TallyReference.Seen(
            at: sample.at, observation: check.observation, phase: check.phase))
      }
      for transition in evaluation.transitions {
        own[transition.key]?.take(transition)
      }
    }
    return references
  }
}
