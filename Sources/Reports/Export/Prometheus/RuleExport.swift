internal import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

/// One rule as an expression of PromQL, and what differs.
struct RuleExport {
  /// The job of a format's targets; their label `instance` is the name of the target.
  static func job(_ format: SnapshotFormat?) -> String {
    switch format {
    case .json: "ops_json"
    case .prometheus: "ops_prometheus"
    case .some(.none), nil: "ops_response"
    }
  }

  let rule: Rule
  /// The labels that the alert has besides those of its series.
  let labels: [(name: String, value: String)]
  private(set) var expression = ""
  /// What is not the same as here, each in a sentence.
  var differences: [String] = []
  /// The series of JSON that json_exporter cannot make.
  private(set) var obstacles: [String] = []
  /// What it does until something else publishes the series that json_exporter cannot make.
  private(set) var untilPublished: Effect?
  var comments: [String] { obstacles.map { "to do: " + $0 } + differences.map { "differs: " + $0 } }

  /// What a rule does without its series.
  enum Effect {
    case fires, neverFires
  }

  private let requestCount: Selector
  private var metrics: JSONMetrics

  init(
    _ rule: Rule, of configuration: Configuration, labels: [(name: String, value: String)],
    _ metrics: inout JSONMetrics
  ) {
    self.rule = rule
    self.labels = labels
    self.metrics = metrics
    requestCount = configuration.evaluation.requestCount(in: rule.format)
    expression = whole()
    metrics = self.metrics
    differences += rule.differences
    if rule.condition.recoveryThreshold != nil, instanceLabels.isEmpty,
      labels.contains(where: { mayBeOfSeries($0.name) })
    {
      differences.append(
        "`recovery_threshold`: without `instance_by`, instances that differ only in a label of "
          + "`labels` keep each other firing")
    }
  }

  // MARK: - Series

  var measurement: Measurement { rule.measurement }

  private var targetMatchers: [String] {
    guard let targets = rule.targets else { return [] }
    return [
      targets.count == 1
        ? "instance".asMatcher("=", targets[0])
        : "instance".asMatcher("=~", targets.map(\.asPattern).joined(separator: "|"))
    ]
  }

  /// The series of a selector, with further matchers.
  private mutating func series(
    _ selector: Selector, suffix: String = "", _ matchers: [String] = []
  ) -> String {
    let matchers = matchers + targetMatchers
    switch selector {
    case .metric(let metric):
      return metric.promQL(
        named: (metric.name + suffix).asMetric,
        adding: matchers + ["job".asMatcher("=", Self.job(.prometheus))],
        renaming: \.asLabel)
    case .path(let path): return json(JSONPath(path), of: selector, matchers)
    case .query(let query): return json(query, of: selector, matchers)
    case .response(let field):
      let job = ["job".asMatcher("=", Self.job(nil))]
      let name =
        switch field {
        case .status: "probe_http_status_code"
        case .seconds: "probe_duration_seconds"
        case .bytes: "probe_http_uncompressed_body_length"
        }
      return "\(name){\((matchers + job).joined(separator: ", "))}"
    }
  }

  private mutating func json(
    _ query: JSONPath, of selector: Selector, _ matchers: [String]
  ) -> String {
    var form = JSONMetrics.Form.number
    if rule.condition.comparesTexts { form = .text }
    if measurement.aggregate == .count { form = .element }
    let isOpen = !query.isSingular
    let metric = metrics.add(
      query, selector.text, by: isOpen ? measurement.instanceBy : [], form,
      isCombined: measurement.aggregate != nil, isTime: isTime(selector), targets: rule.targets)
    let obstacle = metric.obstacle ?? (isTime(selector) ? JSONMetrics.timeObstacle : nil)
    if let obstacle {
      let words =
        "`\(selector.text)`: \(obstacle); until something else publishes \(metric.series)"
        + (isOpen && measurement.instanceBy.isEmpty && measurement.aggregate == nil
          ? " (with the label `\(JSONMetrics.keyLabel)`)" : "")
        + ", \(effect(ofMissing: selector))"
      if !obstacles.contains(words) { obstacles.append(words) }
    }
    return metric.series + (matchers.isEmpty ? "" : "{\(matchers.joined(separator: ", "))}")
  }

