internal import JSON
package import Text

/// An alert of a rule with made-up values, for test notifications.
package struct AlertRehearsal: Sendable {
  /// The alert when it fires and when it resolves; `nil` if that would take too long.
  package let firing: Step?
  package let resolved: Step?

  package struct Step: Sendable {
    package let transition: Transition
    package let check: Check
  }

  /// Plays samples of a rule that are good, then bad until it fires, then good until it resolves.
  ///
  /// - Parameters:
  ///   - subject: what the alert is about.
  ///   - instance: the name of the instance, if there are instances.
  ///   - now: when the alert resolves.
  package init(of subject: Subject, instance: String?, at now: Instant) {
    let longest = max(subject.duration, subject.recoveryDuration)
    let step = min(subject.maxGap, max(.seconds(60), longest / 4))
    let bad = Observation(of: subject, isBad: true)
    let good = Observation(of: subject, isBad: false)
    func play(from begin: Instant) -> (firing: Step?, resolved: Step?, end: Instant) {
      var alert = Alert(conditionHash: subject.conditionHash)
      var firing: Step?
      var resolved: Step?
      var instant = begin
      for number in 0..<Outlook.mostSamples where resolved == nil {
        instant = begin + step * number
        let observation = number > 2 && firing == nil ? bad : good
        let (check, before, cause) = alert.observe(
          subject, instance, at: instant, isIgnored: false, after: nil
        ) { _ in observation }
        let transition = Transition(
          of: check.key, from: before, to: check.phase, at: instant, cause: cause)
        switch transition?.event {
        case .firing: firing = transition.map { Step(transition: $0, check: check) }
        case .resolved: resolved = transition.map { Step(transition: $0, check: check) }
        case .pending, .cancelled, nil: break
        }
      }
      return (firing, resolved, instant)
    }
    let length = play(from: now).end - now
    let story = play(from: now - length)
    (firing, resolved) = (story.firing, story.resolved)
  }
}

extension ReceiverSettings {
  /// Whether it takes alerts of a rule, of some target and instance; labels that only a snapshot has
  /// are not known.
  package func takes(_ subject: Subject, in configuration: Configuration) -> Bool {
    let targets = subject.targets(in: configuration)
    return (targets.isEmpty || targets.contains { match.isFor(target: $0) })
      && mayTake(subject) && match.labels.allSatisfy { subject.labels[$0.key] != nil }
  }

  /// Whether it takes some alert of a rule, as far as that is known without target and snapshot.
  func mayTake(_ subject: Subject) -> Bool {
    var rest = match
    (rest.targets, rest.instances) = ([], [])
    rest.labels = match.labels.filter { name, _ in
      subject.labels[name] != nil || !subject.mayGetLabel(name)
    }
    let identity = AlertIdentity(
      target: "", key: AlertKey(rule: subject.name), severity: subject.severity,
      labels: subject.labels)
    return severities.contains(subject.severity) && rest.matches(identity)
      && (match.instances.isEmpty || subject.rule?.measurement.hasInstances ?? false)
  }
}

extension AlertMatch {
  /// Whether it may match an alert of a target.
  func isFor(target: String) -> Bool {
    targets.isEmpty || targets.contains { $0.matches(target) }
  }
}

extension Subject {
  /// The names of the targets that it applies to; empty for a configuration without targets.
  func targets(in configuration: Configuration) -> [String] {
    rule?.targets ?? configuration.targets.map(\.name)
  }

  /// Whether an instance may have a label of this name.
  fileprivate func mayGetLabel(_ name: String) -> Bool {
    guard let measurement = rule?.measurement, measurement.hasInstances else { return false }
    guard measurement.instanceBy.isEmpty else {
      return measurement.instanceBy.labelNames.contains(name)
    }
    return if case .metric = measurement.selector { true } else { false }
  }
}

extension Observation {
  /// A plausible sample on one side of the threshold.
  fileprivate init(of subject: Subject, isBad: Bool) {
    guard let rule = subject.rule else {
      self = isBad ? .bad(.unreachable(cause: "this is a test")) : .good(.present)
      return
    }
    var sample = Sample(rule.plausible(isBad: isBad), span: rule.measurement.window)
    if rule.condition.threshold.selector != nil { sample.limit = Rule.assumedLimit }
    self = isBad ? .bad(.sample(sample)) : .good(.sample(sample))
  }
}

extension Rule {
  /// Stands for a threshold in the snapshot.
  fileprivate static let assumedLimit = 100.0

  fileprivate func plausible(isBad: Bool) -> Scalar {
    let members: [Scalar]
    switch condition.threshold {
    case .scalar(let scalar): members = [scalar]
    case .list(let list): members = list
    case .selector: members = [.number(Self.assumedLimit)]
    }
    if condition.comparison.isOrdering, case .number(let limit) = members[0] {
      return .number(
        isBad ? beyond(limit, by: 0.4) : beyond(condition.recoveryThreshold ?? limit, by: -0.4))
    }
    switch (members[0], condition.comparison) {
    case (let member, .eq) where isBad, (let member, .in) where isBad: return member
    case (let member, .ne) where !isBad, (let member, .notIn) where !isBad: return member
    case (.bool(let bool), _): return .bool(!bool)
    case (.number, _):
      let numbers = members.compactMap { if case .number(let number) = $0 { number } else { nil } }
      return .number((numbers.max() ?? 0) + 1)
    case (.string, _): return .string(members.contains(.string("ok")) ? "other" : "ok")
    }
  }

  /// A number on the bad side of a limit, or with a negative share on the good side.
  private func beyond(_ limit: Double, by share: Double) -> Double {
    let isAbove = condition.worse(0, 1) == 1
    let distance = (limit == 0 ? 1 : limit.magnitude) * share * (isAbove ? 1 : -1)
    // A fraction stays below 1, and a whole number whole.
    if unit == .ratio, limit < 1, limit + distance > 1 { return (1 + limit) / 2 }
    let isWhole = limit == limit.rounded() && limit != 0
    return isWhole ? (limit + distance).rounded(distance > 0 ? .up : .down) : limit + distance
  }
}
