package import AlertEngine
package import Text

/// What one sample found, as far as a watch shows it.
package struct WatchSample: Sendable {
  package var at: Instant
  /// None where the sample came to nothing.
  package var targets: [WatchedTarget]
  /// What came of each event for each receiver.
  package var notifications: [DeliveryResult]

  package init(at: Instant, targets: [WatchedTarget], notifications: [DeliveryResult] = []) {
    self.at = at
    self.targets = targets
    self.notifications = notifications
  }
}

/// One target in one sample.
package struct WatchedTarget: Sendable {
  package var name: String
  package var status: ReportStatus
  package var checks: [Check]
  package var transitions: [Transition]
  /// Why there is no snapshot, in one sentence.
  package var error: String?
  /// How long the endpoint took to answer.
  package var latency: Duration?

  package init(
    name: String, status: ReportStatus, checks: [Check], transitions: [Transition],
    error: String? = nil, latency: Duration? = nil
  ) {
    self.name = name
    self.status = status
    self.checks = checks
    self.transitions = transitions
    self.error = error
    self.latency = latency
  }
}
