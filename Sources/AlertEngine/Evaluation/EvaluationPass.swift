internal import JSON
internal import Text

/// One pass over all rules: the state and the results so far.
struct EvaluationPass {
  /// How many checks keep their recent values, and how many more with an active alert: this bounds
  /// the state file.
  static let checksWithRecentValues = 500
  /// If a stored time is further ahead of now than this, a clock was wrong.
  static let clockTolerance = Duration.seconds(60)

  let evaluator: Evaluator
  /// Those that apply to the target.
  let rules: [Evaluator.CompiledRule]
  /// That of the target's snapshots.
  let format: SnapshotFormat
  let now: Instant
  var state: TargetState
  private(set) var checks: [Check] = []
  private var transitions: [Transition] = []
  private var warnings: [Evaluation.Warning] = []
  /// The state before the sample, in case the sample is ignored.
  private var ignoredFrom: TargetState?
  /// The phases before a wrong clock's evidence was dropped.
  private var phasesBeforeClockReset: [AlertKey: Phase]?
  var instances: [String: [String]] = [:]
  /// Whether series may be named in another way than those of the stored state.
  private(set) var hasFormerNames = false
  /// Whether the series of a rule could not be seen, so that its alerts still have their old names.
  var isNamingOpen = false
  /// The probable index of the next alert: most are evaluated in the same order as last time.
  private var nextAlert = 0
  /// How many alerts of the stored state were evaluated.
  private var evaluatedAlerts = 0
  /// Checks with recent values beyond the first `mostRecentValues`.
  private var laterChecksWithRecentValues = 0

  init(
    _ evaluator: Evaluator, _ rules: [Evaluator.CompiledRule], of format: SnapshotFormat,
    from state: consuming TargetState, at now: Instant
  ) {
    self.evaluator = evaluator
    self.rules = rules
    self.format = format
    self.now = now
    self.state = consume state
    checks.reserveCapacity(rules.count + 1)
    setClock()
    guard self.state.alerts.hasInstances else { return }
    for key in self.state.alerts.keys {
      if let instance = key.instance { instances[key.rule, default: []].append(instance) }
    }
  }

  private mutating func setClock() {
    guard let last = state.clock, last >= now else { return }
    guard last - now > Self.clockTolerance else {
      warnings.append(.sampleIgnored(at: now, last: last))
      ignoredFrom = state
      return
    }
    warnings.append(.clockWasAhead(by: last - now))
    phasesBeforeClockReset = Dictionary(
      uniqueKeysWithValues: state.alerts.map { ($0.key, $0.value.phase) })
    state.forget(after: now)
  }

  mutating func evaluate(_ reading: Reading) {
    switch reading {
    case .notAttempted:
      holdAll(.notAttempted)
      observeEndpoint(.unknown(.notAttempted))
      state.notAttemptedAt = now
      return
    case .unreachable(let cause):
      holdAll(.unreachable(cause: cause))
      observeEndpoint(.bad(.unreachable(cause: cause)))
    case .snapshot(let snapshot):
      let isStale = isStale(snapshot)
      evaluateRules(on: snapshot, isStale: isStale)
      observeEndpoint(isStale ? .bad(.stale) : .good(.present))
      state.lastReadable = now
    }
    state.lastObservation = now
    state.notAttemptedAt = nil
  }

  private mutating func observeEndpoint(_ observation: Observation) {
    guard let endpoint = evaluator.endpoint else { return }
    observe(endpoint) { _ in observation }
  }

  /// The result, after alerts of removed rules have ended.
  consuming func finish() -> Evaluation {
    if let ignoredFrom {
      return Evaluation(state: ignoredFrom, checks: checks, transitions: [], warnings: warnings)
    }
    // If every alert was evaluated, none belongs to another rule.
    if evaluatedAlerts != state.alerts.count {
      for key in state.alerts.keys.filter({ !evaluator.has($0.rule, among: rules) }).sorted() {
        end(key, cause: .ruleRemoved)
      }
    }
    return Evaluation(
      state: state, checks: checks, transitions: transitions, warnings: warnings)
  }

