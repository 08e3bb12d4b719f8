internal import AlertEngine
internal import Delivery
internal import Reports

/// The work of one run at one receiver.
struct DeliveryJob: Sendable {
  let ready: ReadyReceiver
  /// What is due; `nil` if nothing was ever queued.
  var pass: DeliveryPass?
  /// Ongoing alerts, for a receiver that needs them in every run.
  var repeats: [AlertNotification]
  /// The fingerprints of good alerts, for a receiver that may still show them as firing after the
  /// state was lost.
  var good: Set<String>
  /// Whether this is a first run, or one after the state was lost.
  let isStateNew: Bool

  /// Whether there is nothing to do.
  var isIdle: Bool {
    (pass.map { $0.isEmpty && $0.results.isEmpty } ?? true) && repeats.isEmpty && !isStateNew
  }

  /// Delivers what is due; the last batch also does the upkeep of the receiver.
  ///
  /// - Parameters:
  ///   - notifier: sends to the receiver.
  ///   - isOvertaken: for a job that continues with the next batch, whether that is ready; `nil` for
  ///     the last.
  ///   - publish: takes the queue after each response.
  /// - Returns: the result.
  func run(
    by notifier: Notifier, until isOvertaken: (() -> Bool)?, publish: (ReceiverQueue) -> Void
  ) async -> DeliveryRound {
    var round = DeliveryRound(receiver: ready.settings)
    if let pass {
      round.pass = await notifier.deliver(pass, until: isOvertaken, publish: publish)
    }
    guard round.pass?.brokenBecause == nil else { return round }
    if let outcome = await notifier.repeatAll(repeats) {
      round.add(outcome, of: .repeating)
    }
    for outcome in await notifier.reconcile(good: good, isStateNew: isStateNew) {
      if case .delivered = outcome { round.reconciled += 1 }
      round.add(outcome, of: .reconciling)
    }
    return round
  }
}

/// The result of one receiver's job.
struct DeliveryRound: Sendable {
  let receiver: ReceiverSettings
  var pass: DeliveryPass?
  /// What else failed; `isBroken` if waiting does not help.
  var failures: [(upkeep: Upkeep, reason: String, isBroken: Bool)] = []
  /// The number of incidents closed that an earlier state had left open.
  var reconciled = 0

  /// Whether something could not be sent, which is reported.
  ///
  /// What the machine lacked only at the first attempt has left nothing undone.
  var isIncomplete: Bool {
    !failures.isEmpty || pass?.results.contains { $0.outcome == .deferred } == true
  }

  /// Records a failed upkeep.
  fileprivate mutating func add(_ outcome: DeliveryOutcome, of upkeep: Upkeep) {
    switch outcome {
    case .delivered: break
    case .unconfirmed(let reason): failures.append((upkeep, reason.words, false))
    case .transient(let failure): failures.append((upkeep, failure.reason.words, false))
    case .broken(let reason), .poison(let reason): failures.append((upkeep, reason.words, true))
    }
  }
}

extension DeliveryPlan {
  /// One job for each receiver, in the order of the configuration.
  ///
  /// - Parameters:
  ///   - memory: the saved state.
  ///   - reports: what the run found.
  ///   - isSaved: whether the save succeeded; otherwise only what fires is sent.
  ///   - isRemembered: whether a later sample of this process knows what could not be saved.
  ///   - isLast: whether no other batch follows; only then is there upkeep.
  /// - Returns: the jobs, including idle ones.
  func jobs(
    _ memory: RunMemory, _ reports: [TargetReport], isSaved: Bool, isRemembered: Bool,
    isLast: Bool
  ) -> [DeliveryJob] {
    receivers.ready.map { ready in
      let pass = passes.first { $0.receiver == ready.settings.name }
      return DeliveryJob(
        ready: ready, pass: isSaved ? pass : pass?.limitedToFiring(isForgotten: !isRemembered),
        repeats: isLast && ready.settings.type.forgetsAlerts
          ? repeats(for: ready.settings.name, memory.state, reports) : [],
        good: isLast && ready.settings.type.keepsIncidents ? good(memory.state, reports) : [],
        isStateNew: isLast && memory.isNew)
    }
  }

  /// The ongoing alerts that a receiver was notified of, as they stand now.
  private func repeats(
    for name: String, _ state: RunState, _ reports: [TargetReport]
  ) -> [AlertNotification] {
    guard let queue = state.outbox.queues[name], !queue.threads.isEmpty else { return [] }
    let waiting = Set(queue.rows.map(\.notification.fingerprint))
    return maker.ongoing(state.targets, reports).filter { notification in
      let alert = notification.fingerprint
      return !waiting.contains(alert) && queue.threads[alert.text]?.notifiedAt != nil
    }
  }

  /// The alerts that are good in this run and have no queued notifications.
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
    // An open alert may be known by the key that another series has now.
    let open = reports.flatMap { report in
      report.evaluation.checks.filter { $0.phase.episode != nil }
        .map { Fingerprint(target: report.name, key: $0.receiverKey).text }
    }
    let owed = state.outbox.queues.values.flatMap(\.rows).map(\.notification.fingerprint.text)
    return good.subtracting(owed).subtracting(open)
  }
}
