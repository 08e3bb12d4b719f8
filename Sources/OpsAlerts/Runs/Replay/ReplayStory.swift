internal import AlertEngine
internal import Reports
internal import Text

/// What a replay keeps besides its lanes; bounded, however long the recording is.
struct ReplayStory {
  private let whatIf: WhatIf
  private let sharing: Int
  private let configuration: Configuration
  private let against: Configuration?
  private let search: SuggestionSearch?
  private var comparison: VariantComparison
  var skipped = SkippedLines()
  /// The names of the first 50 targets.
  private(set) var targets: Set<String> = []
  /// The first and the last sample, selected or not.
  private(set) var span: ClosedRange<Instant>?
  private var newest: [String: (at: Instant, file: Int)] = [:]

  init(of plan: ReplayPlan) {
    whatIf = plan.whatIf
    sharing = plan.sharing
    configuration = plan.configuration
    against = plan.against
    search = plan.search
    comparison = VariantComparison(plan.whatIf.variants)
  }

  /// Records a sample's time.
  mutating func note(_ instant: Instant) {
    guard let span else { return span = instant...instant }
    if instant > span.upperBound { self.span = span.lowerBound...instant }
    if instant < span.lowerBound { self.span = instant...span.upperBound }
  }

  /// Whether no other file has the sample, or a newer one of its target: recordings may overlap.
  mutating func isNew(_ sample: RecordedSample, in file: Int) -> Bool {
    if targets.count < 50 { targets.insert(sample.target) }
    if let last = newest[sample.target], last.file != file, sample.observedAt <= last.at {
      skipped.overlapping += 1
      return false
    }
    newest[sample.target] = (sample.observedAt, file)
    return true
  }

  /// Records the events of a batch.
  ///
  /// - Returns: the transitions of the configured rules.
  mutating func take(_ events: [ReplayLanes.Event]) -> [ReplayTransition] {
    var configured: [ReplayTransition] = []
    var varied: [ReplayLanes.Event] = []
    for event in events {
      if event.lane < sharing {
        configured.append(event.transition)
      } else if against == nil, search == nil {
        varied.append(event)
      }
    }
    // Alerts that end with a sample come before those that begin with it, whatever the lane.
    varied.sort {
      ($0.sample, $0.beginsFiring ? 1 : 0, $0.lane) < ($1.sample, $1.beginsFiring ? 1 : 0, $1.lane)
    }
    for event in varied { comparison.take(event.transition, of: event.lane - sharing) }
    return configured
  }

  /// The result, from the records of each lane.
  func result(of lanes: [[TargetRecord]]) -> ReplayResult {
    let targets = Self.joined(lanes.prefix(sharing))
    let lags = comparison.finished()
    let variants = zip(whatIf.variants.indices, lanes.dropFirst(sharing)).map { index, records in
      VariantRecord(
        whatIf.variants[index], records: records, lag: lags[index])
    }
    var result = ReplayResult(targets: targets, variants: variants, notes: whatIf.notes)
    result.suggestion = search.map { Suggestion($0, among: variants) }
    if let against {
      let records = Self.joined(lanes.dropFirst(sharing))
      result.comparison = ReplayComparison(
        before: ReplayComparison.Side(against, records) { $0.timing(at: $1) },
        after: ReplayComparison.Side(configuration, targets) { $0.timing(at: $1) })
    }
    return result
  }

  /// The records of lanes that share the rules of one configuration.
  private static func joined(_ lanes: ArraySlice<[TargetRecord]>) -> [TargetRecord] {
    var targets = lanes.first ?? []
    for part in lanes.dropFirst() {
      for (index, record) in part.enumerated() { targets[index].add(rulesOf: record) }
    }
    return targets
  }
}

extension ReplayLanes.Event {
  fileprivate var beginsFiring: Bool { transition.transition.event == .firing }
}
