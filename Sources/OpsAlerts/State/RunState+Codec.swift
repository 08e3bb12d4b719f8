internal import AlertEngine
internal import JSON
internal import Text

extension RunState {
  /// Why a document is not a state.
  enum Failure: Error, Hashable, Sendable {
    /// The line and column, and what is wrong there.
    case malformed(String)
    case newerFormat(Int)

    var reason: String {
      switch self {
      case .malformed(let reason): reason
      case .newerFormat(let format): "format \(format) is newer than \(RunState.format)"
      }
    }
  }

  /// The bytes of the state file: keys sorted, one alert a line.
  func encoded() -> [UInt8] {
    let table = NotificationTable(outbox)
    let state: JSONText = [
      "format": .integer(RunState.format),
      "notifications": StateCodec.notifications.text(table.notifications),
      "outbox": StateCodec.queues(table).text(outbox.queues),
      "saved_at": .instant(savedAt),
      "targets": StateCodec.targets.text(targets),
    ]
    return state.encoded(.pretty) + [UInt8(ascii: "\n")]
  }

  /// Reads what `encoded()` wrote.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: a `Failure` for anything but a complete state: half of one would lose alerts.
  init(decoding bytes: [UInt8]) throws(Failure) {
    let root: JSONNode
    do { root = try JSONNode.parse(bytes) } catch { throw .malformed(error.description) }
    let format: Int
    do throws(ScanFailure) {
      let file = try JSONObject(root)
      format = try file.node("format").count()
      if format <= RunState.format {
        self = try Self(file, format: format)
        return
      }
    } catch {
      throw .malformed(error.located(in: bytes).description)
    }
    throw .newerFormat(format)
  }

  private init(_ file: JSONObject, format: Int) throws(ScanFailure) {
    guard format >= 1 else {
      throw try file.node("format").failure("format \(format) does not exist")
    }
    var outbox = Outbox()
    // Format 1 had no outbox: nothing was delivered then.
    if format > 1 {
      let notifications = try StateCodec.notifications.read(try file.node("notifications"))
      let table = NotificationTable(notifications)
      outbox.queues = try StateCodec.queues(table).read(try file.node("outbox"))
    }
    self.init(
      targets: try StateCodec.targets.read(try file.node("targets")), outbox: outbox,
      savedAt: try file.optional("saved_at")?.instant())
  }
}

extension StateCodec<[String: TargetState]> {
  fileprivate static var targets: Self { .map(of: "target", .target) }
}

extension StateCodec<TargetState> {
  fileprivate static var target: Self {
    Self(
      StateMember("alerts", \.alerts, .alerts),
      StateMember("last_observation", \.lastObservation, nullable: .instant),
      StateMember("last_readable", \.lastReadable, nullable: .instant),
      StateMember("last_snapshot_time", \.lastSnapshotTime, nullable: .instant)
    ) { _, alerts, observation, readable, snapshotTime in
      TargetState(
        alerts: alerts, lastObservation: observation, lastReadable: readable,
        lastSnapshotTime: snapshotTime)
    }
  }
}

extension StateCodec<AlertTable> {
  fileprivate static var alerts: Self {
    let codec = StateCodec<KeyedAlert>.alert.onOneLine
    return Self(
      text: { table in
        .array(table.keys.sorted()) { key in
          table[key].map { codec.text(KeyedAlert(key: key, alert: $0)) } ?? .omitted
        }
      },
      read: { node throws(ScanFailure) in
        let nodes = try node.elements()
        var table = AlertTable()
        table.reserveCapacity(nodes.count)
        for node in nodes {
          let read = try codec.read(node)
          guard table[read.key] == nil else { throw node.failure("duplicate alert") }
          table[read.key] = read.alert
        }
        return table
      })
  }
}

/// An alert as a line of the state file, in which key and phase are not nested.
private struct KeyedAlert {
  var key: AlertKey
  var alert: Alert

  var breach: Breach? { alert.phase.breach }
  var episode: Episode? { alert.phase.episode }
  var recovery: Evidence? {
    if case .recovering(_, let evidence) = alert.phase { evidence } else { nil }
  }
  var labels: [String: String]? { episode.flatMap { $0.labels.isEmpty ? nil : $0.labels } }
  var recent: RecentValues? { alert.recent.isEmpty ? nil : alert.recent }
}

