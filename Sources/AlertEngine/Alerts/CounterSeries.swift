package import Text

/// The counter history of a windowed measure: totals over time, corrected for resets.
package struct CounterSeries: Hashable, Sendable {
  /// Entries are thinned to this many steps per window, so that there are fewer than `limit`.
  static let stepsInWindow = 100
  static let limit = 120

  package struct Entry: Hashable, Sendable {
    package var at: Instant
    /// The counter's growth since the series began, corrected for resets.
    package var total: Double
    /// The same for the denominator; 0 if there is none.
    package var denominatorTotal: Double
    /// How often a counter was reset since the series began.
    package var resets: Int

    package init(at: Instant, total: Double, denominatorTotal: Double, resets: Int) {
      self.at = at
      self.total = total
      self.denominatorTotal = denominatorTotal
      self.resets = resets
    }
  }

  /// The last values of the counters themselves.
  package struct Reading: Hashable, Sendable {
    package var counter: Double
    /// 0 if the measure has no denominator.
    package var denominator: Double

    package init(counter: Double, denominator: Double = 0) {
      self.counter = counter
      self.denominator = denominator
    }
  }

  /// Growth between two entries.
  struct Growth: Hashable, Sendable {
    var counter: Double
    var denominator: Double
    /// The time that it actually spans.
    var span: Duration
    var resets: Int
  }

  /// The hash of the paths behind the totals; different paths start a new series.
  package var sourceHash: UInt64
  /// Oldest first, at most `limit`.
  package private(set) var entries: [Entry]
  package private(set) var last: Reading

  init(startingAt instant: Instant, with reading: Reading, sourceHash: UInt64) {
    self.sourceHash = sourceHash
    self.last = reading
    self.entries = [Entry(at: instant, total: 0, denominatorTotal: 0, resets: 0)]
  }

  /// Restores a stored series.
  ///
  /// - Parameters:
  ///   - entries: oldest first; beyond `limit`, the oldest are dropped.
  ///   - last: the counters at the newest entry.
  ///   - sourceHash: the hash of the paths.
  package init(entries: [Entry], last: Reading, sourceHash: UInt64) {
    self.entries = Array(entries.suffix(Self.limit))
    self.last = last
    self.sourceHash = sourceHash
  }

  /// Adds the current counters and drops entries that no window needs.
  ///
  /// A counter that fell was reset, and has grown by its current value; a reset of either counter
  /// counts as a reset of both.
  mutating func append(_ reading: Reading, at instant: Instant, window: Duration) {
    let before = entries.last ?? Entry(at: instant, total: 0, denominatorTotal: 0, resets: 0)
    let wasReset = reading.counter < last.counter || reading.denominator < last.denominator
    let base = wasReset ? Reading(counter: 0) : last
    let entry = Entry(
      at: instant, total: before.total + reading.counter - base.counter,
      denominatorTotal: before.denominatorTotal + reading.denominator - base.denominator,
      resets: before.resets + (wasReset ? 1 : 0))
    last = reading
    if entries.count >= 2, before.at - entries[entries.count - 2].at < window / Self.stepsInWindow {
      entries[entries.count - 1] = entry
    } else {
      entries.append(entry)
    }
    let needed = indexOfBase(at: instant, window: window) ?? 0
    entries.removeFirst(max(needed, entries.count - Self.limit))
  }

  /// The growth over a window up to the newest entry.
  ///
  /// It is measured from the newest entry that is at least a window old; if there is none, from the
  /// oldest entry, provided that it is at least half a window old.
  ///
  ///   - window: the window of the rule.
  ///   - maxGap: how much older than the window that entry may be.
  ///   - maxGap: how much older than the window the base may be.
  /// - Returns: `nil` while there is not enough history.
  func growth(over window: Duration, maxGap: Duration) -> Growth? {
    guard let newest = entries.last else { return nil }
    let base = entries[indexOfBase(at: newest.at, window: window) ?? 0]
    let span = newest.at - base.at
    guard span >= window / 2, span <= window + maxGap else { return nil }
    return Growth(
      counter: newest.total - base.total,
      denominator: newest.denominatorTotal - base.denominatorTotal, span: span,
      resets: newest.resets - base.resets)
  }

  /// Whether its totals are finite: sums of large counters may overflow.
  var isFinite: Bool {
    entries.last.map { $0.total.isFinite && $0.denominatorTotal.isFinite } ?? true
  }

  /// Whether it has totals later than `instant`, which come from a wrong clock.
  func isAhead(of instant: Instant) -> Bool {
    entries.last.map { $0.at > instant } ?? false
  }

  /// The newest entry at or before `instant - window`.
  private func indexOfBase(at instant: Instant, window: Duration) -> Int? {
    entries.lastIndex { instant - $0.at >= window }
  }
}
