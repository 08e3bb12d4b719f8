internal import JSON
package import Text

/// Why an alert is in its phase, what would change it, and who was notified.
package struct Explanation: Sendable {
  package enum Verdict: String, Sendable {
    case bad, good, unknown
  }

  /// A sample that the state keeps.
  package struct Sample: Hashable, Sendable {
    package var at: Instant
    /// `nil` if it had no number.
    package var value: Double?
    /// What the rule's condition made of it; `nil` if the state does not say.
    package var verdict: Verdict?
  }

  /// Why a receiver has not been notified.
  package enum Untold: Hashable, Sendable {
    /// It takes only other alerts.
    case takesOthers(ReceiverSettings)
    /// This waits in its queue.
    case queued(OutboxRow)
    /// It refused this, or did not confirm it.
    case refused(OutboxRow)
    case notSetUp
  }

  package let target: String
  package let key: AlertKey
  package let alert: Alert
  /// `nil` if the configuration no longer has its rule.
  package let subject: Subject?
  /// Whether the rule's condition has changed since the last run.
  package let hasNewCondition: Bool
  /// Oldest first.
  package let samples: [Sample]
  /// When the target was evaluated last.
  package let lastObservation: Instant?
  /// `nil` if nothing is known of how often samples come, or without a rule.
  package let outlook: Outlook?
  /// What happened since the episode began, or the last one if the alert is inactive, oldest first.
  package let events: [HistoryEntry]
  /// Why receivers have not been notified, by their names.
  package let untold: [(receiver: String, why: Untold)]
  /// Whether the configuration has any receivers.
  package let hasReceivers: Bool

  /// Why nobody is notified of it now.
  package let suppression: Suppression?
  /// The severity and labels by which receivers know it, or would; `nil` without a rule.
  package let identity: AlertIdentity?

  /// What is known besides the state of a target.
  package struct Context: Sendable {
    package let configuration: Configuration
    package let history: [HistoryEntry]
    /// The same by the alerts.
    private let histories: [Fingerprint?: [HistoryEntry]]
    let outbox: Outbox
    let suppressor: Suppressor
    let skippedReceivers: Set<String>
    let now: Instant
    fileprivate let subjects: [String: Subject]

    /// - Parameters:
    ///   - configuration: the rules and receivers.
    ///   - history: oldest first.
    ///   - outbox: what receivers are owed and know.
    ///   - suppressor: what is suppressed.
    ///   - skippedReceivers: those that the last run skipped.
    ///   - now: the time of the explanation.
    package init(
      _ configuration: Configuration, history: [HistoryEntry], outbox: Outbox,
      suppressor: Suppressor, skippedReceivers: Set<String>, at now: Instant
    ) {
      self.configuration = configuration
      self.history = history
      histories = Dictionary(grouping: history) { entry in
        entry.target.flatMap { target in entry.key.map { Fingerprint(target: target, key: $0) } }
      }
      self.outbox = outbox
      self.suppressor = suppressor
      self.skippedReceivers = skippedReceivers
      self.now = now
      subjects = configuration.subjects
    }

    /// What happened to an alert, oldest first, also before its series was named in another way.
    fileprivate func history(of key: AlertKey, _ episode: Episode?, on target: String)
      -> [HistoryEntry]
    {
      let own = histories[Fingerprint(target: target, key: key)] ?? []
      let former = episode.map(\.formerKey) ?? own.last { $0.formerKey != nil }?.formerKey
      return (former.flatMap { histories[Fingerprint(target: target, key: $0)] } ?? []) + own
    }
  }

  /// Explains an alert; `nil` if the state does not have it.
  package init?(_ key: AlertKey, of target: String, in state: TargetState, _ context: Context) {
    guard let alert = state.alerts[key] else { return nil }
    self.target = target
    self.key = key
    self.alert = alert
    subject = context.subjects[key.rule]
    hasNewCondition = subject.map { $0.conditionHash != alert.conditionHash } ?? false
    let episode = alert.phase.episode
    let history = context.history(of: key, episode, on: target)
    samples = alert.samples(of: subject, history)
    lastObservation = state.lastObservation
    outlook = subject.flatMap { Outlook(of: alert, key, $0, in: state, at: context.now) }
    identity = subject.map {
      AlertIdentity(target: target, key: key, alert.phase, alert.details, of: $0)
    }
    let isInactive = alert.phase.kind == .inactive
    suppression = isInactive ? nil : identity.flatMap(context.suppressor.suppression)
    let begin =
      alert.phase.breach?.activeAt
      ?? history.last { $0.kind == .transition && $0.event == .firing }?.at
    var events = history.filter { entry in begin.map { entry.at >= $0 } ?? false }
    untold = context.untold(
      Fingerprint(target: target, key: episode?.formerKey ?? key).text,
      since: episode?.breach.activeAt,
      isInactive ? nil : identity, &events)
    self.events = events
    hasReceivers = !context.configuration.receivers.isEmpty
  }
}

