internal import Text

/// How many notifications a receiver would have got of the alerts of a replay.
///
/// Each alert counts when it fires and when it resolves. Severities, `match`, `hours`,
/// `after_minutes` and maintenance are considered; reminders, digests, dependencies, silences and
/// acknowledgements are not.
package struct ReceiverLoad: Hashable, Sendable {
  /// The receiver's name.
  package let name: String
  package private(set) var notifications = 0

  init(
    _ settings: ReceiverSettings, of records: [TargetRecord],
    timing: (ReceiverSettings, Instant) -> ReceiverTiming
  ) {
    name = settings.name
    for record in records {
      for tally in record.tallies {
        for episode in tally.episodes {
          let alert = AlertIdentity(
            target: record.name, key: tally.key, severity: episode.severity,
            labels: episode.labels)
          guard settings.takes(alert) else { continue }
          notifications += settings.notifications(of: episode, until: record.latest) {
            timing(settings, $0)
          }
        }
      }
    }
  }
}

extension ReceiverSettings {
  /// How many notifications it gets of an alert that it takes.
  fileprivate func notifications(
    of episode: AlertTally.FiredEpisode, until end: Instant,
    timing: (Instant) -> ReceiverTiming
  ) -> Int {
    guard let told = episode.notifiedAt else { return 0 }
    let due = told + escalation
    // What has resolved by then does not escalate.
    if escalation > .zero, episode.resolvedAt.map({ $0 <= due }) ?? (due > end) { return 0 }
    guard let resolvedAt = episode.resolvedAt else { return 1 }
    // What begins and ends outside its hours is one message.
    return timing(due).closed?.until.map { resolvedAt < $0 } ?? false ? 1 : 2
  }
}
