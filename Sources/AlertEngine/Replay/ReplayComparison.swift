package import Text

/// How the alerts of one recording differ between two configurations.
///
/// An alert lasts from when somebody would have been notified of it to its end; alerts of which
/// nobody would have been notified do not count. Alerts of one target, rule and instance that
/// overlap in time are compared with each other.
package struct ReplayComparison: Sendable {
  /// How many alerts of each rule and instance are compared one by one; they are the first ones.
  package static let mostEpisodes = 1_000

  package enum Kind: String, CaseIterable, Sendable {
    /// Nothing fires at that time after the change.
    case lost
    /// Nothing fires at that time before the change.
    case new
    /// When the first of the overlapping alerts begins.
    case earlier, later
    /// For how long they fire in all.
    case longer, shorter
  }

  /// One of the two configurations, and what it does.
  package struct Side: Sendable {
    package let configuration: Configuration
    package let records: [TargetRecord]
    /// In the order of the configuration.
    package let loads: [ReceiverLoad]

    /// - Parameters:
    ///   - configuration: the rules that were replayed, and the receivers.
    ///   - records: the results.
    ///   - timing: when a receiver may be notified.
    package init(
      _ configuration: Configuration, _ records: [TargetRecord],
      timing: (ReceiverSettings, Instant) -> ReceiverTiming
    ) {
      self.configuration = configuration
      self.records = records
      loads = configuration.receivers.map { ReceiverLoad($0, of: records, timing: timing) }
    }

    /// Whether it has a rule of this name.
    package func has(_ rule: String) -> Bool {
      rule == EndpointSettings.ruleName || configuration.rules.contains { $0.name == rule }
    }

    /// How often somebody would have been notified.
    package var pages: Int { records.reduce(0) { $0 + $1.fired - $1.untold } }

    /// The same for the alerts of one rule.
    package func pages(of rule: String) -> Int {
      records.flatMap(\.tallies).reduce(0) { $0 + ($1.key.rule == rule ? $1.pages : 0) }
    }
  }

  /// Alerts of one target, rule and instance that overlap in time, and that the change affects.
  package struct Difference: Sendable {
    package let target: String
    package let subject: Subject
    package let key: AlertKey
    /// Either `lost` or `new`, or one or two of the others.
    package fileprivate(set) var kinds: [Kind] = []
    /// In chronological order; at least one on one of the sides.
    package fileprivate(set) var before: [AlertTally.FiredEpisode] = []
    package fileprivate(set) var after: [AlertTally.FiredEpisode] = []
    /// The maintenance window in which it fires on the side where nobody is notified of it.
    package fileprivate(set) var maintenance: String?
    /// The last sample of the target.
    package let end: Instant

    /// When the first one begins, on either side.
    package var begin: Instant {
      (before + after).map(\.begin).min() ?? end
    }

    /// For how long alerts fire.
    package func total(_ episodes: [AlertTally.FiredEpisode]) -> Duration {
      episodes.reduce(.zero) { $0 + max(.zero, ($1.resolvedAt ?? end) - $1.begin) }
    }
  }

  package let before: Side
  package let after: Side
  /// In chronological order.
  package private(set) var differences: [Difference] = []
  /// How many groups of overlapping alerts are the same on both sides.
  package private(set) var unchanged = 0

  /// How many alerts of both sides are not compared.
  package private(set) var uncompared: Int

  package init(before: Side, after: Side) {
    self.before = before
    self.after = after
    let records = before.records + after.records
    uncompared = records.reduce(0) { $0 + $1.untalliedFirings }
    let old = before.tallies
    let new = after.tallies
    for (place, tally) in old.merging(new, uniquingKeysWith: { one, _ in one }) {
      let end = records.filter { $0.name == place.target }.map(\.latest).max() ?? .distant
      compare(
        Difference(target: place.target, subject: tally.subject, key: place.key, end: end),
        old[place], new[place])
    }
    differences.sort { one, other in
      if one.begin != other.begin { return one.begin < other.begin }
      return one.target == other.target ? one.key < other.key : one.target < other.target
    }
  }

  /// The names of the receivers of both sides, those after the change first.
  package var receivers: [String] {
    let names = after.loads.map(\.name)
    return names + before.loads.map(\.name).filter { !names.contains($0) }
  }

  /// How many differences are of a kind.
  package func count(_ kind: Kind) -> Int { differences.count { $0.kinds.contains(kind) } }

  /// Compares the alerts of one target, rule and instance, as long as those of both sides are kept.
  private mutating func compare(_ blank: Difference, _ old: AlertTally?, _ new: AlertTally?) {
    let tallies = [old, new].compactMap(\.self)
    let cut =
      tallies.filter { $0.firings.count > $0.episodes.count }
      .compactMap(\.episodes.last?.begin).min() ?? .distant
    let (before, after) = (old?.episodes ?? [], new?.episodes ?? [])
    let kept = (before.map { (isOld: true, $0) } + after.map { (isOld: false, $0) })
      .filter { $0.1.begin <= cut }
    uncompared += tallies.reduce(0) { $0 + $1.firings.count } - kept.count
    var group = blank
    var latest: Instant?
    for (isOld, episode) in kept.filter({ $0.1.notifiedAt != nil })
      .sorted(by: { ($0.1.begin, $0.isOld ? 0 : 1) < ($1.1.begin, $1.isOld ? 0 : 1) })
    {
      if let end = latest, episode.begin >= end, episode.begin > group.begin {
        settle(group, before, after)
        group = blank
        latest = nil
      }
      if isOld { group.before.append(episode) } else { group.after.append(episode) }
      latest = max(latest ?? episode.end, episode.end)
    }
    if latest != nil { settle(group, before, after) }
  }

  /// Says how the two sides of a complete group differ.
  private mutating func settle(
    _ group: Difference, _ old: [AlertTally.FiredEpisode], _ new: [AlertTally.FiredEpisode]
  ) {
    var group = group
    if let first = group.before.first, let second = group.after.first {
      let totals = (group.total(group.before), group.total(group.after))
      if second.begin != first.begin {
        group.kinds.append(second.begin < first.begin ? .earlier : .later)
      }
      if totals.0 != totals.1 { group.kinds.append(totals.1 > totals.0 ? .longer : .shorter) }
    } else {
      let isLost = group.after.isEmpty
      group.kinds = [isLost ? .lost : .new]
      let span = (group.before + group.after).first.map { $0.begin..<max($0.begin, $0.end) }
      let untold = (isLost ? new : old).first { episode in
        episode.notifiedAt == nil
          && span.map { episode.firedAt < $0.upperBound && $0.lowerBound < episode.end } ?? false
      }
      group.maintenance = untold?.maintenance
    }
    if group.kinds.isEmpty { unchanged += 1 } else { differences.append(group) }
  }
}

/// An alert among those of all targets.
private struct AlertPlace: Hashable {
  var target: String
  var key: AlertKey
}

extension ReplayComparison.Side {
  fileprivate var tallies: [AlertPlace: AlertTally] {
    let all = records.flatMap { record in
      record.tallies.map { (AlertPlace(target: record.name, key: $0.key), $0) }
    }
    return Dictionary(all) { one, _ in one }
  }
}

extension Instant {
  fileprivate static let distant = Instant(milliseconds: .max)
}

extension AlertTally.FiredEpisode {
  /// When somebody is notified of it, or would be without maintenance.
  package var begin: Instant { notifiedAt ?? firedAt }

  /// The end of an alert that fires on is far away.
  fileprivate var end: Instant { max(resolvedAt ?? .distant, begin) }
}
