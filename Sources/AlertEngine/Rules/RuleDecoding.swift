internal import JSON
internal import Prometheus
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
    let badSamples = BadSamples(fields, &mistakes)
    if let measurement, let limit = condition?.threshold.selector,
      !measurement.selector.canBeDivided(by: limit)
    {
      fields.refuse(
        .thresholdPath, &mistakes,
        "selects other series than metric_path: there is no threshold for each")
    }
    guard mistakes.count == before, let evaluation, let name = fields.text(.name), let measurement,
      let condition,
      let duration = fields.minutes(.durationMinutes),
      let minRequestCount = fields.integer(.minRequestCount),
      let breachStatus: BreachStatus = fields.word(.breachStatus),
      let recoveryDuration = fields.minutes(.recoveryMinutes)
    else { return nil }
    self.init(
      name: name, measurement: measurement, condition: condition, burnRate: BurnRate(fields),
      badSamples: badSamples, duration: duration, minSamples: fields.integer(.minSamples),
      maxGap: fields.minutes(.maxGapMinutes) ?? evaluation.maxGap,
      onGap: fields.word(.onGap) ?? evaluation.onGap,
      sparseSamples: fields.integer(.sparseSamples) ?? evaluation.sparseSamples,
      onMissing: fields.word(.onMissing), onGone: fields.word(.onGone) ?? .hold,
      dependsOn: (fields.texts(.dependsOn) ?? []).map(Dependency.init),
      targets: fields.texts(.targets),
      minRequestCount: minRequestCount, breachStatus: breachStatus,
      severity: fields.word(.severity), recoveryDuration: recoveryDuration,
      unit: fields.text(.unit).map(MetricUnit.init),
      text: RuleText(
        summary: fields.text(.summary), description: fields.text(.description),
        runbook: fields.text(.runbook), dashboard: fields.text(.dashboard),
        owner: fields.text(.owner)),
      labels: fields.labels(.labels),
      allowed: Set((fields.texts(.allow) ?? []).compactMap(Lint.Name.init)))
  }
}

extension Measurement {
  fileprivate init?(_ fields: Fields<RuleKey>, _ mistakes: inout MistakeList) {
    let before = mistakes.count
    guard let kind: MeasureKind = fields.word(.measure),
      let selector = fields.selector(.metricPath) ?? fields.selector(.metric),
      let scale = fields.number(.scale)
    else { return nil }
    let isMetric = fields.has(.metric)
    for key in [RuleKey.denominatorPath, .thresholdPath, .denominatorMetric] where fields.has(key) {
      guard isMetric != (key == .denominatorMetric) else { continue }
      let name = isMetric ? "metric" : "metric_path"
      fields.refuse(key, &mistakes, "not allowed with \(name); remove it")
    }
    if scale == 0 { fields.refuse(.scale, &mistakes, "expected a number other than 0, found 0") }
    guard let measure = Measure(kind, of: selector, fields, &mistakes) else { return nil }
    self.init(
      measure, of: selector, shortWindow: fields.minutes(.shortWindowMinutes),
      instanceBy: (fields.texts(.instanceBy) ?? []).compactMap { try? MetricPath($0) },
      aggregate: fields.word(.aggregate), parse: fields.word(.parse), scale: scale,
      timeZone: fields.text(.timeZone).flatMap(TimeOffset.init),
      detail: fields.path(.detailPath))
    refuseContradictions(in: fields, &mistakes)
    guard mistakes.count == before else { return nil }
  }

  /// Reports keys that make no sense together.
  private func refuseContradictions(
    in fields: Fields<RuleKey>, _ mistakes: inout MistakeList
  ) {
    if let window, let shortWindow, shortWindow >= window {
      fields.refuse(
        .shortWindowMinutes, &mistakes,
        "expected less than window_minutes, \(window.inMinutes.plain), "
          + "found \(shortWindow.inMinutes.plain)")
    }
    if !instanceBy.isEmpty, selector.isSingular {
      fields.refuse(
        .instanceBy, &mistakes, "\(selector.text.quoted) selects one value, which needs no name")
    }
    var names: [String: String] = [:]
    for (path, label) in zip(instanceBy, instanceBy.labelNames) {
      guard let other = names.updateValue(path.text, forKey: label) else { continue }
      fields.refuse(
        .instanceBy, &mistakes,
        "\(other.quoted) and \(path.text.quoted) give the same label, \(label.quoted)")
    }
    guard let aggregate else { return }
    let combinesDenominator = kind == .quotient && denominator?.isSingular == false
    if selector.isSingular, !combinesDenominator {
      fields.refuse(
        .aggregate, &mistakes,
        "\(selector.text.quoted) selects one value: there is nothing to combine")
    } else if !kind.allows(aggregate) {
      fields.refuse(
        .aggregate, &mistakes,
        "\(kind.rawValue) has no \(aggregate.rawValue); use "
          + Aggregate.allCases.filter(kind.allows).map(\.rawValue).joined(separator: ", "))
    }
  }
}

