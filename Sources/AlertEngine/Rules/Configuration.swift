package import JSON

/// A configuration, decoded and validated.
package struct Configuration: Hashable, Sendable {
  /// The user's own label, shown in reports.
  package var version: String?
  /// At least one, in the order of the file.
  package var rules: [Rule]
  package var evaluation: EvaluationSettings
  /// The longest gap between two samples that are evidence together, where a rule has no other.
  package var maxGap: Duration { evaluation.maxGap }
  package var endpoint: EndpointSettings
  /// Empty if the target comes from the options.
  package var targets: [TargetSettings]
  package var labels: [String: String]
  package var maintenance: [MaintenanceWindow]
  package var receivers: [ReceiverSettings]
  package var notifications: NotificationSettings
  /// Where the URL of the heartbeat is read.
  package var heartbeat: SecretSource?

  init(
    version: String? = nil, rules: [Rule], evaluation: EvaluationSettings,
    endpoint: EndpointSettings = EndpointSettings(), targets: [TargetSettings] = [],
    labels: [String: String] = [:], maintenance: [MaintenanceWindow] = [],
    receivers: [ReceiverSettings] = [],
    notifications: NotificationSettings = NotificationSettings(), heartbeat: SecretSource? = nil
  ) {
    self.version = version
    self.rules = rules
    self.evaluation = evaluation
    self.endpoint = endpoint
    self.targets = targets
    self.labels = labels
    self.maintenance = maintenance
    self.receivers = receivers
    self.notifications = notifications
    self.heartbeat = heartbeat
  }
}

extension Configuration {
  /// Whether only some of the rules apply to a target, whatever its format is.
  package var hasSeveralFormats: Bool { Set(rules.compactMap(\.format)).count > 1 }

  /// The format of a target that does not name one.
  package var defaultFormat: SnapshotFormat {
    let formats = Set(rules.compactMap(\.format))
    return formats == [.prometheus] ? .prometheus : .json
  }
}

/// The defaults for all rules.
package struct EvaluationSettings: Hashable, Sendable {
  package static let defaultSparseSamples = 3

  var maxGap: Duration
  var onGap: OnGap
  var sparseSamples: Int
  /// The path of the snapshot's own timestamp.
  package var snapshotTimePath: MetricPath?
  /// Where the number is that `min_request_count` is compared with.
  var requestCount: Selector
  /// The same for Prometheus text, if that is another place.
  var requestCountMetric: Selector?

  init(
    maxGap: Duration = .seconds(3_600), onGap: OnGap = .reset,
    sparseSamples: Int = defaultSparseSamples, snapshotTimePath: MetricPath? = nil,
    requestCount: Selector, requestCountMetric: Selector? = nil
  ) {
    self.maxGap = maxGap
    self.onGap = onGap
    self.sparseSamples = sparseSamples
    self.snapshotTimePath = snapshotTimePath
    self.requestCount = requestCount
    self.requestCountMetric = requestCountMetric
  }
}

extension EvaluationSettings {
  package func requestCount(in format: SnapshotFormat?) -> Selector {
    format == .prometheus ? requestCountMetric ?? requestCount : requestCount
  }
}

/// The built-in alert `endpoint_down`.
package struct EndpointSettings: Hashable, Sendable {
  /// The reserved rule name.
  package static let ruleName = "endpoint_down"

  package var duration: Duration
  package var breachStatus: BreachStatus
  package var severity: Severity
  package var runbook: String?
  package var summary: String?

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
  /// Where `user:password` is read, instead of a bearer token.
  package var basicAuth: SecretSource?
  /// The variables that hold the values of other headers, by the headers' names.
  package var headerVariables: [String: String]
  /// `nil` for the default of the configuration.
  package var format: SnapshotFormat?
  package var acceptedStatuses: AcceptedStatuses

  init(
    name: String, address: Address, bearerTokenVariable: String? = nil,
    basicAuth: SecretSource? = nil, headerVariables: [String: String] = [:],
    format: SnapshotFormat? = nil, acceptedStatuses: AcceptedStatuses = .success
  ) {
    self.name = name
    self.address = address
    self.bearerTokenVariable = bearerTokenVariable
    self.basicAuth = basicAuth
    self.headerVariables = headerVariables
    self.format = format
    self.acceptedStatuses = acceptedStatuses
  }
}

/// The statuses of responses whose bodies are snapshots; 200 to 299 always are.
package enum AcceptedStatuses: Hashable, Sendable {
  case success
  case alsoThese(Set<Int>)
  case any

  /// The final statuses (RFC 9110, section 15).
  package static let possible = 200...599
  /// The word for all of them.
  package static let anyWord = "any"

  package func contains(_ status: Int) -> Bool {
    switch self {
    case .success: (200...299).contains(status)
    case .alsoThese(let statuses): (200...299).contains(status) || statuses.contains(status)
    case .any: true
    }
  }
}
