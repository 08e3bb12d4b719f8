internal import JSON

/// The result of a rule test.
package struct RuleTestVerdict: Sendable {
  /// In chronological order; empty if the test passed.
  package let differences: [Difference]

  package var isPassed: Bool { differences.isEmpty }

  /// One deviation from what the test expects.
  package struct Difference: Sendable {
    package let key: AlertKey
    /// The first sample at which it appears.
    package let sample: Int
    package let kind: Kind
    /// The state of the alert after that sample; `nil` if there was none.
    package let check: Check?

    package enum Kind: Hashable, Sendable {
      case phase(expected: Phase.Kind)
      case value(expected: RuleTest.Expectation.Value)
      case reason(expected: RuleTest.Expectation.Reason)
      /// The expected transition did not happen at this time.
      case lacking(Transition.Event)
      /// An unexpected transition happened; the test expects `next` instead, if anything.
      case unexpected(Transition.Event, next: RuleTest.ExpectedTransition?)
      /// The expected transition happened for another reason.
      case cause(Transition.Event, expected: Transition.Cause, found: Transition.Cause?)
      /// No snapshot of the test has this instance; these are the ones it has.
      case noInstance(known: [String])
    }

    /// The state of the alert after the sample.
    package var phase: Phase.Kind { check?.phase.kind ?? .inactive }
  }
}

extension RuleTest {
  /// Plays the test and compares the results with the expectations.
  package func verdict(by evaluator: Evaluator) -> RuleTestVerdict {
    var judge = Judge(self)
    play(evaluator) { judge.look($0) }
    return judge.verdict
  }
}

/// Compares a test's expectations with what happens, sample by sample.
private struct Judge {
  typealias Difference = RuleTestVerdict.Difference

  private let expectations: [Int: [RuleTest.Expectation]]
  /// `nil` if the test expects nothing about transitions.
  private let scope: Set<String>?
  /// The remaining expectations for each alert, in chronological order.
  private var lacking: [AlertKey: ArraySlice<RuleTest.ExpectedTransition>]
  private let due: [Int: [AlertKey]]
  /// Alerts whose transitions already differ; further differences follow from the first.
  private var differing: Set<AlertKey> = []
  /// The expected instances that no snapshot has had so far.
  private var unseen: Set<AlertKey>
  private var seen: [String: Set<String>] = [:]
  private var differences: [Difference] = []

  init(_ test: RuleTest) {
    expectations = Dictionary(grouping: test.expectations, by: \.sample)
    scope = test.transitions == nil ? nil : test.scope
    let transitions = test.transitions ?? []
    lacking = Dictionary(grouping: transitions, by: \.key).mapValues { $0[...] }
    due = Dictionary(grouping: transitions, by: \.sample).mapValues { $0.map(\.key) }
    unseen = Set(
      (test.expectations.map(\.key) + transitions.map(\.key)).filter { $0.instance != nil })
  }

  mutating func look(_ moment: RuleTest.Moment) {
    let checks = moment.evaluation.checks
    note(checks)
    if scope != nil {
      for transition in moment.evaluation.transitions { look(transition, moment) }
      for key in due[moment.sample] ?? [] {
        guard let expected = lacking[key]?.first, expected.sample == moment.sample else { continue }
        differ(key, moment, .lacking(expected.event))
      }
    }
    for expectation in expectations[moment.sample] ?? [] { look(expectation, moment) }
  }

  private mutating func note(_ checks: [Check]) {
    guard !unseen.isEmpty else { return }
    let rules = Set(unseen.map(\.rule))
    for check in checks where rules.contains(check.subject.name) {
      guard let instance = check.instance else { continue }
      unseen.remove(check.key)
      if seen[check.key.rule, default: []].count < 1_000 {
        seen[check.key.rule, default: []].insert(instance)
      }
    }
  }

  private mutating func look(_ transition: Transition, _ moment: RuleTest.Moment) {
    let key = transition.key
    guard scope?.contains(key.rule) == true, !differing.contains(key) else { return }
    let next = lacking[key]?.first
    guard let next, next.sample == moment.sample else {
      return differ(key, moment, .unexpected(transition.event, next: next))
    }
    guard next.event == transition.event else { return differ(key, moment, .lacking(next.event)) }
    if let cause = next.cause, cause != transition.cause {
      let kind = Difference.Kind.cause(next.event, expected: cause, found: transition.cause)
      return differ(key, moment, kind)
    }
    lacking[key]?.removeFirst()
  }

  /// Records the first difference in the transitions of an alert.
  private mutating func differ(_ key: AlertKey, _ moment: RuleTest.Moment, _ kind: Difference.Kind)
  {
    differing.insert(key)
    lacking[key] = nil
    add(key, moment, kind)
  }

  private mutating func look(_ expectation: RuleTest.Expectation, _ moment: RuleTest.Moment) {
    let key = expectation.key
    let check = moment.evaluation.checks.first { $0.key == key }
    if let phase = expectation.phase, phase != check?.phase.kind ?? .inactive {
      add(key, moment, .phase(expected: phase))
    }
    if let value = expectation.value, !value.isMet(by: check?.observation.value) {
      add(key, moment, .value(expected: value))
    }
    if let reason = expectation.reason, !reason.isMet(by: check?.reason) {
      add(key, moment, .reason(expected: reason))
    }
  }

  private mutating func add(_ key: AlertKey, _ moment: RuleTest.Moment, _ kind: Difference.Kind) {
    let check = moment.evaluation.checks.first { $0.key == key }
    differences.append(Difference(key: key, sample: moment.sample, kind: kind, check: check))
  }

  /// If an instance never existed, that is the only difference reported for its alert.
  var verdict: RuleTestVerdict {
    let strangers = unseen.sorted().map { key in
      let known = (seen[key.rule] ?? []).sorted()
      return Difference(key: key, sample: 0, kind: .noInstance(known: known), check: nil)
    }
    return RuleTestVerdict(
      differences: strangers + differences.filter { !unseen.contains($0.key) })
  }
}

extension RuleTest.Expectation.Value {
  /// Whether a value is the expected one; numbers may differ by rounding errors.
  fileprivate func isMet(by value: Scalar?) -> Bool {
    switch (self, value) {
    case (.nothing, let value): value == nil
    case (.scalar(.number(let one)), .number(let other)?):
      (one - other).magnitude <= 1e-9 * max(one.magnitude, other.magnitude)
    case (.scalar(let one), let other?): one == other
    case (.scalar, nil): false
    }
  }
}

extension RuleTest.Expectation.Reason {
  fileprivate func isMet(by reason: Unknown?) -> Bool {
    switch self {
    case .nothing: reason == nil
    case .code(let code): reason?.code == code
    }
  }
}
