internal import JSON
internal import Text

extension EvaluationPass {
  /// Ends the alerts of series that were named in another way; what still fires goes on under the new
  /// name of its series, if it is clear which one that is.
  ///
  /// - Parameters:
  ///   - rule: the rule.
  ///   - entries: its series in this snapshot; `nil` if they cannot be seen, so that its alerts hold.
  /// - Returns: whether the rule can be evaluated.
  mutating func carryOver(
    _ rule: Evaluator.CompiledRule, to entries: [Instances.Entry]?
  ) -> Bool {
    let keys = formerKeys(of: rule, beside: entries ?? [])
    guard !keys.isEmpty else { return true }
    let firing = keys.filter { state.alerts[$0]?.phase.episode != nil }
    // Only what fires is worth waiting for.
    guard entries != nil || firing.isEmpty else {
      isNamingOpen = true
      hold(rule, .missing)
      return false
    }
    let entries = entries ?? []
    let heirs = Dictionary(grouping: entries) { entry in
      entry.origin?.keyName ?? (rule.escapesNames ? entry.name.escapedAsKey : entry.name)
    }
    // All of them are taken out before any goes on: new names may be the same as old ones.
    var carried: [(key: AlertKey, alert: Alert)] = []
    for key in keys {
      var heir = heirs[key.instance ?? ""].flatMap { $0.count == 1 ? $0.first : nil }
      if heir == nil, firing == [key], entries.count == 1 { heir = entries.first }
      let newKey = heir.map { heir in
        AlertKey(rule: key.rule, instance: heir.name.isEmpty ? nil : heir.name)
      }
      // Receivers could not tell it from a series that has its old name now.
      let isTaken =
        newKey != key
        && (key.instance.map { name in entries.contains { $0.name == name } } ?? false)
      guard let newKey, !isTaken, var alert = state.alerts[key], let episode = alert.phase.episode
      else {
        end(key, cause: .conditionChanged)
        continue
      }
      alert.namingHash = rule.subject.namingHash
      if newKey != key {
        var known = episode
        known.formerKey = episode.formerKey ?? key
        alert.phase = .firing(known)
      }
      state.alerts.removeValue(forKey: key)
      carried.append((newKey, alert))
    }
    instances[rule.rule.name]?.removeAll { name in
      keys.contains(AlertKey(rule: rule.rule.name, instance: name))
    }
    for (key, alert) in carried {
      state.alerts[key] = alert
      if let name = key.instance { instances[key.rule, default: []].append(name) }
    }
    return true
  }

  /// The alerts of a rule that were named in another way than its series are now.
  private func formerKeys(
    of rule: Evaluator.CompiledRule, beside entries: [Instances.Entry]
  ) -> [AlertKey] {
    let name = rule.rule.name
    let own = AlertKey(rule: name)
    var keys = (instances[name] ?? []).map { AlertKey(rule: name, instance: $0) }
    if state.alerts[own] != nil { keys.append(own) }
    return keys.filter { key in
      if state.alerts[key]?.namingHash != rule.subject.namingHash { return true }
      guard state.namingHash == nil, rule.escapesNames, let name = key.instance else {
        return false
      }
      return name.utf8.contains(UInt8(ascii: "\\")) && !entries.contains { $0.name == name }
    }.sorted()
  }
}

extension Evaluator.CompiledRule {
  /// Whether earlier versions escaped its names, although only one key makes them.
  fileprivate var escapesNames: Bool {
    guard case .path(let path) = rule.measurement.selector else { return false }
    return path.segments.count { $0 == .wildcard } == 1
  }
}

extension String {
  /// The name of an instance as one of several keys.
  fileprivate var escapedAsKey: String {
    guard utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
      return self
    }
    var name = InstanceName()
    name.append(key: utf8)
    return name.escaped
  }
}
