internal import JSON
internal import Text

extension Configuration {
  /// Rules that add nothing to another one, which fires no later and is no less severe.
  var redundancies: [Lint] {
    let groups = Dictionary(grouping: rules.indices) { rules[$0].withoutLimit }
    let subjects = subjects
    var found: [(index: Int, lint: Lint)] = []
    for group in groups.values where group.count > 1 {
      for index in group {
        let other = group.first { other in
          guard other != index, rules[other].covers(rules[index]),
            subjects.isHeard(rules[other], whereverIs: rules[index], in: receivers)
          else { return false }
          // Of two that say the same, the first one stays.
          return other < index || !rules[index].covers(rules[other])
        }
        guard let other else { continue }
        found.append((index, rules[index].redundancy(beside: rules[other])))
      }
    }
    return found.sorted { $0.index < $1.index }.map(\.lint)
  }

  /// Alerts that no receiver takes, and receivers that take none.
  var receiverLints: [Lint] {
    guard !receivers.isEmpty else { return [] }
    let subjects = subjects
    let all = rules.map(\.name) + [EndpointSettings.ruleName]
    let takers = subjects.mapValues { subject in receivers.filter { $0.mayTake(subject) } }
    /// Those of an alert of a target; `nil` for a configuration without targets.
    func names(of rule: String, at target: String?) -> Set<String> {
      let own = takers[rule] ?? []
      return Set(
        own.filter { receiver in target.map { receiver.match.isFor(target: $0) } ?? true }
          .map(\.name))
    }
    var lints: [Lint] = []
    var busy: Set<String> = []
    for subject in all.compactMap({ subjects[$0] }) {
      let item: Lint.Item = subject.rule.map { .rule($0.name) } ?? .endpoint
      let targets = subject.targets(in: self)
      let places = targets.isEmpty ? [nil] : targets.map(Optional.some)
      let own = places.map { names(of: subject.name, at: $0) }
      busy = own.reduce(busy) { $0.union($1) }
      if let deaf = own.firstIndex(of: []) {
        lints.append(noReceiver(for: subject, item, at: places[deaf], of: own))
      }
      for dependency in subject.rule?.dependsOn ?? [] {
        let isUnheard = zip(places, own).contains { place, own in
          !own.isEmpty
            && own.isDisjoint(with: names(of: dependency.rule, at: dependency.target ?? place))
        }
        guard isUnheard else { continue }
        lints.append(
          Lint(
            .unheardDependency, item, key: RuleKey.dependsOn.key.name,
            "while \(dependency.text) is firing, this rule is inhibited, and none of its receivers is "
              + "notified of \(dependency.text)",
            remedy: "let one receiver take both"))
      }
    }
    for receiver in receivers {
      if let dead = deadMatch(receiver.match, .receiver(receiver.name)) {
        lints.append(dead)
      } else if !busy.contains(receiver.name) {
        lints.append(
          Lint(
            .idleReceiver, .receiver(receiver.name), "takes the alerts of no rule",
            remedy: "change its severities or match, or remove it"))
      }
    }
    return lints
  }

  /// That no receiver takes the alerts of a rule at a target; `takers` has the receivers at each of its
  /// targets.
  private func noReceiver(
    for subject: Subject, _ item: Lint.Item, at target: String?, of takers: [Set<String>]
  ) -> Lint {
    let severity = subject.severity
    let reason =
      !receivers.contains { $0.severities.contains(severity) }
      ? "no receiver accepts severity \(severity.rawValue), so nobody is notified"
      : takers.allSatisfy(\.isEmpty)
        ? "no receiver matches it, so nobody is notified"
        : "no receiver matches its alerts of \(printable(target ?? "")), so nobody is notified of them"
    return Lint(
      .noReceiver, item, reason,
      remedy: "add a receiver, or change the severities or match of one")
  }

  /// Maintenance windows that hold back nothing.
  func windowLints(at now: Instant) -> [Lint] {
    maintenance.compactMap { window in
      if case .once(_, let end) = window.time, end <= now {
        return Lint(
          .pastWindow, .window(window.name), key: MaintenanceKey.ends.key.name,
          "ended at \(end.rfc3339)", remedy: "remove it")
      }
      return deadMatch(window.match, .window(window.name))
    }
  }

