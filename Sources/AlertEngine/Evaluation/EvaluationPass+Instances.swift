internal import JSON
internal import Text

extension EvaluationPass {
  /// Makes every series of every rule unknown for the same reason.
  mutating func holdAll(_ unknown: Unknown) {
    for rule in evaluator.rules { hold(rule, unknown) }
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

  /// Evaluates one rule, instance by instance if its path has a `*`.
  mutating func evaluate(
    _ rule: Evaluator.CompiledRule, by measuring: Measuring, on extraction: Extraction
  ) {
    let denominator = rule.denominatorHasWildcard ? nil : rule.denominator
    let shared = denominator.map { extraction.found(at: $0) }
    guard rule.hasWildcard else {
      // The path had a `*` before: its instances are gone.
      for name in instances[rule.subject.name]?.sorted(by: precedes) ?? [] {
        end(AlertKey(rule: rule.rule.name, instance: name), cause: .conditionChanged)
      }
      observe(rule.subject) { alert in
        measuring.observe(extraction.found(at: rule.path), over: shared, for: &alert)
      }
      return
    }
    var found = extraction.instances(at: rule.path)
    makeRoom(for: &found, of: rule)
    let denominators = rule.denominatorHasWildcard ? rule.denominator : nil
    let denominatorOf = denominators.map { place in
      let instances = extraction.instances(at: place)
      if instances.isOverLimit { found.refuseAll() }
      return Dictionary(instances.entries.map { ($0.name, $0.found) }) { one, _ in one }
    }
    let checksBefore = checks.count
    evaluateParents(of: rule, by: measuring, found)
    let present = Dictionary(found.entries.map { ($0.name, $0.found) }) { one, _ in one }
    let known = Set(instances[rule.rule.name] ?? [])
    for name in known.union(present.keys).sorted(by: precedes) {
      guard let value = present[name] else {
        evaluateAbsent(name, of: rule, by: measuring, found)
        continue
      }
      observe(rule.subject, instance: name) { alert in
        alert.absence = nil
        let over = denominatorOf.map { $0[name] ?? .absent } ?? shared
        return measuring.observe(value, over: over, for: &alert)
      }
    }
    guard checks.count == checksBefore else { return }
    // Readable and empty: nothing is wrong, but nothing is proved either.
    observe(rule.subject) { _ in
      rule.onMissing == .clear ? .good(.missing) : .unknown(.missing)
    }
  }

  /// Keeps the number of stored instances within the limit, even if names keep changing.
  ///
  /// Healthy instances that are gone are forgotten first; if the others and those of the snapshot
  /// are still too many, the snapshot is treated as one with too many instances.
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
    if present.count + active.count > Instances.limit { found.refuseAll() }
  }

  /// Evaluates the rule itself: its alert means that the parents of its instances cannot be read.
  private mutating func evaluateParents(
    of rule: Evaluator.CompiledRule, by measuring: Measuring, _ found: Instances
  ) {
    let known = instances[rule.rule.name] ?? []
    let isMissing = found.unreadable.contains { prefix in
      !known.contains { $0.isInstance(under: prefix) }
    }
    if found.isOverLimit {
      observe(rule.subject) { _ in measuring.wrongType("more than 1,000 instances") }
    } else if isMissing {
      observe(rule.subject) { _ in measuring.missing }
    } else if let alert = state.alerts[AlertKey(rule: rule.rule.name)] {
      if alert.phase.kind == .inactive || alert.conditionHash != rule.subject.conditionHash {
        // The alert was about a path without a `*`, and that series is gone.
        end(AlertKey(rule: rule.rule.name), cause: .conditionChanged)
      } else {
        observe(rule.subject) { _ in .good(.present) }
      }
    }
  }

  /// Evaluates a known instance that is not in this snapshot.
  private mutating func evaluateAbsent(
    _ name: String, of rule: Evaluator.CompiledRule, by measuring: Measuring, _ found: Instances
  ) {
    if found.isOverLimit {
      observe(rule.subject, instance: name) { _ in
        .unknown(.wrongType(found: "more than 1,000 instances"))
      }
    } else if found.unreadable.contains(where: { name.isInstance(under: $0) }) {
      observe(rule.subject, instance: name) { _ in measuring.missing }
    } else {
      evaluateGone(name, of: rule)
    }
  }

  /// An instance is gone once it was absent from two readable snapshots over more than `max_gap`.
  private mutating func evaluateGone(_ name: String, of rule: Evaluator.CompiledRule) {
    let key = AlertKey(rule: rule.rule.name, instance: name)
    var absence = state.alerts[key]?.absence ?? Absence(first: now, count: 0)
    absence.count += 1
    let isGone = absence.count >= 2 && now - absence.first > rule.subject.maxGap
    guard !isGone else { return end(key, cause: .instanceGone) }
    observe(rule.subject, instance: name) { alert in
      alert.absence = absence
      return .unknown(.gone)
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
