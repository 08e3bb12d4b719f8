/// A local time of day, to the minute.
package struct TimeOfDay: Hashable, Comparable, Sendable {
  /// Minutes since the clock showed 00:00: 0 to 1440, which is the end of the day.
  package let minutes: Int

  /// Parses two digits for the hours and two for the minutes: `02:00`, up to `24:00`.
  package init?(_ text: String) {
    var text = text
    let parsed: Int? = text.withUTF8 { bytes in
      var reader = TimeReader(bytes: bytes)
      guard let hours = reader.number(digits: 2), reader.take(":"),
        let minutes = reader.number(digits: 2), minutes <= 59, reader.isAtEnd
      else { return nil }
      return hours * 60 + minutes
    }
    guard let parsed, parsed <= 1_440 else { return nil }
    minutes = parsed
  }

  /// `02:00`.
  package var text: String {
    let (hours, rest) = minutes.floorDivided(by: 60)
    return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
  }

  package static func < (one: TimeOfDay, other: TimeOfDay) -> Bool { one.minutes < other.minutes }
}

/// A day of the week, by its name in the configuration.
package enum Weekday: String, CaseIterable, Sendable {
  case monday = "mon"
  case tuesday = "tue"
  case wednesday = "wed"
  case thursday = "thu"
  case friday = "fri"
  case saturday = "sat"
  case sunday = "sun"

  init(daysSinceEpoch days: Int) {
    // 1970-01-01 was a Thursday.
    self = Self.allCases[(days + 3).floorDivided(by: 7).remainder]
  }
}

/// A window that recurs on days of the week, in local time.
///
/// If a change of the clocks skips the time at which a window begins or ends, the next time that
/// the clocks show counts instead. If the clocks show an hour twice, both count.
package struct ClockWindow: Hashable, Sendable {
  /// The days on which it begins.
  package let days: Set<Weekday>
  /// The first minute that is inside.
  package let from: TimeOfDay
  /// The first minute that is outside; on the next day if it is earlier than `from`.
  package let to: TimeOfDay

  /// Makes a window that begins on some days, or on every day if `days` is empty.
  ///
  /// `nil` if `from` equals `to`, or is 24:00.
  package init?(days: Set<Weekday> = [], from: TimeOfDay, to: TimeOfDay) {
    guard from != to, from.minutes < 1_440 else { return nil }
    self.days = days.isEmpty ? Set(Weekday.allCases) : days
    self.from = from
    self.to = to
  }

  /// Whether an instant is inside.
  package func isActive(at instant: Instant, in zone: ClockZone) -> Bool {
    let (day, minute) = Int(zone.shifted(instant).milliseconds.floorDivided(by: 60_000).quotient)
      .floorDivided(by: 1_440)
    guard from > to else {
      return minute >= from.minutes && minute < to.minutes
        && days.contains(Weekday(daysSinceEpoch: day))
    }
    return minute >= from.minutes && days.contains(Weekday(daysSinceEpoch: day))
      || minute < to.minutes && days.contains(Weekday(daysSinceEpoch: day - 1))
  }

  /// The first full minute after an instant that is outside; `nil` if there is none within 15 days.
  package func end(after instant: Instant, in zone: ClockZone) -> Instant? {
    first(after: instant, in: zone) { _, isActive in !isActive }
  }

  /// The first full minute after an instant at which a window begins; `nil` if there is none within
  /// 15 days.
  package func begin(after instant: Instant, in zone: ClockZone) -> Instant? {
    first(after: instant, in: zone) { wasActive, isActive in !wasActive && isActive }
  }

  /// The first full minute after an instant that a test accepts, given whether the time before it
  /// and the minute itself are inside.
  private func first(
    after instant: Instant, in zone: ClockZone, where isFound: (Bool, Bool) -> Bool
  ) -> Instant? {
    // A weekly window can lie entirely in an hour that the clocks skip; the next one is a week
    // later.
    let limit = instant + .seconds(15 * 86_400)
    var wasActive = isActive(at: instant, in: zone)
    var minute = Instant(
      milliseconds: (instant.milliseconds.floorDivided(by: 60_000).quotient + 1) * 60_000)
    while minute <= limit {
      let isActive = isActive(at: minute, in: zone)
      if isFound(wasActive, isActive) { return minute }
      wasActive = isActive
      minute = next(after: minute, in: zone)
    }
    return nil
  }

  /// A later minute before which nothing changes: where the clock shows the next midnight, `from`
  /// or `to`, or only a minute later if the clock is set before that.
  private func next(after minute: Instant, in zone: ClockZone) -> Instant {
    let shown = zone.shifted(minute)
    let ofDay = Int(shown.milliseconds.floorDivided(by: 60_000).quotient)
      .floorDivided(by: 1_440).remainder
    let bound = [from.minutes, to.minutes, 1_440].filter { $0 > ofDay }.min() ?? 1_440
    let step = Duration.seconds(60 * (bound - ofDay))
    return zone.shifted(minute + step) == shown + step ? minute + step : minute + .seconds(60)
  }
}
