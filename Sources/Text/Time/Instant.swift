/// A point in time: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The engine has no clock: every instant is handed to it.
package struct Instant: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static func < (one: Instant, other: Instant) -> Bool {
    one.milliseconds < other.milliseconds
  }

  /// The time from `start` to `end`, negative when `end` is earlier.
  package static func - (end: Instant, start: Instant) -> Duration {
    .milliseconds(end.milliseconds &- start.milliseconds)
  }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(milliseconds: instant.milliseconds &+ duration.wholeMilliseconds)
  }

  package static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(milliseconds: instant.milliseconds &- duration.wholeMilliseconds)
  }
}

extension Duration {
  /// The whole milliseconds in this duration; finer parts are cut.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }

  /// This duration in seconds, fractions kept.
  package var inSeconds: Double { self / .seconds(1) }

  /// This duration in minutes, fractions kept.
  package var inMinutes: Double { Double(wholeMilliseconds) / 60_000 }

  /// A duration of so many minutes, fractions allowed, to the millisecond.
  package static func minutes(_ minutes: Double) -> Duration {
    .milliseconds(Int64((minutes * 60_000).rounded()))
  }
}
