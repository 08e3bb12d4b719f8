package import Text

/// One receiver's part of the outbox: what is queued for it, and what it was notified of.
package struct ReceiverQueue: Hashable, Sendable {
  /// The most rows that are kept; the oldest are dropped first and reported.
  static let mostRows = 50_000
  static let mostDeadLetters = 100
  /// The age at which a notification of an alert that has resolved expires, and after which a
  /// closed issue is not reopened.
  package static let lifetime = Duration.seconds(24 * 3_600)
  /// The longest pause that a service may ask for.
  static let longestPause = Duration.seconds(3_600)

  /// In the order in which they were queued; the rows of one alert are sent in this order.
  package var rows: [OutboxRow]
  /// What the receiver refused in every form, oldest first.
  package var deadLetters: [OutboxRow]
  /// What the receiver knows of each alert, by fingerprint.
  package var threads: [String: AlertThread]

  package init(
    rows: [OutboxRow] = [], deadLetters: [OutboxRow] = [], threads: [String: AlertThread] = [:]
  ) {
    self.rows = rows
    self.deadLetters = deadLetters
    self.threads = threads
  }

  var isEmpty: Bool { rows.isEmpty && deadLetters.isEmpty && threads.isEmpty }
}

/// One event that one receiver has not received yet.
package struct OutboxRow: Hashable, Sendable {
  private let event: QueuedEvent
  /// It is not sent before this time.
  package var notBefore: Instant?
  /// The number of runs that deferred it.
  package var deferrals: Int
  /// Whether it may have arrived nevertheless: after a timeout, or a crash while it was sent.
  package var mayHaveArrived: Bool
  /// Whether the current run may be sending it; it is saved as one that may have arrived.
  package var isUnderWay: Bool
  /// Whether the receiver refused the full form, so that plain text is sent.
  package var isPlain: Bool
  /// Why it has not been delivered; safe to show.
  package var reason: DeferralReason?

  package init(
    _ notification: AlertNotification, notBefore: Instant? = nil, deferrals: Int = 0,
    mayHaveArrived: Bool = false, isPlain: Bool = false, reason: DeferralReason? = nil
  ) {
    self.event = QueuedEvent(notification)
    self.notBefore = notBefore
    self.deferrals = deferrals
    self.mayHaveArrived = mayHaveArrived
    self.isUnderWay = false
    self.isPlain = isPlain
    self.reason = reason
  }
}

extension OutboxRow {
  package var notification: AlertNotification { event.notification }

  /// The event's id.
  var id: String { event.id }

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

/// What a receiver knows of one alert: its last episode.
package struct AlertThread: Hashable, Sendable {
  /// The first bad sample of the episode, which distinguishes it from others.
  package var activeAt: Instant
  package var firedAt: Instant
  /// When the firing was delivered; `nil` until then.
  package var notifiedAt: Instant?
  /// When the alert resolved; `nil` while it fires.
  package var resolvedAt: Instant?
  /// The number of the last reminder that was queued.
  package var reminders: Int
  /// The receiver's own name for the alert, such as an issue's number.
  package var reference: String?

  package init(
    activeAt: Instant, firedAt: Instant, notifiedAt: Instant? = nil, resolvedAt: Instant? = nil,
    reminders: Int = 0, reference: String? = nil
  ) {
    self.activeAt = activeAt
    self.firedAt = firedAt
    self.notifiedAt = notifiedAt
    self.resolvedAt = resolvedAt
    self.reminders = reminders
    self.reference = reference
  }
}
