internal import AlertEngine
internal import Reports
internal import Text

/// Decides for each queued event whether it may be sent now.
///
/// A class that keeps why alerts are suppressed: each is asked about for each of its receivers.
final class NotificationGate {
  let maker: NotificationMaker
  private let suppressor: Suppressor
  private var suppressions: [AlertIdentity: Suppression?] = [:]
  /// The open alerts by the fingerprints under which receivers know them.
  private let open: [String: OpenPlace]
  /// The checks of those that this run has evaluated.
  private var checks: [String: Check] = [:]

  /// - Parameters:
  ///   - suppressor: what is suppressed.
  ///   - maker: makes the facts of an alert that is sent late.
  ///   - targets: what the state keeps of each target.
  ///   - reports: what this run has found so far.
  init(
    _ suppressor: Suppressor, _ maker: NotificationMaker, _ targets: [String: TargetState],
    _ reports: [TargetReport]
  ) {
    self.suppressor = suppressor
    self.maker = maker
    open = targets.open
    for report in reports {
      for check in report.evaluation.checks where check.phase.episode != nil {
        checks[Fingerprint(target: report.name, key: check.receiverKey).text] = check
      }
    }
  }

  func standing(of notification: AlertNotification) -> AlertStanding {
    let alert = open[notification.fingerprint.text]
    var identity = notification.identity
    if let alert { identity.key = alert.key }
    let suppression = suppressions[identity] ?? suppressor.suppression(of: identity)
    suppressions.updateValue(suppression, forKey: identity)
    return AlertStanding(
      suppression: suppression, phase: alert?.phase.kind,
      acknowledgement: alert?.phase.episode?.acknowledged)
  }

  /// What this run knows of an alert; `nil` if it is over, or was not evaluated.
  func facts(of notification: AlertNotification) -> AlertFacts? {
    guard let check = checks[notification.fingerprint.text], let episode = check.phase.episode
    else { return nil }
    return maker.notification(
      ofFiring: check.key, target: notification.target, episode: episode, check: check
    ).facts
  }
}

/// Where an alert that fires or recovers is in the state.
struct OpenPlace {
  let target: String
  let key: AlertKey
  let phase: Phase
}

extension [String: TargetState] {
  /// The open alerts by the fingerprints under which receivers know them.
  var open: [String: OpenPlace] {
    var open: [String: OpenPlace] = [:]
    for (target, state) in self {
      for (key, alert) in state.alerts {
        guard let episode = alert.phase.episode else { continue }
        let known = Fingerprint(target: target, key: episode.formerKey ?? key)
        open[known.text] = OpenPlace(target: target, key: key, phase: alert.phase)
      }
    }
    return open
  }
}

extension Suppressor {
  /// What is suppressed for a configuration and a state.
  ///
  /// - Parameters:
  ///   - configuration: its maintenance windows and dependencies; `nil` if it cannot be read.
  ///   - state: its silences and open alerts.
  ///   - unseen: the targets that this run has yet to evaluate.
  ///   - now: the time of the run.
  init(
    _ configuration: Configuration?, _ state: RunState, unseen: Set<String> = [], at now: Instant
  ) {
    self.init(
      silences: state.silences,
      windows: configuration?.windows(now) ?? [],
      configuration, state.targets, unseen: unseen, at: now)
  }

  /// Whether nobody is notified of an alert, so that its end need not be sent either.
  func silences(_ alert: AlertIdentity) -> Bool {
    switch suppression(of: alert) {
    case .silenced?, .maintenance?, .inhibited?: true
    case .undecided?, nil: false
    }
  }
}

extension Configuration {
  /// Its maintenance windows.
  var windows: MaintenanceCalendar {
    { [maintenance] now in maintenance.compactMap { $0.open(at: now) } }
  }
}

extension MaintenanceWindow {
  /// The window with its end, if it is open at an instant.
  fileprivate func open(at now: Instant) -> ActiveWindow? {
    switch time {
    case .once(let starts, let ends):
      guard starts <= now, now < ends else { return nil }
      return ActiveWindow(name: name, match: match, reason: reason, ends: ends)
    case .weekly(let weekly):
      guard let zone = weekly.zone, weekly.window.isActive(at: now, in: zone) else { return nil }
      return ActiveWindow(
        name: name, match: match, reason: reason, ends: weekly.window.end(after: now, in: zone))
    }
  }
}

extension ReceiverSettings {
  /// When the receiver may be notified.
  func timing(at now: Instant) -> ReceiverTiming {
    var timing = ReceiverTiming(escalation: escalation)
    if let hours, let zone = hours.zone, !hours.window.isActive(at: now, in: zone) {
      timing.closed = RowHold(.hours, until: hours.window.begin(after: now, in: zone))
    }
    return timing
  }
}

extension ZonedWindow {
  /// Configurations with a zone that this machine does not have are refused.
  fileprivate var zone: ClockZone? { ClockZone(named: timeZone) }
}

extension EvaluationRun {
  /// Marks the checks of which nobody is notified, once all are known.
  func markSuppressed(_ outcome: inout RunOutcome, by suppressor: Suppressor) {
    guard !suppressor.isEmpty else { return }
    for target in outcome.targets.indices {
      let name = outcome.targets[target].name
      for index in outcome.targets[target].evaluation.checks.indices {
        let check = outcome.targets[target].evaluation.checks[index]
        outcome.targets[target].evaluation.checks[index].suppression =
          suppressor.suppression(of: check.identity(target: name))
      }
    }
  }
}
