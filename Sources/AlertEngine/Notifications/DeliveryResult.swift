/// The result of one event for one receiver in one run.
package struct DeliveryResult: Hashable, Sendable {
  package enum Outcome: String, CaseIterable, Sendable {
    case delivered
    /// It may not be sent yet: its alert is silenced, for example.
    case held
    /// A later run tries again.
    case deferred
    /// The receiver rejected it in every form; the state keeps it.
    case dead
    /// It will not be sent: too old to be news, or its receiver is not set up.
    case skipped
  }

  package var receiver: String
  package var notification: AlertNotification
  package var outcome: Outcome
  /// Why it was not delivered; safe to show.
  package var reason: DeferralReason?

  package init(
    receiver: String, notification: AlertNotification, outcome: Outcome,
    reason: DeferralReason? = nil
  ) {
    self.receiver = receiver
    self.notification = notification
    self.outcome = outcome
    self.reason = reason
  }
}
