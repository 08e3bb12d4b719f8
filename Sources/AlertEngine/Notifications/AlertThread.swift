package import Text

/// What a receiver knows about one alert: its last episode.
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
