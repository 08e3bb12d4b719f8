package import Text

extension RowHold {
  /// Why an event is not sent, as a phrase in lower case: `silenced until 14:00 UTC (deploy 4711, by
  /// kim)`.
  ///
  /// - Parameter time: how times are written.
  /// - Returns: words that are safe to show.
  package func words(_ time: (Instant) -> String) -> String {
    let end = until.map { " until \(time($0))" } ?? ""
    let note = cause.isEmpty ? "" : " (\(cause))"
    return switch kind {
    case .silence: "silenced\(end)\(note)"
    case .maintenance: "in maintenance\(end)\(note)"
    case .dependency: "inhibited by \(cause)"
    case .escalation: until.map { "escalates at \(time($0))" } ?? "escalates later"
    case .acknowledged: "acknowledged"
    case .recovering: "recovering"
    case .hours: "outside the receiver's hours\(end)"
    case .undecided: "\(cause) is not evaluated yet"
    }
  }

  /// The same of a hold that ends now, for the message that was held; `nil` if it need not say so.
  func past(at now: Instant) -> String? {
    func time(_ instant: Instant) -> String { Quantity.time(instant, seenAt: now) }
    var ended = self
    ended.until = min(until ?? now, now)
    return switch kind {
    case .silence, .maintenance, .hours: ended.words(time)
    case .dependency: "\(words(time)) until \(time(now))"
    case .recovering: "not sent while it was recovering"
    case .escalation, .acknowledged, .undecided: nil
    }
  }
}

extension Silence {
  /// Its reason and author: `deploy 4711, by kim`; safe to show.
  package var cause: String {
    "\(printable(reason, limit: 100)), by \(printable(author, limit: 60))"
  }
}

extension ActiveWindow {
  /// Its name and why: `nightly batch: batches are slow`; safe to show.
  package var cause: String {
    printable(name, limit: 60) + (reason.map { ": \(printable($0, limit: 100))" } ?? "")
  }
}

extension Suppression {
  /// As the status of a check: `SILENCED until 14:00 UTC (deploy 4711, by kim)`.
  ///
  /// - Parameter now: when it is shown.
  /// - Returns: words that are safe to show.
  package func words(seenAt now: Instant) -> String {
    hold.words { Quantity.time($0, seenAt: now) }
  }
}

extension Acknowledgement {
  /// `acknowledged by kim at 10:22 UTC (checking the provider)`; safe to show.
  package func words(seenAt now: Instant) -> String {
    "acknowledged by \(printable(author, limit: 60)) at \(Quantity.time(at, seenAt: now))"
      + (note.map { " (\(printable($0, limit: 200)))" } ?? "")
  }
}
