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
    for event in events.sorted(by: { $0.urgency < $1.urgency }) {
      state.outbox.queue(event, for: receivers, &outcome.notifications)
    }
    for target in outcome.targets {
      state.outbox.remind(of: target, for: receivers, by: maker)
    }
    expire(&state.outbox, receivers, into: &outcome)
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
  ///   - timeLeft: of the run's deadline.
  ///   - outcome: takes what came of it.
  func deliver(
    _ plan: DeliveryPlan, memory: RunMemory, within timeLeft: Duration,
    into outcome: inout RunOutcome
  ) async {
    guard !options.dryRun else { return preview(plan, at: outcome.now) }
    let isSaved = !outcome.codes.contains(.state)
    let failure = Mutex<StateError?>(nil)
    let saver = OutcomeSaver(memory.state.outbox) { outbox in
      guard isSaved, let file = memory.file else { return }
      var state = memory.state
      state.outbox = outbox
      state.outbox.tidy()
      do throws(StateError) { try file.save(state) } catch { failure.withLock { $0 = error } }
    }
    let errands = plan.errands(memory, outcome.targets, isSaved: isSaved)
    let rounds = await environment.withDeliveryLine(for: timeLeft, from: outcome.now) { line in
      await send(
        options.delivers ? errands.filter { !$0.isIdle } : [], over: line, saver,
        redact: plan.receivers.secrets.redact)
    }
    let outbox = await saver.finish()
    for round in rounds { tell(round, into: &outcome) }
    if outbox.needsAttention { outcome.add(.delivery) }
    if let failure = failure.withLock(\.self) {
      environment.fail("\(failure)")
      outcome.stop(.state(failure))
    }
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

  /// Shows what would be sent.
  private func preview(_ plan: DeliveryPlan, at now: Instant) {
    for var pass in plan.passes {
      guard let ready = plan.receivers.ready.first(where: { $0.settings.name == pass.receiver })
      else { continue }
      while case .send(let batch) = pass.next(at: now) {
        let message = Message(batch, to: pass.receiver, at: now)
        for text in ready.receiver.preview(of: message, reference: batch.reference) {
          let lines = ["would send to \(pass.receiver): \(text.head)"] + text.headers + [text.body]
          environment.show(lines.map(plan.receivers.secrets.redact))
        }
        pass.record(.delivered(reference: nil), of: batch, at: now, pause: .zero)
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
    let dead = results.filter { $0.outcome == .dead }
    if let reason = round.pass?.brokenBecause {
      fail(
        "\(name) is broken: \(reason); "
          + "\(deferred.count.notifications) \(deferred.count == 1 ? "waits" : "wait") for it",
        code: .delivery)
    } else if let first = deferred.first {
      let reason = first.reason ?? "the run's time was up"
      fail(
        "\(name): \(deferred.count.notifications) deferred to the next run (\(reason))", code: nil)
    }
    if let first = dead.first {
      fail(
        "\(name) refused \(dead.count.notifications) (\(first.reason ?? "")); 'status' shows them, "
          + "'status --retry-dead' puts them back", code: .delivery)
    }
    for setback in round.setbacks {
      fail("\(name) \(setback.sentence)", code: setback.isBroken ? .delivery : nil)
    }
  }
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
  /// Queues an event for everybody whom it concerns.
  fileprivate mutating func queue(
    _ notification: AlertNotification, for receivers: Receivers, _ results: inout [DeliveryResult]
  ) {
    guard !notification.isResolved else {
      for name in queues.keys {
        queues[name]?.queueResolved(notification, to: receivers.type(of: name))
      }
      return
    }
    for ready in receivers.ready where ready.settings.severities.contains(notification.severity) {
      queues[ready.settings.name, default: ReceiverQueue()].queueFiring(notification)
    }
    for skipped in receivers.skipped where skipped.severities.contains(notification.severity) {
      results.append(
        DeliveryResult(
          receiver: skipped.name, notification: notification, outcome: .skipped,
          reason: "the receiver is not set up"))
    }
  }

  /// Queues the reminders that are due of what goes on firing.
  fileprivate mutating func remind(
    of target: TargetReport, for receivers: Receivers, by maker: NotificationMaker
  ) {
    let interval = receivers.notifications.reminder
    guard interval > .zero, !queues.isEmpty else { return }
    for check in target.evaluation.checks {
      guard let episode = check.phase.episode else { continue }
      for ready in receivers.ready where !ready.settings.type.forgetsAlerts {
        let name = ready.settings.name
        let alert = Fingerprint(target: target.name, key: check.key)
        guard queues[name]?.isReminderDue(of: alert, every: interval, at: maker.now) == true else {
          continue
        }
        let notification = maker.notification(
          ofFiring: check.key, target: target.name, episode: episode, check: check)
        queues[name]?.queueReminder(notification, every: interval, at: maker.now)
      }
    }
  }
}
