internal import AlertEngine
internal import HTTP
internal import Reports

/// One evaluation, from the configuration to the report.
struct EvaluationRun: Sendable {
  var options: EvaluateOptions
  var environment: RunEnvironment
  /// Used instead of the file, which is then not read.
  var configuration: Configuration?
  /// Whether this process has saved a state: if it is gone now, it was lost.
  var hasSaved = false
  /// What this process's last sample could not save.
  var unsaved: UnsavedState?
  /// Whether a later sample of this process knows what this one could not save.
  var remembersUnsaved = false
  /// Decides what is printed; `nil` without `--quiet`.
  let quiet: QuietLog?

  init(_ options: EvaluateOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
    guard options.verbosity == .quiet else {
      quiet = nil
      return
    }
    let log = QuietLog { environment.report($0) }
    quiet = log
    self.environment.onDiagnostic = { log.take($0) }
  }

  func run() async -> ExitCode {
    environment.endBy(options.deadline)
    // The client's process starts while this one reads its files.
    let client = options.snapshot == nil ? environment.startClient(environment.variables) : nil
    defer { client?.shutDown() }
    var outcome =
      options.confirm ? await confirmed(through: client) : await outcome(through: client)
    quiet?.giveUp()
    guard !outcome.isUsageError else {
      annotate(outcome)
      return outcome.exitCode(with: options)
    }
    report(&outcome)
    await sendHeartbeat(after: outcome)
    return outcome.exitCode(with: options)
  }

  /// One sample, from the configuration up to the report.
  ///
  /// A cancelled task stops before it evaluates anything; what it has evaluated is saved and delivered.
  func outcome(through client: (any HTTPClient)?) async -> RunOutcome {
    var outcome = RunOutcome()
    // Reading may hang, too. Waiting for locks, of this state and of a former one, is not part of the
    // deadline.
    environment.endBy(options.lockTimeout * 2 + options.deadline)
    defer { environment.endBy(nil) }
    do throws(RunFailure) {
      let configuration = try loadConfiguration()
      outcome.configurationVersion = configuration.version
      let evaluator = Evaluator(
        configuration, onMissing: options.allowMissingMetrics ? .hold : .alert)
      let targets = try chooseTargets(of: configuration)
      var receivers = try prepareReceivers(configuration, beside: targets)
      try keepFilesApart(of: configuration)
      outcome.heartbeat = try heartbeat(of: configuration)
      outcome.configuration = configuration
      var memory = try recall()
      let owed = memory.state.outbox
      quiet?.begin(
        after: memory.state.told, at: options.at ?? environment.now(),
        every: configuration.notifications.reminder)
      if configuration.targets.isEmpty { noteNew(targets, in: memory) }
      noteSkipped(receivers, in: &memory.state)
      if memory.isLost, let path = options.statePath { fail(.stateLost(path: path), &outcome) }
      meet(&receivers, in: &memory.state.outbox, into: &outcome)
      environment.endBy(options.deadline)
      let deadline = RunDeadline(
        options.deadline, by: environment.clock, sharedWithDelivery: !receivers.ready.isEmpty)
      let asked = acknowledgeable(at: receivers.ready, in: memory.state)
      async let acknowledged = acknowledged(
        among: asked, within: min(.seconds(10), deadline.forFetching))
      var batch = TargetBatch()
      var parts = fetch(
        targets, after: memory.state, through: client, within: deadline.forFetching
      ).makeAsyncIterator()
      while !batch.isLast {
        let part = await parts.next() ?? .nothingMore
        guard !Task.isCancelled || batch.isSecond else { return .interrupted }
        outcome.now = options.at ?? environment.now()
        batch.take(part)
        batch.acknowledgements += acknowledge(
          await acknowledged, in: &memory.state, at: outcome.now)
        evaluate(part.answers, by: evaluator, from: &memory.state, &batch, into: &outcome)
        quiet?.take(batch.reports)
        guard batch.isLast || isNews(batch, for: receivers) else { continue }
        reportProblems(of: batch)
        let unseen = Set(targets.map(\.name)).subtracting(outcome.targets.map(\.name))
        let delivery = queue(
          batch, for: receivers, of: configuration, unseen: unseen, in: &memory, into: &outcome)
        let isSaved = save(&memory, into: &outcome)
        remember(batch, by: delivery.maker, memory, into: &outcome)
        record(batch.answers, into: &outcome)
        await deliver(
          delivery, &batch, memory: &memory, isSaved: isSaved, within: deadline, into: &outcome)
      }
      if outcome.isStateLost {
        outcome.unsaved = UnsavedState(state: memory.state, fileSavedAt: memory.fileSavedAt)
      }
      if memory.isUnsaved, !remembersUnsaved { reportUndecided(&outcome) }
      rememberNotifications(since: owed, memory, into: &outcome)
      outcome.sortTargets(like: targets.map(\.name))
      markSuppressed(
        &outcome, by: Suppressor(configuration, memory.state, at: outcome.now))
      keepTold(&memory, &outcome)
    } catch {
      guard !Task.isCancelled else { return .interrupted }
      outcome.now = options.at ?? environment.now()
      fail(error, &outcome)
    }
    return outcome
  }
}