extension StateCodec<KeyedAlert> {
  fileprivate static var alert: Self {
    Self(
      StateMember("absence", \.alert.absence, omittable: .absence),
      StateMember("condition", \.alert.conditionHash, .hash),
      StateMember("earlier_peak", \.breach?.earlierPeak, omittable: .peak),
      StateMember("evidence", \.breach?.evidence, omittable: .evidence),
      StateMember("fired_at", \.episode?.firedAt, omittable: .instant),
      StateMember("instance", \.key.instance, nullable: .string),
      StateMember("labels", \.labels, omittable: .labels),
      StateMember("peak", \.breach?.peak, omittable: .peak),
      StateMember("phase", \.alert.phase.kind, .word("a phase")),
      StateMember("recent", \.recent, omittable: .recentValues),
      StateMember("recovery", \.recovery, omittable: .evidence),
      StateMember("rule", \.key.rule, .string),
      StateMember("seen", \.alert.seen, omittable: .seen),
      StateMember("series", \.alert.series, omittable: .series),
      StateMember("severity", \.episode?.severity, omittable: .word("a severity"))
    ) {
      object, absence, condition, earlierPeak, evidence, firedAt, instance, labels, peak, kind,
      recent,
      recovery, rule, seen, series, severity throws(ScanFailure) in
      func needed<Part>(_ part: Part?, _ key: String) throws(ScanFailure) -> Part {
        guard let part else { throw object.missing(key) }
        return part
      }
      func breach() throws(ScanFailure) -> Breach {
        Breach(evidence: try needed(evidence, "evidence"), peak: peak, earlierPeak: earlierPeak)
      }
      func episode() throws(ScanFailure) -> Episode {
        Episode(
          breach: try breach(), firedAt: try needed(firedAt, "fired_at"),
          severity: try needed(severity, "severity"), labels: labels ?? [:])
      }
      let phase: Phase =
        switch kind {
        case .inactive: .inactive
        case .pending: .pending(try breach())
        case .firing: .firing(try episode())
        case .recovering: .recovering(try episode(), try needed(recovery, "recovery"))
        }
      return KeyedAlert(
        key: AlertKey(rule: rule, instance: instance),
        alert: Alert(
          phase: phase, conditionHash: condition, seen: seen, absence: absence,
          recent: recent ?? RecentValues(), series: series))
    }
  }
}

extension StateCodec<Seen> {
  /// `good`, `bad`, or the reason why it was unknown.
  fileprivate static var seen: Self {
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

extension StateCodec<[String: String]> {
  static var labels: Self { .map(of: "label", .string) }
}

extension StateCodec<Absence> {
  fileprivate static var absence: Self {
    Self(
      StateMember("count", \.count, .count), StateMember("first", \.first, .instant)
    ) { _, count, first in Absence(first: first, count: count) }
  }
}

extension StateCodec<Peak> {
  fileprivate static var peak: Self {
    Self(
      StateMember("at", \.at, .instant), StateMember("value", \.value, .number)
    ) { _, at, value in Peak(value: value, at: at) }
  }
}

extension StateCodec<Evidence> {
  fileprivate static var evidence: Self {
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
  fileprivate static var recentValues: Self {
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
              at: Instant(milliseconds: try parts[0].integer()), value: value,
              isEvidence: parts.count == 3 ? try parts[2].bool() : value != nil)
          })
      })
  }
}

extension StateCodec<CounterSeries> {
  fileprivate static var series: Self {
    Self(
      StateMember("counter", \.last.counter, .number),
      StateMember("denominator", \.last.denominator, .number),
      StateMember("entries", \.entries, .list(of: .entry)),
      StateMember("fall", \.fall, omittable: .fall),
      StateMember("recent_falls", \.fallsIfAny, omittable: .count),
      StateMember("source", \.sourceHash, .hash)
    ) { _, counter, denominator, entries, fall, recentFalls, source in
      CounterSeries(
        entries: entries, last: .init(counter: counter, denominator: denominator), fall: fall,
        recentFalls: UInt8(truncatingIfNeeded: recentFalls ?? 0), sourceHash: source)
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
          at: Instant(milliseconds: try parts[0].integer()), total: try parts[1].number(),
          denominatorTotal: try parts[2].number(), resets: try parts[3].count(),
          falls: try parts[4].count())
      })
  }
}
