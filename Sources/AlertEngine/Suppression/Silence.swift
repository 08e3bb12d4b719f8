package import Text

/// Alerts that somebody does not want to be notified of for a while.
package struct Silence: Hashable, Sendable {
  package static let longest = Duration.seconds(30 * 24 * 3_600)
  /// The most that a state holds.
  package static let most = 500
  /// How long a silence that has ended is kept.
  static let keptFor = Duration.seconds(24 * 3_600)

  /// Eight hexadecimal digits, unique in a state.
  package var id: String
  package var match: AlertMatch
  package var reason: String
  package var author: String
  package var createdAt: Instant
  package var starts: Instant
  /// Later than `starts`; moved to the present when somebody ends it.
  package var ends: Instant

  package init(
    id: String, match: AlertMatch, reason: String, author: String, createdAt: Instant,
    starts: Instant, ends: Instant
  ) {
    self.id = id
    self.match = match
    self.reason = reason
    self.author = author
    self.createdAt = createdAt
    self.starts = starts
    self.ends = ends
  }

  package func isActive(at now: Instant) -> Bool { starts <= now && now < ends }

  /// An id that none of these silences has, the same for the same arguments.
  package static func newID(at now: Instant, among others: [Silence]) -> String {
    let taken = Set(others.map(\.id))
    var number = 0
    while true {
      var hash = FNV1a()
      hash.combine(field: "\(now.milliseconds)")
      hash.combine(field: "\(number)")
      let id = String(hash.hex.suffix(8))
      guard taken.contains(id) else { return id }
      number += 1
    }
  }
}

extension [Silence] {
  /// Removes those that ended more than a day ago.
  package mutating func prune(at now: Instant) {
    removeAll { now - $0.ends > Silence.keptFor }
  }
}
