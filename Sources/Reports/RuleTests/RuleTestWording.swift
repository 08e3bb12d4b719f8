internal import AlertEngine
internal import JSON
internal import Text

/// What is wrong with a rule test, in one sentence.
struct RuleTestWording {
  private let difference: RuleTestVerdict.Difference
  private let test: RuleTest

  init(_ difference: RuleTestVerdict.Difference, in test: RuleTest) {
    self.difference = difference
    self.test = test
  }

  /// `at 15m error_rate was to be firing and is pending: 8 % (limit > 5 %), bad for 9 m of 10 m`.
  var sentence: String {
    let phase = difference.phase.rawValue
    switch difference.kind {
    case .phase(let expected):
      return "\(subject) was to be \(expected.rawValue) and is \(phase): \(standing)"
    case .lacking(let event):
      guard event.phase != difference.phase else {
        return "\(subject) was to become \(event.rawValue), and was \(phase) before: \(standing)"
      }
      return "\(subject) was to be \(event.rawValue) and is \(phase): \(standing)"
    case .unexpected(let event, let next):
      let wanted =
        next.flatMap { $0.event == event ? "was to be at \(time(of: $0.sample))" : nil }
        ?? "the test does not expect"
      return "\(subject) \(event.verb), which \(wanted): \(standing)"
    case .cause(let event, let expected, let found):
      return "\(subject) \(event.verb) as expected, but not for the reason "
        + "\(expected.rawValue): \(found.map { "it is \($0.rawValue)" } ?? "there is none")"
    case .value(let expected):
      guard let value = difference.check?.observation.value else {
        return "\(subject) was to measure \(expected.text) and measures nothing: \(standing)"
      }
      return "\(subject) was to measure \(expected.text) and measures \(value.text)"
    case .reason(let expected):
      let found = difference.check?.reason?.code ?? "none"
      return "\(subject) was to have \(expected.text) and has \(found): \(standing)"
    case .noInstance(let known):
      let there = known.isEmpty ? "it has none" : "there are \(listed(known.map(\.quoted)))"
      return
        "no snapshot of the test has the instance \((difference.key.instance ?? "").quoted) of "
        + "\(difference.key.rule): \(there)"
    }
  }

  private var subject: String {
    "at \(time(of: difference.sample)) \(difference.key.text)"
  }

  private func time(of sample: Int) -> String { test.times[sample].notation }

  /// What the alert rests on after the sample.
  private var standing: String {
    guard let check = difference.check else {
      return difference.key.instance == nil
        ? "its instances can be read" : "there is nothing of it in the snapshot"
    }
    let now = test.start + test.times[difference.sample]
    let value = CheckWording(check, seenAt: now).valueAgainstLimit
    switch check.phase {
    case .inactive: return value
    case .pending(let breach):
      let (span, needed) = (breach.evidence.span, check.subject.duration)
      let bad = "\(value), bad for \(Quantity.text(span)) of \(Quantity.text(needed))"
      guard span >= needed else { return bad }
      return "\(bad), \(breach.evidence.count) of \(check.subject.minSamples) samples"
    case .firing(let episode):
      return "\(value), fired at \((episode.firedAt - test.start).notation)"
    case .recovering(_, let evidence):
      let needed = Quantity.text(check.subject.recoveryDuration)
      return "\(value), good for \(Quantity.text(evidence.span)) of \(needed)"
    }
  }
}

extension Transition.Event {
  fileprivate var verb: String {
    switch self {
    case .pending, .firing: "becomes \(rawValue)"
    case .resolved, .cancelled: "is \(rawValue)"
    }
  }

  /// Where it leads.
  fileprivate var phase: Phase.Kind {
    switch self {
    case .pending: .pending
    case .firing: .firing
    case .resolved, .cancelled: .inactive
    }
  }
}

extension RuleTest.Expectation.Value {
  fileprivate var text: String {
    switch self {
    case .nothing: "nothing"
    case .scalar(let scalar): scalar.text
    }
  }
}

extension RuleTest.Expectation.Reason {
  fileprivate var text: String {
    switch self {
    case .nothing: "no reason"
    case .code(let code): "the reason \(code)"
    }
  }
}

extension Scalar {
  /// As a file of tests writes it, to all digits.
  fileprivate var text: String {
    switch self {
    case .number(let number): number.plain
    case .string(let text): text.quoted
    case .bool(let bool): "\(bool)"
    }
  }
}
