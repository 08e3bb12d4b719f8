package import Text

/// Who has acknowledged an alert: until it ends, there are no reminders and no escalation.
package struct Acknowledgement: Hashable, Sendable {
  package var author: String
  package var at: Instant
  package var note: String?
  /// Whether it was withdrawn; the alert is then not acknowledged.
  package var isWithdrawn: Bool

  package init(author: String, at: Instant, note: String? = nil, isWithdrawn: Bool = false) {
    self.author = author
    self.at = at
    self.note = note
    self.isWithdrawn = isWithdrawn
  }
}

extension Episode {
  /// The acknowledgement that counts.
  package var acknowledged: Acknowledgement? {
    acknowledgement.flatMap { $0.isWithdrawn ? nil : $0 }
  }
}

extension Phase {
  /// Sets the acknowledgement of an open alert; others have none.
  package mutating func acknowledge(_ acknowledgement: Acknowledgement?) {
    switch self {
    case .inactive, .pending: break
    case .firing(var episode):
      episode.acknowledgement = acknowledgement
      self = .firing(episode)
    case .recovering(var episode, let evidence):
      episode.acknowledgement = acknowledgement
      self = .recovering(episode, evidence)
    }
  }
}
