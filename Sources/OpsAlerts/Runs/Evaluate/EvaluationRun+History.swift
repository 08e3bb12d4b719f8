internal import AlertEngine
internal import Delivery
internal import Files
internal import Reports
internal import Text

extension EvaluationRun {
  /// Appends a batch's acknowledgements and transitions to the history.
  func remember(
    _ batch: TargetBatch, by maker: NotificationMaker, _ memory: RunMemory,
    into outcome: inout RunOutcome
  ) {
    let entries = batch.reports.flatMap { report in
      let checks = Dictionary(report.evaluation.checks.map { ($0.key, $0) }) { one, _ in one }
      return report.evaluation.transitions.map { transition in
        let check = checks[transition.key]
        return HistoryEntry(
          at: transition.at, kind: .transition, event: .init(transition.event),
          target: report.name, key: transition.key, formerKey: transition.episode?.formerKey,
          id: maker.notification(of: transition, target: report.name, check: check)?.id,
          reason: transition.cause?.words,
          value: check.map { CheckWording($0, seenAt: outcome.now).valueAgainstLimit })
      }
    }
    remember(batch.acknowledgements + entries, memory, into: &outcome)
  }

  /// Appends the results of a run's notifications to the history, unless an earlier run had the same.
  ///
  /// - Parameters:
  ///   - owed: the outbox as the run found it.
  ///   - memory: says whether the state, and so the history, is locked.
  ///   - outcome: has the results.
  func rememberNotifications(
    since owed: Outbox, _ memory: RunMemory, into outcome: inout RunOutcome
  ) {
    let known = owed.queues.mapValues(KnownEvents.init)
    let entries = outcome.notifications.filter { $0.isNew(to: known[$0.receiver]) }.map { result in
      let notification = result.notification
      let facts = notification.facts
      return HistoryEntry(
        at: outcome.now, kind: .notification, event: .init(notification.event),
        target: notification.target, key: notification.key, formerKey: notification.formerKey,
        id: notification.id,
        receiver: result.receiver, outcome: result.outcome, reason: result.reason.map { "\($0)" },
        value: facts.value + (facts.limit.isEmpty ? "" : " (limit \(facts.limit))"))
    }
    remember(entries, memory, into: &outcome)
  }

  /// Appends entries, if there is a state that this run may write.
  func remember(
    _ entries: [HistoryEntry], _ memory: RunMemory, into outcome: inout RunOutcome
  ) {
    guard let state = options.statePath, !options.dryRun else { return }
    do throws(FileFailure) {
      try HistoryFile.append(
        entries, to: HistoryFile.path(of: state), without: environment.secrets.known,
        isLocked: memory.file != nil)
    } catch {
      // That the state cannot be saved has been reported already.
      guard !outcome.isStateLost, !outcome.lacksHistory else { return }
      outcome.lacksHistory = true
      environment.warn(.history(error))
    }
  }
}

/// What a run found in the outbox for a receiver, by the ids of the events.
private struct KnownEvents {
  let rows: [String: OutboxRow]
  let deadLetters: Set<String>

  init(_ queue: ReceiverQueue) {
    rows = Dictionary(queue.rows.map { ($0.id, $0) }) { one, _ in one }
    deadLetters = Set(queue.deadLetters.map(\.id))
  }
}

extension DeliveryResult {
  /// Whether no earlier run had this result for the event.
  fileprivate func isNew(to known: KnownEvents?) -> Bool {
    let row = known?.rows[notification.id]
    switch outcome {
    case .delivered, .skipped: return true
    case .dead: return known?.deadLetters.contains(notification.id) != true
    case .deferred:
      guard let row else { return true }
      return row.deferrals == 0 && row.reason == nil && reason != .notDelivering
    case .held:
      guard case .held(let hold)? = reason else { return row?.hold == nil }
      return row?.hold?.kind != hold.kind
    }
  }
}
