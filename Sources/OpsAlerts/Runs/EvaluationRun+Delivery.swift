internal import AlertEngine
internal import Synchronization

/// What a run has to deliver.
struct DeliveryPlan: Sendable {
  let receivers: Receivers
  let maker: NotificationMaker
  /// The ways through the queues; none where nothing may be sent.
  let passes: [DeliveryPass]
}

extension EvaluationRun {
  /// Queues what receivers are to be told of this run's transitions, before anything is saved.
  ///
  /// - Parameters:
  ///   - receivers: who can be told.
  ///   - configuration: what the rules say to people.
  ///   - state: takes the events, marked as under way where this run sends them.
  ///   - outcome: what the run found; takes what will not be sent.
  /// - Returns: what is to be sent after the save.
  func queue(
    for receivers: Receivers, of configuration: Configuration, in state: inout RunState,
    into outcome: inout RunOutcome
  ) -> DeliveryPlan {
    let maker = NotificationMaker(configuration, links: RunLinks(environment), at: outcome.now)
    let events = outcome.targets.flatMap { maker.notifications(of: $0) }
    state.outbox.queue(
      events.sorted { $0.urgency < $1.urgency }, for: receivers, &outcome.notifications)
    for target in outcome.targets {
      state.outbox.introduce(target, to: receivers, by: maker)
      state.outbox.remind(of: target, for: receivers, by: maker)
    }
    expire(&state.outbox, receivers, into: &outcome)
    hold(&state.outbox, receivers, into: &outcome)
    let passes = beginDelivery(to: receivers, from: &state.outbox, at: outcome.now)
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
    to receivers: Receivers, from outbox: inout Outbox, at now: Instant
  ) -> [DeliveryPass] {
    guard options.delivers else { return [] }
    return receivers.ready.compactMap { ready in
      guard let queue = outbox.queues[ready.settings.name] else { return nil }
      let pass = DeliveryPass(
        queue, of: ready.settings.name, type: ready.settings.type,
        digestOver: receivers.notifications.digestOver, at: now)
      if !options.dryRun { outbox.queues[ready.settings.name] = pass.queue }
      return pass
    }
  }

