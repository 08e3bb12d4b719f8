package import Text

/// A change of an alert's phase that reports show.
package struct Transition: Hashable, Sendable {
  package enum Event: String, CaseIterable, Sendable {
    case pending, firing, resolved
    /// A pending alert ended without firing.
    case cancelled
  }

  /// The cause, if it is not simply a bad or a good sample.
  package enum Cause: String, CaseIterable, Sendable {
    /// There was no evidence for longer than `max_gap`.
    case noEvidence = "no_evidence"
    case ruleRemoved = "rule_removed"
    case instanceGone = "instance_gone"
    case conditionChanged = "condition_changed"
    /// The stored times were ahead of the clock.
    case clockSetBack = "clock_set_back"
  }

  package var key: AlertKey
  package var from: Phase.Kind
  package var event: Event
  package var at: Instant
  package var cause: Cause?
  /// The episode of a `firing` or `resolved` alert.
  package var episode: Episode?

  /// The key by which receivers know the alert.
  package var receiverKey: AlertKey { episode?.formerKey ?? key }

  package init(
    key: AlertKey, from: Phase.Kind, event: Event, at: Instant, cause: Cause? = nil,
    episode: Episode? = nil
  ) {
    self.key = key
    self.from = from
    self.event = event
    self.at = at
    self.cause = cause
    self.episode = episode
  }
}

extension Transition {
  /// The transition from one phase to another; `nil` if the change is not one.
  ///
  /// Firing and recovering count as one phase: a change between them is not a transition.
  ///
  /// - Parameters:
  ///   - key: the alert.
  ///   - before: the phase before the run.
  ///   - after: the phase after it.
  ///   - instant: the time of the observation.
  ///   - cause: why the alert ended, if not by a good sample.
  init?(
    of key: AlertKey, from before: Phase, to after: Phase, at instant: Instant, cause: Cause?
  ) {
    let event: Event
    switch (before.kind, after.kind) {
    case (.inactive, .inactive), (.pending, .pending): return nil
    case (.firing, .firing), (.firing, .recovering): return nil
    case (.recovering, .firing), (.recovering, .recovering): return nil
    case (.inactive, .pending): event = .pending
    case (.inactive, .firing), (.inactive, .recovering): event = .firing
    case (.pending, .firing), (.pending, .recovering): event = .firing
    case (.pending, .inactive): event = .cancelled
    case (.firing, .inactive), (.recovering, .inactive): event = .resolved
    case (.firing, .pending), (.recovering, .pending): event = .resolved
    }
    let goesBack = event == .cancelled || event == .resolved
    self.init(
      key: key, from: before.kind, event: event, at: instant, cause: goesBack ? cause : nil,
      episode: after.episode ?? before.episode)
  }
}
