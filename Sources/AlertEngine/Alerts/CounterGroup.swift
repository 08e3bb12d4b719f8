internal import Text

/// The histories of the counters behind one value: those that an aggregate combines, or the buckets
/// of a histogram.
///
/// Growth is taken of each counter and then combined, never the other way round: the sum of counters
/// falls when one of them disappears.
package struct CounterGroup: Hashable, Sendable {
  /// The times of the samples; its counter never grows.
  package private(set) var clock: CounterSeries
  /// By the names of the series.
  package private(set) var members: [String: CounterSeries]
  /// The same for the denominator.
  package private(set) var denominators: [String: CounterSeries]

  /// What was read of one counter.
  struct Reading {
    var name: String
    var value: Value

    enum Value {
      case count(Double)
      /// The hash of a value whose changes are counted.
      case mark(UInt64)
    }
  }

  /// The growth of all counters since one sample.
  struct Growth {
    /// By the names of the series.
    var members: [String: Double] = [:]
    var denominators: [String: Double] = [:]
    /// The time since that sample.
    var span: Duration
    var resets = 0
  }

  init(startingAt instant: Instant, sourceHash: UInt64) {
    self.init(
      clock: CounterSeries(
        startingAt: instant, with: .init(counter: 0), sourceHash: sourceHash))
  }

  /// Restores stored histories.
  package init(
    clock: CounterSeries, members: [String: CounterSeries] = [:],
    denominators: [String: CounterSeries] = [:]
  ) {
    self.clock = clock
    self.members = members
    self.denominators = denominators
  }

  package var sourceHash: UInt64 { clock.sourceHash }

  /// Adds one sample of all counters; a counter that was not there before begins with it.
  mutating func append(
    _ readings: [Reading], over denominators: [Reading], at instant: Instant, window: Duration,
    shortWindow: Duration? = nil
  ) {
    if clock.entries.last.map({ $0.at < instant }) ?? true {
      clock.append(.init(counter: 0), at: instant, window: window, shortWindow: shortWindow)
    }
    members.append(readings, at: instant, window: window, shortWindow)
    self.denominators.append(denominators, at: instant, window: window, shortWindow)
    members.prune(at: instant)
    self.denominators.prune(at: instant)
  }

  /// The growth over a window, or why it means nothing.
  ///
  /// A counter that began within the window counts from its first sample; one that is gone counts
  /// until its last sample is older than the window.
  ///
  /// - Returns: `nil` while there is not enough history.
  /// - Throws: why the growth means nothing.
  mutating func growth(
    over window: Duration, maxGap: Duration
  ) throws(CounterFault) -> Growth? {
    guard let now = clock.entries.last?.at,
      let span = clock.growth(over: window, maxGap: maxGap)?.span
    else { return nil }
    var growth = Growth(span: span)
    let base = now - span
    let fault = members.growth(since: base, until: now, &growth.members, &growth.resets)
    let other = denominators.growth(
      since: base, until: now, &growth.denominators, &growth.resets)
    if let fault = fault ?? other?.ofDenominator { throw fault }
    return growth
  }

  /// Whether it has totals later than `instant`, which come from a wrong clock.
  func isAhead(of instant: Instant) -> Bool { clock.isAhead(of: instant) }
}

extension [String: CounterSeries] {
  fileprivate mutating func append(
    _ readings: [CounterGroup.Reading], at instant: Instant, window: Duration,
    _ shortWindow: Duration?
  ) {
    for reading in readings {
      switch (reading.value, self[reading.name] != nil) {
      case (.count(let count), true):
        self[reading.name]?.append(
          .init(counter: count), at: instant, window: window, shortWindow: shortWindow)
      case (.mark(let mark), true):
        self[reading.name]?.append(mark: mark, at: instant, window: window)
      case (.count(let count), false):
        self[reading.name] = CounterSeries(
          startingAt: instant, with: .init(counter: count), sourceHash: 0)
      case (.mark(let mark), false):
        self[reading.name] = CounterSeries(
          startingAt: instant, with: .init(counter: 0), mark: mark, sourceHash: 0)
      }
    }
  }

  /// Forgets counters that are gone if there are far more of them than of others.
  fileprivate mutating func prune(at now: Instant) {
    guard count > 2 * SeriesCollector.mostMembers else { return }
    for (name, series) in self where series.entries.last?.at != now { self[name] = nil }
  }

  /// Adds the growth of each counter, and forgets those that ended before.
  ///
  /// - Returns: why the growth of one of those that are still there means nothing.
  fileprivate mutating func growth(
    since base: Instant, until now: Instant, _ growths: inout [String: Double], _ resets: inout Int
  ) -> CounterFault? {
    var fault: (name: String, fault: CounterFault)?
    for (name, series) in self {
      guard let growth = series.growth(since: base) else {
        // It ended before the window, or begins now.
        if series.entries.last?.at == now { growths[name] = 0 } else { self[name] = nil }
        continue
      }
      growths[name] = growth.counter
      resets += growth.resets
      guard series.entries.last?.at == now, let found = series.fault(in: growth) else { continue }
      // The same one every time, in whatever order a dictionary has them.
      if fault.map({ name < $0.name }) ?? true { fault = (name, found) }
    }
    return fault?.fault
  }
}

extension CounterFault {
  fileprivate var ofDenominator: CounterFault {
    switch self {
    case .fell(_, let from, let to): .fell(isDenominator: true, from: from, to: to)
    case .keepsFalling: self
    }
  }
}
