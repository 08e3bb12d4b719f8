package import Text

/// What happened to an alert, or what somebody did about alerts: one line of the history.
///
/// No decision depends on it; it is for people who look back.
package struct HistoryEntry: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case transition, notification, silence, acknowledgement
  }

  package enum Event: String, CaseIterable, Sendable {
    // Of a transition or of the event that a notification is about.
    case pending, firing, resolved, cancelled
    case reminder
    case firedAndResolved = "fired_and_resolved"
    // Of a silence.
    case added, ended
    // Of an acknowledgement.
    case acknowledged, undone
  }

  package var at: Instant
  package var kind: Kind
  package var event: Event
  /// `nil` for a silence, which may match alerts of any target.
  package var target: String?
  /// `nil` for a silence.
  package var key: AlertKey?
  /// The key under which receivers know the alert, if its series was named in another way when it
  /// fired.
  package var formerKey: AlertKey?
  /// The id that messages about the event carry; `nil` if receivers are not notified of it.
  package var id: String?
  /// The receiver of a notification.
  package var receiver: String?
  /// The outcome of a notification.
  package var outcome: DeliveryResult.Outcome?
  /// In words: why an alert ended without a good sample, why a notification was not delivered, or the
  /// reason of a silence.
  package var reason: String?
  /// In words: the value and its limit, or what a silence matches.
  package var value: String?
  /// Who added or ended a silence, or acknowledged an alert.
  package var by: String?
  package var note: String?
  /// The id of a silence.
  package var silence: String?

  package init(
    at: Instant, kind: Kind, event: Event, target: String? = nil, key: AlertKey? = nil,
    formerKey: AlertKey? = nil, id: String? = nil, receiver: String? = nil,
    outcome: DeliveryResult.Outcome? = nil,
    reason: String? = nil, value: String? = nil, by: String? = nil, note: String? = nil,
    silence: String? = nil
  ) {
    self.at = at
    self.kind = kind
    self.event = event
    self.target = target
    self.key = key
    self.formerKey = formerKey
    self.id = id
    self.receiver = receiver
    self.outcome = outcome
    self.reason = reason
    self.value = value
    self.by = by
    self.note = note
    self.silence = silence
  }
}

extension HistoryEntry.Event {
  package init(_ event: Transition.Event) {
    switch event {
    case .pending: self = .pending
    case .firing: self = .firing
    case .resolved: self = .resolved
    case .cancelled: self = .cancelled
    }
  }

  package init(_ event: AlertNotification.Event) {
    switch event {
    case .firing: self = .firing
    case .resolved: self = .resolved
    case .reminder: self = .reminder
    case .firedAndResolved: self = .firedAndResolved
    case .acknowledged: self = .acknowledged
    }
  }
}
