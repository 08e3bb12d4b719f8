internal import Text

/// One target in one lane: its state and its results so far.
struct ReplayedTarget: Sendable {
  let name: String
  /// How many alerts may be drawn, and how many are.
  private let mostPictures: Int
  private(set) var pictures = 0
  private let mostEpisodes: Int
  private var state = TargetState()
  /// `nil` before the first reported sample.
  private var record: TargetRecord?
  /// In the order in which the alerts first appeared.
  private var tallies: [AlertTally] = []
  private var places: [AlertKey: Int] = [:]
  private let windows: MaintenanceCalendar?
  /// The indices of the alerts that fired in maintenance, and of which nobody has been notified.
  private var held: [Int] = []

  init(name: String, mostPictures: Int, mostEpisodes: Int, windows: MaintenanceCalendar?) {
    self.name = name
    self.mostPictures = mostPictures
    self.mostEpisodes = mostEpisodes
    self.windows = windows
  }

  /// Evaluates a sample, as a run does.
  mutating func evaluate(_ sample: RecordedSample, by evaluator: Evaluator) -> Evaluation {
    var before = TargetState()
    swap(&before, &state)
    let evaluation = evaluator.evaluate(
      sample.reading, of: name, from: consume before, at: sample.observedAt)
    state = evaluation.state
    return evaluation
  }

  /// Counts the result of a sample.
  ///
  /// - Parameters:
  ///   - evaluation: the result.
  ///   - sample: the sample.
  ///   - report: takes each transition.
  mutating func take(
    _ evaluation: borrowing Evaluation, of sample: RecordedSample,
    _ report: (ReplayTransition) -> Void
  ) {
    note(sample, evaluation.warnings)
    for transition in evaluation.transitions {
      let place = places[transition.key] ?? place(of: transition.key, in: evaluation.checks)
      var replayed = ReplayTransition(
        target: name, transition, among: evaluation.checks, before: place.map { tallies[$0] })
      if transition.event == .firing, let window = window(of: transition.key, at: transition.at) {
        replayed.maintenance = ReplayTransition.Maintenance(window: window)
        if let place { held.append(place) }
      }
      report(replayed)
      if let place {
        tallies[place].take(transition, in: replayed.maintenance?.window)
      } else if transition.event == .firing {
        record?.untalliedFirings += 1
      }
    }
    guard !evaluation.warnings.contains(where: \.isOfIgnoredSample) else { return }
    evaluation.checks.withUnsafeBufferPointer { checks in
      for index in checks.indices {
        // Usually, it has the same index as among the previous checks.
        let isExpected =
          index < tallies.count && tallies[index].subject === checks[index].subject
          && tallies[index].instance == checks[index].instance
        guard let place = isExpected ? index : place(of: checks[index]) else {
          record?.untallied += 1
          continue
        }
        tallies[place].take(
          checks[index].observation, in: checks[index].phase, at: sample.observedAt)
      }
    }
    if !held.isEmpty { tellHeld(at: sample.observedAt) }
  }

  /// The name of the maintenance window that covers an open alert, for as long as possible.
  private func window(of key: AlertKey, at now: Instant) -> String? {
    guard let open = windows?(now), !open.isEmpty, let episode = state.alerts[key]?.phase.episode
    else { return nil }
    let identity = AlertIdentity(
      target: name, key: key, severity: episode.severity, labels: episode.labels)
    let suppressor = Suppressor(silences: [], windows: open, nil, [:], at: now)
    guard case .maintenance(let window)? = suppressor.suppression(of: identity) else { return nil }
    return window.name
  }

  /// Counts as sent what still fires after its maintenance.
  private mutating func tellHeld(at now: Instant) {
    for place in held where window(of: tallies[place].key, at: now) == nil {
      if tallies[place].isHeld { tallies[place].notify(at: now) }
    }
    held.removeAll { !tallies[$0].isHeld }
  }