extension Alert {
  /// The samples that it keeps, each with its verdict.
  fileprivate func samples(
    of subject: Subject?, _ history: [HistoryEntry]
  ) -> [Explanation.Sample] {
    let turns = history.filter {
      $0.kind == .transition && ($0.event == .firing || $0.event == .resolved)
    }
    let entries = recent.entries
    return entries.map { entry in
      let isOpen =
        phase.episode.map { entry.at > $0.firedAt } == true
        || turns.last { $0.at < entry.at }?.event == .firing
      var verdict = entry.isEvidence ? nil : Explanation.Verdict.unknown
      if entry.isEvidence {
        let isBad = entry.value.flatMap {
          subject?.condition?.isBad(.number($0), whileOpen: isOpen)
        }
        verdict = (isBad ?? self.isBad(at: entry.at)).map { $0 ? .bad : .good }
        if verdict == nil, entry == entries.last {
          verdict = seen == .bad ? .bad : seen == .good ? .good : nil
        }
      }
      return Explanation.Sample(at: entry.at, value: entry.value, verdict: verdict)
    }
  }

  /// What the evidence says of a sample that was evidence; `nil` if it leaves that open.
  private func isBad(at instant: Instant) -> Bool? {
    guard let breach = phase.breach?.evidence else { return nil }
    if case .recovering(_, let good) = phase, instant >= good.first { return false }
    // While an alert fires, good samples may lie between bad ones.
    let end = phase.episode?.firedAt ?? breach.last
    return instant >= breach.first && instant <= end || instant == breach.last ? true : nil
  }
}

extension Explanation.Context {
  /// Who has not been notified of an alert, and why.
  ///
  /// - Parameters:
  ///   - alert: its fingerprint.
  ///   - activeAt: the first bad sample of its episode; `nil` if it is not open.
  ///   - identity: what receivers are chosen by; `nil` if there is nothing to send.
  ///   - events: receives what is in the outbox but not in the history.
  /// - Returns: the receivers, by their names.
  fileprivate func untold(
    _ alert: String, since activeAt: Instant?, _ identity: AlertIdentity?,
    _ events: inout [HistoryEntry]
  ) -> [(receiver: String, why: Explanation.Untold)] {
    var untold: [(receiver: String, why: Explanation.Untold)] = []
    for (name, queue) in outbox.queues.sorted(by: { $0.key < $1.key }) {
      untold += queue.rows.filter { $0.alert == alert }.map { (name, .queued($0)) }
      untold += queue.deadLetters.filter { $0.alert == alert }.map { (name, .refused($0)) }
      guard let thread = queue.threads[alert], thread.activeAt == activeAt,
        let told = thread.notifiedAt,
        !events.contains(where: { $0.receiver == name && $0.outcome == .delivered })
      else { continue }
      let entry = HistoryEntry(
        at: told, kind: .notification, event: .firing, receiver: name, outcome: .delivered)
      events.insert(entry, at: events.firstIndex { $0.at > told } ?? events.endIndex)
    }
    for receiver in configuration.receivers {
      guard let identity else { break }
      if !receiver.takes(identity) {
        untold.append((receiver.name, .takesOthers(receiver)))
      } else if skippedReceivers.contains(receiver.name) {
        untold.append((receiver.name, .notSetUp))
      }
    }
    return untold
  }
}
