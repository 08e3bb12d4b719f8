/// What came of one try to deliver, by the classes of docs/receivers.md.
package enum DeliveryOutcome: Hashable, Sendable {
  /// `reference`: what the service calls it, such as an issue's number, where that is needed later.
  case delivered(reference: String?)
  /// The same may well succeed a little later.
  case transient(TransientFailure)
  /// The receiver's address, token or permission is wrong: nothing will get through.
  case broken(reason: DeliveryFailure)
  /// This message is refused whatever its way: it goes once more as plain text.
  case poison(reason: DeliveryFailure)
}

/// Why a try did not succeed, and when to try again.
package struct TransientFailure: Hashable, Sendable {
  package var reason: DeliveryFailure
  /// What the service asks to wait, for all its messages.
  package var retryAfter: Duration?
  /// Whether the message may have arrived all the same, as after a timeout.
  package var mayHaveArrived: Bool
  /// Whether no connection was had at all, so that no other message would get through either.
  package var isUnreachable: Bool

  package init(
    reason: DeliveryFailure, retryAfter: Duration? = nil, mayHaveArrived: Bool = false,
    isUnreachable: Bool = false
  ) {
    self.reason = reason
    self.retryAfter = retryAfter
    self.mayHaveArrived = mayHaveArrived
    self.isUnreachable = isUnreachable
  }
}