  /// Counts a sample and the time since the previous one.
  private mutating func note(_ sample: RecordedSample, _ warnings: [Evaluation.Warning]) {
    let now = sample.observedAt
    if record == nil { record = TargetRecord(name: name, first: now) }
    record?.note(sample.reading)
    // An ignored sample is not a step of its own.
    if !warnings.contains(where: \.isOfIgnoredSample) { record?.step(to: now) }
    for warning in warnings { record?.count(warning) }
  }

  private mutating func place(of key: AlertKey, in checks: [Check]) -> Int? {
    checks.first { $0.key == key }.flatMap { place(of: $0) }
  }

  /// The index at which a check is counted.
  private mutating func place(of check: Check) -> Int? {
    if let known = places[check.key] { return known }
    guard tallies.count < ReplayLane.mostTallies else { return nil }
    let isDrawn = pictures < mostPictures
    if isDrawn { pictures += 1 }
    tallies.append(
      AlertTally(
        check.subject, instance: check.instance, isDrawn: isDrawn, keeping: mostEpisodes))
    places[check.key] = tallies.count - 1
    return tallies.count - 1
  }

  /// The results for the target.
  ///
  /// - Parameter order: the position of each rule by its name; `endpoint_down` has none.
  /// - Returns: `nil` if none of its samples is reported.
  func finish(inOrder order: [String: Int]) -> TargetRecord? {
    guard var record else { return nil }
    let finished = tallies.map { tally in
      (
        order[tally.subject.name] ?? order.count,
        tally.finished(at: record.latest, in: state.alerts[tally.key]?.phase)
      )
    }
    record.tallies = finished.sorted { one, other in
      one.0 == other.0 ? one.1.key < other.1.key : one.0 < other.0
    }.map(\.1)
    return record
  }
}

extension TargetRecord {
  fileprivate mutating func note(_ reading: Reading) {
    samples += 1
    switch reading {
    case .snapshot: break
    case .unreachable: unreachable += 1
    case .notAttempted: notAttempted += 1
    }
  }

  /// Counts the time since the previous sample.
  fileprivate mutating func step(to now: Instant) {
    elapsed += max(.zero, now - latest)
    latest = now
    guard now > last else { return }
    if now - last > longestStep {
      longestStep = now - last
      longestStepAt = last
    }
    last = now
  }

  /// Counts a warning; those of the same kind that differ only in their times are one.
  fileprivate mutating func count(_ warning: Evaluation.Warning) {
    let known = warnings.keys.first { $0.isLike(warning) }
    warnings[known ?? warning, default: 0] += 1
  }
}

extension TargetRecord {
  /// Adds the results of another lane, which evaluated other rules on the same samples.
  package mutating func add(rulesOf other: TargetRecord) {
    tallies += other.tallies
    untallied += other.untallied
    untalliedFirings += other.untalliedFirings
    for (warning, count) in other.warnings.sorted(by: { $0.value < $1.value }) {
      guard case .noRequestCount(let path, let found, let rules) = warning else {
        warnings[warning] = max(count, warnings[warning] ?? 0)
        continue
      }
      // Each lane counts only its own rules.
      let known = warnings.first { $0.key.isOfRequestCount(at: path, found) }
      if let known { warnings[known.key] = nil }
      let all = rules + (known?.key.unguardedRules ?? 0)
      warnings[.noRequestCount(path: path, found: found, rules: all)] = max(
        count, known?.value ?? 0)
    }
  }
}

extension Evaluation.Warning {
  fileprivate var unguardedRules: Int {
    if case .noRequestCount(_, _, let rules) = self { rules } else { 0 }
  }

  fileprivate func isOfRequestCount(at path: String, _ found: String) -> Bool {
    if case .noRequestCount(path, found, _) = self { true } else { false }
  }

  /// Whether the sample was ignored.
  fileprivate var isOfIgnoredSample: Bool {
    if case .sampleIgnored = self { true } else { false }
  }

  fileprivate func isLike(_ other: Self) -> Bool {
    switch (self, other) {
    case (.sampleIgnored, .sampleIgnored), (.clockWasAhead, .clockWasAhead): true
    case (.noRequestCount, _), (.noSnapshotTime, _), (.sampleIgnored, _), (.clockWasAhead, _):
      self == other
    }
  }
}
