package import Text

/// One event that one receiver has not received yet.
package struct OutboxRow: Hashable, Sendable {
  private var event: QueuedEvent
  /// The time before which it is not sent.
  package var notBefore: Instant?
  /// The number of runs that deferred it.
  package var deferrals: Int
  /// Whether it may have arrived nevertheless: after a timeout, or a crash while it was sent.
  package var mayHaveArrived: Bool
  /// How often it was sent without a response that shows whether it arrived.
  package var unconfirmed: Int
  /// Whether the current run may be sending it; it is saved as one that may have arrived.
  package var isUnderWay: Bool
  /// The identifier of the digest that it is part of; after a crash or a timeout, the same digest is
  /// sent again.
  package var digest: String?
  /// Whether the receiver rejected the full form, so that plain text is sent.
  package var isPlain: Bool
  /// Why it has not been delivered; safe to show.
  package var reason: DeferralReason?
  /// Why it may not be sent now.
  package var hold: RowHold?
  /// For a receiver with `after_minutes`, when it could first have been sent, regardless of its
  /// hours.
  package var permittedAt: Instant?
  /// When the receiver's hours began, if it waited for them.
  package var openedAt: Instant?

  package init(
    _ notification: AlertNotification, notBefore: Instant? = nil, deferrals: Int = 0,
    mayHaveArrived: Bool = false, unconfirmed: Int = 0, digest: String? = nil,
    isPlain: Bool = false, reason: DeferralReason? = nil, hold: RowHold? = nil,
    permittedAt: Instant? = nil, openedAt: Instant? = nil
  ) {
    self.event = QueuedEvent(notification)
    self.notBefore = notBefore
    self.deferrals = deferrals
    self.mayHaveArrived = mayHaveArrived
    self.unconfirmed = unconfirmed
    self.isUnderWay = false
    self.digest = digest
    self.isPlain = isPlain
    self.reason = reason
    self.hold = hold
    self.permittedAt = permittedAt
    self.openedAt = openedAt
  }
}

extension OutboxRow {
  /// The most sends without a response that shows whether the message arrived.
  static let mostUnconfirmed = 2

  /// Whether it is part of a digest that may have arrived.
  var isInSentDigest: Bool { digest != nil && mayHaveArrived }

  /// Whether it was given up although it may have arrived.
  package var isUnconfirmed: Bool { unconfirmed >= Self.mostUnconfirmed }

  package internal(set) var notification: AlertNotification {
    get { event.notification }
    set { event = QueuedEvent(newValue) }
  }

  /// The event's id.
  package var id: String { event.id }

  /// The fingerprint of the event's alert.
  var alert: String { event.alert }
}

/// An event in a row: a class, so that thousands of rows can be copied for each save.
private final class QueuedEvent: Hashable, Sendable {
  let notification: AlertNotification
  let id: String
  let alert: String

  init(_ notification: AlertNotification) {
    self.notification = notification
    id = notification.id
    alert = notification.fingerprint.text
  }

  static func == (one: QueuedEvent, other: QueuedEvent) -> Bool {
    one === other || one.notification == other.notification
  }

  func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
