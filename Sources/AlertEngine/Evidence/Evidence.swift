package import Text

/// A run of observations that are all bad or all good.
package struct Evidence: Hashable, Sendable {
  package var first: Instant
  package var last: Instant
  /// At least 1.
  package var count: Int
  /// The longest gap between two consecutive observations; zero if there is only one.
  package var longestGap: Duration
  /// The gaps that reset this run one after the other, with no shorter gap between them.
  package var breaks: Breaks?

  /// Several consecutive gaps longer than `max_gap`: the schedule is slower than the rule allows.
  package struct Breaks: Hashable, Sendable {
    package var inARow: Int
    /// The last gap: the interval at which the rule is actually evaluated.
    package var gap: Duration

    package init(inARow: Int, gap: Duration) {
      self.inARow = inARow
      self.gap = gap
    }
  }

  /// A run that begins with one observation at `instant`.
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

  /// The time from the first to the last observation.
  package var span: Duration { last - first }

  /// Whether two consecutive gaps were longer than `max_gap`: on this schedule, evidence can never
  /// be sustained.
  var isSampledTooRarely: Bool { (breaks?.inARow ?? 0) >= 2 }

  /// The run after one more observation of the same kind.
  ///
  /// - Parameters:
  ///   - instant: the time of the observation, after `last`.
  ///   - maxGap: the longest gap that does not reset the run, inclusive.
  ///   - onGap: what a longer gap does: `reset` starts the run over at `instant`, `count` only
  ///     reports the gap.
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
