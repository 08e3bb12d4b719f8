internal import JSON
internal import Text

extension Configuration {
  /// Rules that say nothing that another rule does not say, at least as early and as loud.
  var redundancies: [Lint] {
    /// What two such rules have in common.
    struct Common: Hashable {
      var measurement: Measurement
      var comparison: Comparison
      var badSamples: BadSamples?
      var labels: [String: String]
    }
    let groups = Dictionary(grouping: rules.indices) { index in
      let rule = rules[index]
      return Common(
        measurement: rule.measurement, comparison: rule.condition.comparison,
        badSamples: rule.badSamples, labels: rule.labels)
    }
    var found: [(index: Int, lint: Lint)] = []
    for group in groups.values where group.count > 1 {
      for index in group {
        let other = group.first { other in
          guard other != index, rules[other].covers(rules[index]) else { return false }
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
    let takers = Dictionary(takers.map { ($0.item, $0.receivers) }) { one, _ in one }
    var lints: [Lint] = []
    for (item, severity, own) in takersInOrder where own.isEmpty {
      let isRefused = !receivers.contains { $0.severities.contains(severity) }
      lints.append(
        Lint(
          .noReceiver, item,
          isRefused
            ? "no receiver accepts severity \(severity.rawValue), so nobody is notified"
            : "no receiver matches it, so nobody is notified",
          remedy: "add a receiver, or change the severities or match of one"))
    }
    for rule in rules {
      guard let own = takers[.rule(rule.name)], !own.isEmpty else { continue }
      for dependency in rule.dependsOn {
        let item: Lint.Item =
          dependency.rule == EndpointSettings.ruleName ? .endpoint : .rule(dependency.rule)
        guard own.isDisjoint(with: takers[item] ?? []) else { continue }
        lints.append(
          Lint(
            .unheardDependency, rule, .dependsOn,
            "no receiver of this rule is notified of \(dependency.text), and while that is firing, "
              + "nobody learns of this rule",
            remedy: "give both a receiver in common"))
      }
    }
    for receiver in receivers {
      if let dead = deadMatch(receiver.match, .receiver(receiver.name)) {
        lints.append(dead)
      } else if !takers.values.contains(where: { $0.contains(receiver.name) }) {
        lints.append(
          Lint(
            .idleReceiver, .receiver(receiver.name), "it takes the alerts of no rule",
            remedy: "change its severities or match, or remove it"))
      }
    }
    return lints
  }

  /// Maintenance windows that hold back nothing.
  func windowLints(at now: Instant) -> [Lint] {
    maintenance.compactMap { window in
      if case .once(_, let end) = window.time, end <= now {
        return Lint(
          .pastWindow, .window(window.name), key: MaintenanceKey.ends.key.name,
          "it ended on \(end.rfc3339)", remedy: "remove it")
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

  /// The receivers that may be told of each rule, the endpoint last.
  private var takersInOrder: [(item: Lint.Item, severity: Severity, receivers: Set<String>)] {
    let all =
      rules.map { (Lint.Item.rule($0.name), $0.name, $0.severity) }
      + [(.endpoint, EndpointSettings.ruleName, endpoint.severity)]
    return all.map { item, name, severity in
      let takers = receivers.filter {
        $0.severities.contains(severity) && $0.match.mayMatch(rule: name, severity)
      }
      return (item, severity, Set(takers.map(\.name)))
    }
  }

  private var takers: [(item: Lint.Item, receivers: Set<String>)] {
    takersInOrder.map { ($0.item, $0.receivers) }
  }
}

extension Rule {
  /// Whether this rule fires whenever another one with the same measurement and comparison does, no
  /// later and no quieter.
  fileprivate func covers(_ other: Rule) -> Bool {
    condition.isAtLeastAsStrict(as: other.condition) && duration <= other.duration
      && minSamples <= other.minSamples && minRequestCount <= other.minRequestCount
      && severity.rank <= other.severity.rank
      && (breachStatus == .fail || other.breachStatus == .warn)
      && (targets == nil || other.targets.map { Set($0).isSubset(of: targets ?? []) } ?? false)
  }

  fileprivate func redundancy(beside other: Rule) -> Lint {
    let isEqual = condition.threshold == other.condition.threshold
    return Lint(
      isEqual ? .duplicateRule : .shadowedRule, self, isEqual ? nil : .threshold,
      isEqual
        ? "\(other.name) has the same condition, and fires no later and no quieter"
        : "\(other.name) fires on less, no later and no quieter, so this rule adds nothing",
      remedy: "remove it, or make it more severe or quicker than \(other.name)")
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
