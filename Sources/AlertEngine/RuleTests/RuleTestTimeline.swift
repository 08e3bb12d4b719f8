/// One alert in a test, sample by sample, next to what the test expects.
package struct RuleTestTimeline: Sendable {
  package let key: AlertKey
  /// `nil` if no sample had a check for this alert.
  package private(set) var subject: Subject?
  /// One for each sample.
  package private(set) var moments: [Moment] = []
  /// The phase that the test expects after each sample; `nil` if it expects nothing.
  package let expected: [Phase.Kind?]
  package private(set) var transitions: [Happened] = []

  package struct Moment: Sendable {
    package let phase: Phase.Kind
    /// `nil` if there was no check for this alert.
    package let observation: Observation?
  }

  package struct Happened: Hashable, Sendable {
    package let sample: Int
    package let event: Transition.Event
  }

  fileprivate init(_ key: AlertKey, in test: RuleTest) {
    self.key = key
    expected = test.expectedPhases(of: key)
  }

  fileprivate mutating func add(_ moment: RuleTest.Moment) {
    let check = moment.evaluation.checks.first { $0.key == key }
    if let check { subject = check.subject }
    moments.append(Moment(phase: check?.phase.kind ?? .inactive, observation: check?.observation))
    for transition in moment.evaluation.transitions where transition.key == key {
      transitions.append(Happened(sample: moment.sample, event: transition.event))
    }
  }
}

extension RuleTest {
  /// Plays the test and returns the timelines of some alerts, to be drawn.
  package func timelines(of keys: [AlertKey], by evaluator: Evaluator) -> [RuleTestTimeline] {
    var timelines = keys.map { RuleTestTimeline($0, in: self) }
    play(evaluator) { moment in
      for index in timelines.indices { timelines[index].add(moment) }
    }
    return timelines
  }

  /// The phase of an alert that transitions and expectations together imply after each sample.
  ///
  /// Transitions do not distinguish firing from recovering: both are `firing` here.
  fileprivate func expectedPhases(of key: AlertKey) -> [Phase.Kind?] {
    var phases = [Phase.Kind?](repeating: nil, count: times.count)
    if let transitions, scope.contains(key.rule) {
      var phase = Phase.Kind.inactive
      var rest = transitions.filter { $0.key == key }[...]
      for sample in phases.indices {
        if let next = rest.first, next.sample == sample {
          rest.removeFirst()
          switch next.event {
          case .pending: phase = .pending
          case .firing: phase = .firing
          case .resolved, .cancelled: phase = .inactive
          }
        }
        phases[sample] = phase
      }
    }
    for expectation in expectations where expectation.key == key {
      if let phase = expectation.phase { phases[expectation.sample] = phase }
    }
    return phases
  }

  /// The alerts that the test names, sorted.
  package var namedAlerts: [AlertKey] {
    Set(expectations.map(\.key) + (transitions ?? []).map(\.key)).sorted()
  }
}
