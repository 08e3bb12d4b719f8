internal import AlertEngine
internal import Reports
internal import Text

/// What a replay has seen so far beside its lanes: bounded, however long the recording is.
struct ReplayStory {
  private let whatIf: WhatIf
  private let sharing: Int
  private var comparison: VariantComparison
  var skipped = SkippedLines()
  /// The names of targets, the first so many.
  private(set) var targets: Set<String> = []
  /// The first and the last sample, asked for or not.
  private(set) var span: ClosedRange<Instant>?
  private var newest: [String: (at: Instant, file: Int)] = [:]

  init(of plan: ReplayPlan) {
    whatIf = plan.whatIf
    sharing = plan.sharing
    comparison = VariantComparison(plan.whatIf.variants)
  }

  /// Takes note of a sample's time.
  mutating func note(_ instant: Instant) {
    guard let span else { return span = instant...instant }
    if instant > span.upperBound { self.span = span.lowerBound...instant }
    if instant < span.lowerBound { self.span = instant...span.upperBound }
  }

  /// Whether no other file has the sample, or a newer one of its target.
  ///
  /// Recordings overlap where one is part of another.
  mutating func isNew(_ sample: RecordedSample, in file: Int) -> Bool {
    if targets.count < 50 { targets.insert(sample.target) }
    if let last = newest[sample.target], last.file != file, sample.observedAt <= last.at {
      skipped.overlapping += 1
      return false
    }
    newest[sample.target] = (sample.observedAt, file)
    return true
  }

  /// Takes what the lanes told of some samples.
  ///
  /// - Returns: what happened by the rules as they are configured.
  mutating func take(_ told: [ReplayLanes.Told]) -> [ReplayTransition] {
    var configured: [ReplayTransition] = []
    var varied: [ReplayLanes.Told] = []
    for one in told {
      if one.lane < sharing { configured.append(one.transition) } else { varied.append(one) }
    }
    // What ends with a sample has ended before anything begins with it, whichever lane tells first.
    varied.sort {
      ($0.sample, $0.beginsFiring ? 1 : 0, $0.lane) < ($1.sample, $1.beginsFiring ? 1 : 0, $1.lane)
    }
    for one in varied { comparison.take(one.transition, of: one.lane - sharing) }
    return configured
  }

  /// What was found, from what each lane found.
  func result(of lanes: [[TargetRecord]]) -> ReplayResult {
    var targets = lanes.first ?? []
    for part in lanes.prefix(sharing).dropFirst() {
      for (index, record) in part.enumerated() { targets[index].add(rulesOf: record) }
    }
    let lags = comparison.finished()
    let variants = zip(whatIf.variants.indices, lanes.dropFirst(sharing)).map { index, records in
      VariantRecord(
        whatIf.variants[index], records: records, lag: lags[index])
    }
    return ReplayResult(targets: targets, variants: variants, notes: whatIf.notes)
  }
}

extension ReplayLanes.Told {
  fileprivate var beginsFiring: Bool { transition.transition.event == .firing }
}
