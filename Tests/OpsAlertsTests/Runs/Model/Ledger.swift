@testable import AlertEngine
@testable import Text

/// A ledger, independent of the outbox: what each receiver must be notified of, and what happened.
struct Ledger {
  /// An alert that was queued for a receiver, from its firing to its end.
  struct Episode {
    let receiver: String
    let type: ReceiverType
    let firing: AlertNotification
    /// The run that saw its end.
    var overIn: Int?
    /// Whether it was held when it ended, so that it is not told any more.
    var isUntold = false

    func id(_ event: AlertNotification.Event) -> String {
      var notification = firing
      notification.event = event
      return notification.id
    }
  }

  private(set) var episodes: [Episode] = []
  private(set) var arrivals: [Arrival] = []
  private(set) var faults: [String] = []
  /// By receiver and id: those that the outbox says it will not send.
  private var buried: Set<[String]> = []
  /// By receiver and id: what was refused without reaching the disk, so that it starts over.
  private var forgotten: Set<[String]> = []
  /// By receiver and id: what went out in a run that could save nothing.
  private var untraced: Set<[String]> = []
  /// By receiver and id: what has arrived, and whether it may arrive once more.
  private var repeatable: [[String]: Bool] = [:]

  /// By receiver and id: the unconfirmed digest that carried it.
  private var digests: [[String]: Arrival] = [:]
  /// By receiver and id: what was refused once, so that it is sent alone.
  private var refused: Set<[String]> = []

  mutating func fault(_ sentence: String) { faults.append(sentence) }

  mutating func fired(_ firing: AlertNotification, for receiver: String, _ type: ReceiverType) {
    episodes.append(Episode(receiver: receiver, type: type, firing: firing))
  }

  /// Forgets a receiver whose name belongs to another type now.
  mutating func forget(_ receiver: String) {
    episodes.removeAll { $0.receiver == receiver }
    arrivals.removeAll { $0.receiver == receiver }
    repeatable = repeatable.filter { $0.key[0] != receiver }
    digests = digests.filter { $0.key[0] != receiver }
    for keys in [\Ledger.buried, \.forgotten, \.untraced] {
      self[keyPath: keys] = self[keyPath: keys].filter { $0[0] != receiver }
    }
  }

  mutating func waive(_ fingerprint: Fingerprint, _ receiver: String) {
    for place in episodes.indices
    where episodes[place].receiver == receiver && episodes[place].overIn == nil
      && episodes[place].firing.fingerprint == fingerprint
    {
      episodes[place].isUntold = true
    }
  }

  mutating func resolved(_ fingerprint: Fingerprint, in run: Int) {
    for place in episodes.indices
    where episodes[place].firing.fingerprint == fingerprint && episodes[place].overIn == nil {
      episodes[place].overIn = run
    }
  }

  mutating func dropped(
    _ notification: AlertNotification, by receiver: String, isOwed: Bool, at now: Instant
  ) {
    if now - notification.at <= ReceiverQueue.lifetime || notification.event == .resolved || isOwed
    {
      fault("\(receiver): \(notification.event) was dropped")
    }
    buried.insert([receiver, notification.id])
  }

  /// Records what is on disk after a run.
  mutating func take(_ outbox: Outbox, after life: ProcessLife, isSaved: Bool) {
    faults += life.faults
    for (name, queue) in life.saves.flatMap(\.queues) {
      let known = outbox.queues[name]?.deadLetters.map(\.id) ?? []
      for row in queue.deadLetters where !known.contains(row.id) {
        forgotten.insert([name, row.id])
      }
    }
    for (name, queue) in outbox.queues {
      buried.formUnion(queue.deadLetters.map { [name, $0.id] })
      if queue.deadLetters.count > ReceiverQueue.mostDeadLetters {
        fault("\(name): \(queue.deadLetters.count) dead letters")
      }
      if Set(queue.rows.map(\.id)).count != queue.rows.count { fault("\(name): an id twice") }
    }
    refused.formUnion(life.refusals)
    for arrival in life.arrivals {
      let key = [arrival.receiver, arrival.id]
      let rows = life.saves[0].queues[arrival.receiver]?.rows ?? []
      checkDigest(arrival, key, isAlone: isSaved && Set(rows.compactMap(\.digest)).count < 2)
      if repeatable[key] == false { fault("\(arrival.story): arrived again without a reason") }
      let isWaiting =
        outbox.queues[arrival.receiver]?.rows.contains { $0.id == arrival.id } ?? false
      repeatable[key] = !isSaved || !arrival.isAnswered || isWaiting
      if isSaved { arrivals.append(arrival) } else { untraced.insert(key) }
    }
  }

