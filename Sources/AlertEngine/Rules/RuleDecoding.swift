internal import JSON
internal import Text

extension Rule {
  /// Decodes one rule, with the defaults of `evaluation`.
  ///
  /// - Returns: `nil` if it has a mistake.
  init?(
    _ fields: Fields<RuleKey>, under evaluation: EvaluationSettings?,
    _ mistakes: inout MistakeList
  ) {
    let before = mistakes.count
    if fields.text(.name) == EndpointSettings.ruleName {
      fields.refuse(
        .name, &mistakes,
        "\(EndpointSettings.ruleName.quoted) is the name of the built-in alert; choose another")
    }
    let measurement = Measurement(fields, &mistakes)
    let condition = Condition(fields, &mistakes)
    guard mistakes.count == before, let evaluation, let name = fields.text(.name), let measurement,
      let condition,
      let duration = fields.minutes(.durationMinutes),
      let minRequestCount = fields.integer(.minRequestCount),
      let breachStatus: BreachStatus = fields.word(.breachStatus),
      let recoveryDuration = fields.minutes(.recoveryMinutes)
    else { return nil }
    self.init(
      name: name, measurement: measurement, condition: condition, duration: duration,
      minSamples: fields.integer(.minSamples),
      maxGap: fields.minutes(.maxGapMinutes) ?? evaluation.maxGap,
      onGap: fields.word(.onGap) ?? evaluation.onGap,
      sparseSamples: fields.integer(.sparseSamples) ?? evaluation.sparseSamples,
      onMissing: fields.word(.onMissing),
      minRequestCount: minRequestCount, breachStatus: breachStatus,
      severity: fields.word(.severity), recoveryDuration: recoveryDuration,
      unit: fields.text(.unit).map(MetricUnit.init),
      text: RuleText(
        summary: fields.text(.summary), description: fields.text(.description),
        runbook: fields.text(.runbook), dashboard: fields.text(.dashboard),
        owner: fields.text(.owner)),
      labels: fields.labels(.labels))
  }
}

extension Measurement {
  fileprivate init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let kind: MeasureKind = fields.word(.measure), let path = fields.path(.metricPath) else {
      return nil
    }
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
          "expected no * or as many as in metric_path (\(path.wildcards)), "
            + "found \(denominator.wildcards)")
        return nil
      }
      self = .ratio(path, denominator: denominator, window: window)
    case (.increase, nil, _), (.ratePerMinute, nil, _), (.ratio, nil, _), (.ratio, _, nil):
      return nil
    }
  }
}

extension MetricPath {
  fileprivate var wildcards: Int { segments.count { $0 == .wildcard } }
}

extension Condition {
  fileprivate init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    guard let comparison: Comparison = fields.word(.comparison),
      let threshold = fields.scalar(.threshold)
    else { return nil }
    let condition = Condition(comparison, threshold)
    guard condition.canCompare(threshold) else {
      fields.refuse(
        .threshold, &mistakes,
        "\(comparison.rawValue) needs a number that is exact, between -2^53 and 2^53")
      return nil
    }
    let recovery = fields.number(.recoveryThreshold)
    if let recovery, case .number(let level) = threshold {
      switch comparison {
      case .gt, .gte:
        if recovery > level { fields.refuseRecovery("at most", level, recovery, &mistakes) }
      case .lt, .lte:
        if recovery < level { fields.refuseRecovery("at least", level, recovery, &mistakes) }
      case .eq, .ne: break
      }
    }
    self.init(comparison, threshold, recoveryThreshold: recovery)
  }
}

extension Fields<RuleKey> {
  fileprivate func refuseRecovery(
    _ side: String, _ threshold: Double, _ recovery: Double, _ mistakes: inout MistakeList
  ) {
    refuse(
      .recoveryThreshold, &mistakes,
      "expected \(side) the threshold, \(threshold.plain), found the number \(recovery.plain)")
  }
}
