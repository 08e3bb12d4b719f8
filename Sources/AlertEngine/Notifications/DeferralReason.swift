package import Text

/// Why an event has not been delivered to a receiver.
package enum DeferralReason: Hashable, Sendable {
  /// In words that are safe to show: the receiver's response, or what an earlier run saved.
  case text(String)
  /// It may have arrived, but no response confirmed it; in words that are safe to show.
  case unconfirmed(String)
  /// The receiver's address, token or permission is wrong: every delivery fails until that is fixed.
  case broken(String)
  /// The run was out of time.
  case deadline
  /// After a failed save, only new firing alerts are sent.
  case stateNotSaved
  /// An earlier event of the same alert is queued.
  case behindEarlier
  /// The receiver is not tried again before this time; `after` is why.
  indirect case notBefore(Instant, after: DeferralReason?)
  /// A variable or a file of its settings is empty.
  case notSetUp
  case notConfigured
  /// The receiver's name now belongs to another type.
  case retyped
  /// The run sends nothing: `--no-deliver` or `--dry-run`.
  case notDelivering
  /// It may not be sent now: silenced, for example.
  case held(RowHold)
  /// Older than `ReceiverQueue.lifetime`, and its alert has ended.
  case expired
  /// More than `ReceiverQueue.mostRows` were queued.
  case queueFull

  /// Whether it is kept because no response showed whether it arrived.
  package var isUnconfirmed: Bool {
    if case .unconfirmed = self { true } else { false }
  }

  /// Whether every delivery fails until the receiver's settings are fixed.
  package var isBroken: Bool {
    if case .broken = self { true } else { false }
  }
}
