/// A point in time: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// The engine has no clock: every instant is passed to it.
package struct Instant: Hashable, Comparable, Sendable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static func < (one: Instant, other: Instant) -> Bool {
    one.milliseconds < other.milliseconds
  }

  /// The time from `start` to `end`; negative if `end` is earlier.
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
  /// This duration in whole milliseconds, truncated.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
  }

  /// This duration in seconds, with fractions.
  package var inSeconds: Double { self / .seconds(1) }

  /// This duration in minutes, with fractions.
  package var inMinutes: Double { Double(wholeMilliseconds) / 60_000 }

  /// A duration of this many minutes, which may be fractional, to the millisecond.
  package static func minutes(_ minutes: Double) -> Duration {
    .milliseconds(Int64((minutes * 60_000).rounded()))
  }
}
