package import AlertEngine

extension RunState {
  /// Why a document is no state: the place and what was expected there.
  package enum Mistake: Error, Hashable, Sendable {
    case syntax(JSONError)
    case shape(String)
    case newerFormat(Int)

    package var reason: String {
      switch self {
      case .syntax(let error): error.description
      case .shape(let reason): reason
      case .newerFormat(let format): "format \(format) is newer than \(RunState.format)"
      }
    }
  }

  /// Reads what `encoded()` wrote.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: a `Mistake` for anything that is not wholly a state: a half-read one would forget
  ///   alerts.
  package init(decoding bytes: [UInt8]) throws(Mistake) {
    let root: JSONNode
    do { root = try JSONNode.parse(bytes) } catch { throw .syntax(error) }
    let file = try Fields(root, at: "the document")
    let format = try file.integer("format")
    guard format <= RunState.format else { throw .newerFormat(format) }
    guard format == RunState.format else { throw .shape("format \(format) was never written") }
    savedAt = try file.optional("saved_at") { field throws(Mistake) in try field.instant() }
    targets = [:]
    for member in try file.node("targets").members() {
      targets[member.key] = try TargetState(Field(member.value, at: "targets.\(member.key)"))
    }
  }
}

extension TargetState {
  fileprivate init(_ field: Field) throws(RunState.Mistake) {
    let fields = try Fields(field.node, at: field.place)
    self.init(
      lastObservation: try fields.optional("last_observation") {
        field throws(RunState.Mistake) in try field.instant()
      },
      lastReadable: try fields.optional("last_readable") {
        field throws(RunState.Mistake) in try field.instant()
      },
      lastSnapshotTime: try fields.optional("last_snapshot_time") {
        field throws(RunState.Mistake) in try field.instant()
      })
    for element in try fields.node("alerts").elements() {
      let fields = try Fields(element.node, at: element.place)
      let key = AlertKey(
        rule: try fields.node("rule").string(),
        instance: try fields.optional("instance") { field throws(RunState.Mistake) in
          try field.string()
        })
      guard alerts.updateValue(try Alert(fields), forKey: key) == nil else {
        throw .shape("\(element.place) is there twice")
      }
    }
  }
}

extension Alert {
  fileprivate init(_ fields: Fields) throws(RunState.Mistake) {
    self.init(
      phase: try Phase(fields), conditionMark: try fields.node("condition").mark(),
      absence: try fields.optional("absence") { field throws(RunState.Mistake) in
        let absence = try Fields(field.node, at: field.place)
        return Absence(
          first: try absence.node("first").instant(), count: try absence.integer("count"))
      },
      recent: try fields.optional("recent") { field throws(RunState.Mistake) in
        try RecentValues(field)
      } ?? RecentValues(),
      series: try fields.optional("series") { field throws(RunState.Mistake) in
        try CounterSeries(field)
      })
  }
}

extension Phase {
  fileprivate init(_ fields: Fields) throws(RunState.Mistake) {
    let name = try fields.node("phase").string()
    guard let kind = Kind(rawValue: name) else {
      throw .shape("\(fields.place).phase is no phase")
    }
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
  fileprivate init(_ fields: Fields) throws(RunState.Mistake) {
    self.init(
      evidence: try Evidence(fields.node("evidence")),
      peak: try fields.optional("peak") { field throws(RunState.Mistake) in
        let peak = try Fields(field.node, at: field.place)
        return Peak(
          value: try peak.node("value").number(), at: try peak.node("at").instant())
      })
  }
}

extension Episode {
  fileprivate init(_ fields: Fields) throws(RunState.Mistake) {
    guard let severity = Severity(rawValue: try fields.node("severity").string()) else {
      throw .shape("\(fields.place).severity is no severity")
    }
    var labels: [String: String] = [:]
    if let field = fields.field("labels") {
      for member in try field.members() {
        labels[member.key] = try Field(member.value, at: "\(field.place).\(member.key)").string()
      }
    }
    self.init(
      breach: try Breach(fields), firedAt: try fields.node("fired_at").instant(),
      severity: severity, labels: labels)
  }
}

extension Evidence {
  fileprivate init(_ field: Field) throws(RunState.Mistake) {
    let fields = try Fields(field.node, at: field.place)
    var breaks: Breaks?
    if fields.field("breaks") != nil {
      breaks = Breaks(
        inARow: try fields.integer("breaks"), gap: try fields.milliseconds("break_gap_ms"))
    }
    self.init(
      first: try fields.node("first").instant(), last: try fields.node("last").instant(),
      count: try fields.integer("count"), longestGap: try fields.milliseconds("longest_gap_ms"),
      breaks: breaks)
  }
}

extension RecentValues {
  fileprivate init(_ field: Field) throws(RunState.Mistake) {
    var entries: [Entry] = []
    for element in try field.elements() {
      let parts = try element.elements()
      guard parts.count == 2 else { throw .shape("\(element.place) is no pair") }
      let isGap = if case .null = parts[1].node.value { true } else { false }
      entries.append(
        Entry(
          at: Instant(milliseconds: try parts[0].integer()),
          value: isGap ? nil : try parts[1].number()))
    }
    self.init(entries)
  }
}

extension CounterSeries {
  fileprivate init(_ field: Field) throws(RunState.Mistake) {
    let fields = try Fields(field.node, at: field.place)
    var entries: [Entry] = []
    for element in try fields.node("entries").elements() {
      let parts = try element.elements()
      guard parts.count == 4 else { throw .shape("\(element.place) has not four parts") }
      entries.append(
        Entry(
          at: Instant(milliseconds: try parts[0].integer()), total: try parts[1].number(),
          denominatorTotal: try parts[2].number(), resets: Int(try parts[3].integer())))
    }
    self.init(
      entries: entries,
      last: Reading(
        counter: try fields.node("counter").number(),
        denominator: try fields.node("denominator").number()),
      sourceMark: try fields.node("source").mark())
  }
}