  private func isTime(_ selector: Selector) -> Bool {
    measurement.kind == .age && selector == measurement.selector
  }

  /// What happens while a target that is up has nothing at a selector.
  private mutating func effect(ofMissing selector: Selector) -> String {
    if rule.isGuarded, selector == requestCount { return "`min_request_count` has no effect" }
    if rule.noticesAbsence(of: selector) {
      untilPublished = .fires
      return "the rule fires"
    }
    untilPublished = untilPublished ?? .neverFires
    return "the rule never fires"
  }

  private func aggregated(_ vector: String, of selector: Selector) -> String {
    guard let aggregate = measurement.aggregate else { return vector }
    // The growths of counters are added up.
    let name = aggregate == .count && measurement.window != nil ? .sum : aggregate
    return "\(name.rawValue) by (\(list(labels(of: selector)))) (\(vector))"
  }

  // MARK: - The value

  private mutating func value(over window: Duration?) -> String {
    let range = window.map { "[\($0.promQL)]" } ?? ""
    let selector = measurement.selector
    let text: String
    switch measurement.measure {
    case .value: text = aggregated(series(selector), of: selector)
    case .age: text = aggregated("time() - " + series(selector), of: selector)
    case .increase: text = aggregated("increase(\(series(selector))\(range))", of: selector)
    case .ratePerMinute: text = aggregated("rate(\(series(selector))\(range))", of: selector)
    case .changes: text = aggregated("changes(\(series(selector))\(range))", of: selector)
    case .ratio(let denominator, _):
      text =
        aggregated("increase(\(series(selector))\(range))", of: selector) + " /"
        + matching(denominator) + " "
        + aggregated("increase(\(series(denominator))\(range))", of: denominator)
    case .quotient(let denominator):
      text =
        aggregated(series(selector), of: selector) + " /" + matching(denominator) + " ("
        + aggregated(series(denominator), of: denominator) + " > 0)"
    case .quantile(let quantile, _):
      text = "histogram_quantile(\(quantile.promQL), \(growth(suffix: "_bucket", range, "le")))"
    }
    var factor = measurement.scale
    if measurement.kind == .ratePerMinute { factor *= 60 }
    guard factor != 1 else { return text }
    return (measurement.kind == .age ? "(\(text))" : text) + " * \(factor.promQL)"
  }

  /// The growth of a histogram's series.
  private mutating func growth(suffix: String, _ range: String, _ label: String? = nil) -> String {
    let vector = "increase(\(series(measurement.selector, suffix: suffix))\(range))"
    guard !measurement.instanceBy.isEmpty || measurement.aggregate != nil else { return vector }
    return "sum by (\(list((label.map { [$0] } ?? []) + labels(of: measurement.selector)))) "
      + "(\(vector))"
  }

  // MARK: - The condition

  private mutating func bad(_ limit: Double? = nil) -> String {
    let comparison = rule.condition.comparison
    if rule.condition.comparesTexts { return badText() }
    let windows = [measurement.window] + (measurement.shortWindow.map { [$0] } ?? [])
    var parts: [String] = []
    for window in windows {
      let value = value(over: window)
      switch rule.condition.threshold {
      case .selector(let other):
        let threshold = series(other)
        parts.append("\(value) \(comparison.promQL)\(matching(other)) \(threshold)")
      case .scalar(let scalar):
        parts.append("\(value) \(comparison.promQL) \((limit ?? scalar.number).promQL)")
      case .list(let list):
        let limits = list.compactMap { $0.isText ? nil : $0.number.promQL }
        parts.append(
          comparison == .in
            ? "(\(limits.map { "\(value) == \($0)" }.joined(separator: " or ")))"
            : limits.reduce(value) { "\($0) != \($1)" })
      }
    }
    return parts.joined(separator: "\nand\n") + (growthGuard() ?? "")
  }

