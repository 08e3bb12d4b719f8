package import Text

/// What further samples can do to an alert, if they keep coming at the same rate.
package struct Outlook: Hashable, Sendable {
  /// How an alert fires or resolves at the earliest.
  package struct Decision: Hashable, Sendable {
    package var at: Instant
    /// How many further samples it takes, including the one that decides.
    package var samples: Int
  }

  /// The median time between recent samples.
  package let cadence: Duration
  /// When the next sample is due.
  package let next: Instant
  /// `firing` if every further sample is bad, or `resolved` if every one is good.
  package let event: Transition.Event
  /// `nil` if it takes more samples than `mostSamples`, or never happens.
  package let decision: Decision?

  /// More samples than this are not tried: a month of one every 5 minutes takes fewer.
  package static let mostSamples = 10_000

  /// Applies possible further samples to an alert, as a run would.
  ///
  /// - Parameters:
  ///   - alert: as the last run left it.
  ///   - key: its key.
  ///   - subject: what it is about.
  ///   - state: has the time of that run, and how often there were samples.
  ///   - now: the next sample is not before this time.
  init?(
    of alert: Alert, _ key: AlertKey, _ subject: Subject, in state: TargetState, at now: Instant
  ) {
    guard let last = state.lastObservation, let cadence = state.cadence(of: alert) else {
      return nil
    }
    self.cadence = cadence
    let passed = max(0, (now - last).wholeMilliseconds - 1) / cadence.wholeMilliseconds
    next = last + .milliseconds((passed + 1) * cadence.wholeMilliseconds)
    let isOpen = alert.phase.isOpen
    event = isOpen ? .resolved : .firing
    var alert = alert
    var decision: Decision?
    var number = 0
    while decision == nil, number < Self.mostSamples {
      let at = next + cadence * number
      number += 1
      _ = alert.observe(subject, key.instance, at: at, isIgnored: false, after: nil) { _ in
        isOpen ? .good(.present) : .bad(.present)
      }
      if alert.phase.isOpen != isOpen { decision = Decision(at: at, samples: number) }
    }
    self.decision = decision
  }
}

extension TargetState {
  /// The median time between the samples that an alert keeps or, if it keeps fewer than two, those
  /// of another alert of this target.
  fileprivate func cadence(of alert: Alert) -> Duration? {
    let own = alert.recent.entries
    let times =
      (own.count > 1
      ? own : alerts.values.map(\.recent.entries).max { $0.count < $1.count } ?? []).map(\.at)
    let gaps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > .zero }.sorted()
    return gaps.isEmpty ? nil : gaps[(gaps.count - 1) / 2]
  }
}
