internal import AlertEngine
internal import Delivery
internal import Reports

extension Outbox {
  /// Queues events for every receiver of their severity.
  mutating func queue(
    _ events: [AlertNotification], for receivers: Receivers, _ results: inout [DeliveryResult]
  ) {
    for event in events where !event.isResolved {
      // A receiver that is not set up now may be later, while the alert still fires.
      for settings in receivers.all where settings.severities.contains(event.severity) {
        queues[settings.name, default: ReceiverQueue()].queueFiring(event)
      }
      for skipped in receivers.skipped where skipped.severities.contains(event.severity) {
        results.append(
          DeliveryResult(
            receiver: skipped.name, notification: event, outcome: .skipped,
            reason: .notSetUp))
      }
    }
    let ends = events.filter(\.isResolved)
    for name in Array(queues.keys) {
      queues[name]?.queueResolved(ends, to: receivers.type(of: name))
    }
  }

  /// Queues ongoing alerts for receivers that need every alert in every run and were configured
  /// after it fired.
  mutating func introduce(
    _ target: TargetReport, to receivers: Receivers, by maker: NotificationMaker
  ) {
    for ready in receivers.ready where ready.settings.type.forgetsAlerts {
      let name = ready.settings.name
      for check in target.evaluation.checks {
        guard let episode = check.phase.episode,
          ready.settings.severities.contains(episode.severity)
        else { continue }
        let alert = Fingerprint(target: target.name, key: check.key).text
        guard queues[name]?.threads[alert] == nil else { continue }
        queues[name, default: ReceiverQueue()].queueFiring(
          maker.notification(
            ofFiring: check.key, target: target.name, episode: episode, check: check))
      }
    }
  }

  /// Queues the reminders of ongoing alerts that are due.
  mutating func remind(
    of target: TargetReport, for receivers: Receivers, by maker: NotificationMaker
  ) {
    let interval = receivers.notifications.reminder
    guard interval > .zero, !queues.isEmpty else { return }
    let firing = target.evaluation.checks.filter { $0.phase.episode != nil }
    for ready in receivers.ready where !ready.settings.type.forgetsAlerts {
      let name = ready.settings.name
      let due = firing.compactMap { check -> AlertNotification? in
        let alert = Fingerprint(target: target.name, key: check.key)
        guard let episode = check.phase.episode,
          queues[name]?.isReminderDue(of: alert, every: interval, at: maker.now) == true
        else { return nil }
        return maker.notification(
          ofFiring: check.key, target: target.name, episode: episode, check: check)
      }
      queues[name]?.queueReminders(due, every: interval, at: maker.now)
    }
  }
}
