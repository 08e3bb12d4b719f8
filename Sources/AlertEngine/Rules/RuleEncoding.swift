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
    let hasOwnThreshold = changes.contains { $0.key == .threshold }
    for key: RuleKey in burnRate == nil
      ? [] : hasOwnThreshold ? [.objective, .burnRate] : [.threshold]
    { members[key] = nil }
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
    case .metricPath: path(measurement.selector)
    case .metric: metric(measurement.selector)
    case .instanceBy:
      measurement.instanceBy.isEmpty ? nil : .texts(measurement.instanceBy.map(\.text))
    case .aggregate: measurement.aggregate.map { .string($0.rawValue) }
    case .measure: .string(measurement.kind.rawValue)
    case .windowMinutes: measurement.window.map { .number($0.inMinutes) }
    case .shortWindowMinutes: measurement.shortWindow.map { .number($0.inMinutes) }
    case .denominatorPath: measurement.denominator.flatMap(path)
    case .denominatorMetric: measurement.denominator.flatMap(metric)
    case .quantile: measurement.quantile.map { .number($0) }
    case .parse: measurement.parse.map { .string($0.rawValue) }
    case .scale: .number(measurement.scale)
    case .timeZone: measurement.timeZone.map { .string($0.text) }
    case .comparison: .string(condition.comparison.rawValue)
    case .threshold: JSONNode.Value(condition.threshold)
    case .thresholdPath: condition.threshold.selector.flatMap(path)
    case .objective: burnRate.map { .number($0.objective) }
    case .burnRate: burnRate.map { .number($0.rate) }
    case .badSamples: badSamples.map(JSONNode.Value.init)
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
    case .onGone: .string(onGone.rawValue)
    case .dependsOn: dependsOn.isEmpty ? nil : .texts(dependsOn.map(\.text))
    case .targets: targets.map { .texts($0) }
    case .unit: unit.map { .string($0.name) }
    case .summary: text.summary.map { .string($0) }
    case .description: text.description.map { .string($0) }
    case .runbook: text.runbook.map { .string($0) }
    case .dashboard: text.dashboard.map { .string($0) }
    case .owner: text.owner.map { .string($0) }
    case .detailPath: measurement.detail.map { .string($0.text) }
    case .allow: allowed.isEmpty ? nil : .texts(allowed.map(\.rawValue).sorted())
    case .labels: .object(labels.sorted { $0.key < $1.key }.map(JSONNode.Member.init))
    }
  }
}

extension Rule {
  private func path(_ selector: Selector) -> JSONNode.Value? {
    if case .metric = selector { nil } else { .string(selector.text) }
  }

  private func metric(_ selector: Selector) -> JSONNode.Value? {
    if case .metric = selector { .string(selector.text) } else { nil }
  }
}

extension JSONNode.Value {
  fileprivate static func texts(_ texts: [String]) -> Self {
    .array(texts.map { JSONNode(value: .string($0), offset: 0) })
  }

  fileprivate init?(_ threshold: Threshold) {
    switch threshold {
    case .scalar(let scalar): self.init(scalar)
    case .list(let scalars):
      self = .array(scalars.map { JSONNode(value: Self($0), offset: 0) })
    case .selector: return nil
    }
  }

  fileprivate init(_ scalar: Scalar) {
    switch scalar {
    case .number(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .bool(let bool): self = .bool(bool)
    }
  }
}

extension JSONNode.Value {
  fileprivate init(_ badSamples: BadSamples) {
    self = .object([
      JSONNode.Member(BadSamplesKey.atLeast.key.name, .number(Double(badSamples.atLeast))),
      JSONNode.Member(BadSamplesKey.of.key.name, .number(Double(badSamples.of))),
    ])
  }
}

extension JSONNode.Member {
  fileprivate init(_ key: String, _ text: String) { self.init(key, .string(text)) }

  fileprivate init(_ key: String, _ value: JSONNode.Value) {
    self.init(key: key, keyOffset: 0, value: JSONNode(value: value, offset: 0))
  }
}
