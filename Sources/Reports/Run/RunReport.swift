package import AlertEngine
package import Text

/// The results of one run: the same facts for every format.
package struct RunReport: Sendable {
  var generatedAt: Instant
  var configurationVersion: String?
  /// One for each chosen target, in the order of the configuration.
  var targets: [TargetReport]
  /// The result of each event for each receiver.
  var notifications: [DeliveryResult]
  /// What went wrong, one sentence each.
  package var errors: [String]
  /// The errors that `notifications` does not show.
  var ownErrors: [String]

  package init(
    generatedAt: Instant, configurationVersion: String?, targets: [TargetReport],
    notifications: [DeliveryResult] = [], errors: [String], ownErrors: [String]? = nil
  ) {
    self.generatedAt = generatedAt
    self.configurationVersion = configurationVersion
    self.targets = targets
    self.notifications = notifications
    self.errors = errors
    self.ownErrors = ownErrors ?? errors
  }

  package var checks: some Sequence<Check> { targets.lazy.flatMap(\.evaluation.checks) }

  /// The worst status of all targets; a run that evaluated nothing is never `pass`.
  var status: ReportStatus {
    if targets.contains(where: { $0.status == .fail }) { return .fail }
    let isClean = !targets.isEmpty && targets.allSatisfy { $0.status == .pass }
    return isClean ? .pass : .warn
  }
}

/// One target's part of a report.
package struct TargetReport: Sendable {
  package var name: String
  /// Without user info and query; `nil` for a saved snapshot.
  package var metricsURL: String?
  package var evaluation: Evaluation
  package var errors: [String]
  /// The duration of the attempt that fetched the snapshot; `nil` if none was fetched.
  package var latency: Duration?

  package init(
    name: String, metricsURL: String?, evaluation: Evaluation, errors: [String],
    latency: Duration? = nil
  ) {
    self.name = name
    self.metricsURL = metricsURL
    self.evaluation = evaluation
    self.errors = errors
    self.latency = latency
  }

  package var status: ReportStatus {
    switch evaluation.status {
    case nil: .pass
    case .warn: .warn
    case .fail: .fail
    }
  }
}

/// The status of a whole run.
package enum ReportStatus: String, CaseIterable, Sendable {
  case pass, warn, fail
}
