package import Text

extension ReceiverQueue {
  /// Queues the firing of an alert.
  package mutating func queueFiring(_ notification: AlertNotification) {
    let alert = notification.fingerprint.text
    var thread = AlertThread(
      activeAt: notification.activeAt, firedAt: notification.firedAt,
      savedBefore: notification.savedBefore)
    if let last = threads[alert], let resolvedAt = last.resolvedAt,
      notification.at - resolvedAt <= Self.lifetime
    {
      thread.reference = last.reference
    }
    threads[alert] = thread
    rows.append(OutboxRow(notification))
  }

  /// Queues the resolutions of alerts whose firing was queued for this receiver.
  ///
  /// If the firing was certainly not sent, a chat gets both events in one message and an incident
  /// system gets neither. If it may have been sent, an incident system gets the resolution alone.
  ///
  /// A firing that was held, or that `isSuppressed` now, is no longer sent, and neither is its end.
  package mutating func queueResolved(
    _ notifications: [AlertNotification], to type: ReceiverType,
    isSuppressed: (AlertNotification) -> Bool = { _ in false }
  ) {
    var ends: [String: AlertNotification] = [:]
    for notification in notifications {
      let alert = notification.fingerprint.text
      guard var thread = threads[alert], thread.resolvedAt == nil else { continue }
      thread.resolvedAt = notification.at
      threads[alert] = thread
      ends[alert] = notification.resolving(thread)
    }
    guard !ends.isEmpty else { return }
    /// The alerts whose resolution needs no row of its own.
    var joined: Set<String> = []
    let waiting = rows
    rows = waiting.compactMap { row in
      guard let end = ends[row.alert], let thread = threads[row.alert] else { return row }
      switch row.notification.event {
      case .reminder, .acknowledged: return row.isInSentDigest ? row : nil
      case .firing, .resolved, .firedAndResolved: break
      }
      guard row.isBegin(of: row.alert, thread) else { return row }
      let isUntold =
        row.hold.map { !$0.outlivesAlert } ?? false || !row.mayHaveArrived && isSuppressed(end)
      if type.keepsIncidents || isUntold {
        // A resolved alert must not page anyone; resolving an incident that is not open is
        // harmless.
        if !row.mayHaveArrived {
          joined.insert(row.alert)
          close(row.alert, thread)
        }
        return nil
      }
      guard !row.mayHaveArrived else { return row }
      joined.insert(row.alert)
      var both = end
      both.event = .firedAndResolved
      return OutboxRow(
        both, notBefore: row.notBefore, deferrals: row.deferrals, reason: row.reason,
        hold: row.hold, permittedAt: row.permittedAt, openedAt: row.openedAt)
    }
    for notification in notifications {
      let alert = notification.fingerprint.text
      guard !joined.contains(alert), let end = ends.removeValue(forKey: alert) else { continue }
      rows.append(OutboxRow(end))
    }
  }

  /// Queues the newest due reminder of each alert that is still firing, in place of older ones;
  /// none before the receiver was notified of the firing.
  ///
  /// It is due a whole number of intervals after the last message.
  ///
  /// - Parameters:
  ///   - notifications: the alerts as they are now; the reminder's number and time are set here.
  ///   - interval: the time between two reminders, above zero.
  ///   - now: the time of the run.
  package mutating func queueReminders(
    _ notifications: [AlertNotification], every interval: Duration, at now: Instant
  ) {
    var reminders: [OutboxRow] = []
    for notification in notifications {
      let alert = notification.fingerprint.text
      guard var thread = threads[alert],
        let (number, due) = thread.reminder(every: interval, at: now)
      else { continue }
      thread.reminders = number
      thread.lastToldAt = due
      threads[alert] = thread
      var reminder = notification
      reminder.event = .reminder
      reminder.sequence = number
      reminder.at = due
      reminders.append(OutboxRow(reminder.of(thread)))
    }
    guard !reminders.isEmpty else { return }
    let alerts = Set(reminders.map(\.alert))
    rows.removeAll {
      $0.notification.event == .reminder && alerts.contains($0.alert) && !$0.isInSentDigest
    }
    rows += reminders
  }

