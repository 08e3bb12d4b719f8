internal import Text

/// One receiver's part of the outbox: what is queued for it, and what it was notified of.
package struct ReceiverQueue: Hashable, Sendable {
  /// The most rows that are kept; the oldest are dropped first and reported.
  static let mostRows = 50_000
  static let mostDeadLetters = 100
  /// The age at which a notification of an alert that has resolved expires, and after which a
  /// closed issue is not reopened.
  package static let lifetime = Duration.seconds(24 * 3_600)
  /// The longest pause that a service may ask for.
  static let longestPause = Duration.seconds(3_600)

  /// The name of the type of receiver that all of this is about; `nil` in states of earlier versions.
  package var type: String?
  /// In the order in which they were queued; the rows of one alert are sent in this order.
  package var rows: [OutboxRow]
  /// What the receiver rejected in every form, oldest first.
  package var deadLetters: [OutboxRow]
  /// What the receiver knows about each alert, by fingerprint.
  package var threads: [String: AlertThread]

  package init(
    type: String? = nil, rows: [OutboxRow] = [], deadLetters: [OutboxRow] = [],
    threads: [String: AlertThread] = [:]
  ) {
    self.type = type
    self.rows = rows
    self.deadLetters = deadLetters
    self.threads = threads
  }

  var isEmpty: Bool { rows.isEmpty && deadLetters.isEmpty && threads.isEmpty }
}

extension ReceiverQueue {
  /// Marks the rows that a run may send from now on: the first due row of each alert, and those
  /// behind it.
  ///
  /// A row waits once: what a run may send stays due, even after the clock was set back.
  mutating func startDueRows(at now: Instant) {
    var held: Set<String> = []
    for (index, row) in rows.enumerated() {
      let isNext =
        (row.isUnderWay || row.isDue(at: now)) && row.hold == nil && !held.contains(row.alert)
      if !isNext { held.insert(row.alert) }
      rows[index].isUnderWay = isNext
      if isNext, row.isDue(at: now) { rows[index].notBefore = nil }
    }
  }

  /// Combines the rows under way into one digest if they are more than `limit`; a digest that may
  /// have arrived stays as it is.
  mutating func combine(over limit: Int) {
    var places: [Int] = []
    for (index, row) in rows.enumerated() where !row.isInSentDigest {
      rows[index].digest = nil
      if row.isUnderWay { places.append(index) }
    }
    // What waited for the receiver's hours is sent as one message.
    let limit = places.contains { rows[$0].openedAt != nil } ? min(1, limit) : limit
    guard places.count > limit else { return }
    let digest = AlertNotification.digestID(of: places.map { rows[$0].id })
    for index in places { rows[index].digest = digest }
  }

  /// Sends what is left of digests as single events.
  mutating func split() {
    for index in rows.indices { rows[index].digest = nil }
  }
}

extension [OutboxRow] {
  /// The rows of the first message: one row, or a digest; at least one row is due.
  ///
  /// A digest waits for another one that has an earlier event of one of its alerts. If each waits for
  /// another, only the events that wait for none are sent.
  var firstBatch: [OutboxRow] {
    guard contains(where: { $0.digest != nil }) else { return Array(prefix(1)) }
    var leading: [String: String] = [:]
    for row in self where leading[row.alert] == nil { leading[row.alert] = row.message }
    let waiting = Set(filter { leading[$0.alert] != $0.message }.map(\.message))
    guard let first = first(where: { !waiting.contains($0.message) }) ?? first else { return [] }
    return filter { $0.message == first.message && leading[$0.alert] == first.message }
  }
}

extension OutboxRow {
  /// The id of the message that carries it.
  fileprivate var message: String { digest ?? id }
}
