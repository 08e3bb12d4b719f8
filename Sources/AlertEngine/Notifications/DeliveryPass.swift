package import Text

/// One run's delivery of one receiver's queue: what to send next, given the outcomes so far.
///
/// Pure: it sends nothing and has no clock. The rows of one alert are sent in order; a row that
/// cannot be sent now delays only the later rows of its own alert.
package struct DeliveryPass: Sendable {
  /// The most attempts at one row in one run.
  static let mostTries = 3

  package let receiver: String
  /// When the run began to deliver.
  private let start: Instant
  let type: ReceiverType
  package private(set) var queue: ReceiverQueue
  /// The result of each event, in the order in which they became final.
  package private(set) var results: [DeliveryResult] = []
  /// Why this run sends nothing more to the receiver, if its settings are at fault.
  package private(set) var brokenBecause: String?

  private let digestOver: Int
  /// After a failed save, only new firing alerts are sent: they matter most, and receivers
  /// recognize a repetition in the next run by its id.
  private var isLimitedToFiring = false
  private var tries: [String: Int] = [:]
  private var isClosed = false
  /// Why nothing more was sent, if not for lack of time.
  private var pauseReason: String?
  /// Whether a message of several events was rejected: one of them may be at fault, so each is sent
  /// alone.
  private var isSplit = false
  /// When the service accepts messages again.
  private var silentUntil: Instant?

  /// What to do next.
  package enum Next: Hashable, Sendable {
    case send(DeliveryBatch)
    case wait(until: Instant)
    case done
  }

  /// Starts to deliver a queue: from now on, what is due may be on its way.
  ///
  /// - Parameters:
  ///   - queue: what to send to the receiver.
  ///   - receiver: its name.
  ///   - type: its type.
  ///   - digestOver: more events than this for one chat are combined into one message.
  ///   - now: the start of the delivery.
  package init(
    _ queue: ReceiverQueue, of receiver: String, type: ReceiverType, digestOver: Int,
    at now: Instant
  ) {
    self.queue = queue
    self.receiver = receiver
    self.type = type
    self.digestOver = digestOver
    start = now
    startDueRows(at: now)
  }

  /// Continues with a queue that has grown; earlier attempts still count.
  ///
  /// - Parameters:
  ///   - queue: the queue of this pass and the new rows.
  ///   - now: the time of the continuation.
  package mutating func goOn(with queue: ReceiverQueue, at now: Instant) {
    self.queue = queue
    isLimitedToFiring = false
    startDueRows(at: now)
  }

  private mutating func startDueRows(at now: Instant) {
    queue.startDueRows(at: now)
    if !type.keepsIncidents, !isSplit { queue.combine(over: digestOver) }
  }

  /// The same for a queue that could not be saved.
  ///
  /// - Parameter isForgotten: whether the next run will not know the queue; escalations go out now.
  /// - Returns: the pass.
  package func limitedToFiring(isForgotten: Bool = false) -> DeliveryPass {
    var limited = self
    limited.isLimitedToFiring = true
    if isForgotten, limited.queue.hurryEscalations() { limited.queue.startDueRows(at: start) }
    return limited
  }

  /// Whether nothing is queued.
  package var isEmpty: Bool { queue.rows.isEmpty }

  package func next(at now: Instant) -> Next {
    guard !isClosed else { return .done }
    let next = nextDue(at: now)
    guard let silentUntil, silentUntil > now, next != .done else { return next }
    return .wait(until: silentUntil)
  }

  /// What would be next if the service had not asked to wait.
  private func nextDue(at now: Instant) -> Next {
    var held: Set<String> = []
    var due: [OutboxRow] = []
    var wake: Instant?
    for row in queue.rows where !held.contains(row.alert) {
      // Other events are not sent now and delay no firing.
      if isLimitedToFiring, !row.isNewFiring { continue }
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
    guard !due.isEmpty else { return wake.map(Next.wait) ?? .done }
    return .send(batch(of: due.firstBatch))
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

  /// Records the outcome of an attempt.
  ///
  /// - Parameters:
  ///   - outcome: the outcome; its reason is safe to show.
  ///   - batch: what was sent.
  ///   - now: when the response arrived.
  ///   - pause: how long to wait before another attempt after a transient failure.
  package mutating func record(
    _ outcome: DeliveryOutcome, of batch: DeliveryBatch, at now: Instant, pause: Duration
  ) {
    let ids = Set(batch.notifications.map(\.id))
    let retryTime = now + min(pause, ReceiverQueue.longestPause)
    switch outcome {
    case .delivered(let reference): delivered(ids, reference, at: now)
    case .transient(let failure): postpone(ids, failure, until: retryTime)
    case .unconfirmed(let reason):
      postpone(ids, TransientFailure(reason: reason, mayHaveArrived: true), until: retryTime)
      if !type.recognizesRepetitions { update(ids) { $0.unconfirmed += 1 } }
      let spent = queue.rows.filter { ids.contains($0.id) && $0.isUnconfirmed }.map(\.id)
      giveUp(Set(spent), .unconfirmed("it may have arrived, but \(reason.words)"))
    case .broken(let failure):
      isClosed = true
      brokenBecause = failure.words
      update(ids) { $0.fail(failure.words) }
    case .poison(let failure) where batch.notifications.count > 1:
      update(ids) { $0.fail(failure.words) }
      isSplit = true
      queue.split()
    case .poison(let failure) where !batch.isPlain:
      update(ids) {
        $0.fail(failure.words)
        $0.isPlain = true
      }
    case .poison(let failure): giveUp(ids, .text(failure.words))
    }
  }

  /// Ends the delivery at `now`: what is left is deferred.
  package mutating func finish(at now: Instant) {
    for index in queue.rows.indices {
      var row = queue.rows[index]
      if let hold = row.hold {
        note(.held, row.notification, .held(hold))
        continue
      }
      let reason = reason(toDefer: row, at: now)
      if row.isUnderWay, let silentUntil, silentUntil > now {
        row.notBefore = max(row.notBefore ?? silentUntil, silentUntil)
      }
      row.isUnderWay = false
      if !row.mayHaveArrived { row.digest = nil }
      row.deferrals += 1
      queue.rows[index] = row
      note(.deferred, row.notification, reason)
    }
  }

  /// Why a row is left for the next run.
  private func reason(toDefer row: OutboxRow, at now: Instant) -> DeferralReason {
    if let brokenBecause { return .broken(brokenBecause) }
    if row.isUnderWay {
      if let reason = row.reason, tries[row.id] != nil { return reason }
      let isHeldBack = isLimitedToFiring && !row.isNewFiring
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
    for row in take(ids) {
      note(.delivered, row.notification, nil)
      updateThread(of: row.notification, reference, at: now)
    }
  }

  /// Updates what the receiver knows of an alert.
  private mutating func updateThread(
    of notification: AlertNotification, _ reference: String?, at now: Instant
  ) {
    let alert = notification.fingerprint.text
    guard var thread = queue.threads[alert] else { return }
    if let reference { thread.reference = reference }
    let isOfEpisode = thread.activeAt == notification.activeAt
    if isOfEpisode, notification.isResolved { return queue.close(alert, thread) }
    if isOfEpisode {
      thread.lastToldAt = max(thread.lastToldAt ?? start, start)
      if notification.event == .firing {
        thread.notifiedAt = now
        // An incident system is told in another way.
        if !type.keepsIncidents { thread.acknowledgedAt = notification.facts.acknowledgement?.at }
      }
    }
    queue.threads[alert] = thread
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

  private mutating func giveUp(_ ids: Set<String>, _ reason: DeferralReason) {
    guard !ids.isEmpty else { return }
    update(ids) {
      $0.reason = reason
      $0.isUnderWay = false
    }
    let dead = take(ids)
    for row in dead { note(.dead, row.notification, reason) }
    queue.deadLetters = (queue.deadLetters + dead).suffix(ReceiverQueue.mostDeadLetters)
  }

  /// Takes rows out of the queue.
  private mutating func take(_ ids: Set<String>) -> [OutboxRow] {
    // The usual case: a single event, whose row is one of the first.
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
  /// Whether its alert has just fired.
  fileprivate var isNewFiring: Bool {
    notification.event == .firing && !notification.isOngoing
  }

  /// Whether it may be sent now; a time beyond the longest pause comes from a clock that was ahead.
  func isDue(at now: Instant) -> Bool {
    guard let notBefore else { return true }
    return notBefore <= now || notBefore - now > ReceiverQueue.longestPause
  }

  fileprivate mutating func fail(_ reason: String) { self.reason = .text(reason) }
}