  /// A digest that may have arrived is sent again as the same one.
  ///
  /// `isAlone`: whether the run had no other digest for the receiver; one that waits for another may
  /// be sent in part.
  private mutating func checkDigest(_ arrival: Arrival, _ key: [String], isAlone: Bool) {
    if isAlone, let earlier = digests[key], earlier.message != arrival.message {
      let members = earlier.companions.map { [arrival.receiver, $0] }
      // Unless a part of it was refused or dropped.
      if !members.contains(where: { refused.contains($0) || buried.contains($0) }) {
        fault("\(arrival.story): it was in another digest before")
      }
    }
    let isOpen = isAlone && !arrival.isAnswered && arrival.companions.count > 1
    digests[key] = isOpen ? arrival : nil
  }

  /// Checks the end, when everything should have arrived.
  mutating func close() {
    for (place, episode) in episodes.enumerated() { close(episode, place) }
    for (receiver, all) in Dictionary(grouping: arrivals, by: \.receiver) {
      for (_, sequence) in Dictionary(grouping: all, by: \.notification.fingerprint) {
        checkOrder(sequence, receiver)
      }
    }
  }

  private mutating func close(_ episode: Episode, _ place: Int) {
    let name = episode.receiver
    let mine = arrivals.filter { $0.receiver == name }.map(\.id)
    func arrived(_ event: AlertNotification.Event) -> Bool { mine.contains(episode.id(event)) }
    func isBuried(_ event: AlertNotification.Event) -> Bool {
      buried.contains([name, episode.id(event)])
    }
    guard !untraced.contains([name, episode.id(.firing)]) else { return }
    let story = "\(name), alert \(episode.firing.key.rule), episode \(place)"
    if episode.overIn == nil { fault("\(story): not over at the end") }
    // What a receiver refused is not held, but requeued with its end.
    if episode.isUntold, arrived(.firedAndResolved), !refused.contains([name, episode.id(.firing)])
    {
      fault("\(story): told after it had ended although it had been held")
    }
    if arrived(.firing) {
      if !arrived(.resolved), !isBuried(.resolved) {
        fault("\(story): arrived and its end did not")
      }
      if arrived(.firedAndResolved) { fault("\(story): put together after it had arrived") }
    } else if arrived(.resolved) {
      // A begin that may have arrived is not sent again to page for what is over.
      if !isBuried(.firing), !episode.type.keepsIncidents {
        fault("\(story): its end arrived, it did not")
      }
    } else if episode.type.keepsIncidents {
      if arrived(.firedAndResolved) { fault("\(story): put together for an incident system") }
    } else if !arrived(.firedAndResolved), !episode.isUntold, !isBuried(.firing),
      !isBuried(.firedAndResolved)
    {
      fault("\(story): was lost")
    }
  }

  /// Whether what was refused at first may come late: the begin or end of what is all over.
  private func isHarmless(_ arrival: Arrival, after newer: Int, _ older: Int) -> Bool {
    [older, newer].allSatisfy { episodes[$0].overIn.map { $0 <= arrival.run } ?? false }
  }

  private mutating func checkOrder(_ arrivals: [Arrival], _ receiver: String) {
    var seen: Set<String> = []
    var last = (-1, -1)
    var isOpen = false
    for arrival in arrivals {
      isOpen = !arrival.notification.isResolved
      guard seen.insert(arrival.id).inserted else { continue }
      let episode = episodes.lastIndex {
        $0.receiver == receiver && $0.firing.activeAt == arrival.notification.activeAt
          && $0.firing.fingerprint == arrival.notification.fingerprint
      }
      guard let episode else {
        fault("\(arrival.story): never queued")
        continue
      }
      if arrival.notification.event == .acknowledged {
        if last.0 != episode { fault("\(arrival.story): before its firing") }
        continue
      }
      let rank = arrival.notification.isResolved ? Int.max : arrival.notification.sequence
      let key = [receiver, arrival.id]
      if (episode, rank) < last, forgotten.contains(key) { continue }
      if (episode, rank) < last, buried.contains(key),
        isHarmless(arrival, after: last.0, episode)
      {
        continue
      }
      if (episode, rank) <= last { fault("\(arrival.story): out of order") }
      if arrival.notification.event == .reminder, last.0 != episode {
        fault("\(arrival.story): before its firing")
      }
      last = (episode, rank)
    }
    if isOpen { fault("\(receiver): alert \(arrivals[0].notification.key.rule) is left open") }
  }
}

extension Arrival {
  var story: String {
    "\(receiver) in run \(run): alert \(notification.key.rule) \(notification.event)"
      + (notification.sequence > 0 ? " \(notification.sequence)" : "") + " \(id.prefix(4))"
      + (isAnswered ? "" : ", unanswered")
  }
}
