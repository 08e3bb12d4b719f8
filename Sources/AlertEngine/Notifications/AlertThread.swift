package import Text

/// What a receiver knows about one alert: its last episode.
package struct AlertThread: Hashable, Sendable {
  /// The first bad sample of the episode, which distinguishes it from others.
  package var activeAt: Instant
  package var firedAt: Instant
  /// The same as in the notification of the firing.
  package var savedBefore: Instant?
  /// When the firing was delivered; `nil` until then.
  package var notifiedAt: Instant?
  /// When the receiver was last told that it fires: the time of the run, or that at which a queued
  /// reminder was due; `nil` until then, and in states of earlier versions.
  package var lastToldAt: Instant?
  /// The time of the last acknowledgement that was queued, which identifies it even if a clock is wrong.
  package var acknowledgedAt: Instant?
  /// When the alert resolved; `nil` while it fires.
  package var resolvedAt: Instant?
  /// The number of the last reminder that was queued.
  package var reminders: Int
  /// The receiver's own name for the alert, such as an issue's number.
  package var reference: String?

  package init(
    activeAt: Instant, firedAt: Instant, savedBefore: Instant? = nil, notifiedAt: Instant? = nil,
    lastToldAt: Instant? = nil, acknowledgedAt: Instant? = nil, resolvedAt: Instant? = nil,
    reminders: Int = 0,
    reference: String? = nil
  ) {
    self.activeAt = activeAt
    self.firedAt = firedAt
    self.savedBefore = savedBefore
    self.notifiedAt = notifiedAt
    self.lastToldAt = lastToldAt
    self.acknowledgedAt = acknowledgedAt
    self.resolvedAt = resolvedAt
    self.reminders = reminders
    self.reference = reference
  }
}
