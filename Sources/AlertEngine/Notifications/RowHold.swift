package import Text

/// Why a queued event may not be sent now, although its receiver could take it.
package struct RowHold: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case silence, maintenance, dependency
    /// The receiver is notified only of alerts that fire for longer without being acknowledged.
    case escalation
    case acknowledged
    /// Such a receiver is not notified while the alert is recovering.
    case recovering
    /// It is outside the receiver's hours.
    case hours
    /// What it depends on is yet to be evaluated in this run.
    case undecided
  }

  package var kind: Kind
  /// What holds it, in words that are safe to show: `deploy 4711, by kim`.
  package var cause: String
  /// When it ends at the latest; `nil` if that is not known.
  package var until: Instant?

  package init(_ kind: Kind, cause: String = "", until: Instant? = nil) {
    self.kind = kind
    self.cause = cause
    self.until = until
  }

  /// Whether an event stays in the queue even if its alert ends before it is sent.
  var outlivesAlert: Bool { kind == .hours || kind == .undecided }
}

/// When one receiver is notified of alerts.
package struct ReceiverTiming: Hashable, Sendable {
  /// How long an alert must fire, unacknowledged, before it is sent; zero for immediately.
  package var escalation: Duration
  /// Holds everything outside its hours, until they begin again; `nil` during them, and for a receiver
  /// without hours.
  package var closed: RowHold?

  package init(escalation: Duration = .zero, closed: RowHold? = nil) {
    self.escalation = escalation
    self.closed = closed
  }
}

/// What decides about an alert's queued events now.
package struct AlertStanding: Sendable {
  package var suppression: Suppression?
  /// `nil` if the alert is not open.
  package var phase: Phase.Kind?
  package var acknowledgement: Acknowledgement?

  package init(
    suppression: Suppression? = nil, phase: Phase.Kind? = nil,
    acknowledgement: Acknowledgement? = nil
  ) {
    self.suppression = suppression
    self.phase = phase
    self.acknowledgement = acknowledgement
  }
}

extension ReceiverQueue {
  /// Holds what may not be sent now, and releases the rest.
  ///
  /// What may already have arrived is never held. A reminder is dropped instead: the next one comes
  /// when it is due.
  ///
  /// - Parameters:
  ///   - timing: the receiver's.
  ///   - now: the time of the run.
  ///   - standing: decides about a row's alert.
  ///   - refreshed: what is now known of an alert whose firing is no longer held.
  package mutating func hold(
    _ timing: ReceiverTiming, at now: Instant,
    by standing: (AlertNotification) -> AlertStanding,
    refreshed: (AlertNotification) -> AlertFacts?
  ) {
    rows = rows.compactMap { row in
      guard !row.mayHaveArrived else { return row }
      var row = row
      let alert = standing(row.notification)
      switch row.notification.event {
      case .firing:
        if timing.escalation > .zero, alert.suppression == nil, row.permittedAt == nil {
          row.permittedAt = now
        }
        let before = row.hold
        row.hold = alert.hold(timing, permittedAt: row.permittedAt, at: now)
        if let before, row.hold == nil {
          if before.kind != .undecided, let facts = refreshed(row.notification) {
            row.notification.facts = facts
          }
          row.notification.facts.held = before.past(at: now)
          if before.kind == .hours { row.openedAt = now }
        }
      case .reminder:
        if case .undecided? = alert.suppression {
          row.hold = alert.suppression?.hold
        } else {
          guard alert.suppression == nil, alert.acknowledgement == nil else { return nil }
          row.holdForHours(timing, at: now)
        }
      case .acknowledged:
        guard alert.acknowledgement != nil else { return nil }
        row.holdForHours(timing, at: now)
      case .resolved, .firedAndResolved: row.holdForHours(timing, at: now)
      }
      return row
    }
  }
}

extension ReceiverQueue {
  /// Releases what would escalate later; `false` if there is nothing.
  mutating func hurryEscalations() -> Bool {
    let waiting = rows.indices.filter { rows[$0].hold?.kind == .escalation }
    for index in waiting { rows[index].hold = nil }
    return !waiting.isEmpty
  }

  /// Releases everything, since the receiver is no longer configured.
  package mutating func letGo() {
    for index in rows.indices { rows[index].hold = nil }
  }
}

extension OutboxRow {
  fileprivate mutating func holdForHours(_ timing: ReceiverTiming, at now: Instant) {
    let before = hold
    hold = timing.closed
    if before?.kind == .hours, hold == nil { openedAt = now }
  }
}

extension AlertStanding {
  fileprivate func hold(
    _ timing: ReceiverTiming, permittedAt: Instant?, at now: Instant
  ) -> RowHold? {
    if let suppression { return suppression.hold }
    if timing.escalation > .zero {
      if acknowledgement != nil { return RowHold(.acknowledged) }
      if phase == .recovering { return RowHold(.recovering) }
      let due = (permittedAt ?? now) + timing.escalation
      if due > now { return RowHold(.escalation, until: due) }
    }
    return timing.closed
  }
}

extension Suppression {
  package var hold: RowHold {
    switch self {
    case .silenced(let silence):
      RowHold(.silence, cause: silence.cause, until: silence.ends)
    case .maintenance(let window):
      RowHold(.maintenance, cause: window.cause, until: window.ends)
    case .inhibited(let key, let target):
      RowHold(.dependency, cause: "\(key.text) on \(printable(target, limit: 60))")
    case .undecided(let target): RowHold(.undecided, cause: printable(target, limit: 60))
    }
  }
}
