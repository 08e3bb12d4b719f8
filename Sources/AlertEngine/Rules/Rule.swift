internal import JSON
internal import Prometheus

/// One rule: a measurement, a condition and a duration, with texts and labels.
package struct Rule: Hashable, Sendable {
  /// Unique in a configuration; `[A-Za-z_][A-Za-z0-9_.-]*`.
  package var name: String
  package var measurement: Measurement
  package var condition: Condition
  /// What the threshold is computed from, if the rule has a burn rate.
  package var burnRate: BurnRate?
  /// How many of the last samples must be bad; `nil` if each counts by itself.
  package var badSamples: BadSamples?
  /// How long samples must be bad before the alert fires; zero fires on the first bad sample.
  package var duration: Duration
  /// The `min_samples` in the configuration, at least 1; `nil` for the default.
  package var ownMinSamples: Int?
  /// The longest gap that does not reset evidence.
  package var maxGap: Duration
  package var onGap: OnGap
  /// The number of groups in a row, each more than `maxGap` from the next, that also count as
  /// evidence; at least 2.
  package var sparseSamples: Int
  /// What a missing metric means; `nil` for the default.
  package var onMissing: OnMissing?
  /// What it means that an instance is no longer in a readable snapshot.
  package var onGone: OnGone
  /// The rules that inhibit its alerts while they are firing.
  package var dependsOn: [Dependency]
  /// The names of the targets that it applies to; `nil` for all targets of its format.
  package var targets: [String]?
  /// With fewer requests, the sample is unknown (`low_volume`); 0 for no guard.
  package var minRequestCount: Int
  package var breachStatus: BreachStatus
  package var severity: Severity
  /// How long samples must be good before a firing alert resolves; zero resolves on the first good
  /// sample.
  package var recoveryDuration: Duration
  /// Seconds for an age without a unit.
  package var unit: MetricUnit?
  package var text: RuleText
  /// Added to the alert; they override the labels of the configuration.
  package var labels: [String: String]
  /// The findings that `check` leaves out.
  package var allowed: Set<Lint.Name>

  init(
    name: String, measurement: Measurement, condition: Condition, burnRate: BurnRate? = nil,
    badSamples: BadSamples? = nil, duration: Duration, minSamples: Int? = nil,
    maxGap: Duration = .seconds(3_600), onGap: OnGap = .reset,
    sparseSamples: Int = EvaluationSettings.defaultSparseSamples,
    onMissing: OnMissing? = nil, onGone: OnGone = .hold, dependsOn: [Dependency] = [],
    targets: [String]? = nil,
    minRequestCount: Int = 0, breachStatus: BreachStatus = .fail,
    severity: Severity? = nil, recoveryDuration: Duration = .zero, unit: MetricUnit? = nil,
    text: RuleText = RuleText(), labels: [String: String] = [:],
    allowed: Set<Lint.Name> = []
  ) {
    self.name = name
    self.measurement = measurement
    self.condition = condition
    self.burnRate = burnRate
    self.badSamples = badSamples
    self.duration = duration
    self.ownMinSamples = minSamples
    self.maxGap = maxGap
    self.onGap = onGap
    self.sparseSamples = sparseSamples
    self.onMissing = onMissing
    self.onGone = onGone
    self.dependsOn = dependsOn
    self.targets = targets
    self.minRequestCount = minRequestCount
    self.breachStatus = breachStatus
    self.severity = severity ?? (breachStatus == .fail ? .critical : .warning)
    self.recoveryDuration = recoveryDuration
    self.unit =
      unit ?? (measurement.kind == .age ? .seconds : burnRate == nil ? nil : MetricUnit.ratio)
    self.text = text
    self.labels = labels
    self.allowed = allowed
  }

  /// The format of the targets that it applies to; `nil` for any.
  package var format: SnapshotFormat? {
    switch measurement.selector {
    case .path, .query: .json
    case .metric: .prometheus
    case .response: nil
    }
  }

  /// Whether the snapshot is expected to have its value: a query that filters may select nothing.
  package var expectsValue: Bool {
    guard onMissing != .clear, onGone == .hold else { return false }
    switch measurement.selector {
    case .path: return true
    case .metric(let metric): return metric.hasNameOnly
    case .query(let query): return query.isSingular
    case .response: return false
    }
  }

  /// Whether `min_request_count` is compared with the number at `request_count_path`.
  package var isGuarded: Bool {
    minRequestCount > 0 && measurement.kind != .ratio && measurement.kind != .quantile
  }

  package var selectorText: String { measurement.selector.text }

  /// The minimum number of bad samples, at least 1.
  var minSamples: Int { ownMinSamples ?? (duration == .zero ? 1 : 2) }
}

/// How fast an error budget is spent: the SRE Workbook, chapter 5, "Alerting on SLOs".
package struct BurnRate: Hashable, Sendable {
  /// The promised share of good events, below 1.
  package var objective: Double
  /// 1 spends the whole budget in the period of the objective.
  package var rate: Double

  /// The share of bad events that it allows.
  var threshold: Double {
    // As a decimal: 14.4 × (1 - 0.999) is 0.0144, not 0.014400000000000012.
    let product = rate * (1 - objective)
    return Double(Int64((product * 1e12).rounded())) / 1e12
  }
}

/// How many of the last samples must be bad.
package struct BadSamples: Hashable, Sendable {
  package static let mostSamples = 50

  package var atLeast: Int
  /// At least `atLeast`, at most `mostSamples`.
  package var of: Int
}

/// What a gap longer than `max_gap` does to bad evidence.
package enum OnGap: String, CaseIterable, Sendable {
  case reset, count
}

package enum OnMissing: String, CaseIterable, Sendable {
  case alert, hold, clear
}

/// What an instance that is gone means: nothing, or that it is good.
package enum OnGone: String, CaseIterable, Sendable {
  case hold, resolve
}

package enum BreachStatus: String, CaseIterable, Sendable {
  case fail, warn
}

package enum Severity: String, CaseIterable, Sendable {
  case critical, error, warning, info
}

package enum MetricUnit: Hashable, Sendable {
  /// A fraction, shown as a percentage.
  case ratio
  case milliseconds
  /// Shown as days, hours and minutes.
  case seconds
  /// Shown in KiB to TiB; the name in a configuration is `bytes` or `B`.
  case bytes(name: String)
  case count
  /// Anything else, printed after the number as it is.
  case other(String)

  init(_ text: String) {
    switch text {
    case "ratio": self = .ratio
    case "ms": self = .milliseconds
    case "s": self = .seconds
    case "bytes", "B": self = .bytes(name: text)
    case "count": self = .count
    default: self = .other(text)
    }
  }

  /// The unit in a configuration.
  package var name: String {
    switch self {
    case .ratio: "ratio"
    case .milliseconds: "ms"
    case .seconds: "s"
    case .bytes(let name): name
    case .count: "count"
    case .other(let text): text
    }
  }
}

/// The texts of a rule that are shown to people.
package struct RuleText: Hashable, Sendable {
  package var summary: String?
  package var description: String?
  /// An https link, or a file of the repository.
  package var runbook: String?
  package var dashboard: String?
  package var owner: String?

  package init(
    summary: String? = nil, description: String? = nil, runbook: String? = nil,
    dashboard: String? = nil, owner: String? = nil
  ) {
    self.summary = summary
    self.description = description
    self.runbook = runbook
    self.dashboard = dashboard
    self.owner = owner
  }
}
