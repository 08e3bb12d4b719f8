internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Reports
internal import Synchronization
internal import Text

/// What a run has to deliver.
struct DeliveryPlan: Sendable {
  let receivers: Receivers
  let maker: NotificationMaker
  /// The ways through the queues; none where nothing may be sent.
  let passes: [DeliveryPass]
}

extension EvaluationRun {
  /// Whether people should be told of a batch before the targets that it left behind.
  func isNews(_ batch: TargetBatch, for receivers: Receivers) -> Bool {
    guard options.delivers, !options.dryRun, !receivers.ready.isEmpty else { return false }
    return batch.reports.contains { $0.evaluation.transitions.contains { $0.episode != nil } }
  }

  /// Queues what receivers are to be told of a batch's transitions, before anything is saved.
  ///
  /// - Parameters:
  ///   - batch: what was found, and the ways that the batch before left unfinished.
  ///   - receivers: who can be told.
  ///   - configuration: what the rules say to people.
  ///   - state: takes the events, marked as under way where this run sends them.
  ///   - outcome: what the run found; takes what will not be sent.
  /// - Returns: what is to be sent after the save.
  func queue(
    _ batch: TargetBatch, for receivers: Receivers, of configuration: Configuration,
    in state: inout RunState, into outcome: inout RunOutcome
  ) -> DeliveryPlan {
    let maker = NotificationMaker(configuration, links: RunLinks(environment), at: outcome.now)
    let events = batch.reports.flatMap { maker.notifications(of: $0) }
    state.outbox.queue(
      events.sorted { $0.urgency < $1.urgency }, for: receivers, &outcome.notifications)
    for target in batch.reports {
      state.outbox.introduce(target, to: receivers, by: maker)
      state.outbox.remind(of: target, for: receivers, by: maker)
    }
    expire(&state.outbox, receivers, into: &outcome)
    if batch.isLast { hold(&state.outbox, receivers, into: &outcome) }
    let passes = beginDelivery(
      to: receivers, from: &state.outbox, goingOn: batch.passes, at: outcome.now)
    return DeliveryPlan(receivers: receivers, maker: maker, passes: passes)
  }

  private func expire(
    _ outbox: inout Outbox, _ receivers: Receivers, into outcome: inout RunOutcome
  ) {
    for name in outbox.queues.keys.sorted() {
      let isConfigured = receivers.names.contains(name)
      let dropped = outbox.queues[name]?.expire(at: outcome.now, isConfigured: isConfigured) ?? []
      guard !dropped.isEmpty else { continue }
      let isLate = dropped.allSatisfy { outcome.now - $0.at > ReceiverQueue.lifetime }
      let reason =
        !isConfigured
        ? "the receiver is not configured any more"
        : isLate ? "a day late and over" : "more waits than is kept"
      outcome.notifications += dropped.map {
        DeliveryResult(receiver: name, notification: $0, outcome: .skipped, reason: reason)
      }
      environment.warn(
        "receiver \(printable(name)): dropped \(dropped.count.notifications), \(reason)")
    }
    outbox.tidy()
  }

  /// Takes note of what cannot be sent in this run because nobody is there to send it to.
  private func hold(
    _ outbox: inout Outbox, _ receivers: Receivers, into outcome: inout RunOutcome
  ) {
    let ready = Set(receivers.ready.map(\.settings.name))
    for name in outbox.queues.keys.sorted() {
      let reason: String
      var waiting: [AlertNotification] = []
      if !options.delivers || options.dryRun {
        reason = "this run does not deliver"
        waiting = outbox.queues[name]?.rows.map(\.notification) ?? []
      } else if !ready.contains(name) {
        let isConfigured = receivers.names.contains(name)
        reason = isConfigured ? "it is not set up" : "it is not configured any more"
        waiting = outbox.queues[name]?.wait(because: reason, isConfigured: isConfigured) ?? []
        if !waiting.isEmpty {
          environment.warn(
            "receiver \(printable(name)): \(waiting.count.notifications) cannot be sent: \(reason)")
        }
      } else {
        continue
      }
      outcome.notifications += waiting.map {
        DeliveryResult(receiver: name, notification: $0, outcome: .deferred, reason: reason)
      }
    }
  }

