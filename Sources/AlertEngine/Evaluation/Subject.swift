internal import JSON
internal import Text

/// What an alert is about: a configured rule, or the built-in `endpoint_down`.
///
/// A class so that thousands of checks can share it.
package final class Subject: Sendable {
  package enum Origin: Sendable {
    case rule(Rule)
    case endpoint(EndpointSettings)
  }

  package let origin: Origin
  package let name: String
  package let duration: Duration
  package let minSamples: Int
  package let maxGap: Duration
  let onGap: OnGap
  /// The number of groups in a row that count as evidence although they are far apart.
  let sparseSamples: Int
  package let recoveryDuration: Duration
  package let breachStatus: BreachStatus
  package let severity: Severity
  let labels: [String: String]
  package let text: RuleText
  /// What makes a sample bad; `nil` for `endpoint_down`.
  let condition: Condition?
  let badSamples: BadSamples?
  /// Identifies the condition; evidence is not carried over from one condition to another.
  let conditionHash: UInt64
  /// Identifies the paths behind the series of a windowed measure.
  let sourceHash: UInt64
  /// Identifies how series get their names; 0 if the keys of a dotted path name them.
  let namingHash: UInt64

  /// The same to fire, which needs no fewer groups than samples.
  package var groupsToFire: Int { max(sparseSamples, minSamples) }

  package var rule: Rule? {
    switch origin {
    case .rule(let rule): rule
    case .endpoint: nil
    }
  }

  /// The labels of an alert of this rule, whose series has these details.
  func labels(with details: SeriesDetails?) -> [String: String] {
    details.map { labels.merging($0.labels) { _, own in own } } ?? labels
  }

  init(_ rule: Rule, evaluation: EvaluationSettings, labels: [String: String]) {
    origin = .rule(rule)
    name = rule.name
    duration = rule.duration
    minSamples = rule.minSamples
    maxGap = rule.maxGap
    onGap = rule.onGap
    sparseSamples = rule.sparseSamples
    recoveryDuration = rule.recoveryDuration
    breachStatus = rule.breachStatus
    severity = rule.severity
    self.labels = labels.merging(rule.labels) { _, own in own }
    text = rule.text
    condition = rule.condition
    badSamples = rule.badSamples
    conditionHash = rule.conditionHash(
      requestCount: evaluation.requestCount(in: rule.format))
    sourceHash = rule.measurement.sourceHash
    namingHash = rule.measurement.namingHash
  }

  init(
    _ endpoint: EndpointSettings, evaluation: EvaluationSettings, labels: [String: String]
  ) {
    origin = .endpoint(endpoint)
    name = EndpointSettings.ruleName
    duration = endpoint.duration
    minSamples = endpoint.duration == .zero ? 1 : 2
    maxGap = evaluation.maxGap
    onGap = evaluation.onGap
    sparseSamples = evaluation.sparseSamples
    recoveryDuration = .zero
    breachStatus = endpoint.breachStatus
    severity = endpoint.severity
    self.labels = labels
    condition = nil
    badSamples = nil
    text = RuleText(summary: endpoint.summary, runbook: endpoint.runbook)
    conditionHash = 0
    sourceHash = 0
    namingHash = 0
  }
}

extension Configuration {
  /// What its alerts are about, by the names of their rules.
  package var subjects: [String: Subject] {
    let endpoint = Subject(endpoint, evaluation: evaluation, labels: labels)
    let all = rules.map { Subject($0, evaluation: evaluation, labels: labels) } + [endpoint]
    return Dictionary(all.map { ($0.name, $0) }) { one, _ in one }
  }
}

extension Rule {
  /// A hash of everything that decides whether a sample is bad.
  ///
  /// What is left at its default adds nothing, so that a rule keeps its hash when keys are added.
  fileprivate func conditionHash(requestCount: Selector) -> UInt64 {
    var hash = FNV1a()
    hash.combine(field: measurement.kind.rawValue)
    hash.combine(field: measurement.selector.text)
    hash.combine(field: measurement.denominator?.text ?? "")
    hash.combine(field: "\(measurement.window?.wholeMilliseconds ?? 0)")
    hash.combine(field: condition.comparison.rawValue)
    switch condition.threshold {
    case .scalar(let scalar): hash.combine(field: scalar.identity)
    case .list(let list): for scalar in list { hash.combine(field: scalar.identity) }
    case .selector(let selector): hash.combine(field: "at \(selector.text)")
    }
    hash.combine(field: condition.recoveryThreshold.map { "\($0)" } ?? "")
    hash.combine(field: "\(minRequestCount)")
    if minRequestCount > 0 { hash.combine(field: requestCount.text) }
    measurement.combineRefinements(into: &hash)
    if measurement.scale != 1 { hash.combine(field: "times \(measurement.scale)") }
    if case .quantile(let quantile, _) = measurement.measure {
      hash.combine(field: "quantile \(quantile)")
    }
    if let short = measurement.shortWindow {
      hash.combine(field: "and over \(short.wholeMilliseconds)")
    }
    if let badSamples { hash.combine(field: "\(badSamples.atLeast) of \(badSamples.of)") }
    return hash.value
  }
}

extension Measurement {
  /// A hash of the paths of a counter series.
  fileprivate var sourceHash: UInt64 {
    var hash = FNV1a()
    if kind == .changes { hash.combine(field: kind.rawValue) }
    hash.combine(field: selector.text)
    hash.combine(field: denominator?.text ?? "")
    combineRefinements(into: &hash)
    return hash.value
  }

  fileprivate var namingHash: UInt64 {
    if case .path = selector, instanceBy.isEmpty, aggregate == nil { return 0 }
    var hash = FNV1a()
    switch selector {
    case .path: hash.combine(field: "path")
    case .query: hash.combine(field: "query")
    case .metric: hash.combine(field: "metric")
    case .response: return 0
    }
    combineNames(into: &hash)
    return hash.value
  }

  /// Adds what makes values of what is selected.
  fileprivate func combineRefinements(into hash: inout FNV1a) {
    combineNames(into: &hash)
    if let parse { hash.combine(field: "as \(parse.rawValue)") }
    if let timeZone { hash.combine(field: "in \(timeZone.text)") }
  }

  private func combineNames(into hash: inout FNV1a) {
    for path in instanceBy { hash.combine(field: "by \(path.text)") }
    if let aggregate { hash.combine(field: aggregate.rawValue) }
  }
}

extension Scalar {
  /// Different for different values.
  var identity: String {
    switch self {
    case .number(let number): "number \(number)"
    case .string(let string): "string \(string)"
    case .bool(let bool): "bool \(bool)"
    }
  }
}