  /// A part of a match that no alert can have.
  private func deadMatch(_ match: AlertMatch, _ item: Lint.Item) -> Lint? {
    func lint(_ what: String, _ pattern: NamePattern, _ names: [String]) -> Lint {
      let hint = didYouMean(pattern.text, among: names, isQuoted: true)
      return Lint(
        .deadMatch, item, key: ReceiverKey.match.key.name,
        "no \(what) matches \(pattern.text.quoted)", remedy: hint ?? "correct or remove it")
    }
    let names = rules.map(\.name) + [EndpointSettings.ruleName]
    if let dead = match.rules.first(where: { !names.contains(where: $0.matches) }) {
      return lint("rule", dead, names)
    }
    let targetNames = targets.map(\.name)
    if !targetNames.isEmpty,
      let dead = match.targets.first(where: { !targetNames.contains(where: $0.matches) })
    {
      return lint("target", dead, targetNames)
    }
    // The labels of instances are known only with a snapshot.
    guard !rules.contains(where: \.measurement.hasInstances) else { return nil }
    let labels = rules.map { self.labels.merging($0.labels) { _, own in own } } + [self.labels]
    for (name, pattern) in match.labels.sorted(by: { $0.key < $1.key })
    where !labels.contains(where: { $0[name].map(pattern.matches) ?? false }) {
      return lint("label \(name.quoted) of a rule", pattern, labels.compactMap { $0[name] })
    }
    return nil
  }
}

extension [String: Subject] {
  /// Whether every receiver that may take alerts of one rule takes those of another.
  fileprivate func isHeard(
    _ rule: Rule, whereverIs other: Rule, in receivers: [ReceiverSettings]
  ) -> Bool {
    guard let own = self[rule.name], let others = self[other.name] else { return false }
    return receivers.allSatisfy { !$0.mayTake(others) || $0.mayTake(own) }
  }
}

extension Rule {
  /// The rule but for its limit, what only delays it, whom it tells, and what it says.
  fileprivate var withoutLimit: Rule {
    var rule = self
    rule.name = ""
    rule.condition = Condition(condition.comparison, .scalar(.number(0)))
    (rule.burnRate, rule.unit, rule.targets, rule.ownMinSamples) = (nil, nil, nil, nil)
    (rule.duration, rule.recoveryDuration) = (.zero, .zero)
    (rule.minRequestCount, rule.breachStatus, rule.severity) = (0, .fail, .critical)
    (rule.dependsOn, rule.text, rule.allowed) = ([], RuleText(), [])
    return rule
  }

  /// Whether this rule fires whenever another one does that is otherwise the same, no later and no
  /// less severe.
  fileprivate func covers(_ other: Rule) -> Bool {
    condition.isAtLeastAsStrict(as: other.condition) && duration <= other.duration
      && minSamples <= other.minSamples && minRequestCount <= other.minRequestCount
      && severity.rank <= other.severity.rank
      // It must not resolve earlier, either.
      && recoveryDuration >= other.recoveryDuration
      && [condition.recoveryThreshold, nil].contains(other.condition.recoveryThreshold)
      && (breachStatus == .fail || other.breachStatus == .warn)
      && Set(dependsOn).isSubset(of: other.dependsOn)
      && (targets == nil || other.targets.map { Set($0).isSubset(of: targets ?? []) } ?? false)
  }

  fileprivate func redundancy(beside other: Rule) -> Lint {
    let isEqual = condition.threshold == other.condition.threshold
    return Lint(
      isEqual ? .duplicateRule : .shadowedRule, self, isEqual ? nil : .threshold,
      isEqual
        ? "\(other.name) has the same condition, fires no later and is no less severe"
        : "\(other.name) fires whenever this rule does, no later and no less severe",
      remedy: "remove this rule, or make it more severe or quicker")
  }
}

extension Condition {
  /// Whether every value that is bad for another condition with this comparison is bad for this one.
  fileprivate func isAtLeastAsStrict(as other: Condition) -> Bool {
    if threshold == other.threshold { return true }
    guard let own = threshold.number, let others = other.threshold.number else { return false }
    return switch comparison {
    case .gt, .gte: own <= others
    case .lt, .lte: own >= others
    case .eq, .ne, .in, .notIn: false
    }
  }
}

extension Severity {
  /// 0 is the most severe.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
