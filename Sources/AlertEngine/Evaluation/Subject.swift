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
  /// Identifies the condition; evidence is not carried over from one condition to another.
  let conditionHash: UInt64
  /// Identifies the paths behind the series of a windowed measure.
  let sourceHash: UInt64

  /// The same to fire, which needs no fewer groups than samples.
  package var groupsToFire: Int { max(sparseSamples, minSamples) }

  package var rule: Rule? {
    switch origin {
    case .rule(let rule): rule
    case .endpoint: nil
    }
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
    conditionHash = rule.conditionHash(requestCountPath: evaluation.requestCountPath)
    sourceHash = rule.sourceHash
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
    text = RuleText(summary: endpoint.summary, runbook: endpoint.runbook)
    conditionHash = 0
    sourceHash = 0
  }
}

extension Rule {
  /// A hash of everything that decides whether a sample is bad.
  fileprivate func conditionHash(requestCountPath: MetricPath) -> UInt64 {
    var hash = FNV1a()
    hash.combine(field: measurement.kind.rawValue)
    hash.combine(field: measurement.path.text)
    hash.combine(field: measurement.denominator?.text ?? "")
    hash.combine(field: "\(measurement.window?.wholeMilliseconds ?? 0)")
    hash.combine(field: condition.comparison.rawValue)
    switch condition.threshold {
    case .number(let number): hash.combine(field: "number \(number)")
    case .string(let string): hash.combine(field: "string \(string)")
    case .bool(let bool): hash.combine(field: "bool \(bool)")
    }
    hash.combine(field: condition.recoveryThreshold.map { "\($0)" } ?? "")
    hash.combine(field: "\(minRequestCount)")
    if minRequestCount > 0 { hash.combine(field: requestCountPath.text) }
    return hash.value
  }

  /// A hash of the paths of a counter series.
  fileprivate var sourceHash: UInt64 {
    var hash = FNV1a()
    hash.combine(field: measurement.path.text)
    hash.combine(field: measurement.denominator?.text ?? "")
    return hash.value
  }
}
