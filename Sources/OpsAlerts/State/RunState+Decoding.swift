internal import AlertEngine
internal import JSON
internal import Text

extension RunState {
  /// Why a document is no state.
  package enum Failure: Error, Hashable, Sendable {
    /// The line and column, and what is wrong there.
    case malformed(String)
    case newerFormat(Int)

    package var reason: String {
      switch self {
      case .malformed(let reason): reason
      case .newerFormat(let format): "format \(format) is newer than \(RunState.format)"
      }
    }
  }

  /// Reads what `encoded()` wrote.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: a `Failure` for anything that is not wholly a state: a half-read one would forget
  ///   alerts.
  package init(decoding bytes: [UInt8]) throws(Failure) {
    let root: JSONNode
    do { root = try JSONNode.parse(bytes) } catch { throw .malformed(error.description) }
    do throws(DocumentFailure) {
      try self.init(Fields(root))
    } catch {
      switch error {
      case .newerFormat(let format): throw .newerFormat(format)
      case .misplaced(let reason, let offset):
        let (line, column) = JSONFailure.place(of: offset, in: bytes)
        throw .malformed("line \(line), column \(column): \(reason)")
      }
    }
  }

  private init(_ file: Fields) throws(DocumentFailure) {
    let format = try file.count("format")
    guard format <= RunState.format else { throw .newerFormat(format) }
    guard format >= 1 else {
      throw try file.node("format").failure("format \(format) was never written")
    }
    // Format 1 had no outbox: nothing was delivered then.
    self.init(
      outbox: format == 1 ? Outbox() : try Outbox(file), savedAt: try file.instant("saved_at"))
    for member in try Fields(file.node("targets")).members {
      // Keys that differ in bytes may be one text to Unicode.
      guard targets.updateValue(try TargetState(Fields(member.value)), forKey: member.key) == nil
      else { throw member.value.failure("the target is there twice") }
    }
  }
}

extension TargetState {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    self.init(
      lastObservation: try fields.instant("last_observation"),
      lastReadable: try fields.instant("last_readable"),
      lastSnapshotTime: try fields.instant("last_snapshot_time"))
    let nodes = try fields.node("alerts").elements()
    alerts.reserveCapacity(nodes.count)
    for node in nodes {
      let fields = try Fields(node)
      let key = AlertKey(
        rule: try fields.node("rule").string(),
        instance: try fields.optional("instance") { node throws(DocumentFailure) in
          try node.string()
        })
      guard alerts[key] == nil else { throw node.failure("the alert is there twice") }
      alerts[key] = try Alert(fields)
    }
  }
}

extension Alert {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    self.init(
      phase: try Phase(fields), conditionHash: try fields.node("condition").mark(),
      absence: try fields.optional("absence", Absence.init),
      recent: try fields.optional("recent", RecentValues.init) ?? RecentValues(),
      series: try fields.optional("series", CounterSeries.init))
  }
}

extension Absence {
  fileprivate init(_ node: JSONNode) throws(DocumentFailure) {
    let fields = try Fields(node)
    self.init(first: try fields.node("first").instant(), count: try fields.count("count"))
  }
}

extension Phase {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    let kind: Kind = try fields.node("phase").word("a phase")
    switch kind {
    case .inactive: self = .inactive
    case .pending: self = .pending(try Breach(fields))
    case .firing: self = .firing(try Episode(fields))
    case .recovering:
      self = .recovering(try Episode(fields), try Evidence(fields.node("recovery")))
    }
  }
}

extension Breach {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    self.init(
      evidence: try Evidence(fields.node("evidence")), peak: try fields.optional("peak", Peak.init))
  }
}

extension Peak {
  fileprivate init(_ node: JSONNode) throws(DocumentFailure) {
    let fields = try Fields(node)
    self.init(value: try fields.node("value").number(), at: try fields.node("at").instant())
  }
}

extension Episode {
  fileprivate init(_ fields: Fields) throws(DocumentFailure) {
    var labels: [String: String] = [:]
    if let node = fields.optional("labels") {
      for member in try Fields(node).members { labels[member.key] = try member.value.string() }
    }
    self.init(
      breach: try Breach(fields), firedAt: try fields.node("fired_at").instant(),
      severity: try fields.node("severity").word("a severity"), labels: labels)
  }
}

extension Evidence {
  fileprivate init(_ node: JSONNode) throws(DocumentFailure) {
    let fields = try Fields(node)
    var breaks: Breaks?
    if fields.optional("breaks") != nil {
      breaks = Breaks(
        inARow: try fields.count("breaks"), gap: try fields.milliseconds("break_gap_ms"))
    }
    self.init(
      first: try fields.node("first").instant(), last: try fields.node("last").instant(),
      count: try fields.count("count"), longestGap: try fields.milliseconds("longest_gap_ms"),
      breaks: breaks)
    guard first <= last, count >= 1, longestGap >= .zero else {
      throw node.failure("this evidence contradicts itself")
    }
  }
}

extension RecentValues {
  fileprivate init(_ node: JSONNode) throws(DocumentFailure) {
    self.init(
      try node.elements().map { element throws(DocumentFailure) in
        let parts = try element.parts(2)
        let isGap = if case .null = parts[1].value { true } else { false }
        return Entry(
          at: Instant(milliseconds: try parts[0].integer()),
          value: isGap ? nil : try parts[1].number())
      })
  }
}

extension CounterSeries {
  fileprivate init(_ node: JSONNode) throws(DocumentFailure) {
    let fields = try Fields(node)
    let entries = try fields.node("entries").elements().map { element throws(DocumentFailure) in
      let parts = try element.parts(4)
      return Entry(
        at: Instant(milliseconds: try parts[0].integer()), total: try parts[1].number(),
        denominatorTotal: try parts[2].number(), resets: try parts[3].count())
    }
    self.init(
      entries: entries,
      last: Reading(
        counter: try fields.node("counter").number(),
        denominator: try fields.node("denominator").number()),
      sourceHash: try fields.node("source").mark())
  }
}
