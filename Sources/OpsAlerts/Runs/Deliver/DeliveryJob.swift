internal import AlertEngine
internal import Delivery
internal import Reports

/// All that one run has to do at one receiver.
struct DeliveryJob: Sendable {
  let ready: ReadyReceiver
  /// What is due; `nil` where nothing was ever queued.
  var pass: DeliveryPass?
  /// The alerts that go on firing, for a receiver that forgets them.
  var repeats: [AlertNotification]
  /// The alerts that are good, for a receiver that may show them as firing after a lost state.
  var good: Set<String>
  /// Whether this is a first run, or one after the state was lost.
  let isStateNew: Bool

  /// Whether there is nothing to do.
  var isIdle: Bool {
    (pass.map { $0.isEmpty && $0.results.isEmpty } ?? true) && repeats.isEmpty && !isStateNew
  }

  /// Goes the job.
  ///
  /// - Parameters:
  ///   - notifier: who speaks to the receiver.
  ///   - isOvertaken: for an job that goes on with the next batch, whether that has come; `nil` for
  ///     the last.
  ///   - publish: told of the queue after each answer.
  /// - Returns: what came of it.
  func go(
    by notifier: Notifier, until isOvertaken: (() -> Bool)?, publish: (ReceiverQueue) -> Void
  ) async -> DeliveryRound {
    var round = DeliveryRound(receiver: ready.settings)
    if let pass {
      round.pass = await notifier.deliver(pass, until: isOvertaken, publish: publish)
    }
    guard round.pass?.brokenBecause == nil else { return round }
    if let outcome = await notifier.repeatAll(repeats) {
      round.add(outcome, to: "be told again of what goes on firing")
    }
    for outcome in await notifier.reconcile(good: good, isStateNew: isStateNew) {
      if case .delivered = outcome { round.reconciled += 1 }
      round.add(outcome, to: "be looked through for incidents that are over")
    }
    return round
  }
}

/// What came of one receiver's job.
struct DeliveryRound: Sendable {
  let receiver: ReceiverSettings
  var pass: DeliveryPass?
  /// What else did not work, each the end of a sentence about the receiver.
  var failures: [(sentence: String, isBroken: Bool)] = []
  /// How many incidents were closed that an earlier state had left open.
  var reconciled = 0

  /// Takes note of what else the receiver could not do.
  fileprivate mutating func add(_ outcome: DeliveryOutcome, to purpose: String) {
    let (reason, isBroken): (String, Bool)
    switch outcome {
    case .delivered: return
    case .transient(let failure): (reason, isBroken) = (failure.reason, false)
    case .broken(let text), .poison(let text): (reason, isBroken) = (text, true)
    }
    failures.append(("could not \(purpose): \(reason)", isBroken))
  }
}

extension DeliveryPlan {
  /// One job for each receiver, in the order of the configuration.
  ///
  /// - Parameters:
  ///   - memory: the state as it was saved.
  ///   - reports: what the run found.
  ///   - isSaved: whether the state could be saved; otherwise only what fires is sent.
  ///   - isLast: whether no other batch follows: only then is anybody told again or looked through.
  /// - Returns: the jobs, idle ones too.
  func jobs(
    _ memory: RunMemory, _ reports: [TargetReport], isSaved: Bool, isLast: Bool
  ) -> [DeliveryJob] {
    receivers.ready.map { ready in
      let pass = passes.first { $0.receiver == ready.settings.name }
      return DeliveryJob(
        ready: ready, pass: isSaved ? pass : pass?.limitedToFiring(),
        repeats: isLast && ready.settings.type.forgetsAlerts
          ? repeats(for: ready.settings.name, memory.state, reports) : [],
        good: isLast && ready.settings.type.keepsIncidents ? good(memory.state, reports) : [],
        isStateNew: isLast && memory.isNew)
    }
  }

  /// The alerts that go on firing and that a receiver was told of, as they stand now.
  private func repeats(
    for name: String, _ state: RunState, _ reports: [TargetReport]
  ) -> [AlertNotification] {
    guard let queue = state.outbox.queues[name], !queue.threads.isEmpty else { return [] }
    let waiting = Set(queue.rows.map(\.notification.fingerprint))
    var repeats: [AlertNotification] = []
    for (target, memory) in state.targets.sorted(by: { $0.key < $1.key }) {
      let checks = reports.first { $0.name == target }?.evaluation.checks ?? []
      let seen = Dictionary(checks.map { ($0.key, $0) }) { one, _ in one }
      let firing = memory.alerts.filter { $0.value.phase.episode != nil }
      for (key, alert) in firing.sorted(by: { $0.key < $1.key }) {
        let fingerprint = Fingerprint(target: target, key: key)
        guard let episode = alert.phase.episode, !waiting.contains(fingerprint),
          queue.threads[fingerprint.text]?.toldAt != nil
        else { continue }
        repeats.append(
          maker.notification(ofFiring: key, target: target, episode: episode, check: seen[key]))
      }
    }
    return repeats
  }

  /// The alerts that this run saw to be good and of which nothing waits to be told.
  private func good(_ state: RunState, _ reports: [TargetReport]) -> Set<String> {
    let mayBeListed = passes.contains { !$0.queue.rows.isEmpty || !$0.results.isEmpty }
    guard mayBeListed || state.outbox.queues.isEmpty else {
      return []
    }
    var good: Set<String> = []
    for report in reports {
      for check in report.evaluation.checks where check.phase == .inactive {
        guard case .good = check.observation else { continue }
        good.insert(Fingerprint(target: report.name, key: check.key).text)
      }
    }
    let owed = state.outbox.queues.values.flatMap(\.rows).map(\.notification.fingerprint.text)
    return good.subtracting(owed)
  }
}
