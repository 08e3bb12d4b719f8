internal import AlertEngine
internal import HTTP
internal import Text

extension EvaluationRun {
  /// Samples on while a rule is pending that can be decided in time (`--confirm`).
  ///
  /// Each sample is a whole evaluation with a deadline of its own: it loads the state, saves it and
  /// delivers; in between the lock is free. Where nothing is pending the first is the only one.
  ///
  /// - Parameter client: who sends the requests.
  /// - Returns: how things stand at the end, with all that happened on the way.
  func confirmed(through client: (any HTTPClient)?) async -> RunOutcome {
    let endSignals = environment.endSignals()
    let sampling = Task { await sampleOn(through: client, by: environment.clock) }
    let listening = Task {
      for await _ in endSignals {
        environment.note("asked to end: nothing further is sampled")
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
    next.environment = environment.sayingOnce()
    var outcome = await next.outcome(through: client)
    if outcome.isInterrupted {
      outcome.now = environment.now()
      outcome.stop(RunFailure(code: .noEvidence, sentence: "ended before anything was judged"))
      environment.fail("ended before anything was judged")
    }
    var confirmation = Confirmation(options)
    confirmation.note(outcome)
    // What was moved aside is not the next sample's state, and a file that is being edited is not
    // its configuration.
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
        firesIn: undecided.compactMap { $0.check.firesAt.map { $0 - now } }, within: timeLeft)
      guard !undecided.isEmpty, let pause else {
        let left = confirmation.remainder(of: outcome, within: timeLeft, at: environment.now())
        for sentence in left { say(sentence) }
        break
      }
      // Should this process be killed, what it has seen is there.
      var seen = outcome
      writeReport(&seen)
      say(confirmation.progress(undecided, timeLeft: timeLeft, seenAt: outcome.now))
      guard (try? await clock.sleep(for: pause)) != nil else { break }
      lastStart = clock.now
      let sample = await next.outcome(through: client)
      outcome = sample.following(outcome)
      guard !sample.targets.isEmpty else { break }
      confirmation.note(outcome)
    }
    return outcome
  }

  private func say(_ sentence: String) {
    guard options.verbosity != .quiet else { return }
    environment.note(sentence)
  }
}

extension RunOutcome {
  /// Whether further samples make sense.
  fileprivate var mayGoOn: Bool { !targets.isEmpty && !isStateLost }
}
