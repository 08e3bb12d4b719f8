internal import JSON

/// The result of a rule test.
package struct RuleTestVerdict: Sendable {
  /// By their times; empty for a test that passed.
  package let differences: [Difference]

  package var isPassed: Bool { differences.isEmpty }

  /// One deviation from what the test expects.
  package struct Difference: Sendable {
    package let key: AlertKey
    /// The first sample at which it shows.
    package let sample: Int
    package let kind: Kind
    /// How the alert stood after that sample; `nil` where there was none.
    package let check: Check?

    package enum Kind: Hashable, Sendable {
      case phase(expected: Phase.Kind)
      case value(expected: RuleTest.Expectation.Value)
      case reason(expected: RuleTest.Expectation.Reason)
      /// It did not change so at this time.
      case lacking(Transition.Event)
      /// It changed so; the test says this instead, if anything.
      case unexpected(Transition.Event, next: RuleTest.ExpectedTransition?)
      /// It changed as expected, for another reason.
      case cause(Transition.Event, expected: Transition.Cause, found: Transition.Cause?)
      /// No snapshot of the test has this instance; these are there.
      case noInstance(known: [String])
    }

    /// How the alert stood after the sample.
    package var phase: Phase.Kind { check?.phase.kind ?? .inactive }
  }
}

extension RuleTest {
  /// Plays the test and compares the result with what is expected.
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
  /// `nil` where the test says nothing of transitions.
  private let scope: Set<String>?
  /// What is still to come of each alert, in the order of time.
  private var lacking: [AlertKey: ArraySlice<RuleTest.ExpectedTransition>]
  private let due: [Int: [AlertKey]]
  /// Alerts whose transitions differ by now: what follows from that is no news.
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

  /// Notes how the transitions of an alert differ, once.
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

  /// An instance that never existed is the only difference of its alert.
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
  /// Whether a value is this one; numbers may differ by what rounding does to them.
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
