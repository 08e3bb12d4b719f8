package import Text

/// A planned time during which alerts are not sent.
package struct MaintenanceWindow: Hashable, Sendable {
  package enum Time: Hashable, Sendable {
    case weekly(ZonedWindow)
    /// From the first instant up to, but not including, the second.
    case once(Instant, Instant)
  }

  /// Unique in a configuration.
  package var name: String
  package var match: AlertMatch
  package var reason: String?
  package var time: Time
}

/// The maintenance windows that are open at an instant.
package typealias MaintenanceCalendar = @Sendable (Instant) -> [ActiveWindow]

/// A weekly window in the local time of a time zone.
package struct ZonedWindow: Hashable, Sendable {
  package var window: ClockWindow
  /// `Europe/Berlin`; the engine has no database of time zones.
  package var timeZone: String
}
