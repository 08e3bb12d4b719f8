internal import AlertEngine
internal import Text

/// What a watch has seen and shows; of bounded size, however long it runs.
package struct WatchRecord: Sendable {
  /// The current status of one target, its checks in display order.
  struct Standing: Sendable {
    let target: WatchedTarget
    let rows: [Row]
    /// The time of its last snapshot, since the start of the watch; `nil` for never.
    let lastGood: Duration?

    struct Row: Sendable {
      let state: ReportState
      let check: Check

      fileprivate var rank: ReportRank { ReportRank(check, state) }
    }

    /// The least is the most urgent.
    fileprivate var worst: ReportRank {
      rows.first?.rank ?? ReportRank(state: .ok, urgency: 0)
    }

    /// The rows that need attention; they come first.
    var active: ArraySlice<Row> { rows.prefix { $0.state != .ok } }
  }

  /// The largest number of changes kept.
  static let mostChanges = 60

  private(set) var samples = 0
  /// When the last successful sample was taken.
  private(set) var at: Instant?
  /// Of the last successful sample; those that need attention first.
  private(set) var standings: [Standing] = []
  private(set) var counts: [ReportState: Int] = [:]
  /// Newest last.
  private(set) var changes: [WatchChange] = []
  /// Events that were not delivered in the last sample.
  private(set) var undelivered: [DeliveryResult] = []
  /// Whether the last sample failed.
  private(set) var isOutdated = false
  private var lastGood: [String: Duration] = [:]
  /// Since when each of these targets has returned no snapshot.
  private var lostSince: [String: Instant] = [:]
  private var undeliveredLines: Set<String> = []

  package init() {}

  /// Takes one sample.
  ///
  /// - Parameters:
  ///   - sample: what it found.
  ///   - time: since the start of the watch.
  /// - Returns: the changes, in reporting order.
  package mutating func add(_ sample: WatchSample, at time: Duration) -> [WatchChange] {
    samples += 1
    isOutdated = sample.targets.isEmpty
    var news: [WatchChange] = []
    for target in sample.targets {
      if let change = evidenceChange(of: target, at: sample.at) { news.append(change) }
      guard !target.transitions.isEmpty else { continue }
      let checks = Dictionary(target.checks.map { ($0.key, $0) }) { first, _ in first }
      news += target.transitions.map {
        WatchChange($0, checks[$0.key], of: target.name, at: sample.at)
      }
    }
    if !isOutdated { show(sample, at: time) }
    news += deliveryChanges(of: sample)
    changes = Array((changes + news).suffix(Self.mostChanges))
    return news
  }

  private mutating func evidenceChange(of target: WatchedTarget, at now: Instant) -> WatchChange? {
    switch (target.error, lostSince[target.name]) {
    case (let error?, nil):
      lostSince[target.name] = now
      return WatchChange(
        "NO EVIDENCE", .magenta, at: now, target: target.name, printable(error, limit: 300))
    case (nil, let since?):
      lostSince[target.name] = nil
      return WatchChange(
        "EVIDENCE BACK", .green, at: now, target: target.name,
        "a snapshot was read, after \(Quantity.text(now - since)) without one")
    case (_?, _?), (nil, nil): return nil
    }
  }

  private mutating func deliveryChanges(of sample: WatchSample) -> [WatchChange] {
    undelivered = sample.notifications.filter { $0.outcome != .delivered }
    let lines = NotificationLines(sample.notifications, seenAt: sample.at).lines
    let before = undeliveredLines
    undeliveredLines = []
    return lines.compactMap { line in
      let text = line.text(TerminalStyle(isOn: false))
      if line.outcome != .delivered { undeliveredLines.insert(text) }
      guard !before.contains(text) else { return nil }
      return WatchChange(
        line.verdict.uppercased(), line.outcome == .delivered ? .green : .red, at: sample.at,
        target: nil, String(text.dropFirst(line.verdict.count + 1)))
    }
  }

  private mutating func show(_ sample: WatchSample, at time: Duration) {
    at = sample.at
    for target in sample.targets where target.error == nil { lastGood[target.name] = time }
    // Targets that left the configuration are forgotten.
    let names = Set(sample.targets.map(\.name))
    lastGood = lastGood.filter { names.contains($0.key) }
    lostSince = lostSince.filter { names.contains($0.key) }
    counts = [:]
    let unsorted = sample.targets.map { standing(of: $0) }
    for standing in unsorted {
      for row in standing.rows { counts[row.state, default: 0] += 1 }
    }
    standings = unsorted.enumerated().sorted {
      ($0.element.worst, $0.offset) < ($1.element.worst, $1.offset)
    }.map(\.element)
  }

  private func standing(of target: WatchedTarget) -> Standing {
    let rows = target.checks.map { Standing.Row(state: ReportState($0), check: $0) }
    let sorted = rows.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }.map(\.element)
    return Standing(target: target, rows: sorted, lastGood: lastGood[target.name])
  }
}

extension WatchRecord {
  /// The age of the oldest of the targets' last snapshots.
  ///
  /// - Parameter time: since the start of the watch.
  /// - Returns: `nil` if a target has returned none.
  func ageOfEvidence(at time: Duration) -> Duration? {
    guard let oldest = standings.map({ $0.lastGood ?? .seconds(-1) }).min(), oldest >= .zero
    else { return nil }
    return time - oldest
  }

  /// Whether a sample was evaluated and nothing is pending.
  package var isDecided: Bool {
    !isOutdated && !standings.isEmpty && counts[.pending, default: 0] == 0
  }

  /// The number of targets that returned no snapshot in the last sample.
  var lost: Int { standings.count { $0.target.error != nil } }

  var status: ReportStatus {
    if standings.contains(where: { $0.target.status == .fail }) { return .fail }
    return standings.allSatisfy { $0.target.status == .pass } && !standings.isEmpty ? .pass : .warn
  }

  /// `1 firing, 4 ok of 5 checks`.
  var countWords: String { ReportState.words(counts) }

  /// What is watched.
  var title: String {
    standings.count == 1 ? printable(standings[0].target.name) : "\(standings.count) targets"
  }
}
