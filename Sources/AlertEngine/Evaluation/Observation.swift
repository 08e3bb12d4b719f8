package import JSON

/// The result of one rule for one sample.
package enum Observation: Hashable, Sendable {
  case bad(Finding)
  case good(Finding)
  /// Neither bad nor good: it ends nothing and proves nothing.
  case unknown(Unknown)
}

/// What was found in a snapshot.
package enum Finding: Hashable, Sendable {
  case sample(Sample)
  /// There is nothing, or `null`, at the path; the rule's `on_missing` makes it bad or good.
  case missing
  /// The rule cannot compare what is at the path.
  case wrongType(found: String)
  /// For `endpoint_down`: there was no snapshot; the cause is one sentence.
  case unreachable(cause: String)
  /// For `endpoint_down`: the snapshot is not newer than the one before it.
  case stale
  /// For `endpoint_down` and for parents of instances: it is there.
  case present
  /// The instance, or every instance, is gone, which the rule's `on_gone` makes good.
  case gone
}

/// The value that a rule measures in one snapshot.
package struct Sample: Hashable, Sendable {
  package var value: Scalar
  /// The time that a windowed measure actually spans.
  package var span: Duration?
  /// Whether a counter was reset in that time.
  package var hasReset: Bool
  /// The threshold, if it is a number in the snapshot.
  package var limit: Double?
  /// The value over the short window, of a rule with two.
  package var short: ShortWindow?

  /// Indirect, since few samples have one, and all are copied.
  package indirect enum ShortWindow: Hashable, Sendable {
    case measured(value: Double, span: Duration)

    package var value: Double {
      switch self {
      case .measured(let value, _): value
      }
    }
    package var span: Duration {
      switch self {
      case .measured(_, let span): span
      }
    }
  }

  init(_ value: Scalar, span: Duration? = nil, hasReset: Bool = false) {
    self.value = value
    self.span = span
    self.hasReset = hasReset
  }
}

/// Why there is no evidence.
package enum Unknown: Hashable, Sendable {
  /// There was no snapshot; the cause is one sentence.
  case unreachable(cause: String)
  /// The run ended before this target was attempted.
  case notAttempted
  /// The snapshot is not newer than the one before it.
  case stale
  case missing
  /// There is a value, but the rule cannot compare it.
  case wrongType(found: String)
  /// There are fewer requests than the rule requires; the sample would have been this.
  case lowVolume(count: Double, sample: Sample?)
  /// A windowed measure has not seen enough history yet.
  case warmingUp
  /// A rule that counts bad samples has not seen enough samples yet; this is the last one.
  case tooFewSamples(Int, sample: Sample?)
  /// A counter fell, so its growth is unknown.
  case unstableCounter(CounterFault)
  /// An instance seen before is no longer in a readable parent.
  case gone
  /// Several elements have the name of this instance.
  case ambiguous
  /// Elements without a field that names them.
  case unnamed
  /// The denominator of a quotient is 0 or less.
  case zeroDenominator
  /// The value is NaN.
  case notANumber(isRoutine: Bool)
  /// The recording does not have the response.
  case notRecorded
  /// The sample is evidence, but came after a gap longer than `max_gap`: it is in one of several
  /// groups that are needed.
  case sampledTooRarely(gap: Duration, groups: Int, of: Int)

  /// The reason without its details, as reports and the state file name it.
  package enum Reason: String, CaseIterable, Sendable {
    case unreachable
    case notAttempted = "not_attempted"
    case stale, missing
    case wrongType = "wrong_type"
    case lowVolume = "low_volume"
    case warmingUp = "warming_up"
    case unstableCounter = "unstable_counter"
    case gone, ambiguous, unnamed
    case zeroDenominator = "zero_denominator"
    case notANumber = "not_a_number"
    case notRecorded = "not_recorded"
    case sampledTooRarely = "sampled_too_rarely"

    /// Whether this is routine, which does not affect the run's own status; NaN is not always.
    package var isRoutine: Bool {
      switch self {
      case .lowVolume, .warmingUp, .zeroDenominator, .notRecorded, .notANumber: true
      case .unreachable, .notAttempted, .stale, .missing, .wrongType, .unstableCounter, .gone,
        .ambiguous, .unnamed, .sampledTooRarely:
        false
      }
    }
  }

  package var reason: Reason {
    switch self {
    case .unreachable: .unreachable
    case .notAttempted: .notAttempted
    case .stale: .stale
    case .missing: .missing
    case .wrongType: .wrongType
    case .lowVolume: .lowVolume
    case .warmingUp, .tooFewSamples: .warmingUp
    case .unstableCounter: .unstableCounter
    case .gone: .gone
    case .ambiguous: .ambiguous
    case .unnamed: .unnamed
    case .zeroDenominator: .zeroDenominator
    case .notANumber: .notANumber
    case .notRecorded: .notRecorded
    case .sampledTooRarely: .sampledTooRarely
    }
  }

  package var code: String { reason.rawValue }

  /// A value that was measured, but is not evidence.
  var sample: Sample? {
    switch self {
    case .lowVolume(_, let sample), .tooFewSamples(_, let sample): sample
    case .unreachable, .notAttempted, .stale, .missing, .wrongType, .warmingUp, .unstableCounter,
      .gone, .ambiguous, .unnamed, .zeroDenominator, .notANumber, .notRecorded, .sampledTooRarely:
      nil
    }
  }

  /// Whether this is a routine reason, which does not affect the run's own status.
  package var isRoutine: Bool {
    guard case .notANumber(let isRoutine) = self else { return reason.isRoutine }
    return isRoutine
  }
}

/// Why the growth of a counter is unknown.
package enum CounterFault: Error, Hashable, Sendable {
  /// It fell just now; the next sample shows whether it was reset.
  case fell(isDenominator: Bool, from: Double, to: Double)
  /// It fell several times; after this many of the falls it started over from zero.
  case keepsFalling(times: Int, resets: Int)
}

extension Observation {
  /// The value that was measured, whether or not it is evidence.
  package var value: Scalar? { sample?.value }

  package var sample: Sample? {
    switch self {
    case .bad(.sample(let sample)), .good(.sample(let sample)): sample
    case .unknown(let unknown): unknown.sample
    case .bad, .good: nil
    }
  }

  package var number: Double? {
    guard case .number(let number)? = value else { return nil }
    return number
  }
}
