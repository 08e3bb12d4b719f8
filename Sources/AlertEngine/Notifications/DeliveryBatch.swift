/// The content of one message to a receiver.
package struct DeliveryBatch: Hashable, Sendable {
  /// One, or several for a chat.
  package var notifications: [AlertNotification]
  /// Whether the receiver rejected the full form.
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
