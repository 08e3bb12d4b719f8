internal import AlertEngine
internal import HTTP
internal import Text

extension EvaluationRun {
  /// Takes more samples while an alert is pending or recovering that can be decided in time
  /// (`--confirm`).
  ///
  /// Each sample is a whole evaluation with its own deadline: it loads the state, saves it and
  /// delivers; the lock is free in between. If nothing waits, there is only one.
  ///
  /// - Parameter client: sends the requests.
  /// - Returns: the last outcome, with the transitions and notifications of all samples.
  func confirmed(through client: (any HTTPClient)?) async -> RunOutcome {
    let endSignals = environment.endSignals()
    let sampling = Task { await sampleOn(through: client, by: environment.clock) }
    let listening = Task {
      for await _ in endSignals {
        environment.note(.stopping)
        sampling.cancel()
      }
    }
    defer { listening.cancel() }
    return await sampling.value
  }

  private func sampleOn(
    through client: (any HTTPClient)?, by clock: some Clock<Duration>
  ) async -> RunOutcome {
    var next = self
    // Under --quiet, the log decides what is repeated.
    if quiet == nil { next.environment = environment.withoutRepetition() }
    var outcome = await next.outcome(through: client)
    if outcome.isInterrupted {
      outcome.now = environment.now()
      fail(.interrupted, &outcome)
    }
    var confirmation = Confirmation(options)
    confirmation.note(outcome)
    // Later samples move no state aside, and do not read a configuration that may be half edited.
    next.options.resetState = false
    next.configuration = outcome.configuration
    next.hasSaved = true
    let begin = clock.now
    var lastStart = begin
    var timeLeft: Duration {
      options.confirmFor + Confirmation.tolerance - begin.duration(to: clock.now)
    }
    while outcome.mayGoOn, !Task.isCancelled {
      let undecided = confirmation.undecided(
        in: outcome, within: timeLeft, at: environment.now())
      let now = environment.now()
      let pause = confirmation.plan.pause(
        after: lastStart.duration(to: clock.now),
        dueIn: undecided.map { $0.due - now }, within: timeLeft)
      guard !undecided.isEmpty, let pause else {
        let left = confirmation.remainders(of: outcome, within: timeLeft, at: environment.now())
        for remainder in left { note(.undecided(remainder)) }
        break
      }
      // The report exists even if this process is killed while it waits.
      var seen = outcome
      writeReportInTime(&seen)
      if let progress = confirmation.progress(
        undecided, timeLeft: timeLeft, seenAt: outcome.now)
      {
        show(progress)
      }
      guard (try? await clock.sleep(for: pause)) != nil else { break }
      lastStart = clock.now
      let sample = await next.outcome(through: client)
      outcome = sample.following(outcome)
      guard !sample.targets.isEmpty else { break }
      confirmation.note(outcome)
    }
    environment.progress?.clear()
    return outcome
  }

  /// Shows what is waited for: a line that is rewritten in a terminal, else a note.
  private func show(_ progress: Confirmation.Progress) {
    guard let line = environment.progress, options.verbosity != .quiet else {
      return note(.confirming(progress))
    }
    line.show(Diagnostic.note(.confirming(progress)).words.headline)
  }
}

extension RunOutcome {
  /// Whether further samples make sense.
  fileprivate var mayGoOn: Bool { !targets.isEmpty && !isStateLost }
}
