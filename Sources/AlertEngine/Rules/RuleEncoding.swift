internal import JSON
internal import Text

extension Rule {
  /// This rule as a configuration would have it, with some of its numbers changed.
  ///
  /// Decoding it again checks it against the grammar of the configuration, so a variant is always a
  /// rule that a configuration could contain.
  ///
  /// - Parameter changes: the keys with other numbers.
  /// - Returns: the object in the configuration.
  func node(changing changes: [(key: RuleKey, value: Double)] = []) -> JSONNode {
    var members: [RuleKey: JSONNode.Value] = [:]
    for key in RuleKey.allCases { members[key] = written(key) }
    for change in changes { members[change.key] = .number(change.value) }
    let written = RuleKey.allCases.compactMap { key in
      members[key].map { value in
        JSONNode.Member(
          key: key.key.name, keyOffset: 0, value: JSONNode(value: value, offset: 0))
      }
    }
    return JSONNode(value: .object(written), offset: 0)
  }

  /// The number at a key, which may be a default; `nil` if there is none.
  func number(_ key: RuleKey) -> Double? {
    if key == .minSamples { return Double(minSamples) }
    guard case .number(let number) = written(key) else { return nil }
    return number
  }

  /// The value at a key; `nil` if there is none.
  private func written(_ key: RuleKey) -> JSONNode.Value? {
    switch key {
    case .name: .string(name)
    case .metricPath: .string(measurement.path.text)
    case .measure: .string(measurement.kind.rawValue)
    case .windowMinutes: measurement.window.map { .number($0.inMinutes) }
    case .denominatorPath: measurement.denominator.map { .string($0.text) }
    case .comparison: .string(condition.comparison.rawValue)
    case .threshold: JSONNode.Value(condition.threshold)
    case .durationMinutes: .number(duration.inMinutes)
    case .minRequestCount: .number(Double(minRequestCount))
    case .breachStatus: .string(breachStatus.rawValue)
    case .severity: .string(severity.rawValue)
    case .recoveryThreshold: condition.recoveryThreshold.map { .number($0) }
    case .recoveryMinutes: .number(recoveryDuration.inMinutes)
    case .minSamples: ownMinSamples.map { .number(Double($0)) }
    case .maxGapMinutes: .number(maxGap.inMinutes)
    case .onGap: .string(onGap.rawValue)
    case .sparseSamples: .number(Double(sparseSamples))
    case .onMissing: onMissing.map { .string($0.rawValue) }
    case .unit: unit.map { .string($0.name) }
    case .summary: text.summary.map { .string($0) }
    case .description: text.description.map { .string($0) }
    case .runbook: text.runbook.map { .string($0) }
    case .dashboard: text.dashboard.map { .string($0) }
    case .owner: text.owner.map { .string($0) }
    case .labels: .object(labels.sorted { $0.key < $1.key }.map(JSONNode.Member.init))
    }
  }
}

extension JSONNode.Value {
  fileprivate init(_ scalar: Scalar) {
    switch scalar {
    case .number(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .bool(let bool): self = .bool(bool)
    }
  }
}

extension JSONNode.Member {
  fileprivate init(_ key: String, _ text: String) {
    self.init(key: key, keyOffset: 0, value: JSONNode(value: .string(text), offset: 0))
  }
}