  /// Queues the acknowledgement of an alert, if the receiver was notified that it fired.
  ///
  /// It is sent once: another acknowledgement of the same episode has another number.
  package mutating func queueAcknowledged(_ notification: AlertNotification) {
    guard let thread = threads[notification.fingerprint.text], thread.resolvedAt == nil,
      thread.notifiedAt != nil, thread.acknowledgedAt != notification.at
    else { return }
    threads[notification.fingerprint.text]?.acknowledgedAt = notification.at
    rows.removeAll { row in
      row.alert == notification.fingerprint.text && !row.mayHaveArrived
        && (row.notification.event == .acknowledged || row.notification.event == .reminder)
    }
    rows.append(OutboxRow(notification.of(thread)))
  }

  /// Moves dates after `now`, which a clock that was ahead left behind, back to `now`; the first
  /// bad sample stays, since it identifies the episode.
  package mutating func correctDates(to now: Instant) {
    for (alert, thread) in threads { threads[alert] = thread.cut(to: now) }
    rows = rows.map { $0.cut(to: now) }
    deadLetters = deadLetters.map { $0.cut(to: now) }
  }

  /// Whether a reminder of an alert is due and not yet queued.
  package func isReminderDue(
    of alert: Fingerprint, every interval: Duration, at now: Instant
  ) -> Bool {
    threads[alert.text]?.reminder(every: interval, at: now) != nil
  }

  /// Drops events that have expired, the oldest beyond the limits, and threads that are no longer
  /// needed.
  ///
  /// - Parameters:
  ///   - now: the time of the run.
  ///   - isConfigured: whether the receiver is still in the configuration; if not, old events that
  ///     still matter become dead letters.
  /// - Returns: what was dropped.
  package mutating func expire(at now: Instant, isConfigured: Bool) -> [AlertNotification] {
    var dropped: [AlertNotification] = []
    var kept: [OutboxRow] = []
    for row in rows {
      let isStale =
        now - max(row.notification.at, row.openedAt ?? row.notification.at) > Self.lifetime
      if isStale, row.hold == nil, !stillMatters(row.notification) {
        dropped.append(row.notification)
      } else if isStale, !isConfigured {
        var letter = row
        letter.reason = row.reason ?? .notConfigured
        deadLetters.append(letter)
      } else {
        kept.append(row)
      }
    }
    dropped += deadLetters.dropLast(Self.mostDeadLetters).map(\.notification)
    deadLetters = deadLetters.suffix(Self.mostDeadLetters)
    dropped += kept.prefix(max(0, kept.count - Self.mostRows)).map(\.notification)
    rows = kept.suffix(Self.mostRows)
    let owed = Set(rows.map(\.alert))
    threads = threads.filter { alert, thread in
      guard let resolvedAt = thread.resolvedAt else { return true }
      return now - resolvedAt <= Self.lifetime || owed.contains(alert)
    }
    return dropped
  }

  /// Defers the rows of a receiver that is not set up, so that a run cannot send anything to it.
  ///
  /// - Parameter isConfigured: whether it is still in the configuration; if so, alerts of which no
  ///   run has tried to notify it do not count.
  /// - Returns: the deferred events.
  package mutating func wait(isConfigured: Bool) -> [AlertNotification] {
    var waiting: [AlertNotification] = []
    for index in rows.indices where rows[index].hold == nil {
      let row = rows[index]
      let isFirst = row.notification.event == .firing || row.notification.event == .firedAndResolved
      guard !isConfigured || !isFirst || row.mayHaveArrived || row.deferrals > 0 else { continue }
      rows[index].deferrals += 1
      rows[index].reason = isConfigured ? .notSetUp : .notConfigured
      waiting.append(row.notification)
    }
    return waiting
  }