  /// Sends what is due to all receivers side by side, and saves the outcomes as they come.
  ///
  /// - Parameters:
  ///   - plan: what is due, and to whom.
  ///   - memory: the state as it was saved.
  ///   - isSaved: whether it was; otherwise only what fires is sent.
  ///   - timeLeft: of the run's deadline.
  ///   - outcome: takes what came of it.
  func deliver(
    _ plan: DeliveryPlan, memory: RunMemory, isSaved: Bool, within timeLeft: Duration,
    into outcome: inout RunOutcome
  ) async {
    let errands = plan.errands(memory, outcome.targets, isSaved: isSaved)
    guard !options.dryRun else {
      preview(errands, plan.receivers.secrets, at: outcome.now)
      return tellDeadLetters(of: memory.state.outbox, into: &outcome)
    }
    sayThatItTakesTime(errands)
    let failure = Mutex<StateError?>(nil)
    let saver = OutcomeSaver(memory.state.outbox) { outbox in
      guard isSaved, let file = memory.file else { return }
      var state = memory.state
      state.outbox = outbox
      state.outbox.tidy()
      do throws(StateError) {
        try file.save(state)
        failure.withLock { $0 = nil }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    let due = options.delivers ? errands.filter { !$0.isIdle } : []
    let rounds = await shielded { [now = outcome.now] in
      await environment.withDeliveryLine(for: timeLeft, from: now) { line in
        await send(due, over: line, saver, redact: plan.receivers.secrets.redact)
      }
    }
    let outbox = await saver.finish()
    for round in rounds { tell(round, into: &outcome) }
    tellDeadLetters(of: outbox, into: &outcome)
    if let failure = failure.withLock(\.self) {
      environment.fail("\(failure)")
      outcome.stop(.state(failure))
    }
  }

  /// Does something to its end, also where this task is cancelled meanwhile.
  private func shielded<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async -> Result {
    await Task { await work() }.value
  }

  /// Goes all errands side by side; what came of them is in their order.
  private func send(
    _ errands: [DeliveryErrand], over line: any DeliveryLine, _ saver: OutcomeSaver,
    redact: @escaping @Sendable (String) -> String
  ) async -> [DeliveryRound] {
    await withTaskGroup(of: (Int, DeliveryRound).self) { group in
      for (place, errand) in errands.enumerated() {
        let courier = Courier(
          to: errand.ready, over: line, pause: RetryPause(now: environment.now), redact: redact)
        group.addTask {
          let round = await errand.go(by: courier) {
            saver.publish($0, of: errand.ready.settings.name)
          }
          return (place, round)
        }
      }
      let rounds = await group.reduce(into: []) { $0.append($1) }
      return rounds.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// Says on standard error why the report is late, where it is.
  private func sayThatItTakesTime(_ errands: [DeliveryErrand]) {
    let count = errands.map { $0.pass?.queue.rows.count ?? 0 }.max() ?? 0
    guard options.verbosity != .quiet, options.delivers, count > 20 else { return }
    environment.note("delivering \(count.notifications), before the report")
  }

  /// Shows what would be sent.
  private func preview(_ errands: [DeliveryErrand], _ secrets: Secrets, at now: Instant) {
    for errand in errands where options.delivers {
      var batches = errand.repeats.map {
        DeliveryBatch(notifications: [$0], isPlain: false, reference: nil, tries: 0)
      }
      if var pass = errand.pass {
        while case .send(let batch) = pass.next(at: now) {
          batches.append(batch)
          pass.record(.delivered(reference: nil), of: batch, at: now, pause: .zero)
        }
      }
      let name = errand.ready.settings.name
      for batch in batches {
        let message = Message(batch, to: name, at: now)
        for text in errand.ready.receiver.preview(of: message, reference: batch.reference) {
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
    for setback in round.setbacks {
      fail("\(name) \(setback.sentence)", code: setback.isBroken ? .delivery : nil)
    }
    if round.healed > 0 {
      environment.note("\(name): closed \(round.healed) that an earlier state had left open")
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
  var notifications: String { self == 1 ? "1 notification" : "\(self) notifications" }
}

extension AlertNotification {
  /// Where a service is slow, what fires worst goes first; the order of the report among equals.
  fileprivate var urgency: (Int, Int) { (isResolved ? 1 : 0, severity.rank) }
}

extension Outbox {
  /// Queues events for everybody whom they concern.
  fileprivate mutating func queue(
    _ events: [AlertNotification], for receivers: Receivers, _ results: inout [DeliveryResult]
  ) {
    for event in events where !event.isResolved {
      // A receiver that is not set up today may be tomorrow, while the alert still fires.
      for settings in receivers.all where settings.severities.contains(event.severity) {
        queues[settings.name, default: ReceiverQueue()].queueFiring(event)
      }
      for skipped in receivers.skipped where skipped.severities.contains(event.severity) {
        results.append(
          DeliveryResult(
            receiver: skipped.name, notification: event, outcome: .skipped,
            reason: "the receiver is not set up"))
      }
    }
    let ends = events.filter(\.isResolved)
    for name in Array(queues.keys) {
      queues[name]?.queueResolved(ends, to: receivers.type(of: name))
    }
  }

  /// Queues what fires already for receivers that have to be told of it in every run, and that
  /// were configured after it fired.
  fileprivate mutating func introduce(
    _ target: TargetReport, to receivers: Receivers, by maker: NotificationMaker
  ) {
    for ready in receivers.ready where ready.settings.type.forgetsAlerts {
      let name = ready.settings.name
      for check in target.evaluation.checks {
        guard let episode = check.phase.episode,
          ready.settings.severities.contains(episode.severity)
        else { continue }
        let alert = Fingerprint(target: target.name, key: check.key).text
        guard queues[name]?.threads[alert] == nil else { continue }
        queues[name, default: ReceiverQueue()].queueFiring(
          maker.notification(
            ofFiring: check.key, target: target.name, episode: episode, check: check))
      }
    }
  }

  /// Queues the reminders that are due of what goes on firing.
  fileprivate mutating func remind(
    of target: TargetReport, for receivers: Receivers, by maker: NotificationMaker
  ) {
    let interval = receivers.notifications.reminder
    guard interval > .zero, !queues.isEmpty else { return }
    let firing = target.evaluation.checks.filter { $0.phase.episode != nil }
    for ready in receivers.ready where !ready.settings.type.forgetsAlerts {
      let name = ready.settings.name
      let due = firing.compactMap { check -> AlertNotification? in
        let alert = Fingerprint(target: target.name, key: check.key)
        guard let episode = check.phase.episode,
          queues[name]?.isReminderDue(of: alert, every: interval, at: maker.now) == true
        else { return nil }
        return maker.notification(
          ofFiring: check.key, target: target.name, episode: episode, check: check)
      }
      queues[name]?.queueReminders(due, every: interval, at: maker.now)
    }
  }
}
