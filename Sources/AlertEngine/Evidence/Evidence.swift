package import Text

/// A run of observations that are all bad or all good, at most `max_gap` apart: a group.
///
/// If samples come less often than that, several groups in a row also count as evidence. This is
/// the current group; `earlier` has those before it.
package struct Evidence: Hashable, Sendable {
  package var first: Instant
  package var last: Instant
  /// At least 1.
  package var count: Int
  /// The longest gap between two consecutive observations; zero if there is only one.
  package var longestGap: Duration
  /// The groups of the same kind before this one, with no others in between.
  package var earlier: EarlierGroups?
  /// The unknown observation since `last` that says most: one at most `max_gap` after it, or else
  /// the latest.
  package var unknownAt: Instant?

  /// A run that begins with one observation at `instant`.
  init(startingAt instant: Instant) {
    self.init(first: instant, last: instant, count: 1, longestGap: .zero)
  }

  package init(
    first: Instant, last: Instant, count: Int, longestGap: Duration,
    earlier: EarlierGroups? = nil, unknownAt: Instant? = nil
  ) {
    self.first = first
    self.last = last
    self.count = count
    self.longestGap = longestGap
    self.earlier = earlier
    self.unknownAt = unknownAt
  }

  /// The time from the first to the last observation of this group.
  package var span: Duration { last - first }

  /// How many groups there are in a row, this one included.
  var groups: Int { (earlier?.groups ?? 0) + 1 }

  /// Whether the last gap was longer than `max_gap`, so that only further groups add up.
  var isSparse: Bool { earlier != nil && count == 1 }

  /// Whether it is long enough.
  ///
  /// - Parameters:
  ///   - duration: the time that it must span.
  ///   - samples: the least number of observations in one group.
  ///   - groups: the number of groups in a row that is enough instead.
  /// - Returns: whether this group, or all of them together, is enough.
  func isSustained(for duration: Duration, samples: Int, groups: Int) -> Bool {
    if span >= duration, count >= samples { return true }
    guard let earlier, self.groups >= groups else { return false }
    return last - earlier.first >= duration
  }

  /// The run after one more observation of the same kind.
  ///
  /// - Parameters:
  ///   - instant: the time of the observation, after `last`.
  ///   - maxGap: the longest gap within a group, inclusive.
  ///   - onGap: what a longer gap does: `reset` starts another group at `instant`, `count` only
  ///     reports the gap.
  /// - Returns: the longer run; one that begins at `instant` if an unknown observation near either
  ///   end of a longer gap leaves open what happened in it.
  func extended(to instant: Instant, maxGap: Duration, onGap: OnGap) -> Evidence {
    let gap = instant - last
    let isDoubtful = unknownAt.map { $0 - last <= maxGap || instant - $0 <= maxGap } ?? false
    guard gap <= maxGap || onGap == .count else {
      var fresh = Evidence(startingAt: instant)
      if !isDoubtful {
        fresh.earlier = EarlierGroups(
          first: earlier?.first ?? first, groups: groups, count: (earlier?.count ?? 0) + count,
          gap: gap, longestGap: max(earlier?.longestGap ?? .zero, longestGap, gap))
      }
      return fresh
    }
    return Evidence(
      first: first, last: instant, count: count + 1, longestGap: max(longestGap, gap),
      earlier: isDoubtful ? nil : earlier)
  }

  /// The run after an unknown observation, which proves nothing but may leave a gap in doubt.
  func interrupted(at instant: Instant, maxGap: Duration) -> Evidence {
    var longer = self
    if !isInDoubt(maxGap: maxGap) { longer.unknownAt = instant }
    return longer
  }

  /// Whether an unknown observation came at most `max_gap` after the last one of this run.
  func isInDoubt(maxGap: Duration) -> Bool { unknownAt.map { $0 - last <= maxGap } ?? false }

  /// All groups as one run, in which the gaps between them count.
  package var joined: Evidence {
    Evidence(
      first: earlier?.first ?? first, last: last, count: (earlier?.count ?? 0) + count,
      longestGap: max(earlier?.longestGap ?? .zero, longestGap))
  }

  /// This group without those before it.
  var alone: Evidence {
    Evidence(first: first, last: last, count: count, longestGap: longestGap)
  }
}

/// Groups of the same kind before the current one, each too far from the next.
package struct EarlierGroups: Hashable, Sendable {
  package var first: Instant
  /// At least 1.
  package var groups: Int
  /// The observations in all of them.
  package var count: Int
  /// The time from the last of them to the current group.
  package var gap: Duration
  /// The longest gap between two of these observations, including the gap to the current group.
  package var longestGap: Duration

  package init(first: Instant, groups: Int, count: Int, gap: Duration, longestGap: Duration) {
    self.first = first
    self.groups = groups
    self.count = count
    self.gap = gap
    self.longestGap = longestGap
  }
}
