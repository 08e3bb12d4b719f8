internal import AlertEngine

extension EvaluationRun {
  /// Samples on while a rule is pending that can be decided in time (`--confirm`).
  ///
  /// Each sample is a whole evaluation with a deadline of its own: it loads the state, saves it and
  /// delivers; in between the lock is free. A run in which nothing is pending ends here at once.
  ///
  /// - Parameters:
  ///   - first: what the first sample found.
  ///   - client: who sends the requests.
  /// - Returns: how things stand at the end, with all that happened on the way.
  func confirm(_ first: RunOutcome, through client: (any HTTPClient)?) async -> RunOutcome {
    var confirmation = Confirmation(options)
    confirmation.note(first)
    guard first.mayGoOn, !confirmation.undecided(in: first, timeLeft: options.confirmFor).isEmpty
    else {
      sayWhatIsLeft(of: first, confirmation, timeLeft: options.confirmFor)
      return first
    }
    let sampling = Task { [confirmation] in
      await sampleOn(first, confirmation, through: client, by: environment.clock)
    }
    let signals = Task {
      for await _ in environment.endSignals() {
        environment.note("asked to end: nothing further is sampled, the state is saved")
        sampling.cancel()
      }
    }
    defer { signals.cancel() }
    return await sampling.value
  }

  private func sampleOn(
    _ first: RunOutcome, _ confirmation: Confirmation, through client: (any HTTPClient)?,
    by clock: some Clock<Duration>
  ) async -> RunOutcome {
    var confirmation = confirmation
    var outcome = first
    let begin = clock.now
    var lastStart = begin
    func timeLeft() -> Duration { options.confirmFor - begin.duration(to: clock.now) }
    while outcome.mayGoOn {
      let undecided = confirmation.undecided(in: outcome, timeLeft: timeLeft())
      let now = environment.now()
      let pause = confirmation.plan.pause(
        after: lastStart.duration(to: clock.now),
        firesIn: undecided.compactMap { $0.check.firesAt.map { $0 - now } })
      guard !undecided.isEmpty, pause <= timeLeft() else { break }
      // Should this process be killed, what it has seen is there.
      writeReport(&outcome)
      say(confirmation.progress(undecided, timeLeft: timeLeft(), seenAt: outcome.now))
      do { try await clock.sleep(for: pause) } catch { return outcome }
      lastStart = clock.now
      let sample = await self.outcome(through: client)
      guard !sample.isInterrupted else { return outcome }
      outcome = sample.following(outcome)
      guard !sample.targets.isEmpty else { return outcome }
      confirmation.note(outcome)
    }
    sayWhatIsLeft(of: outcome, confirmation, timeLeft: timeLeft())
    return outcome
  }

  /// Says which rules this run leaves pending, and why.
  private func sayWhatIsLeft(
    of outcome: RunOutcome, _ confirmation: Confirmation, timeLeft: Duration
  ) {
    guard let sentence = confirmation.remainder(of: outcome, timeLeft: timeLeft) else { return }
    say(sentence)
  }

  private func say(_ sentence: String) {
    guard options.verbosity != .quiet else { return }
    environment.note(sentence)
  }
}

/// What a run that samples on waits for, and what it says of that.
struct Confirmation: Sendable {
  /// A pending check with the name of its target.
  struct Pending {
    let target: String
    let check: Check
  }

  private(set) var plan: SamplingPlan
  private let limit: Duration
  private var samples = 0

  init(_ options: EvaluateOptions) {
    plan = SamplingPlan(every: options.interval)
    limit = options.confirmFor
  }

  mutating func note(_ outcome: RunOutcome) {
    samples += 1
    for target in outcome.targets { plan.note(target.evaluation.checks, of: target.name) }
  }

  /// The pending checks that are worth waiting for, what fires first in front.
  func undecided(in outcome: RunOutcome, timeLeft: Duration) -> [Pending] {
    pending(in: outcome).filter {
      plan.canDecide($0.check, of: $0.target, within: timeLeft, at: outcome.now)
    }
  }

  private func pending(in outcome: RunOutcome) -> [Pending] {
    let pending = outcome.targets.flatMap { target in
      target.evaluation.checks.filter { $0.phase.kind == .pending }.map {
        Pending(target: target.name, check: $0)
      }
    }
    return pending.enumerated().sorted {
      ($0.element.check.firesAt ?? outcome.now, $0.offset)
        < ($1.element.check.firesAt ?? outcome.now, $1.offset)
    }.map(\.element)
  }

  /// One line of progress: what is waited for, and how long at most.
  func progress(_ undecided: [Pending], timeLeft: Duration, seenAt now: Instant) -> String {
    guard let first = undecided.first else { return "" }
    let wording = CheckWording(first.check, seenAt: now)
    let more = undecided.count > 1 ? ", and \(undecided.count - 1) more" : ""
    let fires = wording.fires.map { ", \($0)" } ?? ""
    return "confirming, \(Quantity.text(timeLeft)) left at most: \(name(of: first, now)) "
      + "\(wording.valueAgainstLimit)\(fires)\(more) (sample \(samples))"
  }

  /// What stays pending though the run ends; `nil` for nothing.
  func remainder(of outcome: RunOutcome, timeLeft: Duration) -> String? {
    let left = pending(in: outcome)
    guard let first = left.first else { return nil }
    let names = left.prefix(3).map { name(of: $0, outcome.now) }.joined(separator: ", ")
    let more = left.count > 3 ? " and \(left.count - 3) more" : ""
    let verb = left.count == 1 ? "stays" : "stay"
    return "\(names)\(more) \(verb) pending: \(reason(first, timeLeft: timeLeft, at: outcome.now))"
  }

  private func reason(_ pending: Pending, timeLeft: Duration, at now: Instant) -> String {
    if case .unknown = pending.check.observation {
      return "no evidence in \(SamplingPlan.mostUnknowns) samples running"
    }
    return "it cannot be decided within --confirm-for \(Quantity.text(limit)); "
      + "the next run goes on from here"
  }

  private func name(of pending: Pending, _ now: Instant) -> String {
    "\(printable(pending.target)): \(CheckWording(pending.check, seenAt: now).name)"
  }
}

extension RunOutcome {
  /// Whether further samples make sense: the state can be kept.
  fileprivate var mayGoOn: Bool { !targets.isEmpty && !codes.contains(.state) }
}
