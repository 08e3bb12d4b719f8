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
  /// The passes over the queues; none if nothing may be sent.
  let passes: [DeliveryPass]
}

extension EvaluationRun {
  /// Whether a batch has news for receivers that should not wait for the remaining targets.
  func isNews(_ batch: TargetBatch, for receivers: Receivers) -> Bool {
    guard options.delivers, !options.dryRun, !receivers.ready.isEmpty else { return false }
    return batch.reports.contains { $0.evaluation.transitions.contains { $0.episode != nil } }
  }

  /// Queues notifications of a batch's transitions, before the state is saved.
  ///
  /// - Parameters:
  ///   - batch: the reports, and the unfinished passes of the batch before.
  ///   - receivers: those that can be notified.
  ///   - configuration: the texts of the rules.
  ///   - unseen: the targets that the run has yet to evaluate.
  ///   - memory: its state takes the events, marked as under way if this run sends them.
  ///   - outcome: takes the events that will not be sent.
  /// - Returns: what to send after the save.
  func queue(
    _ batch: TargetBatch, for receivers: Receivers, of configuration: Configuration,
    unseen: Set<String>, in memory: inout RunMemory, into outcome: inout RunOutcome
  ) -> DeliveryPlan {
    let maker = NotificationMaker(
      configuration, links: RunLinks(environment), at: outcome.now, after: memory.lastSave)
    let events = batch.reports.flatMap { maker.notifications(of: $0) }
    memory.state.outbox.correctDates(to: outcome.now)
    let suppressor = Suppressor(configuration, memory.state, unseen: unseen, at: outcome.now)
    memory.state.outbox.queue(
      events.sorted { $0.urgency < $1.urgency }, for: receivers, &outcome.notifications,
      isSuppressed: { suppressor.silences($0.identity) })
    if batch.isLast, !receivers.unacquainted.isEmpty {
      let targets = Set(outcome.targets.map(\.name) + configuration.targets.map(\.name))
      memory.state.outbox.introduce(
        maker.ongoing(memory.state.targets, outcome.targets).filter { targets.contains($0.target) },
        to: receivers.unacquainted)
    }
    for target in batch.reports {
      memory.state.outbox.acknowledge(target, for: receivers, by: maker)
      memory.state.outbox.remind(of: target, for: receivers, by: maker) { check in
        check.phase.episode?.acknowledged != nil
          || suppressor.silences(check.identity(target: target.name))
      }
    }
    if memory.state.outbox.queues.contains(where: { !$0.value.rows.isEmpty }) {
      memory.state.outbox.hold(
        for: receivers.all,
        by: NotificationGate(suppressor, maker, memory.state.targets, outcome.targets))
    }
    expire(&memory.state.outbox, receivers, into: &outcome)
    if batch.isLast { hold(&memory.state.outbox, receivers, into: &outcome) }
    let passes = beginDelivery(
      to: receivers, from: &memory.state.outbox, goingOn: batch.passes, at: outcome.now)
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
      let reason: DeferralReason =
        !isConfigured ? .notConfigured : isLate ? .expired : .queueFull
      outcome.notifications += dropped.map {
        DeliveryResult(receiver: name, notification: $0, outcome: .skipped, reason: reason)
      }
      environment.warn(.dropped(receiver: name, dropped.count, reason))
    }
    outbox.tidy()
  }

  /// Notes what cannot be sent in this run because its receiver is not ready.
  private func hold(
    _ outbox: inout Outbox, _ receivers: Receivers, into outcome: inout RunOutcome
  ) {
    let ready = Set(receivers.ready.map(\.settings.name))
    let isSending = options.delivers && !options.dryRun
    for name in outbox.queues.keys.sorted() {
      guard !isSending || !ready.contains(name), var queue = outbox.queues[name] else { continue }
      var reason = DeferralReason.notDelivering
      outcome.notifications += queue.rows.compactMap { row in
        row.hold.map { hold in
          DeliveryResult(
            receiver: name, notification: row.notification, outcome: .held, reason: .held(hold))
        }
      }
      var waiting = queue.rows.filter { $0.hold == nil }.map(\.notification)
      if !ready.contains(name) {
        let isConfigured = receivers.names.contains(name)
        reason = isConfigured ? .notSetUp : .notConfigured
        waiting = queue.wait(isConfigured: isConfigured)
      }
      if isSending {
        outbox.queues[name] = queue
        if !waiting.isEmpty { environment.warn(.held(receiver: name, waiting.count, reason)) }
      }
      outcome.notifications += waiting.map {
        DeliveryResult(receiver: name, notification: $0, outcome: .deferred, reason: reason)
      }
    }
  }

  /// The passes over the queues; what they will send is marked in the outbox.
  private func beginDelivery(
    to receivers: Receivers, from outbox: inout Outbox, goingOn passes: [DeliveryPass],
    at now: Instant
  ) -> [DeliveryPass] {
    guard options.delivers else { return [] }
    return receivers.ready.compactMap { ready in
      let name = ready.settings.name
      let begun = passes.first { $0.receiver == name }
      // A pass whose queue became empty still has results to report.
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

  /// Sends what is due to all receivers concurrently, and saves the outcomes as they come.
  ///
  /// What an earlier batch leaves undelivered continues with the next one, as one attempt of the run.
  ///
  /// - Parameters:
  ///   - plan: what is due, and to whom.
  ///   - batch: takes the passes that continue with the next one.
  ///   - memory: the saved state; takes the outcomes if another batch follows.
  ///   - isSaved: whether the save succeeded; otherwise only what fires is sent.
  ///   - deadline: the run's; an earlier batch may use only the time for fetching.
  ///   - outcome: takes the results.
  func deliver(
    _ plan: DeliveryPlan, _ batch: inout TargetBatch, memory: inout RunMemory, isSaved: Bool,
    within deadline: RunDeadline, into outcome: inout RunOutcome
  ) async {
    let timeLeft = batch.isLast ? deadline.left : deadline.leftForFetching
    let jobs = plan.jobs(
      memory, outcome.targets, isSaved: isSaved, isRemembered: remembersUnsaved,
      isLast: batch.isLast)
    guard !options.dryRun else {
      preview(jobs, at: outcome.now)
      return reportDeadLetters(of: memory.state.outbox, into: &outcome)
    }
    announce(jobs)
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
    let (rounds, isLacking) = await shielded {
      [now = outcome.now, isOvertaken = batch.isOvertaken] in
      await environment.withTransport(for: timeLeft, from: now) { transport in
        let rounds = await send(
          due, over: transport, saver, until: isOvertaken, redact: environment.secrets.known.redact)
        return (rounds, transport.isLacking)
      }
    }
    if isLacking, rounds.contains(where: \.isIncomplete) { outcome.add(.state) }
    let outbox = await saver.finish()
    if batch.isLast {
      for round in rounds { report(round, into: &outcome) }
      reportDeadLetters(of: outbox, into: &outcome)
    } else {
      batch.end(leaving: rounds.compactMap(\.pass))
    }
    memory.state.outbox = outbox
    if let failure = failure.withLock(\.self) {
      outcome.isStateLost = true
      fail(.state(failure), &outcome)
    }
  }

  /// Runs work to its end even if this task is cancelled.
  private func shielded<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async -> Result {
    await Task { await work() }.value
  }

  /// Runs all jobs concurrently; the rounds are in the order of the jobs.
  private func send(
    _ jobs: [DeliveryJob], over transport: any Transport, _ saver: OutcomeSaver,
    until isOvertaken: (@Sendable () -> Bool)?, redact: @escaping @Sendable (String) -> String
  ) async -> [DeliveryRound] {
    let progress = DeliveryProgress(jobs, on: environment.progress)
    defer { progress.end() }
    return await withTaskGroup(of: (Int, DeliveryRound).self) { group in
      for (place, job) in jobs.enumerated() {
        let notifier = Notifier(
          to: job.ready, over: transport, pause: RetryPause(now: environment.now), redact: redact)
        group.addTask {
          let round = await job.run(by: notifier, until: isOvertaken) {
            saver.publish($0, of: job.ready.settings.name)
            progress.note($0, of: job.ready.settings.name)
          }
          return (place, round)
        }
      }
      let rounds = await group.reduce(into: []) { $0.append($1) }
      return rounds.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Notes a delivery that will delay the report.
  private func announce(_ jobs: [DeliveryJob]) {
    let count = jobs.map { $0.pass?.queue.rows.count ?? 0 }.max() ?? 0
    if options.delivers, count > 20 { note(.delivering(count)) }
  }

  /// Shows what would be sent (`--dry-run`).
  private func preview(_ jobs: [DeliveryJob], at now: Instant) {
    let secrets = environment.secrets.known
    for job in jobs where options.delivers {
      var batches = job.repeats.map { DeliveryBatch([$0]) }
      if var pass = job.pass {
        while case .send(let batch) = pass.next(at: now) {
          batches.append(batch)
          pass.record(.delivered(reference: nil), of: batch, at: now, pause: .zero)
        }
      }
      let name = job.ready.settings.name
      for batch in batches {
        let message = Message(batch, to: name, at: now, redact: secrets.redact)
        for text in job.ready.receiver.preview(of: message, reference: batch.reference) {
          let lines = ["would send to \(name): \(text.head)"] + text.headers + [text.body]
          environment.show(lines.map(secrets.redact))
        }
      }
    }
  }

  private func report(_ round: DeliveryRound, into outcome: inout RunOutcome) {
    let name = round.receiver.name
    let results = round.pass?.results ?? []
    outcome.notifications += results
    let deferred = results.filter { $0.outcome == .deferred }
    if let reason = round.pass?.brokenBecause {
      fail(.receiverBroken(name, deferred: deferred.count, reason: reason), &outcome)
    } else if let first = deferred.first {
      warn(.deferred(receiver: name, deferred.count, first.reason ?? .deadline), &outcome)
    }
    for failure in round.failures {
      if failure.isBroken {
        fail(.upkeepFailed(receiver: name, failure.upkeep, reason: failure.reason), &outcome)
      } else {
        warn(.upkeepFailed(receiver: name, failure.upkeep, reason: failure.reason), &outcome)
      }
    }
    if round.reconciled > 0 {
      environment.note(.closedIncidents(receiver: name, round.reconciled))
    }
  }

  /// Reports what was refused, in this run or an earlier one, for as long as it is kept.
  private func reportDeadLetters(of outbox: Outbox, into outcome: inout RunOutcome) {
    if outbox.needsAttention { outcome.add(.delivery) }
    let known = Set(outcome.notifications.filter { $0.outcome == .dead }.map(\.key))
    for (name, queue) in outbox.queues.sorted(by: { $0.key < $1.key }) {
      guard let first = queue.deadLetters.first else { continue }
      let results = queue.deadLetters.map { row in
        DeliveryResult(
          receiver: name, notification: row.notification, outcome: .dead, reason: row.reason)
      }
      outcome.notifications += results.filter { !known.contains($0.key) }
      fail(
        .deadLetters(
          receiver: name, queue.deadLetters.count, first.reason, statePath: options.statePath),
        &outcome)
    }
  }
}
