package import AlertEngine
package import Text

/// The part of a sample's result that a watch shows.
package struct WatchSample: Sendable {
  var at: Instant
  /// Empty for a failed sample.
  var targets: [WatchedTarget]
  /// The result of each event for each receiver.
  var notifications: [DeliveryResult]

  package init(at: Instant, targets: [WatchedTarget], notifications: [DeliveryResult] = []) {
    self.at = at
    self.targets = targets
    self.notifications = notifications
  }
}

/// One target in one sample.
package struct WatchedTarget: Sendable {
  var name: String
  var status: ReportStatus
  var checks: [Check]
  var transitions: [Transition]
  /// Why there is no snapshot, in one sentence.
  var error: String?
  /// The response time of the endpoint.
  var latency: Duration?

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