  private mutating func badText() -> String {
    var texts: [String] = []
    switch rule.condition.threshold {
    case .scalar(.string(let text)): texts = [text]
    case .list(let list):
      texts = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
    case .scalar, .selector: break
    }
    let isNegated = [.ne, .notIn].contains(rule.condition.comparison)
    let matcher =
      texts.count == 1
      ? "value".asMatcher(isNegated ? "!=" : "=", texts[0])
      : "value".asMatcher(
        isNegated ? "!~" : "=~", texts.map(\.asPattern).joined(separator: "|"))
    return "max without (value) (\(series(measurement.selector, [matcher])))"
  }

  /// What a ratio or a quantile needs to have counted.
  private mutating func growthGuard() -> String? {
    let range = measurement.window.map { "[\($0.promQL)]" } ?? ""
    guard rule.minRequestCount > 0 else { return nil }
    switch measurement.measure {
    case .ratio(let denominator, _):
      let isSame = labels(of: denominator) == labels(of: measurement.selector)
      let growth = aggregated("increase(\(series(denominator))\(range))", of: denominator)
      return
        "\nand\(isSame && matching(denominator).isEmpty ? "" : " on (\(list(labels(of: denominator))))") "
        + "\(growth) >= \(rule.minRequestCount)"
    case .quantile:
      return "\nand \(growth(suffix: "_count", range)) >= \(rule.minRequestCount)"
    case .value, .age, .increase, .ratePerMinute, .quotient, .changes: return nil
    }
  }

  private mutating func whole() -> String {
    var text = bad()
    if let recovery = rule.condition.recoveryThreshold {
      let ignored =
        ["alertname", "alertstate"]
        + labels.map(\.name).filter { !instanceLabels.contains($0) }
      text +=
        "\nor\n(\n  \(bad(recovery).replacing("\n", with: "\n  "))\n  and ignoring "
        + "(\(ignored.joined(separator: ", "))) ALERTS{"
        + ["alertname".asMatcher("=", rule.name), "alertstate".asMatcher("=", "firing")]
        .joined(separator: ", ") + "}\n)"
    }
    let selectors = [
      measurement.selector, measurement.denominator, rule.condition.threshold.selector,
    ]
    for selector in selectors.compactMap(\.self) {
      guard let absent = absent(selector), !text.hasSuffix("\n(\(absent))") else { continue }
      text += "\nor\n(\(absent))"
    }
    if rule.isGuarded {
      let count = series(requestCount)
      let sum =
        requestCount.isSingular ? count : "sum by (job, instance) (\(count))"
      text =
        "(\n  \(text.replacing("\n", with: "\n  "))\n)\nunless on (job, instance) "
        + "(\(sum) < \(rule.minRequestCount))"
    }
    if let badSamples = rule.badSamples {
      text =
        "count_over_time((\n  \(text.replacing("\n", with: "\n  "))\n)"
        + "[\((Duration.seconds(60 * badSamples.of - 1)).promQL):1m]) >= \(badSamples.atLeast)"
    }
    return text
  }

  /// That a target is up, but has nothing at a selector.
  private mutating func absent(_ selector: Selector) -> String? {
    guard rule.noticesAbsence(of: selector) else { return nil }
    let format: SnapshotFormat
    let vector: String
    switch selector {
    case .response: return nil
    case .path, .query:
      format = .json
      vector = series(selector)
    case .metric(let metric):
      format = .prometheus
      let suffix = measurement.kind == .quantile ? "_bucket" : ""
      // The name alone: what a selector leaves out is not missing.
      guard let family = try? MetricSelector(metric.name) else { return nil }
      vector = series(.metric(family), suffix: suffix)
    }
    let up = ["job".asMatcher("=", Self.job(format))] + targetMatchers
    return "up{\(up.joined(separator: ", "))} == 1 unless on (job, instance) \(vector)"
  }
}
