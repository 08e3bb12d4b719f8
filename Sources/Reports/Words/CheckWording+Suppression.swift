internal import AlertEngine
package import Text

extension CheckWording {
  /// Why nobody is notified, and who has acknowledged it: `SILENCED until 14:00 UTC (deploy 4711,
  /// by kim)`.
  ///
  /// Nothing for a check that is good: there is nothing to send.
  package var notices: [String] {
    guard check.phase.kind != .inactive || check.status != .pass else { return [] }
    return Suppression.notices(check.suppression, check.phase.episode, seenAt: now)
  }
}

extension Suppression {
  /// Why nobody is notified of an alert, and who has acknowledged it.
  static func notices(_ reason: Self?, _ episode: Episode?, seenAt now: Instant) -> [String] {
    [reason?.notice(seenAt: now), episode?.acknowledged?.notice(seenAt: now)].compactMap(\.self)
  }

  /// `SILENCED until 14:00 UTC (deploy 4711, by kim)`, `INHIBITED by database_down on api`.
  package func notice(seenAt now: Instant) -> String {
    func time(_ instant: Instant) -> String { Quantity.time(instant, seenAt: now) }
    let hold = hold
    switch self {
    case .silenced, .maintenance:
      return "SILENCED" + (hold.until.map { " until \(time($0))" } ?? "") + " (\(hold.cause))"
    case .inhibited: return "INHIBITED by \(hold.cause)"
    case .undecided: return "not decided: \(hold.words(time))"
    }
  }
}

extension Acknowledgement {
  /// `ACKED by kim at 10:22 UTC (checking the provider)`.
  package func notice(seenAt now: Instant) -> String {
    "ACKED" + words(seenAt: now).dropFirst("acknowledged".count)
  }
}
