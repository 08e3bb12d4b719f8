@testable import AlertEngine
@testable import JSON
@testable import OpsAlerts
@testable import Prometheus
@testable import Text

/// Lines of a recording: a reader that has learned shapes reads each as one that has not, and a
/// document that is recorded is evaluated as it was without.
enum RecordingTarget {
  static func run(_ bytes: [UInt8]) {
    let evaluator = FuzzRules.evaluator
    var learned = RecordingReader(for: evaluator)
    var states: [String: TargetState] = [:]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(50) {
      let sample = read(line, &learned)
      var fresh = RecordingReader(for: evaluator)
      let other = read(line, &fresh)
      hold(sample.error == other.error, "a shape changes no mistake")
      if let mistake = sample.error {
        hold((1...line.count + 1).contains(mistake.column), "a mistake is in the line")
        holdSentence(mistake.reason)
      }
      guard let sample = sample.value, let other = other.value else { continue }
      hold(
        sample.observedAt == other.observedAt && sample.target == other.target,
        "a shape changes no time and no target")
      let state = states[sample.target, default: TargetState()]
      let one = evaluate(sample.reading, of: sample.target, from: state, at: sample.observedAt)
      let two = evaluate(other.reading, of: other.target, from: state, at: other.observedAt)
      holdSame(one, two, "a shape changes no evaluation")
      if states.count < 10 { states[sample.target] = one.state }
    }
    StateTarget.holdRoundTrip(RunState(targets: states, savedAt: latest(states)))
    record(bytes)
  }

  private static func read(
    _ line: ArraySlice<UInt8>, _ reader: inout RecordingReader
  ) -> Result<RecordedSample, RecordingMistake> {
    line.withUnsafeBufferPointer { bytes in
      Result { () throws(RecordingMistake) in try reader.read(bytes) }
    }
  }

  private static func evaluate(
    _ reading: Reading, of target: String, from state: TargetState, at now: Instant
  ) -> Evaluation {
    FuzzRules.evaluator.evaluate(reading, of: target, from: state, at: now)
  }

  private static func holdSame(_ one: Evaluation, _ other: Evaluation, _ property: String) {
    hold(one.state == other.state, property)
    hold(one.warnings == other.warnings, property)
    hold(one.checks.map(\.observation) == other.checks.map(\.observation), property)
  }

  private static func latest(_ states: [String: TargetState]) -> Instant? {
    states.values.compactMap(\.lastObservation).max()
  }

  /// Records a body and reads it back.
  private static func record(_ body: [UInt8]) {
    let evaluator = FuzzRules.evaluator
    let now = Instant(milliseconds: 1_795_000_000_000)
    for (target, format) in [("api", SnapshotFormat.json), ("prom", .prometheus)] {
      guard let snapshot = try? evaluator.read(body, as: format) else { continue }
      let line = RecordingLine(
        observedAt: now, target: target,
        content: format == .json ? .snapshot(body) : .text(body)
      ).encoded()
      hold(line.firstIndex(of: 0x0A) == line.count - 1, "a sample is one line")
      var reader = RecordingReader(for: evaluator)
      let sample = read(line.dropLast(), &reader)
      guard let sample = sample.value else {
        return hold(false, "what is recorded can be read: \(sample.error?.reason ?? "")")
      }
      holdSame(
        evaluate(sample.reading, of: target, from: TargetState(), at: now),
        evaluate(.snapshot(snapshot), of: target, from: TargetState(), at: now),
        "a recorded snapshot is evaluated as it was")
    }
  }
}
