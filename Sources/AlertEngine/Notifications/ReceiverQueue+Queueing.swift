extension ReceiverQueue {
  /// Queues an alert that began to fire.
  package mutating func queueFiring(_ notification: AlertNotification) {
    let alert = notification.fingerprint.text
    var thread = AlertThread(activeAt: notification.activeAt, firedAt: notification.firedAt)
    if let last = threads[alert], let resolvedAt = last.resolvedAt,
      notification.at - resolvedAt <= Self.lifetime
    {
      thread.reference = last.reference
    }
    threads[alert] = thread
    append(OutboxRow(notification))
  }

  /// Queues the end of an alert, if this receiver was queued its begin.
  ///
  /// Where the begin has surely not been sent, a chat gets both in one message and an incident
  /// system nothing.
  package mutating func queueResolved(_ notification: AlertNotification, to type: ReceiverType) {
    let alert = notification.fingerprint.text
    guard var thread = threads[alert], thread.resolvedAt == nil else { return }
    var resolved = notification
    // The dates by which the receiver knows the episode, should a clock have been set meanwhile.
    resolved.activeAt = thread.activeAt
    resolved.firedAt = min(thread.firedAt, notification.at)
    thread.resolvedAt = notification.at
    threads[alert] = thread
    rows.removeAll { $0.alert == alert && $0.notification.event == .reminder }
    guard let begin = rows.firstIndex(where: { $0.isBegin(of: alert, thread) }),
      !rows[begin].mayHaveArrived
    else { return append(OutboxRow(resolved)) }
    guard !type.keepsIncidents else {
      rows.remove(at: begin)
      return close(alert, thread)
    }
    resolved.event = .firedAndResolved
    rows[begin] = OutboxRow(resolved, deferrals: rows[begin].deferrals)
  }

  /// Queues the newest reminder that is due of an alert that goes on firing, in the place of older
  /// ones; none before the receiver got the firing.
  ///
  /// - Parameters:
  ///   - notification: the alert as it stands now; its number and date are set here.
  ///   - interval: the time between two reminders, above zero.
  ///   - now: the time of the run.
  package mutating func queueReminder(
    _ notification: AlertNotification, every interval: Duration, at now: Instant
  ) {
    let alert = notification.fingerprint.text
    guard var thread = threads[alert], let (number, due) = thread.reminder(every: interval, at: now)
    else { return }
    thread.reminders = number
    threads[alert] = thread
    var reminder = notification
    reminder.event = .reminder
    reminder.sequence = number
    reminder.at = due
    reminder.activeAt = thread.activeAt
    reminder.firedAt = thread.firedAt
    rows.removeAll { $0.alert == alert && $0.notification.event == .reminder }
    append(OutboxRow(reminder))
  }

  /// Whether a reminder of an alert is due that has not been queued yet.
  package func isReminderDue(
    of alert: Fingerprint, every interval: Duration, at now: Instant
  ) -> Bool {
    threads[alert.text]?.reminder(every: interval, at: now) != nil
  }

  /// Drops what is too old to be worth telling, and forgets threads that nobody needs.
  ///
  /// - Parameters:
  ///   - now: the time of the run.
  ///   - isConfigured: whether the receiver is still in the configuration; what is owed to one that
  ///     is not cannot be sent at all.
  /// - Returns: what was dropped.
  package mutating func expire(at now: Instant, isConfigured: Bool) -> [AlertNotification] {
    let isStale: (OutboxRow) -> Bool = { now - $0.notification.at > Self.lifetime }
    var dropped: [AlertNotification] = []
    for row in rows.filter(isStale) where !isConfigured || !isWorthTelling(row.notification) {
      dropped.append(row.notification)
      rows.removeAll { $0.id == row.id }
    }
    for (alert, thread) in threads {
      guard let resolvedAt = thread.resolvedAt, now - resolvedAt > Self.lifetime,
        !rows.contains(where: { $0.alert == alert })
      else { continue }
      threads[alert] = nil
    }
    return dropped
  }

  /// Puts the dead letters back into the queue, but for those of alerts that are over.
  ///
  /// - Returns: how many were put back, and how many left.
  package mutating func retryDeadLetters() -> (back: Int, over: Int) {
    let back = deadLetters.filter { isWorthTelling($0.notification) }
    let over = deadLetters.count - back.count
    deadLetters = []
    rows = back.map { OutboxRow($0.notification) } + rows
    return (back.count, over)
  }

  /// Takes note of the end of a thread; one with a reference may be needed again.
  mutating func close(_ alert: String, _ thread: AlertThread) {
    threads[alert] = thread.reference == nil ? nil : thread
  }

  private mutating func append(_ row: OutboxRow) {
    rows.append(row)
    if rows.count > Self.mostRows { rows.removeFirst(rows.count - Self.mostRows) }
  }

  /// Whether an event that happened a day ago is still news: the end of an alert is, and an alert
  /// that fires still.
  private func isWorthTelling(_ notification: AlertNotification) -> Bool {
    switch notification.event {
    case .resolved: return true
    case .firedAndResolved: return false
    case .firing, .reminder:
      guard let thread = threads[notification.fingerprint.text] else { return false }
      return thread.resolvedAt == nil && thread.activeAt == notification.activeAt
    }
  }
}

extension AlertThread {
  /// The newest reminder that is due and has not been queued: its number and when it was due.
  fileprivate func reminder(
    every interval: Duration, at now: Instant
  ) -> (number: Int, due: Instant)? {
    let step = interval.wholeMilliseconds
    guard step > 0, let toldAt, resolvedAt == nil else { return nil }
    let number = (now - firedAt).wholeMilliseconds / step
    let due = firedAt + .milliseconds(number * step)
    guard number > reminders, due > toldAt else { return nil }
    return (Int(number), due)
  }
}

extension OutboxRow {
  /// Whether this is the firing of the episode that a thread is about.
  fileprivate func isBegin(of alert: String, _ thread: AlertThread) -> Bool {
    notification.event == .firing && self.alert == alert
      && notification.activeAt == thread.activeAt
  }
}
