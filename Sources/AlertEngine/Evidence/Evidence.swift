package import Text

/// The run of like observations behind a phase.
package struct Evidence: Hashable, Sendable {
  package var first: Instant
  package var last: Instant
  /// At least 1.
  package var count: Int
  /// The longest time between two neighbouring observations; zero while there is only one.
  package var longestGap: Duration
  /// The gaps that broke this run one after the other, with nothing that held together between.
  package var breaks: Breaks?

  /// Gaps longer than `max_gap`, several in a row: the schedule is slower than the rule allows.
  package struct Breaks: Hashable, Sendable {
    package var inARow: Int
    /// The last of them: the cadence that the rule really sees.
    package var gap: Duration

    package init(inARow: Int, gap: Duration) {
      self.inARow = inARow
      self.gap = gap
    }
  }

  /// A run that one observation at `instant` begins.
  init(startingAt instant: Instant) {
    self.init(first: instant, last: instant, count: 1, longestGap: .zero, breaks: nil)
  }

  package init(
    first: Instant, last: Instant, count: Int, longestGap: Duration, breaks: Breaks? = nil
  ) {
    self.first = first
    self.last = last
    self.count = count
    self.longestGap = longestGap
    self.breaks = breaks
  }

  /// The time between the first and the last observation.
  package var span: Duration { last - first }

  /// Two gaps in a row were longer than `max_gap`: this schedule can never sustain anything.
  var isSampledTooRarely: Bool { (breaks?.inARow ?? 0) >= 2 }

  /// The run after one more like observation at `instant`.
  ///
  /// - Parameters:
  ///   - instant: the time of the observation, after `last`.
  ///   - maxGap: the longest gap over which the run holds together, inclusive.
  ///   - onGap: what a longer gap does: `reset` starts the run again at `instant`, `count` only
  ///     reports it.
  /// - Returns: the longer run, or one that begins at `instant`.
  func extended(to instant: Instant, maxGap: Duration, onGap: OnGap) -> Evidence {
    let gap = instant - last
    guard gap <= maxGap || onGap == .count else {
      var fresh = Evidence(startingAt: instant)
      fresh.breaks = Breaks(inARow: (breaks?.inARow ?? 0) + 1, gap: gap)
      return fresh
    }
    return Evidence(
      first: first, last: instant, count: count + 1, longestGap: max(longestGap, gap))
  }
}
