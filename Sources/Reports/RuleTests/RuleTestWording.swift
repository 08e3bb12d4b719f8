internal import AlertEngine
internal import JSON
internal import Text

/// A difference of a rule test in one sentence.
struct RuleTestWording {
  private let difference: RuleTestVerdict.Difference
  private let test: RuleTest

  init(_ difference: RuleTestVerdict.Difference, in test: RuleTest) {
    self.difference = difference
    self.test = test
  }

  /// `at 15m error_rate is pending, expected firing: 8 % (limit > 5 %), bad for 9 m of 10 m`.
  var sentence: String {
    let phase = difference.phase.rawValue
    switch difference.kind {
    case .phase(let expected):
      return "\(subject) is \(phase), expected \(expected.rawValue): \(standing)"
    case .lacking(let event):
      guard event.phase != difference.phase else {
        return "\(subject) was already \(phase), expected to become \(event.rawValue): \(standing)"
      }
      return "\(subject) is \(phase), expected \(event.rawValue): \(standing)"
    case .unexpected(let event, let next):
      let expected = next.flatMap { $0.event == event ? time(of: $0.sample) : nil }
      return "\(subject) \(event.verb), \(expected.map { "expected at \($0)" } ?? "not expected"): "
        + standing
    case .cause(let event, let expected, let found):
      let reason = found.map { "with the reason \($0.rawValue)" } ?? "without a reason"
      return "\(subject) \(event.verb) as expected, but \(reason), expected \(expected.rawValue)"
    case .value(let expected):
      guard let value = difference.check?.observation.value else {
        return "\(subject) measures nothing, expected \(expected.text): \(standing)"
      }
      return "\(subject) measures \(value.text), expected \(expected.text)"
    case .reason(let expected):
      let found = difference.check?.reason.map { "reason \($0.code)" } ?? "no reason"
      return "\(subject) has \(found), expected \(expected.text): \(standing)"
    case .noInstance(let known):
      let others = known.isEmpty ? " or any other" : ", only \(listed(known.map(\.quoted)))"
      return
        "no snapshot of the test has the instance \((difference.key.instance ?? "").quoted) of "
        + "\(difference.key.rule)\(others)"
    }
  }

  private var subject: String {
    "at \(time(of: difference.sample)) \(difference.key.text)"
  }

  private func time(of sample: Int) -> String { test.times[sample].notation }

  /// The evidence after the sample.
  private var standing: String {
    guard let check = difference.check else {
      return difference.key.instance == nil
        ? "its instances can be read" : "it is not in the snapshot"
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

  /// The phase that it leads to.
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
    case .code(let code): "reason \(code)"
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
