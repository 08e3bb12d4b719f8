internal import AlertEngine
internal import Delivery
internal import Reports
internal import Text

extension Outbox {
  /// Queues events for every receiver that takes them.
  mutating func queue(
    _ events: [AlertNotification], for receivers: Receivers, _ results: inout [DeliveryResult],
    isSuppressed: (AlertNotification) -> Bool
  ) {
    for event in events where !event.isResolved {
      // A receiver that is not set up now may be later, while the alert still fires.
      for settings in receivers.all where settings.takes(event.identity) {
        queues[settings.name, default: ReceiverQueue(type: settings.type.name)].queueFiring(event)
      }
      for skipped in receivers.skipped where skipped.takes(event.identity) {
        results.append(
          DeliveryResult(
            receiver: skipped.name, notification: event, outcome: .skipped,
            reason: .notSetUp))
      }
    }
    let ends = events.filter(\.isResolved)
    for name in Array(queues.keys) {
      queues[name]?.queueResolved(
        ends, to: receivers.type(of: name), isSuppressed: isSuppressed)
    }
  }

  /// Queues ongoing alerts for receivers that were not told of them: new ones, and those that need
  /// every alert in every run.
  mutating func introduce(_ alerts: [AlertNotification], to receivers: [ReceiverSettings]) {
    for settings in receivers {
      for alert in alerts where settings.takes(alert.identity) {
        guard queues[settings.name]?.threads[alert.fingerprint.text] == nil else { continue }
        var ongoing = alert
        ongoing.isOngoing = true
        queues[settings.name, default: ReceiverQueue(type: settings.type.name)].queueFiring(ongoing)
      }
    }
  }

  /// Finds out which receivers are new by name and type, and forgets what one of another type knew.
  ///
  /// - Parameter receivers: all of the configuration.
  /// - Returns: the names of new ones, and what was owed to those of another type.
  mutating func meet(
    _ receivers: [ReceiverSettings]
  ) -> (new: Set<String>, owed: [String: [AlertNotification]]) {
    var new: Set<String> = []
    var owed: [String: [AlertNotification]] = [:]
    for settings in receivers {
      let (name, type) = (settings.name, settings.type.name)
      if let known = queues[name], known.type == nil || known.type == type {
        queues[name]?.type = type
        continue
      }
      new.insert(name)
      guard let former = queues.removeValue(forKey: name) else { continue }
      owed[name] = (former.rows + former.deadLetters).map(\.notification)
    }
    return (new, owed)
  }

  /// Moves dates that a clock left in the future to `now`.
  mutating func correctDates(to now: Instant) {
    for name in Array(queues.keys) { queues[name]?.correctDates(to: now) }
  }

  /// Queues the reminders of ongoing alerts that are due.
  mutating func remind(
    of target: TargetReport, for receivers: Receivers, by maker: NotificationMaker,
    isQuiet: (Check) -> Bool
  ) {
    let interval = receivers.notifications.reminder
    guard interval > .zero, !queues.isEmpty else { return }
    let firing = target.evaluation.checks.filter { $0.phase.episode != nil && !isQuiet($0) }
    for ready in receivers.ready where !ready.settings.type.forgetsAlerts {
      let name = ready.settings.name
      let due = firing.compactMap { check -> AlertNotification? in
        let alert = Fingerprint(target: target.name, key: check.receiverKey)
        guard let episode = check.phase.episode,
          queues[name]?.isReminderDue(of: alert, every: interval, at: maker.now) == true
        else { return nil }
        return maker.notification(
          ofFiring: check.key, target: target.name, episode: episode, check: check)
      }
      queues[name]?.queueReminders(due, every: interval, at: maker.now)
    }
  }

  /// Queues the acknowledgements of which receivers have not been notified yet.
  mutating func acknowledge(
    _ target: TargetReport, for receivers: Receivers, by maker: NotificationMaker
  ) {
    for check in target.evaluation.checks {
      guard let notification = maker.notification(ofAcknowledged: check, target: target.name)
      else { continue }
      for settings in receivers.all where !settings.type.forgetsAlerts {
        queues[settings.name]?.queueAcknowledged(notification)
      }
    }
  }

  /// What a run would hold now, for people: the state may have changed since the last one.
  func held(
    by suppressor: Suppressor, _ configuration: Configuration?, _ state: RunState,
    _ environment: RunEnvironment, at now: Instant
  ) -> Outbox {
    guard let configuration, queues.contains(where: { !$0.value.rows.isEmpty }) else { return self }
    let maker = NotificationMaker(
      configuration, links: RunLinks(environment), at: now, after: state.savedAt)
    var held = self
    held.hold(
      for: EvaluationRun.settings(configuration, environment),
      by: NotificationGate(suppressor, maker, state.targets, []))
    return held
  }

  /// Holds what may not be sent now.
  mutating func hold(for receivers: [ReceiverSettings], by gate: NotificationGate) {
    let settings = Dictionary(receivers.map { ($0.name, $0) }) { one, _ in one }
    for (name, queue) in queues where !queue.rows.isEmpty {
      if let settings = settings[name] {
        queues[name]?.hold(
          settings.timing(at: gate.maker.now), at: gate.maker.now, by: gate.standing(of:),
          refreshed: gate.facts(of:))
      } else {
        queues[name]?.letGo()
      }
    }
  }
}

extension DeliveryResult {
  /// The receiver and the event.
  var key: [String] { [receiver, notification.id] }
}

extension AlertNotification {
  /// Most severe first, in case the service is slow; stable among equals.
  var urgency: (Int, Int) { (isResolved ? 1 : 0, severity.rank) }
}