extension Measure {
  fileprivate init?(
    _ kind: MeasureKind, of selector: Selector, _ fields: Fields<RuleKey>,
    _ mistakes: inout MistakeList
  ) {
    let denominator = fields.selector(.denominatorPath) ?? fields.selector(.denominatorMetric)
    // What is combined is one value, however many there are.
    let isCombined =
      kind == .quotient && fields.has(.aggregate) && !fields.has(.instanceBy)
      && selector.isSingular
    if let denominator, !isCombined, !selector.canBeDivided(by: denominator) {
      let key: RuleKey = fields.has(.denominatorPath) ? .denominatorPath : .denominatorMetric
      fields.refuse(
        key, &mistakes,
        selector.isSingular && denominator.wildcards == 0
          ? "expected a query that selects one value, as metric_path does"
          : "expected no * or as many as in metric_path (\(selector.wildcards)), "
            + "found \(denominator.wildcards)")
      return nil
    }
    switch (kind, fields.minutes(.windowMinutes), denominator) {
    case (.value, _, _): self = .value
    case (.age, _, _): self = .age
    case (.increase, let window?, _): self = .increase(window: window)
    case (.ratePerMinute, let window?, _): self = .ratePerMinute(window: window)
    case (.ratio, let window?, let denominator?):
      self = .ratio(denominator: denominator, window: window)
    case (.quotient, _, let denominator?): self = .quotient(denominator: denominator)
    case (.changes, let window?, _): self = .changes(window: window)
    case (.quantile, let window?, _):
      guard let quantile = fields.number(.quantile) else { return nil }
      guard case .metric(let metric) = selector else {
        fields.refuse(
          .measure, &mistakes, "quantile needs \("metric".quoted), the base name of a histogram")
        return nil
      }
      if metric.name.hasSuffix("_bucket") {
        fields.refuse(
          .metric, &mistakes,
          "quantile needs the base name: write \(metric.name.dropLast(7).description.quoted)")
      }
      self = .quantile(quantile, window: window)
    case (.increase, nil, _), (.ratePerMinute, nil, _), (.ratio, nil, _), (.ratio, _, nil),
      (.quotient, _, nil), (.changes, nil, _), (.quantile, nil, _):
      return nil
    }
  }
}

extension MeasureKind {
  /// Whether it makes sense over several series combined like this.
  fileprivate func allows(_ aggregate: Aggregate) -> Bool {
    switch (self, aggregate) {
    case (.value, _), (.quotient, _): true
    case (.quantile, _): aggregate == .sum
    case (.age, .sum), (_, .count): false
    case (.age, _), (.increase, _), (.ratePerMinute, _), (.ratio, _), (.changes, _): true
    }
  }
}

extension Selector {
  /// Whether a denominator can be matched: by the same stars, by names, or as one for all.
  fileprivate func canBeDivided(by denominator: Selector) -> Bool {
    switch (self, denominator) {
    case (.path, .path): [0, wildcards].contains(denominator.wildcards)
    case (.metric, _), (_, .metric): true
    case (.path, _), (.query, _), (.response, _): denominator.isSingular || !isSingular
    }
  }

  fileprivate var wildcards: Int {
    guard case .path(let path) = self else { return 0 }
    return path.segments.count { $0 == .wildcard }
  }
}

extension [MetricPath] {
  /// The names of the labels that they give: the last component of each, or all of them where other
  /// paths end in the same one, as `podRef.name` and `name` do.
  package var labelNames: [String] {
    let short = map { $0.labelName(of: 1) }
    return zip(self, short).map { path, label in
      short.count { $0 == label } == 1 ? label : path.labelName(of: path.segments.count)
    }
  }
}

extension MetricPath {
  /// Its last components as the name of a label.
  fileprivate func labelName(of count: Int) -> String {
    let key = segments.suffix(count).map { segment in
      guard case .key(let key, _) = segment else { return "_" }
      return key
    }.joined(separator: "_")
    let name = String(
      decoding: key.utf8.map { byte in
        let isWord =
          UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        return isWord ? byte : UInt8(ascii: "_")
      }, as: UTF8.self)
    return name.first?.isNumber == true ? "_" + name : name
  }
}
