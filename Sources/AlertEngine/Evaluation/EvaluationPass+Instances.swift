internal import JSON
internal import Text

extension EvaluationPass {
  /// Gives every series of every rule the same unknown.
  mutating func holdAll(_ unknown: Unknown) {
    for rule in evaluator.rules { hold(rule, unknown) }
  }

  /// Gives every known series of one rule the same unknown; the rule itself where none is known.
  mutating func hold(_ rule: Evaluator.CompiledRule, _ unknown: Unknown) {
    let known = instances[rule.rule.name] ?? []
    if known.isEmpty || state.alerts[AlertKey(rule: rule.rule.name)] != nil {
      observe(rule.subject) { _ in .unknown(unknown) }
    }
    for instance in known.sorted(by: precedes) {
      observe(rule.subject, instance: instance) { _ in .unknown(unknown) }
    }
  }

  /// Judges one rule, instance by instance where its path has a `*`.
  mutating func judge(
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
    judgeParents(of: rule, by: measuring, found)
    let present = Dictionary(found.entries.map { ($0.name, $0.found) }) { one, _ in one }
    let known = Set(instances[rule.rule.name] ?? [])
    for name in known.union(present.keys).sorted(by: precedes) {
      guard let value = present[name] else {
        judgeAbsent(name, of: rule, by: measuring, found)
        continue
      }
      observe(rule.subject, instance: name) { alert in
        alert.absence = nil
        let over = denominatorOf.map { $0[name] ?? .absent } ?? shared
        return measuring.observe(value, over: over, for: &alert)
      }
    }
    guard checks.count == checksBefore else { return }
    // Readable and empty: nothing is wrong, and nothing is proved either.
    observe(rule.subject) { _ in
      rule.onMissing == .clear ? .good(.missing) : .unknown(.missing)
    }
  }

  /// Keeps the instances that a state remembers under the limit, also where names change all the
  /// time.
  ///
  /// Healthy ones that are no longer there are forgotten first; where the others and those of
  /// the snapshot are still too many, the snapshot counts as one with too many instances.
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

  /// Judges the rule itself: its alert means that the parents of its instances cannot be read.
  private mutating func judgeParents(
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
        // It was about a path without a `*`: that series is gone.
        end(AlertKey(rule: rule.rule.name), cause: .conditionChanged)
      } else {
        observe(rule.subject) { _ in .good(.present) }
      }
    }
  }

  /// Judges a known instance that this snapshot does not show.
  private mutating func judgeAbsent(
    _ name: String, of rule: Evaluator.CompiledRule, by measuring: Measuring, _ found: Instances
  ) {
    if found.isOverLimit {
      observe(rule.subject, instance: name) { _ in
        .unknown(.wrongType(found: "more than 1,000 instances"))
      }
    } else if found.unreadable.contains(where: { name.isInstance(under: $0) }) {
      observe(rule.subject, instance: name) { _ in measuring.missing }
    } else {
      judgeGone(name, of: rule)
    }
  }

  /// An instance is gone once two readable snapshots over more than `max_gap` lacked it.
  private mutating func judgeGone(_ name: String, of rule: Evaluator.CompiledRule) {
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
  /// Whether this instance is under the keys that were matched before a parent was unreadable.
  fileprivate func isInstance(under prefix: String) -> Bool {
    prefix.isEmpty || hasPrefix(prefix + "/")
  }
}
