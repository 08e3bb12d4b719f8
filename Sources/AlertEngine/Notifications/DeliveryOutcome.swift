/// The outcome of one attempt to deliver, by the classes in docs/receivers.md.
package enum DeliveryOutcome: Hashable, Sendable {
  /// `reference`: the service's own name for it, such as an issue's number, if it is needed later.
  case delivered(reference: String?)
  /// There was a response, but it does not show whether the message arrived: it cannot be read, or
  /// is not the receiver's own. The message is sent at most once more.
  ///
  /// Its reason is a sentence about the response.
  case unconfirmed(reason: DeliveryFailure)
  /// The same message may succeed later.
  case transient(TransientFailure)
  /// The receiver's address, token or permission is wrong: every message will fail.
  case broken(reason: DeliveryFailure)
  /// The receiver rejects this message; it is sent once more as plain text.
  case poison(reason: DeliveryFailure)
}

/// Why an attempt failed, and when to try again.
package struct TransientFailure: Hashable, Sendable {
  package var reason: DeliveryFailure
  /// How long the service asks to wait before any other message.
  package var retryAfter: Duration?
  /// Whether the message may have arrived nevertheless, as after a timeout.
  package var mayHaveArrived: Bool
  /// Whether there was no connection, so that every other message would fail as well.
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
