package import Text

/// One run's way through the queue of one receiver: what to send next, given what came of the last.
///
/// Pure: it sends nothing and has no clock. The rows of one alert go in order, and a row that cannot
/// go now holds up only the later rows of its own alert.
package struct DeliveryPass: Sendable {
  /// The most tries of one row in one run.
  package static let mostTries = 3

  package let receiver: String
  package let type: ReceiverType
  package private(set) var queue: ReceiverQueue
  /// What came of each event, in the order in which it became certain.
  package private(set) var results: [DeliveryResult] = []
  /// Why nothing more goes to this receiver in this run, where its configuration is at fault.
  package private(set) var brokenBecause: String?

  private let digestOver: Int
  /// After a failed save only alerts that begin to fire are sent: they matter most, and their
  /// repetition in the next run is known by its id.
  private var isLimitedToFiring = false
  private var tries: [String: Int] = [:]
  private var isClosed = false
  /// Why nothing more was tried, where it is not for want of time.
  private var pauseReason: String?
  /// Whether a message of several events was refused: one of them may be at fault, so that each goes
  /// alone.
  private var isSplit = false
  /// The service asked for silence until then.
  private var silentUntil: Instant?

  /// What to do next.
  package enum Next: Hashable, Sendable {
    case send(DeliveryBatch)
    case wait(until: Instant)
    case done
  }

  /// Begins a run's way through a queue, which marks what is due as under way.
  ///
  /// - Parameters:
  ///   - queue: what the receiver is owed.
  ///   - receiver: its name.
  ///   - type: its kind.
  ///   - digestOver: more events than this for one chat become one message.
  ///   - now: the begin of the delivery.
  package init(
    _ queue: ReceiverQueue, of receiver: String, type: ReceiverType, digestOver: Int,
    at now: Instant
  ) {
    self.queue = queue
    self.receiver = receiver
    self.type = type
    self.digestOver = digestOver
    markWhatIsDue(at: now)
  }

  /// Goes on with a queue that more was added to since; what was tried stays counted.
  ///
  /// - Parameters:
  ///   - queue: this pass's own, with what was added.
  ///   - now: when it goes on.
  package mutating func goOn(with queue: ReceiverQueue, at now: Instant) {
    self.queue = queue
    isLimitedToFiring = false
    markWhatIsDue(at: now)
  }

  private mutating func markWhatIsDue(at now: Instant) {
    var held: Set<String> = []
    for (index, row) in queue.rows.enumerated() {
      let isNext = (row.isUnderWay || row.isDue(at: now)) && !held.contains(row.alert)
      if !isNext { held.insert(row.alert) }
      queue.rows[index].isUnderWay = isNext
    }
  }

  /// The same, where the queue could not be saved.
  package func limitedToFiring() -> DeliveryPass {
    var limited = self
    limited.isLimitedToFiring = true
    return limited
  }

  /// Whether nothing waits for the receiver.
  package var isEmpty: Bool { queue.rows.isEmpty }

  package func next(at now: Instant) -> Next {
    guard !isClosed else { return .done }
    let next = nextDue(at: now)
    guard let silentUntil, silentUntil > now, next != .done else { return next }
    return .wait(until: silentUntil)
  }

  /// What would come next if the service had not asked for silence.
  private func nextDue(at now: Instant) -> Next {
    var held: Set<String> = []
    var due: [OutboxRow] = []
    var wake: Instant?
    for row in queue.rows where !held.contains(row.alert) {
      // What does not fire is not sent now, and holds up no page.
      if isLimitedToFiring, row.notification.event != .firing { continue }
      guard mayTry(row) else {
        held.insert(row.alert)
        continue
      }
      if let notBefore = row.notBefore, !row.isDue(at: now) {
        held.insert(row.alert)
        wake = min(wake ?? notBefore, notBefore)
        continue
      }
      due.append(row)
      if type.keepsIncidents { break }
    }
    guard let first = due.first else { return wake.map(Next.wait) ?? .done }
    let isDigest = due.count > digestOver && !type.keepsIncidents && !isSplit
    return .send(batch(of: isDigest ? due : [first]))
  }

  private func mayTry(_ row: OutboxRow) -> Bool {
    row.isUnderWay && tries[row.id, default: 0] < Self.mostTries
  }

  private func batch(of rows: [OutboxRow]) -> DeliveryBatch {
    DeliveryBatch(
      rows.map(\.notification), isPlain: rows.contains(where: \.isPlain),
      reference: rows.count == 1 ? queue.threads[rows[0].alert]?.reference : nil,
      tries: rows.map { tries[$0.id, default: 0] }.max() ?? 0)
  }

  /// Takes note of what came of a try.
  ///
  /// - Parameters:
  ///   - outcome: how the receiver answered; its reason is safe to show.
  ///   - batch: what was sent.
  ///   - now: when the answer came.
  ///   - pause: how long to wait before a transient failure is tried again.
  package mutating func record(
    _ outcome: DeliveryOutcome, of batch: DeliveryBatch, at now: Instant, pause: Duration
  ) {
    let ids = Set(batch.notifications.map(\.id))
    switch outcome {
    case .delivered(let reference): delivered(ids, reference, at: now)
    case .transient(let failure):
      postpone(ids, failure, until: now + min(pause, ReceiverQueue.longestSilence))
    case .broken(let failure):
      isClosed = true
      brokenBecause = failure.words
      update(ids) { $0.fail(failure.words) }
    case .poison(let failure) where batch.notifications.count > 1:
      update(ids) { $0.fail(failure.words) }
      isSplit = true
    case .poison(let failure) where !batch.isPlain:
      update(ids) {
        $0.fail(failure.words)
        $0.isPlain = true
      }
    case .poison(let failure): bury(ids, failure.words)
    }
  }

  /// Ends the run's way: what is left over is deferred.
  ///
  /// - Parameter now: the end of the delivery.
  package mutating func finish(at now: Instant) {
    for index in queue.rows.indices {
      var row = queue.rows[index]
      let reason = reason(toDefer: row, at: now)
      if row.isUnderWay, let silentUntil, silentUntil > now {
        row.notBefore = max(row.notBefore ?? silentUntil, silentUntil)
      }
      row.isUnderWay = false
      row.deferrals += 1
      queue.rows[index] = row
      note(.deferred, row.notification, reason)
    }
  }

  /// Why a row is left to the next run.
  private func reason(toDefer row: OutboxRow, at now: Instant) -> DeferralReason {
    if let brokenBecause { return .broken(brokenBecause) }
    if row.isUnderWay {
      if let reason = row.reason, tries[row.id] != nil { return reason }
      let isHeldBack = isLimitedToFiring && row.notification.event != .firing
      if isHeldBack { return .stateNotSaved }
      return pauseReason.map(DeferralReason.text) ?? .deadline
    }
    guard let notBefore = row.notBefore, !row.isDue(at: now) else {
      return .behindEarlier
    }
    return .notBefore(notBefore, after: row.reason)
  }
}

