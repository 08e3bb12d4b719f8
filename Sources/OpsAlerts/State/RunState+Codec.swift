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
      "configuration": configuration.isEmpty
        ? .omitted : .string(configuration.joined(separator: "/")),
      "format": .integer(RunState.format),
      "notifications": StateCodec.notifications.text(table.notifications),
      "outbox": StateCodec.queues(table).text(outbox.queues),
      "saved_at": .instant(savedAt),
      "silences": silences.isEmpty ? .omitted : StateCodec.silences.text(silences),
      "skipped_receivers": skippedReceivers.isEmpty
        ? .omitted : .array(skippedReceivers) { .string($0) },
      "targets": StateCodec.targets.text(targets),
      "told": told.isEmpty ? .omitted : StateCodec.told.text(told),
    ]
    var bytes = state.encoded(.pretty)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// Reads what `encoded()` wrote.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: a `Failure` for anything but a complete state: half of one would lose alerts.
  init(decoding bytes: [UInt8]) throws(Failure) {
    let root: JSONNode
    var alerts = AlertReader()
    // A tree of all alerts would take many times their size.
    do { root = try JSONNode.parse(bytes) { alerts.take($1, under: $0) } } catch {
      throw .malformed(error.description)
    }
    let format: Int
    do throws(ScanFailure) {
      let file = try JSONObject(root)
      format = try file.node("format").count()
      if format <= RunState.format {
        if let failure = alerts.failure { throw failure }
        self = try Self(file, format: format)
        for (target, table) in alerts.tables { targets[target]?.alerts = table }
        if let failure = alerts.contradiction(of: self) { throw failure }
        for target in alerts.tables.keys { targets[target]?.settleLastObservation() }
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
      savedAt: try file.optional("saved_at")?.instant(),
      configuration: StateOwner.names(try file.optional("configuration")?.string() ?? ""))
    if let node = file.optional("skipped_receivers") {
      skippedReceivers = try StateCodec<[String]>.list(of: .string).read(node)
    }
    if let node = file.optional("silences") { silences = try StateCodec.silences.read(node) }
    if let node = file.optional("told") { told = try StateCodec.told.read(node) }
  }
}

extension StateCodec<[String: Instant]> {
  fileprivate static var told: Self { .map(of: "trouble", .instant) }
}

extension StateCodec<[String: TargetState]> {
  fileprivate static var targets: Self { .map(of: "target", .target) }
}

extension StateCodec<TargetState> {
  fileprivate static var target: Self {
    Self(
      StateMember("alerts", \.alerts, .alerts),
      StateMember("last_observation", \.lastObservation, nullable: .instant),
      StateMember("not_attempted_at", \.notAttemptedAt, omittable: .instant),
      StateMember("last_readable", \.lastReadable, nullable: .instant),
      StateMember("last_snapshot_time", \.lastSnapshotTime, nullable: .instant),
      StateMember("naming", \.namingHash, omittable: .hash)
    ) { _, alerts, observation, notAttempted, readable, snapshotTime, naming in
      TargetState(
        alerts: alerts, lastObservation: observation, notAttemptedAt: notAttempted,
        lastReadable: readable, lastSnapshotTime: snapshotTime, namingHash: naming)
    }
  }
}

extension StateCodec<AlertTable> {
  /// An array, read by `AlertReader`.
  fileprivate static var alerts: Self {
    let codec = StateCodec<KeyedAlert>.alert.onOneLine
    return Self(
      text: { table in
        .array(table.keys.sorted()) { key in
          table[key].map { codec.text(KeyedAlert(key: key, alert: $0)) } ?? .omitted
        }
      },
      read: { node throws(ScanFailure) in
        _ = try node.elements()
        return AlertTable()
      })
  }
}

/// Reads the alerts of all targets one by one.
private struct AlertReader {
  private(set) var tables: [String: AlertTable] = [:]
  private(set) var failure: ScanFailure?
  /// The alert of each target that fired last.
  private var newest: [String: (firedAt: Instant, node: JSONNode)] = [:]
  private let codec = StateCodec<KeyedAlert>.alert

  mutating func take(_ node: JSONNode, under keys: [String]) -> Bool {
    guard keys.count == 3, keys[0] == "targets", keys[2] == "alerts" else { return false }
    guard failure == nil else { return true }
    do throws(ScanFailure) {
      let read = try codec.read(node)
      guard tables[keys[1]]?[read.key] == nil else { throw node.failure("duplicate alert") }
      tables[keys[1], default: AlertTable()][read.key] = read.alert
      if let firedAt = read.episode?.firedAt, newest[keys[1]].map({ $0.firedAt < firedAt }) ?? true
      {
        newest[keys[1]] = (firedAt, node)
      }
    } catch {
      failure = error
    }
    return true
  }

