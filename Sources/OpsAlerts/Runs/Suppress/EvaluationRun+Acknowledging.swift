internal import AlertEngine
internal import Delivery
internal import HTTP
internal import Text

extension EvaluationRun {
  /// Takes over what people acknowledged at a service, such as by the label of an issue.
  ///
  /// Asks only services that have an open alert which nobody has acknowledged. An acknowledgement that
  /// was taken back is not taken over again.
  func takeAcknowledgements(
    of receivers: Receivers, in memory: inout RunMemory, within timeLeft: Duration,
    into outcome: inout RunOutcome
  ) async {
    guard options.delivers, !options.dryRun else { return }
    let asked = receivers.ready.compactMap { ready -> (ReadyReceiver, [String: String])? in
      let threads = memory.state.outbox.queues[ready.settings.name]?.threads ?? [:]
      let references = threads.compactMapValues { $0.resolvedAt == nil ? $0.reference : nil }
      return references.isEmpty ? nil : (ready, references)
    }
    guard !asked.isEmpty else { return }
    let open = memory.state.targets.open.filter { $0.value.phase.episode?.acknowledgement == nil }
    let now = options.at ?? environment.now()
    var authors: [String: String] = [:]
    await environment.withTransport(for: timeLeft, from: now) { transport in
      for (ready, references) in asked {
        let references = references.filter { open[$0.key] != nil }
        guard !references.isEmpty else { continue }
        let found = await ready.receiver.acknowledged(among: references, over: transport)
        authors.merge(found) { one, _ in one }
      }
    }
    var entries: [HistoryEntry] = []
    for (fingerprint, author) in authors.sorted(by: { $0.key < $1.key }) {
      guard let place = open[fingerprint] else { continue }
      memory.state.targets[place.target]?.alerts[place.key]?.phase.acknowledge(
        Acknowledgement(author: author, at: now))
      entries.append(
        HistoryEntry(
          at: now, kind: .acknowledgement, event: .acknowledged, target: place.target,
          key: place.key, by: author))
    }
    remember(entries, memory, into: &outcome)
  }
}
