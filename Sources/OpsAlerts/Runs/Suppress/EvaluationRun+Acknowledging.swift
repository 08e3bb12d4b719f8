internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Text

/// Alerts that may have been acknowledged at a service, such as by the label of an issue.
struct AcknowledgeableAlerts: Sendable {
  let receiver: any Receiver
  /// What the service calls them, by their fingerprints.
  let references: [String: String]
}

extension EvaluationRun {
  /// The open alerts that nobody has acknowledged, at the services that know them.
  func acknowledgeable(
    at receivers: [ReadyReceiver], in state: RunState
  ) -> [AcknowledgeableAlerts] {
    guard options.delivers, !options.dryRun else { return [] }
    lazy var open = state.targets.open.filter { $0.value.phase.episode?.acknowledgement == nil }
    return receivers.compactMap { ready in
      let threads = state.outbox.queues[ready.settings.name]?.threads ?? [:]
      let references = threads.filter { $0.value.resolvedAt == nil && open[$0.key] != nil }
        .compactMapValues(\.reference)
      guard !references.isEmpty else { return nil }
      return AcknowledgeableAlerts(receiver: ready.receiver, references: references)
    }
  }

  /// Asks services what people acknowledged there.
  ///
  /// - Returns: who acknowledged which alerts, by their fingerprints; nothing of a service that does
  ///   not answer.
  func acknowledged(
    among asked: [AcknowledgeableAlerts], within timeLeft: Duration
  ) async -> [String: String] {
    guard !asked.isEmpty else { return [:] }
    return await environment.withTransport(for: timeLeft, from: options.at ?? environment.now()) {
      transport in
      var authors: [String: String] = [:]
      for alerts in asked {
        let found = await alerts.receiver.acknowledged(among: alerts.references, over: transport)
        authors.merge(found) { one, _ in one }
      }
      return authors
    }
  }

  /// Acknowledges alerts in the name of those who did so at a service.
  ///
  /// An acknowledgement that was withdrawn is not adopted again.
  ///
  /// - Returns: the lines for the history.
  func acknowledge(
    _ authors: [String: String], in state: inout RunState, at now: Instant
  ) -> [HistoryEntry] {
    guard !authors.isEmpty else { return [] }
    let open = state.targets.open
    return authors.sorted { $0.key < $1.key }.compactMap { fingerprint, author in
      guard let place = open[fingerprint], let episode = place.phase.episode,
        episode.acknowledgement == nil
      else { return nil }
      state.targets[place.target]?.alerts[place.key]?.phase.acknowledge(
        Acknowledgement(author: author, at: now))
      return HistoryEntry(
        at: now, kind: .acknowledgement, event: .acknowledged, target: place.target,
        key: place.key, by: author)
    }
  }
}