extension DeliveryPass {
  private mutating func delivered(_ ids: Set<String>, _ reference: String?, at now: Instant) {
    let told = take(ids)
    for row in told {
      note(.delivered, row.notification, nil)
      tell(row.notification, reference, at: now)
    }
  }

  /// Keeps in mind what the receiver knows now.
  private mutating func tell(
    _ notification: AlertNotification, _ reference: String?, at now: Instant
  ) {
    let alert = notification.fingerprint.text
    guard var thread = queue.threads[alert] else { return }
    if let reference { thread.reference = reference }
    guard thread.activeAt == notification.activeAt else {
      queue.threads[alert] = thread
      return
    }
    switch notification.event {
    case .firing:
      thread.toldAt = now
      queue.threads[alert] = thread
    case .reminder: queue.threads[alert] = thread
    case .resolved, .firedAndResolved: queue.close(alert, thread)
    }
  }

  private mutating func postpone(
    _ ids: Set<String>, _ failure: TransientFailure, until time: Instant
  ) {
    update(ids) { row in
      row.fail(failure.reason.words)
      row.notBefore = time
      if failure.mayHaveArrived { row.mayHaveArrived = true }
    }
    for id in ids { tries[id, default: 0] += 1 }
    if failure.retryAfter != nil { silentUntil = max(silentUntil ?? time, time) }
    let isSpent = ids.contains { tries[$0, default: 0] >= Self.mostTries }
    if failure.isUnreachable, isSpent { isClosed = true }
    if isClosed || failure.retryAfter != nil { pauseReason = failure.reason.words }
  }

  private mutating func bury(_ ids: Set<String>, _ reason: String) {
    update(ids) {
      $0.fail(reason)
      $0.isUnderWay = false
    }
    let dead = take(ids)
    for row in dead { note(.dead, row.notification, .text(reason)) }
    queue.deadLetters = (queue.deadLetters + dead).suffix(ReceiverQueue.mostDeadLetters)
  }

  /// Takes rows out of the queue.
  private mutating func take(_ ids: Set<String>) -> [OutboxRow] {
    // One event at a time is the rule, and its row one of the first.
    if ids.count == 1, let index = queue.rows.firstIndex(where: { ids.contains($0.id) }) {
      return [queue.rows.remove(at: index)]
    }
    let taken = queue.rows.filter { ids.contains($0.id) }
    queue.rows.removeAll { ids.contains($0.id) }
    return taken
  }

  private mutating func update(_ ids: Set<String>, _ change: (inout OutboxRow) -> Void) {
    for index in queue.rows.indices where ids.contains(queue.rows[index].id) {
      change(&queue.rows[index])
    }
  }

  private mutating func note(
    _ outcome: DeliveryResult.Outcome, _ notification: AlertNotification, _ reason: DeferralReason?
  ) {
    results.append(
      DeliveryResult(
        receiver: receiver, notification: notification, outcome: outcome, reason: reason))
  }
}

extension OutboxRow {
  /// A date that no service may ask for is one of a clock that was ahead.
  func isDue(at now: Instant) -> Bool {
    guard let notBefore else { return true }
    return notBefore <= now || notBefore - now > ReceiverQueue.longestSilence
  }

  fileprivate mutating func fail(_ reason: String) { self.reason = .text(reason) }
}
