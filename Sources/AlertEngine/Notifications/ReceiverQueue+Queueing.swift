package import Text

extension ReceiverQueue {
  /// Queues the firing of an alert.
  package mutating func queueFiring(_ notification: AlertNotification) {
    let alert = notification.fingerprint.text
    var thread = AlertThread(activeAt: notification.activeAt, firedAt: notification.firedAt)
    if let last = threads[alert], let resolvedAt = last.resolvedAt,
      notification.at - resolvedAt <= Self.lifetime
    {
      thread.reference = last.reference
    }
    threads[alert] = thread
    rows.append(OutboxRow(notification))
  }

  /// Queues the ends of the alerts whose firing was queued for this receiver.
  ///
  /// Where the firing has certainly not been sent, a chat gets both in one message and an incident
  /// system nothing. Where it may have been, an incident system gets the end alone.
  package mutating func queueResolved(_ notifications: [AlertNotification], to type: ReceiverType) {
    var ends: [String: AlertNotification] = [:]
    for notification in notifications {
      let alert = notification.fingerprint.text
      guard var thread = threads[alert], thread.resolvedAt == nil else { continue }
      thread.resolvedAt = notification.at
      threads[alert] = thread
      ends[alert] = notification.resolving(thread)
    }
    guard !ends.isEmpty else { return }
    /// The ends that need no row of their own.
    var joined: Set<String> = []
    let waiting = rows
    rows = waiting.compactMap { row in
      guard let end = ends[row.alert], let thread = threads[row.alert] else { return row }
      if row.notification.event == .reminder { return nil }
      guard row.isBegin(of: row.alert, thread) else { return row }
      if type.keepsIncidents {
        // An ended alert pages nobody; an end without an open incident does no harm.
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
        both, notBefore: row.notBefore, deferrals: row.deferrals, reason: row.reason)
    }
    for notification in notifications {
      let alert = notification.fingerprint.text
      guard !joined.contains(alert), let end = ends.removeValue(forKey: alert) else { continue }
      rows.append(OutboxRow(end))
    }
  }

  /// Queues the newest reminders that are due of alerts that go on firing, in the place of older
  /// ones; none before the receiver got the firing.
  ///
  /// - Parameters:
  ///   - notifications: the alerts in their current state; number and date of a reminder are set
  ///     here.
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
      threads[alert] = thread
      var reminder = notification
      reminder.event = .reminder
      reminder.sequence = number
      reminder.at = due
      reminder.activeAt = thread.activeAt
      reminder.firedAt = thread.firedAt
      reminders.append(OutboxRow(reminder))
    }
    guard !reminders.isEmpty else { return }
    let alerts = Set(reminders.map(\.alert))
    rows.removeAll { $0.notification.event == .reminder && alerts.contains($0.alert) }
    rows += reminders
  }

  /// Whether a reminder of an alert is due that has not been queued yet.
  package func isReminderDue(
    of alert: Fingerprint, every interval: Duration, at now: Instant
  ) -> Bool {
    threads[alert.text]?.reminder(every: interval, at: now) != nil
  }

  /// Drops events that are too old to be news, and the oldest beyond the limits; forgets threads
  /// that are no longer needed.
  ///
  /// - Parameters:
  ///   - now: the time of the run.
  ///   - isConfigured: whether the receiver is still in the configuration; what is owed to one that
  ///     is not cannot be sent at all, and what it would have to know lies with the dead letters.
  /// - Returns: what was dropped.
  package mutating func expire(at now: Instant, isConfigured: Bool) -> [AlertNotification] {
    var dropped: [AlertNotification] = []
    var kept: [OutboxRow] = []
    for row in rows {
      let isStale = now - row.notification.at > Self.lifetime
      if isStale, !isWorthTelling(row.notification) {
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

  /// Takes note that a run could not send anything to this receiver, which is not set up.
  ///
  /// - Parameter isConfigured: whether it is still in the configuration; if so, alerts that it has
  ///   never been notified of do not count.
  /// - Returns: what waits for it all the same.
  package mutating func wait(isConfigured: Bool) -> [AlertNotification] {
    var waiting: [AlertNotification] = []
    for index in rows.indices {
      let row = rows[index]
      let isNews = row.notification.event == .firing || row.notification.event == .firedAndResolved
      guard !isConfigured || !isNews || row.mayHaveArrived else { continue }
      rows[index].deferrals += 1
      rows[index].reason = isConfigured ? .notSetUp : .notConfigured
      waiting.append(row.notification)
    }
    return waiting
  }

  /// Puts the dead letters back into the queue, but for those of alerts that are over, and for ends
  /// of episodes whose alert has fired again since: they would end the newer incident.
  ///
  /// - Returns: how many were put back, and how many left.
  package mutating func retryDeadLetters() -> (back: Int, over: Int) {
    let back = deadLetters.filter { isWorthTelling($0.notification) && !isOvertaken($0) }
    let over = deadLetters.count - back.count
    deadLetters = []
    rows = back.map { OutboxRow($0.notification, mayHaveArrived: $0.mayHaveArrived) } + rows
    return (back.count, over)
  }

  /// Whether the receiver may know a newer episode of the alert than this row's.
  private func isOvertaken(_ row: OutboxRow) -> Bool {
    guard let thread = threads[row.alert], thread.activeAt != row.notification.activeAt else {
      return false
    }
    return thread.toldAt != nil
      || (rows + deadLetters).contains { $0.isBegin(of: row.alert, thread) && $0.mayHaveArrived }
  }

  /// Takes note of the end of a thread; one with a reference may be needed again.
  mutating func close(_ alert: String, _ thread: AlertThread) {
    threads[alert] = thread.reference == nil ? nil : thread
  }

  /// Whether an event of a day ago is still news: the end of an alert is, and so is an alert that
  /// is still firing.
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

extension AlertNotification {
  /// The end of an alert, with the dates by which the receiver knows the episode, should a clock
  /// have been set meanwhile.
  fileprivate func resolving(_ thread: AlertThread) -> AlertNotification {
    var resolved = self
    resolved.activeAt = thread.activeAt
    resolved.firedAt = min(thread.firedAt, at)
    return resolved
  }
}

extension OutboxRow {
  /// Whether this is the firing of the episode that a thread is about.
  fileprivate func isBegin(of alert: String, _ thread: AlertThread) -> Bool {
    notification.event == .firing && self.alert == alert
      && notification.activeAt == thread.activeAt
  }
}
