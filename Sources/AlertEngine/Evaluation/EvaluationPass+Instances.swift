internal import JSON
internal import Text

extension EvaluationPass {
  /// Makes every series of every rule unknown for the same reason.
  mutating func holdAll(_ unknown: Unknown) {
    for rule in rules { hold(rule, unknown) }
  }

  /// Makes every known series of one rule unknown for the same reason; the rule itself if none is
  /// known.
  mutating func hold(_ rule: Evaluator.CompiledRule, _ unknown: Unknown) {
    let known = instances[rule.rule.name] ?? []
    if known.isEmpty || state.alerts[AlertKey(rule: rule.rule.name)] != nil {
      observe(rule.subject) { _ in .unknown(unknown) }
    }
    for instance in known.sorted(by: precedes) {
      observe(rule.subject, instance: instance) { _ in .unknown(unknown) }
    }
  }

  /// Evaluates one rule, instance by instance if it has several series.
  mutating func evaluate(
    _ rule: Evaluator.CompiledRule, by measuring: Measuring, on snapshot: Snapshot
  ) {
    if case .path(let index) = rule.value, rule.isAlone, !hasFormerNames {
      let found = snapshot.extraction.found(at: index)
      let denominator = rule.denominator.map { snapshot.found(at: $0) }
      endInstances(of: rule)
      return observe(rule.subject) { alert in
        measuring.observe(Measuring.Input(found: found, denominator: denominator), for: &alert)
      }
    }
    let denominators = rule.denominator.map { Lookup(snapshot.series(at: $0)) }
    let limits = rule.limit.map { Lookup(snapshot.series(at: $0)) }
    func judged(_ entry: Instances.Entry, _ alert: inout Alert) -> Observation {
      alert.absence = nil
      return measuring.observe(
        Measuring.Input(
          found: entry.found,
          denominator: denominators?.found(named: entry.name),
          limit: limits?.found(named: entry.name),
          members: entry.origin?.members ?? [],
          denominators: denominators?.entry(named: entry.name)?.origin?.members ?? []),
        for: &alert)
    }
    switch snapshot.series(at: rule.value) {
    case .single(let entry):
      if hasFormerNames, !carryOver(rule, to: entry.found == .absent ? nil : [entry]) { return }
      endInstances(of: rule)
      observe(rule.subject, entry.details) { judged(entry, &$0) }
    case .instances(var found):
      let isSeen = found.fault == nil && !found.isPartial && !found.unreadable.contains("")
      if hasFormerNames, !carryOver(rule, to: isSeen ? found.entries : nil) { return }
      makeRoom(for: &found, of: rule)
      let checksBefore = checks.count
      let isMetric = rule.rule.format == .prometheus
      let own = found.entries.first.flatMap { isMetric && $0.name.isEmpty ? $0 : nil }
      if let own, !found.isOverLimit {
        observe(rule.subject, own.details) { judged(own, &$0) }
      } else {
        evaluateParents(of: rule, by: measuring, found)
      }
      let present = Dictionary(found.entries.map { ($0.name, $0) }) { one, _ in one }
      let known = Set(instances[rule.rule.name] ?? [])
      for name in known.union(present.keys).sorted(by: precedes) where !(isMetric && name.isEmpty) {
        guard let entry = present[name] else {
          evaluateAbsent(name, of: rule, by: measuring, found)
          continue
        }
        guard entry.found != .absent || rule.hasEmptyInstances || known.contains(name) else {
          continue
        }
        observe(rule.subject, instance: name, entry.details) { judged(entry, &$0) }
      }
      guard checks.count == checksBefore else { return }
      // Readable and empty: nothing is wrong, but nothing is proved either.
      observe(rule.subject) { _ in
        if rule.rule.onGone == .resolve, !found.isPartial, found.unreadable.isEmpty {
          return .good(.gone)
        }
        return rule.onMissing == .clear ? .good(.missing) : .unknown(.missing)
      }
    }
  }

  /// Ends the alerts of instances that the rule had before.
  private mutating func endInstances(of rule: Evaluator.CompiledRule) {
    guard let known = instances[rule.rule.name] else { return }
    for name in known.sorted(by: precedes) {
      end(AlertKey(rule: rule.rule.name, instance: name), cause: .conditionChanged)
    }
  }

  /// Finds the series that belongs to an instance.
  private struct Lookup {
    /// The only series, if it has no name: it belongs to every instance.
    private let shared: Instances.Entry?
    private var entries: [String: Instances.Entry] = [:]
    /// Why some series are not there.
    private let fault: String?

    init(_ set: SeriesSet) {
      switch set {
      case .single(let entry): (shared, fault) = (entry, nil)
      case .instances(let instances):
        let only = instances.entries.count == 1 ? instances.entries.first : nil
        shared = only.flatMap { $0.name.isEmpty ? $0 : nil }
        fault = instances.fault ?? (instances.isOverLimit ? Instances.tooMany : nil)
        entries = Dictionary(instances.entries.map { ($0.name, $0) }) { one, _ in one }
      }
    }

