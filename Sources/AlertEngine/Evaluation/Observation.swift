package import JSON

/// How a sample bears on a rule.
package enum Observation: Hashable, Sendable {
  case bad(Finding)
  case good(Finding)
  /// A value of its own, never good: it ends nothing and proves nothing.
  case unknown(Unknown)
}

/// What was found on a snapshot.
package enum Finding: Hashable, Sendable {
  case sample(Sample)
  /// The path is not there, or `null`; bad or good as the rule's `on_missing` says.
  case missing
  /// The path holds something else than what the rule compares.
  case wrongType(found: String)
  /// For `endpoint_down`: there was no snapshot, and why in one sentence.
  case unreachable(cause: String)
  /// For `endpoint_down`: the snapshot is not newer than the one before it.
  case stale
  /// For `endpoint_down` and the parents of instances: it is there.
  case present
}

/// The value that a rule's measurement gives on one snapshot.
package struct Sample: Hashable, Sendable {
  package var value: Scalar
  /// The time that a windowed measure really spans.
  package var span: Duration?

  init(_ value: Scalar, span: Duration? = nil) {
    self.value = value
    self.span = span
  }
}

/// Why there is no evidence.
package enum Unknown: Hashable, Sendable {
  /// There was no snapshot; the cause is one sentence.
  case unreachable(cause: String)
  /// The run ended before this target's turn came.
  case notAttempted
  /// The snapshot is not newer than the one before it.
  case stale
  case missing
  /// There, but not of the kind that the rule compares.
  case wrongType(found: String)
  /// Fewer requests than the rule asks for; the sample would have been this.
  case lowVolume(count: Double, sample: Sample?)
  /// A windowed measure has not seen enough history yet.
  case warmingUp
  /// Several resets inside one window.
  case unstableCounter(resets: Int)
  /// An instance seen before is no longer in a readable parent.
  case gone
  /// Bad, but gaps broke the evidence twice running; the cadence that was seen.
  case sampledTooRarely(cadence: Duration)

  /// The reason as reports write it.
  package var code: String {
    switch self {
    case .unreachable: "unreachable"
    case .notAttempted: "not_attempted"
    case .stale: "stale"
    case .missing: "missing"
    case .wrongType: "wrong_type"
    case .lowVolume: "low_volume"
    case .warmingUp: "warming_up"
    case .unstableCounter: "unstable_counter"
    case .gone: "gone"
    case .sampledTooRarely: "sampled_too_rarely"
    }
  }

  /// An everyday fact, which does not colour the run's own status.
  package var isEveryday: Bool {
    switch self {
    case .lowVolume, .warmingUp: true
    case .unreachable, .notAttempted, .stale, .missing, .wrongType, .unstableCounter, .gone,
      .sampledTooRarely:
      false
    }
  }
}

extension Observation {
  /// The value that was seen, whatever it proves.
  package var value: Scalar? { sample?.value }

  package var sample: Sample? {
    switch self {
    case .bad(.sample(let sample)), .good(.sample(let sample)): sample
    case .unknown(.lowVolume(_, let sample)): sample
    case .bad, .good, .unknown: nil
    }
  }

  package var number: Double? {
    guard case .number(let number)? = value else { return nil }
    return number
  }
}
