internal import JSON

/// A configuration, decoded and validated.
package struct Configuration: Hashable, Sendable {
  /// The user's own label, shown in reports.
  package var version: String?
  /// At least one, in the order of the file.
  package var rules: [Rule]
  var evaluation: EvaluationSettings
  package var endpoint: EndpointSettings
  /// Empty if the target comes from the options.
  package var targets: [TargetSettings]
  package var labels: [String: String]
  package var receivers: [ReceiverSettings]
  package var notifications: NotificationSettings

  init(
    version: String? = nil, rules: [Rule], evaluation: EvaluationSettings,
    endpoint: EndpointSettings = EndpointSettings(), targets: [TargetSettings] = [],
    labels: [String: String] = [:], receivers: [ReceiverSettings] = [],
    notifications: NotificationSettings = NotificationSettings()
  ) {
    self.version = version
    self.rules = rules
    self.evaluation = evaluation
    self.endpoint = endpoint
    self.targets = targets
    self.labels = labels
    self.receivers = receivers
    self.notifications = notifications
  }
}

/// The defaults for all rules.
struct EvaluationSettings: Hashable, Sendable {
  static let defaultSparseSamples = 3

  var maxGap: Duration
  var onGap: OnGap
  var sparseSamples: Int
  /// The path of the snapshot's own timestamp.
  var snapshotTimePath: MetricPath?
  /// The path of the number that `min_request_count` is compared with.
  var requestCountPath: MetricPath

  init(
    maxGap: Duration = .seconds(3_600), onGap: OnGap = .reset,
    sparseSamples: Int = defaultSparseSamples, snapshotTimePath: MetricPath? = nil,
    requestCountPath: MetricPath
  ) {
    self.maxGap = maxGap
    self.onGap = onGap
    self.sparseSamples = sparseSamples
    self.snapshotTimePath = snapshotTimePath
    self.requestCountPath = requestCountPath
  }
}

/// The built-in alert `endpoint_down`.
package struct EndpointSettings: Hashable, Sendable {
  /// The reserved rule name.
  package static let ruleName = "endpoint_down"

  package var duration: Duration
  var breachStatus: BreachStatus
  package var severity: Severity
  package var runbook: String?
  var summary: String?

  init(
    duration: Duration = .seconds(600), breachStatus: BreachStatus = .fail,
    severity: Severity? = nil, runbook: String? = nil, summary: String? = nil
  ) {
    self.duration = duration
    self.breachStatus = breachStatus
    self.severity = severity ?? (breachStatus == .fail ? .critical : .warning)
    self.runbook = runbook
    self.summary = summary
  }
}

/// One endpoint in the configuration.
package struct TargetSettings: Hashable, Sendable {
  package enum Address: Hashable, Sendable {
    case baseURL(String)
    case metricsURL(String)
    case baseURLVariable(String)
    case metricsURLVariable(String)
  }

  /// Unique in a configuration.
  package var name: String
  package var address: Address
  /// The environment variable that holds the bearer token; `nil` for that of the options.
  package var bearerTokenVariable: String?

  init(name: String, address: Address, bearerTokenVariable: String? = nil) {
    self.name = name
    self.address = address
    self.bearerTokenVariable = bearerTokenVariable
  }
}