  /// An alert that fired after everything that the state knows of its target.
  ///
  /// A wrong clock cannot be the cause: it was wrong for the rest, too.
  func contradiction(of state: RunState) -> ScanFailure? {
    for (name, newest) in newest.sorted(by: { $0.key < $1.key }) {
      let known = [state.savedAt, state.targets[name]?.lastObservation].compactMap(\.self).max()
      guard let known, newest.firedAt - known > .seconds(60) else { continue }
      return newest.node.failure("\"fired_at\" is later than \"saved_at\" and \"last_observation\"")
    }
    return nil
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
  var instanceLabels: [String: String]? { alert.details?.labels }
  var naming: UInt64? { alert.namingHash == 0 ? nil : alert.namingHash }
  var verdicts: [Verdict]? { alert.verdicts.isEmpty ? nil : alert.verdicts }
  var recent: RecentValues? { alert.recent.isEmpty ? nil : alert.recent }
}

extension StateCodec<KeyedAlert> {
  fileprivate static var alert: Self {
    Self(
      StateMember("absence", \.alert.absence, omittable: .absence),
      StateMember("acknowledged", \.episode?.acknowledgement, omittable: .acknowledgement),
      StateMember("condition", \.alert.conditionHash, .hash),
      StateMember("detail", \.alert.details?.text, omittable: .string),
      StateMember("earlier_peak", \.breach?.earlierPeak, omittable: .peak),
      StateMember("evidence", \.breach?.evidence, omittable: .evidence),
      StateMember("fired_at", \.episode?.firedAt, omittable: .instant),
      StateMember("group", \.alert.group, omittable: .group),
      StateMember("instance", \.key.instance, nullable: .string),
      StateMember("instance_labels", \.instanceLabels, omittable: .labels),
      StateMember("known_as", \.episode?.formerKey, omittable: .formerKey),
      StateMember("labels", \.labels, omittable: .labels),
      StateMember("naming", \.naming, omittable: .hash),
      StateMember("peak", \.breach?.peak, omittable: .peak),
      StateMember("phase", \.alert.phase.kind, .word("a phase")),
      StateMember("recent", \.recent, omittable: .recentValues),
      StateMember("recovery", \.recovery, omittable: .evidence),
      StateMember("rule", \.key.rule, .string),
      StateMember("seen", \.alert.seen, omittable: .seen),
      StateMember("series", \.alert.series, omittable: .series),
      StateMember("severity", \.episode?.severity, omittable: .word("a severity")),
      StateMember("text", \.alert.text, omittable: .string),
      StateMember("verdicts", \.verdicts, omittable: .verdicts)
    ) {
      object, absence, acknowledgement, condition, detail, earlierPeak, evidence, firedAt, group,
      instance,
      instanceLabels, formerKey, labels, naming, peak, kind, recent,
      recovery, rule, seen, series, severity, text, verdicts throws(ScanFailure) in
      func needed<Part>(_ part: Part?, _ key: String) throws(ScanFailure) -> Part {
        guard let part else { throw object.missing(key) }
        return part
      }
      func excluded<Part>(_ part: Part?, _ key: String) throws(ScanFailure) {
        guard part == nil else {
          throw object.failure("an alert that is \(kind) has no \"\(key)\"")
        }
      }
      if kind == .inactive { try excluded(evidence, "evidence") }
      if kind == .inactive || kind == .pending {
        try excluded(firedAt, "fired_at")
        try excluded(severity, "severity")
      }
      if kind != .recovering { try excluded(recovery, "recovery") }
      func breach() throws(ScanFailure) -> Breach {
        Breach(evidence: try needed(evidence, "evidence"), peak: peak, earlierPeak: earlierPeak)
      }
      func episode() throws(ScanFailure) -> Episode {
        let episode = Episode(
          breach: try breach(), firedAt: try needed(firedAt, "fired_at"),
          severity: try needed(severity, "severity"), labels: labels ?? [:],
          formerKey: formerKey, acknowledgement: acknowledgement)
        guard episode.breach.evidence.first <= episode.firedAt else {
          throw object.failure("\"fired_at\" is before the first bad sample")
        }
        return episode
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
          recent: recent ?? RecentValues(), verdicts: verdicts ?? [], text: text, series: series,
          group: group,
          details: instanceLabels.map { SeriesDetails(labels: $0, text: detail) },
          namingHash: naming ?? 0))
    }
  }
}

extension StateCodec<AlertKey> {
  /// A rule and an instance, which may be `null`.
  static var formerKey: Self {
    Self(
      text: { .array([.string($0.rule), .string($0.instance)]) },
      read: { node throws(ScanFailure) in
        let parts = try node.elements()
        guard parts.count == 2 else { throw node.expected("a rule and an instance") }
        return AlertKey(
          rule: try parts[0].string(), instance: parts[1].isNull ? nil : try parts[1].string())
      })
  }
}

extension StateCodec<[String: String]> {
  static var labels: Self { .map(of: "label", .string) }
}