    func entry(named name: String) -> Instances.Entry? { shared ?? entries[name] }

    func found(named name: String) -> Extraction.Found {
      entry(named: name)?.found ?? fault.map { .odd(.unusable($0)) } ?? .absent
    }
  }

  /// Keeps the number of stored instances within the limit, even if names keep changing.
  ///
  /// Healthy instances that are gone are forgotten first; if the others and those of the snapshot
  /// are still too many, only the first ones of the snapshot are evaluated.
  private mutating func makeRoom(for found: inout Instances, of rule: Evaluator.CompiledRule) {
    let name = rule.rule.name
    let present = Set(found.entries.map(\.name))
    let absent = (instances[name] ?? []).filter { !present.contains($0) }
    guard present.count + absent.count > Instances.limit else { return }
    let active = absent.filter { instance in
      state.alerts[AlertKey(rule: name, instance: instance)]?.phase.kind != .inactive
    }
    for instance in Set(absent).subtracting(active) {
      state.alerts.removeValue(forKey: AlertKey(rule: name, instance: instance))
    }
    instances[name]?.removeAll { !present.contains($0) && !active.contains($0) }
    found.keep(Instances.limit - active.count)
  }

  /// Evaluates the rule itself: its alert means that the parents of its instances cannot be read, or
  /// that there are too many of them.
  private mutating func evaluateParents(
    of rule: Evaluator.CompiledRule, by measuring: Measuring, _ found: Instances
  ) {
    let known = instances[rule.rule.name] ?? []
    let isMissing = found.unreadable.contains { prefix in
      guard rule.hasEmptyInstances || prefix.isEmpty else { return false }
      return !known.contains { $0.isInstance(under: prefix) }
    }
    let key = AlertKey(rule: rule.rule.name)
    if let fault = found.fault {
      observe(rule.subject) { _ in measuring.wrongType(fault) }
    } else if found.isOverLimit {
      observe(rule.subject) { _ in .bad(.wrongType(found: Instances.tooMany)) }
    } else if isMissing {
      observe(rule.subject) { _ in measuring.missing }
    } else if let alert = state.alerts[key] {
      if alert.details != nil {
        // The alert is about a series without labels, which is gone.
        evaluateGone(nil, of: rule)
      } else if alert.phase.kind == .inactive || alert.conditionHash != rule.subject.conditionHash {
        // The alert was about a path without a `*`, and that series is gone.
        end(key, cause: .conditionChanged)
      } else {
        observe(rule.subject) { _ in .good(.present) }
      }
    }
  }

  /// Evaluates a known instance that is not in this snapshot.
  private mutating func evaluateAbsent(
    _ name: String, of rule: Evaluator.CompiledRule, by measuring: Measuring, _ found: Instances
  ) {
    if found.isOverLimit || found.fault != nil {
      observe(rule.subject, instance: name) { _ in
        .unknown(.wrongType(found: found.fault ?? Instances.tooMany))
      }
    } else if found.unreadable.contains(where: { name.isInstance(under: $0) }) {
      observe(rule.subject, instance: name) { _ in measuring.missing }
    } else if found.isPartial {
      // It may be among the elements that could not be seen or named.
      observe(rule.subject, instance: name) { _ in .unknown(.gone) }
    } else {
      evaluateGone(name, of: rule)
    }
  }

  /// An instance is gone once it was absent from two readable snapshots over more than `max_gap`.
  private mutating func evaluateGone(_ name: String?, of rule: Evaluator.CompiledRule) {
    let key = AlertKey(rule: rule.rule.name, instance: name)
    let alert = state.alerts[key]
    var absence = alert?.absence ?? Absence(first: now, count: 0)
    absence.count += 1
    let resolves = rule.rule.onGone == .resolve
    let isActive = alert.map { $0.phase.kind != .inactive } ?? false
    let isGone = absence.count >= 2 && now - absence.first > rule.subject.maxGap
    // Nothing was ever known of an instance without a name, or with that of another.
    let wasNone = alert?.seen == .unknown(.unnamed) || alert?.seen == .unknown(.ambiguous)
    guard !(isGone && !(resolves && isActive)), isActive || !wasNone else {
      return end(key, cause: .instanceGone)
    }
    observe(rule.subject, instance: name) { alert in
      alert.absence = absence
      return resolves ? .good(.gone) : .unknown(.gone)
    }
  }
}

private func precedes(_ one: String, _ other: String) -> Bool {
  one.utf8.lexicographicallyPrecedes(other.utf8)
}

extension String {
  /// Whether this instance is below the keys that were matched before an unreadable parent.
  fileprivate func isInstance(under prefix: String) -> Bool {
    prefix.isEmpty || hasPrefix(prefix + "/")
  }
}
