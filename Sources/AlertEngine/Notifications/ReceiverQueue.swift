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

  /// In the order in which they were queued; the rows of one alert are sent in this order.
  package var rows: [OutboxRow]
  /// What the receiver rejected in every form, oldest first.
  package var deadLetters: [OutboxRow]
  /// What the receiver knows about each alert, by fingerprint.
  package var threads: [String: AlertThread]

  package init(
    rows: [OutboxRow] = [], deadLetters: [OutboxRow] = [], threads: [String: AlertThread] = [:]
  ) {
    self.rows = rows
    self.deadLetters = deadLetters
    self.threads = threads
  }

  var isEmpty: Bool { rows.isEmpty && deadLetters.isEmpty && threads.isEmpty }
}
