/// The time zone of times for people; UTC unless they choose another.
///
/// A command has one for all its output. What programs read (JSON, the state, the keys of payloads)
/// is in UTC: `Instant.rfc3339` does not depend on it.
package struct ClockZone: Sendable {
  /// `Europe/Berlin`.
  package let name: String
  private let secondsAhead: @Sendable (Instant) -> Int

  /// Makes a zone.
  ///
  /// - Parameters:
  ///   - name: its name in the database of time zones.
  ///   - secondsAhead: how many seconds its clocks are ahead of UTC at an instant.
  package init(name: String, secondsAhead: @escaping @Sendable (Instant) -> Int) {
    self.name = name
    self.secondsAhead = secondsAhead
  }

  package static let utc = ClockZone(name: "UTC") { _ in 0 }

  /// The zone of this task's output.
  @TaskLocal package static var current = ClockZone.utc

  /// The instant at which clocks in UTC show what this zone's clocks show at the given one.
  package func shifted(_ instant: Instant) -> Instant {
    instant + .seconds(secondsAhead(instant))
  }

  /// The instant at which this zone's clocks show what clocks in UTC show at the given one.
  package func unshifted(_ shown: Instant) -> Instant {
    let near = shown - .seconds(secondsAhead(shown))
    return shown - .seconds(secondsAhead(near))
  }

  /// What follows a time in this zone: `UTC`, `UTC+1`, `UTC-3:30`.
  package func label(at instant: Instant) -> String {
    let minutes = secondsAhead(instant) / 60
    guard minutes != 0 else { return "UTC" }
    let (hours, rest) = (minutes.magnitude / 60, minutes.magnitude % 60)
    return "UTC\(minutes < 0 ? "-" : "+")\(hours)"
      + (rest == 0 ? "" : ":\(rest < 10 ? "0" : "")\(rest)")
  }
}

extension Instant {
  /// Hours and minutes in the current zone: `10:15`.
  package var clockTime: String { ClockZone.current.shifted(self).clockTimeInUTC }

  /// The date, hours and minutes in the current zone: `2026-11-21 10:15`.
  package var dayAndTime: String { ClockZone.current.shifted(self).dayAndTimeInUTC }

  /// Whether both are on the same day in the current zone.
  package func isOnSameDay(as other: Instant) -> Bool {
    let zone = ClockZone.current
    return zone.shifted(self).daysSinceEpoch == zone.shifted(other).daysSinceEpoch
  }

  /// What follows a time in the current zone: `UTC`, `UTC+1`.
  package var zoneLabel: String { ClockZone.current.label(at: self) }
}
