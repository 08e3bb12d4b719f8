internal import AlertEngine
internal import HTTP

/// One evaluation from the configuration to the report: the table of contents of this module.
///
/// Each stage lives in a folder of its own and knows no other; only this type knows them all.
package struct EvaluationRun: Sendable {
  var options: EvaluateOptions
  var environment: RunEnvironment
  /// Counts in place of the file's, which is not read then.
  var configuration: Configuration?
  /// Whether this process has saved a state before: one that is not there now was lost.
  var hasSaved = false

  package init(_ options: EvaluateOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  package func run() async -> ExitCode {
    // The client's process boots while this one reads its files.
    let client = options.snapshot == nil ? environment.startClient(environment.variables) : nil
    defer { client?.shutDown() }
    var outcome =
      options.confirm ? await confirmed(through: client) : await outcome(through: client)
    guard !outcome.isUsageError else {
      annotate(outcome)
      return .usage
    }
    report(&outcome)
    return outcome.exitCode(failOn: options.failOn)
  }

  /// One sample, from the configuration up to the report.
  ///
  /// A task that is cancelled stops before it judges anything; what it has judged is also saved and
  /// delivered.
  func outcome(through client: (any HTTPClient)?) async -> RunOutcome {
    var outcome = RunOutcome()
    do throws(RunFailure) {
      let configuration = try loadConfiguration()
      outcome.configurationVersion = configuration.version
      let evaluator = Evaluator(
        configuration, onMissing: options.allowMissingMetrics ? .hold : .alert)
      let targets = try chooseTargets(of: configuration)
      let receivers = try prepareReceivers(configuration, beside: targets)
      try keepFilesApart()
      outcome.configuration = configuration
      var memory = try recall()
      outcome.errors += [memory.loss].compactMap(\.self)
      let deadline = RunDeadline(
        options.deadline, by: environment.clock, sharedWithDelivery: !receivers.ready.isEmpty)
      var batch = TargetBatch()
      var parts = fetch(
        targets, after: memory.state, through: client, within: deadline.forFetching
      ).makeAsyncIterator()
      while !batch.isLast {
        let part = await parts.next() ?? .nothingMore
        guard !Task.isCancelled || batch.isTold else { return .interrupted }
        outcome.now = options.at ?? environment.now()
        batch.take(part)
        evaluate(part.answers, by: evaluator, from: &memory.state, &batch, into: &outcome)
        guard batch.isLast || isNews(batch, for: receivers) else { continue }
        complain(of: batch)
        let delivery = queue(
          batch, for: receivers, of: configuration, in: &memory.state, into: &outcome)
        let isSaved = save(memory, into: &outcome)
        record(batch.answers, into: &outcome)
        await deliver(
          delivery, &batch, memory: &memory, isSaved: isSaved, within: deadline, into: &outcome)
      }
      outcome.sortTargets(like: targets.map(\.name))
    } catch {
      guard !Task.isCancelled else { return .interrupted }
      environment.fail(error.sentence)
      outcome.now = options.at ?? environment.now()
      outcome.stop(error)
    }
    return outcome
  }
}