  /// Queues the dead letters again, except those of alerts that have resolved, and resolutions of
  /// alerts that have fired again since, which would resolve the newer incident.
  ///
  /// - Returns: how many were queued, and how many were dropped.
  package mutating func retryDeadLetters() -> (back: Int, over: Int) {
    let queued = deadLetters.filter { stillMatters($0.notification) && !isOvertaken($0) }
    let over = deadLetters.count - queued.count
    deadLetters = []
    rows.insert(
      contentsOf: queued.map {
        OutboxRow($0.notification, mayHaveArrived: $0.mayHaveArrived, permittedAt: $0.permittedAt)
      }, at: 0)
    return (queued.count, over)
  }

  /// Whether the receiver may have been notified of a newer episode of the alert than this row's.
  private func isOvertaken(_ row: OutboxRow) -> Bool {
    guard let thread = threads[row.alert], thread.activeAt != row.notification.activeAt else {
      return false
    }
    return thread.notifiedAt != nil
      || (rows + deadLetters).contains { $0.isBegin(of: row.alert, thread) && $0.mayHaveArrived }
  }

  /// Removes the thread of a resolved alert, unless its reference may be needed again.
  mutating func close(_ alert: String, _ thread: AlertThread) {
    threads[alert] = thread.reference == nil ? nil : thread
  }

  /// Whether an old event still matters: the alert resolved, or it is still firing and this is not an
  /// earlier reminder of that.
  private func stillMatters(_ notification: AlertNotification) -> Bool {
    switch notification.event {
    case .resolved: return true
    case .firedAndResolved: return false
    case .firing, .reminder, .acknowledged:
      guard let thread = threads[notification.fingerprint.text] else { return false }
      let isNewest = notification.event != .reminder || notification.sequence >= thread.reminders
      return thread.resolvedAt == nil && thread.activeAt == notification.activeAt && isNewest
    }
  }
}

extension AlertThread {
  fileprivate func cut(to now: Instant) -> AlertThread {
    var cut = self
    cut.firedAt = min(firedAt, now)
    cut.notifiedAt = notifiedAt.map { min($0, now) }
    cut.lastToldAt = lastToldAt.map { min($0, now) }
    cut.resolvedAt = resolvedAt.map { min($0, now) }
    return cut
  }

  /// The newest reminder that is due and not yet queued: its number and the time at which it was
  /// due.
  fileprivate func reminder(
    every interval: Duration, at now: Instant
  ) -> (number: Int, due: Instant)? {
    let step = interval.wholeMilliseconds
    guard step > 0, let notifiedAt, resolvedAt == nil else { return nil }
    // Earlier versions counted from the firing.
    let number = (now - firedAt).wholeMilliseconds / step
    if lastToldAt == nil, number >= reminders {
      let due = firedAt + .milliseconds(number * step)
      return number > reminders && due > notifiedAt ? (Int(number), due) : nil
    }
    let last = lastToldAt ?? notifiedAt
    let steps = (now - last).wholeMilliseconds / step
    return steps > 0 ? (reminders + 1, last + .milliseconds(steps * step)) : nil
  }
}

extension AlertNotification {
  /// The resolution with the times by which the receiver knows the episode, in case a clock was set
  /// in the meantime.
  fileprivate func resolving(_ thread: AlertThread) -> AlertNotification {
    var resolved = of(thread)
    resolved.firedAt = min(thread.firedAt, at)
    return resolved
  }

  /// The same event of the episode that the receiver knows.
  fileprivate func of(_ thread: AlertThread) -> AlertNotification {
    var known = self
    known.activeAt = thread.activeAt
    known.firedAt = thread.firedAt
    known.savedBefore = thread.savedBefore
    return known
  }
}

extension OutboxRow {
  fileprivate func cut(to now: Instant) -> OutboxRow {
    var cut = self
    cut.permittedAt = permittedAt.map { min($0, now) }
    cut.openedAt = openedAt.map { min($0, now) }
    guard notification.at > now else { return cut }
    cut.notification.at = now
    cut.notification.firedAt = min(notification.firedAt, now)
    return cut
  }

  /// Whether this is the firing of the thread's episode.
  fileprivate func isBegin(of alert: String, _ thread: AlertThread) -> Bool {
    notification.event == .firing && self.alert == alert
      && notification.activeAt == thread.activeAt
  }
}
