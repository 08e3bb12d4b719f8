/// One set of rules, judged sample by sample over a whole recording.
///
/// A replay has a lane for the rules as they are configured, or several that share them, and one for
/// each variant. Lanes know nothing of one another and may run side by side.
package struct ReplayLane: Sendable {
  /// So many alerts of a target are tallied one by one; of more, only the number is known.
  package static let mostTallies = 5_000
  /// So many of them are drawn.
  package static let mostPictures = 100

  private let evaluator: Evaluator
  private let begin: Instant?
  private let isDrawn: Bool
  private let tellsEndpoint: Bool
  private var targets: [Target] = []
  private var indices: [String: Int] = [:]
  private var pictures = 0

  /// What is known of one target.
  private struct Target: Sendable {
    var state = TargetState()
    var record: TargetRecord?
    var tallies: [AlertTally] = []
    var places: [AlertKey: Int] = [:]
  }

  /// Begins a lane.
  ///
  /// - Parameters:
  ///   - evaluator: the rules.
  ///   - begin: what was before is judged, and neither counted nor told.
  ///   - isDrawn: whether what a page draws is kept.
  ///   - tellsEndpoint: whether `endpoint_down` counts; of several lanes it is to count in one.
  package init(
    _ evaluator: Evaluator, from begin: Instant? = nil, isDrawn: Bool = false,
    tellsEndpoint: Bool = true
  ) {
    self.evaluator = evaluator
    self.begin = begin
    self.isDrawn = isDrawn
    self.tellsEndpoint = tellsEndpoint
  }

  /// Judges samples in the order in which they were recorded.
  ///
  /// - Parameters:
  ///   - samples: some of them, after all that came before.
  ///   - tell: takes each transition with the index of its sample.
  package mutating func judge(
    _ samples: [RecordedSample], _ tell: (Int, ReplayTransition) -> Void
  ) {
    for (index, sample) in samples.enumerated() {
      judge(sample) { tell(index, $0) }
    }
  }

  private mutating func judge(_ sample: RecordedSample, _ tell: (ReplayTransition) -> Void) {
    let place = place(of: sample.target)
    let now = sample.observedAt
    var state = TargetState()
    swap(&state, &targets[place].state)
    let evaluation = evaluator.evaluate(sample.reading, from: state, at: now)
    targets[place].state = evaluation.state
    if let begin, now < begin { return }
    note(sample, evaluation.warnings, at: place)
    for transition in evaluation.transitions where tells(transition.key.rule) {
      let tally = tally(of: transition.key, at: place)
      if let tally { targets[place].tallies[tally].take(transition) }
      let subject = tally.map { targets[place].tallies[$0].subject }
      tell(ReplayTransition(target: sample.target, subject: subject, transition: transition))
    }
    guard !evaluation.wasIgnored else { return }
    let checks = evaluation.checks
    for index in checks.indices {
      guard tellsEndpoint || checks[index].subject !== evaluator.endpoint else { continue }
      if let tally = tally(of: checks[index], expectedAt: index, of: place) {
        targets[place].tallies[tally].take(checks[index], at: now)
      } else {
        targets[place].record?.untallied += 1
      }
    }
  }

  private func tells(_ rule: String) -> Bool {
    tellsEndpoint || rule != EndpointSettings.ruleName
  }

  /// Counts a sample of a target and the time since the one before.
  private mutating func note(
    _ sample: RecordedSample, _ warnings: [Evaluation.Warning], at place: Int
  ) {
    let now = sample.observedAt
    var record = TargetRecord(name: sample.target, first: now)
    if let known = targets[place].record { record = known }
    targets[place].record = nil
    record.samples += 1
    if case .unreachable = sample.reading { record.unreachable += 1 }
    if now - record.last > record.longestStep {
      record.longestStep = now - record.last
      record.longestStepAt = record.last
    }
    record.last = max(record.last, now)
    for warning in warnings { record.count(warning) }
    targets[place].record = record
  }

  private mutating func place(of target: String) -> Int {
    if let known = indices[target] { return known }
    targets.append(Target())
    indices[target] = targets.count - 1
    return targets.count - 1
  }

  private func tally(of key: AlertKey, at place: Int) -> Int? { targets[place].places[key] }

  /// Where a check is counted: mostly where it stands among the checks.
  private mutating func tally(of check: Check, expectedAt index: Int, of place: Int) -> Int? {
    let tallies = targets[place].tallies
    if index < tallies.count, tallies[index].subject === check.subject,
      tallies[index].instance == check.instance
    {
      return index
    }
    if let known = targets[place].places[check.key] { return known }
    guard tallies.count < Self.mostTallies else { return nil }
    let isDrawn = isDrawn && pictures < Self.mostPictures
    pictures += isDrawn ? 1 : 0
    targets[place].tallies.append(
      AlertTally(check.subject, instance: check.instance, isDrawn: isDrawn))
    targets[place].places[check.key] = tallies.count
    return tallies.count
  }

  /// What was found, once nothing comes any more.
  ///
  /// - Returns: a record of each target that was told of, in the order of their first samples.
  package func finish() -> [TargetRecord] {
    let order = Dictionary(
      uniqueKeysWithValues: evaluator.rules.enumerated().map { ($1.rule.name, $0) })
    return targets.compactMap { target in
      guard var record = target.record else { return nil }
      let tallies = target.tallies.map { tally in
        (
          order[tally.subject.name] ?? evaluator.rules.count,
          tally.finished(at: record.last, in: target.state.alerts[tally.key]?.phase)
        )
      }
      record.tallies = tallies.sorted { one, other in
        one.0 == other.0 ? one.1.key < other.1.key : one.0 < other.0
      }.map(\.1)
      return record
    }
  }
}

extension TargetRecord {
  /// Counts a warning; those of one kind that differ in their times are one.
  fileprivate mutating func count(_ warning: Evaluation.Warning) {
    let known = warnings.keys.first { $0.isLike(warning) }
    warnings[known ?? warning, default: 0] += 1
  }
}

extension Evaluation {
  /// Whether the sample came too late to count.
  fileprivate var wasIgnored: Bool {
    warnings.contains { warning in
      if case .sampleIgnored = warning { true } else { false }
    }
  }
}

extension Evaluation.Warning {
  fileprivate func isLike(_ other: Self) -> Bool {
    switch (self, other) {
    case (.sampleIgnored, .sampleIgnored), (.clockWasAhead, .clockWasAhead): true
    case (.noRequestCount, _), (.noSnapshotTime, _), (.sampleIgnored, _), (.clockWasAhead, _):
      self == other
    }
  }
}