  /// Whether the snapshot is not newer than the one before it.
  ///
  /// The time of each snapshot is kept, even of a stale one: a service whose clock was set back is
  /// stale once and then continues.
  private mutating func isStale(_ snapshot: Snapshot) -> Bool {
    guard let source = evaluator.snapshotTime, let path = evaluator.evaluation.snapshotTimePath
    else { return false }
    guard case .scalar(let scalar) = snapshot.found(at: source),
      case .time(let time) = scalar.time(in: nil)
    else {
      warnings.append(.noSnapshotTime(path: path.text))
      return true
    }
    defer { state.lastSnapshotTime = time }
    return state.lastSnapshotTime.map { time <= $0 } ?? false
  }

  private mutating func evaluateRules(on snapshot: Snapshot, isStale: Bool) {
    hasFormerNames = state.namingHash != evaluator.namingHash
    let metric = format == .prometheus ? evaluator.requestCountMetric : nil
    let found = snapshot.found(at: metric ?? evaluator.requestCount)
    var requestCount: Double?
    // A negative number counts nothing.
    if case .scalar(.number(let count)) = found, count >= 0 { requestCount = count }
    var unguarded = 0
    for rule in rules {
      guard !isStale || rule.kind == .age else {
        hold(rule, .stale)
        continue
      }
      if rule.minRequestCount > 0, requestCount == nil { unguarded += 1 }
      let measuring = Measuring(rule: rule, now: now, requestCount: requestCount)
      evaluate(rule, by: measuring, on: snapshot)
    }
    if !isStale, !isNamingOpen { state.namingHash = evaluator.namingHash }
    guard unguarded > 0 else { return }
    let path = evaluator.evaluation.requestCount(in: format).text
    warnings.append(
      .noRequestCount(path: path, found: found.kindForPeople, rules: unguarded))
  }
}

extension EvaluationPass {
  /// Applies an observation to one alert and records the result.
  ///
  /// - Parameters:
  ///   - subject: what the alert is about.
  ///   - instance: the instance; `nil` for the rule itself.
  ///   - details: what is known of its series; `nil` to keep what was known before.
  ///   - makeObservation: returns the observation; may update the history in the alert.
  mutating func observe(
    _ subject: Subject, instance: String? = nil, _ details: SeriesDetails? = nil,
    _ makeObservation: (inout Alert) -> Observation
  ) {
    let key = AlertKey(rule: subject.name, instance: instance)
    let place = state.alerts.index(of: key, near: nextAlert) {
      Alert(conditionHash: subject.conditionHash, namingHash: subject.namingHash)
    }
    nextAlert = place + 1
    evaluatedAlerts += 1
    let phaseBefore = phasesBeforeClockReset?[key]
    let clock: Transition.Cause? = phasesBeforeClockReset == nil ? nil : .clockSetBack
    let isIgnored = ignoredFrom != nil
    let now = now
    let (check, before, cause) = state.alerts.change(at: place) { alert in
      if let details { alert.details = details }
      return alert.observe(
        subject, instance, at: now, isIgnored: isIgnored, after: clock, makeObservation)
    }
    let earlier = phaseBefore ?? before
    // Without it, every check would make room for a transition.
    if earlier.kind != check.phase.kind,
      let transition = Transition(
        of: key, from: earlier, to: check.phase, at: now, cause: cause)
    {
      transitions.append(transition)
    }
    if !hasRoomForRecentValues(in: check.phase) {
      state.alerts.change(at: place) { $0.recent = RecentValues() }
    }
    checks.append(check)
  }

  /// Ends an alert whose rule or instance is gone.
  mutating func end(_ key: AlertKey, cause: Transition.Cause) {
    guard let alert = state.alerts.removeValue(forKey: key) else { return }
    let before = phasesBeforeClockReset?[key] ?? alert.phase
    if let transition = Transition(of: key, from: before, to: .inactive, at: now, cause: cause) {
      transitions.append(transition)
    }
  }

  private mutating func hasRoomForRecentValues(in phase: Phase) -> Bool {
    guard checks.count >= Self.checksWithRecentValues else { return true }
    guard phase.kind != .inactive,
      laterChecksWithRecentValues < Self.checksWithRecentValues
    else { return false }
    laterChecksWithRecentValues += 1
    return true
  }
}
