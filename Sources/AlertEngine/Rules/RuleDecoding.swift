extension Rule {
  /// Reads one rule, with what `evaluation` says where the rule is silent.
  ///
  /// - Returns: `nil` when something in it is a mistake by then.
  init?(
    _ fields: Fields<RuleKey>, under evaluation: EvaluationSettings?,
    _ mistakes: inout MistakeList
  ) {
    let before = mistakes.count
    if fields.text(.name) == EndpointSettings.ruleName {
      fields.refuse(
        .name, &mistakes,
        "\(EndpointSettings.ruleName.quoted) is the name of the built-in alert; take another")
    }
    let measurement = Measurement(fields, &mistakes)
    let condition = Condition(fields, &mistakes)
    guard mistakes.count == before, let evaluation, let name = fields.text(.name), let measurement, let condition,
      let duration = fields.minutes(.durationMinutes),
      let minRequestCount = fields.integer(.minRequestCount),
      let breachStatus: BreachStatus = fields.word(.breachStatus),
      let recoveryDuration = fields.minutes(.recoveryMinutes)
    else { return nil }
    self.init(
      name: name, measurement: measurement, condition: condition, duration: duration,
      minSamples: fields.integer(.minSamples),
      maxGap: fields.minutes(.maxGapMinutes) ?? evaluation.maxGap,
      onGap: fields.word(.onGap) ?? evaluation.onGap, onMissing: fields.word(.onMissing),
      minRequestCount: minRequestCount, breachStatus: breachStatus,
      severity: fields.word(.severity), recoveryDuration: recoveryDuration,
      unit: fields.text(.unit).map(Unit.init),
      text: RuleText(
        summary: fields.text(.summary), description: fields.text(.description),
        runbook: fields.text(.runbook), dashboard: fields.text(.dashboard),
        owner: fields.text(.owner)),
      labels: fields.labels(.labels))
  }
}

extension MeasureKind {
  /// The measures that look back over `window_minutes`.
  package static var windowed: [MeasureKind] { allCases.filter(\.needsWindow) }

  package var needsWindow: Bool {
    switch self {
    case .value, .age: false
    case .increase, .ratePerMinute, .ratio: true
    }
  }

  package var needsDenominator: Bool {
    switch self {
    case .value, .age, .increase, .ratePerMinute: false
    case .ratio: true
    }
  }
}

extension Measurement {
  fileprivate init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let kind: MeasureKind = fields.word(.measure) else { return nil }
    fields.expect(.windowMinutes, with: kind, if: kind.needsWindow, &mistakes)
    fields.expect(.denominatorPath, with: kind, if: kind.needsDenominator, &mistakes)
    guard let path = fields.path(.metricPath) else { return nil }
    let denominator = fields.path(.denominatorPath)
    let window = fields.minutes(.windowMinutes)
    switch (kind, window, denominator) {
    case (.value, _, _): self = .value(path)
    case (.age, _, _): self = .age(path)
    case (.increase, let window?, _): self = .increase(path, window: window)
    case (.ratePerMinute, let window?, _): self = .ratePerMinute(path, window: window)
    case (.ratio, let window?, let denominator?):
      guard [0, path.wildcards].contains(denominator.wildcards) else {
        fields.refuse(
          .denominatorPath, &mistakes,
          "expected no * or as many as metric_path has (\(path.wildcards)), "
            + "found \(denominator.wildcards)")
        return nil
      }
      self = .ratio(path, denominator: denominator, window: window)
    case (.increase, nil, _), (.ratePerMinute, nil, _), (.ratio, nil, _), (.ratio, _, nil):
      return nil
    }
  }
}

extension Fields<RuleKey> {
  /// Says a mistake when a key is missing though the measure needs it, or there though it does not.
  fileprivate func expect(
    _ name: RuleKey, with kind: MeasureKind, if isNeeded: Bool, _ mistakes: inout MistakeList
  ) {
    guard has(name) != isNeeded else { return }
    if isNeeded {
      refuse(
        &mistakes,
        "\(name.rawValue.quoted) is missing, which the measure \(kind.rawValue) needs")
    } else {
      refuse(name, &mistakes, "the measure \(kind.rawValue) has no such key; take it out")
    }
  }
}

extension MetricPath {
  fileprivate var wildcards: Int { segments.count { $0 == .wildcard } }
}

extension Comparison {
  /// Whether it compares by size, which only numbers have.
  package var isOrdering: Bool {
    switch self {
    case .gt, .gte, .lt, .lte: true
    case .eq, .ne: false
    }
  }

  /// Whether a sample at `level` is on the healthy side of `threshold`, or on it.
  fileprivate func isHealthy(_ level: Double, beside threshold: Double) -> Bool {
    switch self {
    case .gt, .gte: level <= threshold
    case .lt, .lte: level >= threshold
    case .eq, .ne: false
    }
  }
}

extension Condition {
  fileprivate init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let comparison: Comparison = fields.word(.comparison) else { return nil }
    let recovery = fields.number(.recoveryThreshold)
    if !comparison.isOrdering, fields.has(.recoveryThreshold) {
      fields.refuse(
        .recoveryThreshold, &mistakes,
        "\(comparison.rawValue) has no healthy side to recover to; take it out")
    }
    guard let threshold = fields.scalar(.threshold) else { return nil }
    switch threshold {
    case .number(let level):
      if comparison.isOrdering, let recovery, !comparison.isHealthy(recovery, beside: level) {
        let side = comparison.isHealthy(level - 1, beside: level) ? "at most" : "at least"
        fields.refuse(
          .recoveryThreshold, &mistakes,
          "expected \(side) the threshold \(level.plain), found the number \(recovery.plain)")
      }
    case .string, .bool:
      if comparison.isOrdering {
        fields.refuse(
          .threshold, &mistakes,
          "expected a number, found \(threshold.shown) (those compare with eq and ne only)")
      } else if let kind: MeasureKind = fields.word(.measure), kind != .value {
        fields.refuse(
          .threshold, &mistakes,
          "expected a number, found \(threshold.shown) (the measure \(kind.rawValue) gives numbers)"
        )
      }
    }
    self.init(comparison, threshold, recoveryThreshold: recovery)
  }
}
