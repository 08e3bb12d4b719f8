/// The content of one message to a receiver.
package struct DeliveryBatch: Hashable, Sendable {
  /// One, or several for a chat.
  package var notifications: [AlertNotification]
  /// Whether the receiver refused the full form.
  package var isPlain: Bool
  /// The receiver's own name for the alert.
  package var reference: String?
  /// The number of earlier attempts in this run.
  package var tries: Int

  package init(
    _ notifications: [AlertNotification], isPlain: Bool = false, reference: String? = nil,
    tries: Int = 0
  ) {
    self.notifications = notifications
    self.isPlain = isPlain
    self.reference = reference
    self.tries = tries
  }
}

/// The result of one event for one receiver in one run.
package struct DeliveryResult: Hashable, Sendable {
  package enum Outcome: String, CaseIterable, Sendable {
    case delivered
    /// A later run tries again.
    case deferred
    /// The receiver refused it in every form; the state keeps it.
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
