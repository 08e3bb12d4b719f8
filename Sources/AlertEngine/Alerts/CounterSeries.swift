package import Text

/// The counter history of a windowed measure: totals over time, corrected for resets.
package struct CounterSeries: Hashable, Sendable {
  /// Entries are thinned to this many steps per window, of two at most: fewer than `limit`.
  static let stepsInWindow = 100
  static let limit = 240
  /// Two falls among this many readings are too many, even if the window is shorter.
  private static let lastFour: UInt8 = 0b1111

  package struct Entry: Hashable, Sendable {
    package var at: Instant
    /// The counter's growth since the series began, corrected for resets.
    package var total: Double
    /// The same for the denominator; 0 if there is none.
    package var denominatorTotal: Double
    /// How often a counter started over from zero since the series began.
    package var resets: Int
    /// How often a counter fell since the series began, whether or not it was reset.
    package var falls: Int

    package init(at: Instant, total: Double, denominatorTotal: Double, resets: Int, falls: Int) {
      self.at = at
      self.total = total
      self.denominatorTotal = denominatorTotal
      self.resets = resets
      self.falls = falls
    }
  }

  /// Values of the counters themselves.
  package struct Reading: Hashable, Sendable {
    package var counter: Double
    /// 0 if the measure has no denominator.
    package var denominator: Double

    package init(counter: Double, denominator: Double = 0) {
      self.counter = counter
      self.denominator = denominator
    }
  }

  /// A fall too large to be noise, which may turn out not to be a reset.
  package struct Fall: Hashable, Sendable {
    /// The counters before it.
    package var before: Reading
    /// The totals before it.
    package var total: Double
    package var denominatorTotal: Double
    /// Whether the next reading decides what it was.
    package var isOpen: Bool

    package init(before: Reading, total: Double, denominatorTotal: Double, isOpen: Bool) {
      self.before = before
      self.total = total
      self.denominatorTotal = denominatorTotal
      self.isOpen = isOpen
    }
  }

  /// Growth between two entries.
  struct Growth: Hashable, Sendable {
    var counter: Double
    var denominator: Double
    /// The time that it actually spans.
    var span: Duration
    var resets: Int
    var falls: Int
  }

  /// The hash of the paths behind the totals; different paths start a new series.
  package var sourceHash: UInt64
  /// Oldest first, at most `limit`.
  package private(set) var entries: [Entry]
  /// The highest values since the last reset, or those after an open fall.
  package private(set) var last: Reading
  /// The last large fall, until the counter has grown back to half of what it was.
  package private(set) var fall: Fall?
  /// What the value was, of a series that counts its changes: a hash, since it may be a text.
  package private(set) var mark: UInt64?
  /// Whether a counter fell, one bit for each of the last readings; the newest is the lowest bit.
  package private(set) var recentFalls: UInt8

  init(
    startingAt instant: Instant, with reading: Reading, mark: UInt64? = nil, sourceHash: UInt64
  ) {
    self.init(
      entries: [Entry(at: instant, total: 0, denominatorTotal: 0, resets: 0, falls: 0)],
      last: reading, mark: mark, sourceHash: sourceHash)
  }

  /// Counts a change if the value is another than the last one.
  mutating func append(mark: UInt64, at instant: Instant, window: Duration) {
    let changes = last.counter + (mark == self.mark ? 0 : 1)
    self.mark = mark
    append(Reading(counter: changes), at: instant, window: window)
  }

  /// Restores a stored series.
  ///
  /// - Parameters:
  ///   - entries: oldest first; beyond `limit`, the oldest are dropped.
  ///   - last: the counters at the newest entry.
  ///   - fall: the last large fall, if it still matters.
  ///   - recentFalls: which of the last readings fell.
  ///   - mark: what the value was, if its changes are counted.
  ///   - sourceHash: the hash of the paths.
  package init(
    entries: [Entry], last: Reading, fall: Fall? = nil, recentFalls: UInt8 = 0,
    mark: UInt64? = nil, sourceHash: UInt64
  ) {
    self.entries = Array(entries.suffix(Self.limit))
    self.last = last
    self.fall = fall
    self.recentFalls = recentFalls
    self.mark = mark
    self.sourceHash = sourceHash
  }

  /// Adds the current counters and drops entries that no window needs.
  ///
  /// A fall of less than an eighth is noise: the counter continues from where it was. After a
  /// larger one, the next reading decides: back at the old value or above, it was a glitch; below, the
  /// counter started over from zero. Both counters of a ratio belong to the same process, so they
  /// start over, or come back, together.
  mutating func append(
    _ reading: Reading, at instant: Instant, window: Duration, shortWindow: Duration? = nil
  ) {
    var entry =
      entries.last
      ?? Entry(
        at: instant, total: 0, denominatorTotal: 0, resets: 0, falls: 0)
    let previous = entry.at
    let fallsBefore = entry.falls
    if !undoFall(at: reading, &entry) {
      confirmFall(&entry)
      advance(to: reading, &entry)
    }
    recentFalls = recentFalls << 1 | (entry.falls > fallsBefore ? 1 : 0)
    entry.at = instant
    let step = (shortWindow ?? window) / Self.stepsInWindow
    if entries.count >= 2, previous - entries[entries.count - 2].at < step {
      entries[entries.count - 1] = entry
    } else {
      entries.append(entry)
    }
    if let shortWindow { thin(before: instant - shortWindow, to: window / Self.stepsInWindow) }
    let needed = indexOfBase(at: instant, window: window) ?? 0
    entries.removeFirst(max(needed, entries.count - Self.limit))
  }

  /// Keeps fewer of the entries that only the long window needs: all before the last one at or before
  /// `instant`.
  private mutating func thin(before instant: Instant, to step: Duration) {
    var index = 1
    while index + 1 < entries.count, entries[index + 1].at <= instant {
      if entries[index + 1].at - entries[index - 1].at < step {
        entries.remove(at: index)
      } else {
        index += 1
      }
    }
  }

  /// Continues from before a fall if the counters are back; returns whether they are.
  ///
  /// A reset that was confirmed by a second low reading is undone too if the counter then jumps back.
  private mutating func undoFall(at reading: Reading, _ entry: inout Entry) -> Bool {
    guard let fall, reading.counter >= fall.before.counter,
      reading.denominator >= fall.before.denominator,
      fall.isOpen || last.isBelowHalf(of: fall.before)
    else { return false }
    entry.total = max(entry.total, fall.total + reading.counter - fall.before.counter)
    entry.denominatorTotal = max(
      entry.denominatorTotal,
      fall.denominatorTotal + reading.denominator - fall.before.denominator)
    if !fall.isOpen { entry.falls += 1 }
    last = reading
    self.fall = nil
    return true
  }

  /// Treats an open fall as a reset: the counters have grown from zero to their values after it.
  ///
  /// If the denominator has grown, the process has not restarted, and nobody knows what the other
  /// counter counts now: the series begins anew.
  private mutating func confirmFall(_ entry: inout Entry) {
    guard let fall, fall.isOpen else { return }
    self.fall?.isOpen = false
    guard fall.before.denominator == 0 || last.denominator < fall.before.denominator else {
      (entry.total, entry.denominatorTotal) = (0, 0)
      entries = [entry]
      self.fall = Fall(before: fall.before, total: 0, denominatorTotal: 0, isOpen: false)
      return
    }
    entry.total += last.counter
    entry.denominatorTotal += last.denominator
    entry.resets += 1
    if !entries.isEmpty { entries[entries.count - 1] = entry }
  }

  private mutating func advance(to reading: Reading, _ entry: inout Entry) {
    let fell = reading.counter < last.counter || reading.denominator < last.denominator
    if fell { entry.falls += 1 }
    let isLarge =
      fell
      && (last.counter - reading.counter >= last.counter / 8 && reading.counter < last.counter
        || last.denominator - reading.denominator >= last.denominator / 8
          && reading.denominator < last.denominator)
    guard !isLarge else {
      if fall == nil {
        fall = Fall(
          before: last, total: entry.total, denominatorTotal: entry.denominatorTotal, isOpen: true)
      }
      fall?.isOpen = true
      last = reading
      return
    }
    entry.total += max(0, reading.counter - last.counter)
    entry.denominatorTotal += max(0, reading.denominator - last.denominator)
    last = Reading(
      counter: max(last.counter, reading.counter),
      denominator: max(last.denominator, reading.denominator))
    if !fell, let fall, !last.isBelowHalf(of: fall.before) { self.fall = nil }
  }

  /// The growth over a window up to the newest entry.
  ///
  /// It is measured from the newest entry that is at least a window old; if there is none, from the
  /// oldest entry, provided that it is at least half a window old.
  ///
  ///   - window: the window of the rule.
  ///   - maxGap: how much older than the window the base may be.
  /// - Returns: `nil` while there is not enough history.
  func growth(over window: Duration, maxGap: Duration) -> Growth? {
    guard let newest = entries.last else { return nil }
    let base = entries[indexOfBase(at: newest.at, window: window) ?? 0]
    let span = newest.at - base.at
    guard span >= window / 2, span <= window + maxGap else { return nil }
    return growth(to: newest, from: base)
  }

  /// The growth since a time, or since the series began if that is later; `nil` if it ended before.
  func growth(since base: Instant) -> Growth? {
    guard let newest = entries.last, newest.at > base else { return nil }
    return growth(to: newest, from: entries.last { $0.at <= base } ?? entries[0])
  }

  private func growth(to newest: Entry, from base: Entry) -> Growth {
    Growth(
      counter: newest.total - base.total,
      denominator: newest.denominatorTotal - base.denominatorTotal, span: newest.at - base.at,
      resets: newest.resets - base.resets,
      falls: max(newest.falls - base.falls, (recentFalls & Self.lastFour).nonzeroBitCount))
  }

  /// Why the growth up to the newest entry means nothing; `nil` if it is usable.
  func fault(in growth: Growth) -> CounterFault? {
    if growth.falls >= 2 { return .keepsFalling(times: growth.falls, resets: growth.resets) }
    guard let fall, fall.isOpen else { return nil }
    let isDenominator = last.counter >= fall.before.counter
    return isDenominator
      ? .fell(isDenominator: true, from: fall.before.denominator, to: last.denominator)
      : .fell(isDenominator: false, from: fall.before.counter, to: last.counter)
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

extension CounterSeries.Reading {
  /// Whether a counter is below half of what it was.
  fileprivate func isBelowHalf(of other: Self) -> Bool {
    counter < other.counter / 2 || denominator < other.denominator / 2
  }
}