  /// The ways through the queues; what they are to send is marked in the outbox.
  private func beginDelivery(
    to receivers: Receivers, from outbox: inout Outbox, goingOn passes: [DeliveryPass],
    at now: Instant
  ) -> [DeliveryPass] {
    guard options.delivers else { return [] }
    return receivers.ready.compactMap { ready in
      let name = ready.settings.name
      let begun = passes.first { $0.receiver == name }
      // What was delivered to the last row is to be told of all the same.
      guard let queue = outbox.queues[name] ?? begun?.queue else { return nil }
      var pass =
        begun
        ?? DeliveryPass(
          queue, of: name, type: ready.settings.type,
          digestOver: receivers.notifications.digestOver, at: now)
      if begun != nil { pass.goOn(with: queue, at: now) }
      outbox.queues[name] = pass.queue
      return pass
    }
  }

  /// Sends what is due to all receivers side by side, and saves the outcomes as they come.
  ///
  /// What a batch that is not the last leaves over goes on with the next one, and counts as one try of
  /// one run.
  ///
  /// - Parameters:
  ///   - plan: what is due, and to whom.
  ///   - batch: takes the ways that go on with the next one.
  ///   - memory: the state as it was saved; takes the outcomes where another batch follows.
  ///   - isSaved: whether it was; otherwise only what fires is sent.
  ///   - deadline: the run's; a batch that is not the last has the time of the fetch.
  ///   - outcome: takes what came of it.
  func deliver(
    _ plan: DeliveryPlan, _ batch: inout TargetBatch, memory: inout RunMemory, isSaved: Bool,
    within deadline: RunDeadline, into outcome: inout RunOutcome
  ) async {
    let timeLeft = batch.isLast ? deadline.left : deadline.leftForFetching
    let jobs = plan.jobs(memory, outcome.targets, isSaved: isSaved, isLast: batch.isLast)
    guard !options.dryRun else {
      preview(jobs, plan.receivers.secrets, at: outcome.now)
      return tellDeadLetters(of: memory.state.outbox, into: &outcome)
    }
    sayThatItTakesTime(jobs)
    let failure = Mutex<StateFailure?>(nil)
    let saver = OutcomeSaver(memory.state.outbox) { [memory] outbox in
      guard isSaved, let file = memory.file else { return }
      var state = memory.state
      state.outbox = outbox
      state.outbox.tidy()
      do throws(StateFailure) {
        try file.save(state)
        failure.withLock { $0 = nil }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    let due = options.delivers ? jobs.filter { !$0.isIdle } : []
    let rounds = await shielded { [now = outcome.now, isOvertaken = batch.isOvertaken] in
      await environment.withTransport(for: timeLeft, from: now) { transport in
        await send(
          due, over: transport, saver, until: isOvertaken, redact: plan.receivers.secrets.redact)
      }
    }
    let outbox = await saver.finish()
    if batch.isLast {
      for round in rounds { tell(round, into: &outcome) }
      tellDeadLetters(of: outbox, into: &outcome)
    } else {
      batch.end(leaving: rounds.compactMap(\.pass))
      memory.state.outbox = outbox
    }
    if let failure = failure.withLock(\.self) {
      environment.fail("\(failure)")
      outcome.lose(failure)
    }
  }

  /// Does something to its end, also where this task is cancelled meanwhile.
  private func shielded<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async -> Result {
    await Task { await work() }.value
  }

  /// Goes all jobs side by side; what came of them is in their order.
  private func send(
    _ jobs: [DeliveryJob], over transport: any Transport, _ saver: OutcomeSaver,
    until isOvertaken: (@Sendable () -> Bool)?, redact: @escaping @Sendable (String) -> String
  ) async -> [DeliveryRound] {
    await withTaskGroup(of: (Int, DeliveryRound).self) { group in
      for (place, job) in jobs.enumerated() {
        let notifier = Notifier(
          to: job.ready, over: transport, pause: RetryPause(now: environment.now), redact: redact)
        group.addTask {
          let round = await job.go(by: notifier, until: isOvertaken) {
            saver.publish($0, of: job.ready.settings.name)
          }
          return (place, round)
        }
      }
      let rounds = await group.reduce(into: []) { $0.append($1) }
      return rounds.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Says on standard error why the report is late, where it is.
  private func sayThatItTakesTime(_ jobs: [DeliveryJob]) {
    let count = jobs.map { $0.pass?.queue.rows.count ?? 0 }.max() ?? 0
    guard options.verbosity != .quiet, options.delivers, count > 20 else { return }
    environment.note("delivering \(count.notifications), before the report")
  }

  /// Shows what would be sent.
  private func preview(_ jobs: [DeliveryJob], _ secrets: Secrets, at now: Instant) {
    for job in jobs where options.delivers {
      var batches = job.repeats.map {
        DeliveryBatch(notifications: [$0], isPlain: false, reference: nil, tries: 0)
      }
      if var pass = job.pass {
        while case .send(let batch) = pass.next(at: now) {
          batches.append(batch)
          pass.record(.delivered(reference: nil), of: batch, at: now, pause: .zero)
        }
      }
      let name = job.ready.settings.name
      for batch in batches {
        let message = Message(batch, to: name, at: now)
        for text in job.ready.receiver.preview(of: message, reference: batch.reference) {
          let lines = ["would send to \(name): \(text.head)"] + text.headers + [text.body]
          environment.show(lines.map(secrets.redact))
        }
      }
    }
  }

  private func tell(_ round: DeliveryRound, into outcome: inout RunOutcome) {
    let name = "receiver \(round.receiver.name)"
    func fail(_ sentence: String, code: ExitCode?) {
      if code == nil { environment.warn(sentence) } else { environment.fail(sentence) }
      outcome.errors.append(sentence)
      if let code { outcome.add(code) }
    }
    let results = round.pass?.results ?? []
    outcome.notifications += results
    let deferred = results.filter { $0.outcome == .deferred }
    if let reason = round.pass?.brokenBecause {
      let verb = deferred.count == 1 ? "waits" : "wait"
      fail(
        "\(name) is broken: \(reason); \(deferred.count.notifications) \(verb) for it",
        code: .delivery)
      if !deferred.isEmpty { outcome.deliveryErrors.formUnion(outcome.errors.suffix(1)) }
    } else if let first = deferred.first {
      fail(
        "\(name): \(deferred.count.notifications) deferred to the next run "
          + "(\(first.reason ?? ""))", code: nil)
      outcome.deliveryErrors.formUnion(outcome.errors.suffix(1))
    }
    for failure in round.failures {
      fail("\(name) \(failure.sentence)", code: failure.isBroken ? .delivery : nil)
    }
    if round.reconciled > 0 {
      environment.note("\(name): closed \(round.reconciled) that an earlier state had left open")
    }
  }

  /// Says of what was refused, in this run or an earlier one, for as long as it lies there.
  private func tellDeadLetters(of outbox: Outbox, into outcome: inout RunOutcome) {
    if outbox.needsAttention { outcome.add(.delivery) }
    let told = Set(outcome.notifications.filter { $0.outcome == .dead }.map(\.key))
    for (name, queue) in outbox.queues.sorted(by: { $0.key < $1.key }) {
      guard let first = queue.deadLetters.first else { continue }
      let results = queue.deadLetters.map { row in
        DeliveryResult(
          receiver: name, notification: row.notification, outcome: .dead, reason: row.reason)
      }
      outcome.notifications += results.filter { !told.contains($0.key) }
      let state = options.statePath.map { " --state \(printable($0))" } ?? ""
      let sentence =
        "receiver \(printable(name)) refused \(queue.deadLetters.count.notifications) "
        + "(\(first.reason ?? "")): '\(Program.name) status\(state) --retry-dead' puts them back, "
        + "--dismiss-dead forgets them"
      environment.fail(sentence)
      outcome.errors.append(sentence)
      outcome.deliveryErrors.insert(sentence)
    }
  }
}

extension DeliveryResult {
  /// Which event of which receiver it is about.
  var key: [String] { [receiver, notification.id] }
}

extension Int {
  /// `1 notification`, `2 notifications`.
  var notifications: String { Quantity.count(self, "notification") }
}

extension AlertNotification {
  /// Where a service is slow, what fires worst goes first; the order of the report among equals.
  var urgency: (Int, Int) { (isResolved ? 1 : 0, severity.rank) }
}
