internal import AlertEngine
internal import JSON
internal import Text

extension StateCodec<Absence> {
  static var absence: Self {
    Self(
      StateMember("count", \.count, .count), StateMember("first", \.first, .instant)
    ) { _, count, first in Absence(first: first, count: count) }
  }
}

extension StateCodec<Peak> {
  static var peak: Self {
    Self(
      StateMember("at", \.at, .instant), StateMember("value", \.value, .number)
    ) { _, at, value in Peak(value: value, at: at) }
  }
}

extension StateCodec<Evidence> {
  static var evidence: Self {
    Self(
      StateMember("count", \.count, .count),
      StateMember("earlier", \.earlier, omittable: .earlierGroups),
      StateMember("first", \.first, .instant),
      StateMember("last", \.last, .instant),
      StateMember("longest_gap_ms", \.longestGap, .milliseconds),
      StateMember("unknown_at", \.unknownAt, omittable: .instant)
    ) { object, count, earlier, first, last, longestGap, unknownAt throws(ScanFailure) in
      guard first <= last, count >= 1, longestGap >= .zero,
        earlier.map({ $0.first < first }) ?? true
      else { throw object.failure("contradictory evidence") }
      return Evidence(
        first: first, last: last, count: count, longestGap: longestGap, earlier: earlier,
        unknownAt: unknownAt)
    }
  }
}

extension StateCodec<EarlierGroups> {
  fileprivate static var earlierGroups: Self {
    Self(
      StateMember("count", \.count, .count),
      StateMember("first", \.first, .instant),
      StateMember("gap_ms", \.gap, .milliseconds),
      StateMember("groups", \.groups, .count),
      StateMember("longest_gap_ms", \.longestGap, .milliseconds)
    ) { object, count, first, gap, groups, longestGap throws(ScanFailure) in
      guard groups >= 1, count >= groups, gap > .zero, longestGap >= gap else {
        throw object.failure("contradictory evidence")
      }
      return EarlierGroups(
        first: first, groups: groups, count: count, gap: gap, longestGap: longestGap)
    }
  }
}

extension StateCodec<RecentValues> {
  static var recentValues: Self {
    Self(
      text: { recent in
        // Whether it is evidence is written where its value does not say so.
        .array(recent.entries) { entry in
          let isPlain = entry.isEvidence == (entry.value != nil)
          return .array(
            [.integer(entry.at.milliseconds), .number(entry.value)]
              + (isPlain ? [] : [.bool(entry.isEvidence)]))
        }
      },
      read: { node throws(ScanFailure) in
        RecentValues(
          try node.elements().map { element throws(ScanFailure) in
            let parts = try element.elements()
            guard 2...3 ~= parts.count else { throw element.expected("2 or 3 values") }
            let value = parts[1].isNull ? nil : try parts[1].number()
            return RecentValues.Entry(
              at: try parts[0].milliseconds(), value: value,
              isEvidence: parts.count == 3 ? try parts[2].bool() : value != nil)
          })
      })
  }
}

extension StateCodec<[Verdict]> {
  static var verdicts: Self {
    .list(
      of: StateCodec<Verdict>(
        text: { .array([.integer($0.at.milliseconds), .bool($0.isBad)]) },
        read: { node throws(ScanFailure) in
          let parts = try node.elements()
          guard parts.count == 2 else { throw node.expected("2 values") }
          return Verdict(at: try parts[0].milliseconds(), isBad: try parts[1].bool())
        }))
  }
}

extension StateCodec<CounterSeries> {
  static var series: Self {
    Self(
      StateMember("counter", \.last.counter, .number),
      StateMember("denominator", \.last.denominator, .number),
      StateMember("entries", \.entries, .list(of: .entry)),
      StateMember("fall", \.fall, omittable: .fall),
      StateMember("mark", \.mark, omittable: .hash),
      StateMember("recent_falls", \.fallsIfAny, omittable: .count),
      StateMember("source", \.sourceHash, .hash)
    ) { _, counter, denominator, entries, fall, mark, recentFalls, source in
      CounterSeries(
        entries: entries, last: .init(counter: counter, denominator: denominator), fall: fall,
        recentFalls: UInt8(truncatingIfNeeded: recentFalls ?? 0), mark: mark, sourceHash: source)
    }
  }
}

extension StateCodec<CounterGroup> {
  static var group: Self {
    Self(
      StateMember("clock", \.clock, .series),
      StateMember("denominators", \.denominators, .map(of: "series", .series)),
      StateMember("members", \.members, .map(of: "series", .series))
    ) { _, clock, denominators, members in
      CounterGroup(clock: clock, members: members, denominators: denominators)
    }
  }
}

extension CounterSeries {
  fileprivate var fallsIfAny: Int? { recentFalls == 0 ? nil : Int(recentFalls) }
}

extension StateCodec<CounterSeries.Fall> {
  fileprivate static var fall: Self {
    Self(
      StateMember("counter", \.before.counter, .number),
      StateMember("denominator", \.before.denominator, .number),
      StateMember("denominator_total", \.denominatorTotal, .number),
      StateMember("is_open", \.isOpen, .bool),
      StateMember("total", \.total, .number)
    ) { _, counter, denominator, denominatorTotal, isOpen, total in
      CounterSeries.Fall(
        before: .init(counter: counter, denominator: denominator), total: total,
        denominatorTotal: denominatorTotal, isOpen: isOpen)
    }
  }
}

extension StateCodec<CounterSeries.Entry> {
  fileprivate static var entry: Self {
    Self(
      text: {
        .array([
          .integer($0.at.milliseconds), .number($0.total), .number($0.denominatorTotal),
          .integer($0.resets), .integer($0.falls),
        ])
      },
      read: { node throws(ScanFailure) in
        // Before format 3, every fall was a reset.
        var parts = try node.elements()
        if parts.count == 4 { parts.append(parts[3]) }
        guard parts.count == 5 else { throw node.expected("5 values") }
        return CounterSeries.Entry(
          at: try parts[0].milliseconds(), total: try parts[1].number(),
          denominatorTotal: try parts[2].number(), resets: try parts[3].count(),
          falls: try parts[4].count())
      })
  }
}

extension StateCodec<Seen> {
  /// `good`, `bad`, or the reason why it was unknown.
  static var seen: Self {
    Self(
      text: { seen in
        switch seen {
        case .good: .string("good")
        case .bad: .string("bad")
        case .unknown(let reason): .string(reason.rawValue)
        }
      },
      read: { node throws(ScanFailure) in
        switch try node.string() {
        case "good": return .good
        case "bad": return .bad
        case let word:
          guard let reason = Unknown.Reason(rawValue: word) else {
            throw node.expected("good, bad or a reason")
          }
          return .unknown(reason)
        }
      })
  }
}
