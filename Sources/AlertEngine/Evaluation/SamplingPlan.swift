package import Text

/// When a run that keeps sampling takes its next sample, and for which alerts.
package struct SamplingPlan: Hashable, Sendable {
  /// After this many consecutive samples without evidence, an alert is no longer waited for.
  package static let mostUnknowns = 3

  /// The time between two samples.
  package let interval: Duration
  /// How many consecutive samples gave no evidence, for each alert that waits for evidence.
  private var unknowns: [Alarm: Int] = [:]

  private struct Alarm: Hashable {
    let target: String
    let key: AlertKey
  }

  package init(every interval: Duration) {
    self.interval = interval
  }

  /// Records the checks of one target in one sample.
  ///
  /// - Parameters:
  ///   - checks: all of them.
  ///   - target: its name.
  package mutating func note(_ checks: [Check], of target: String) {
    for check in checks {
      let alarm = Alarm(target: target, key: check.key)
      if check.decidingEvidence != nil, case .unknown = check.observation {
        unknowns[alarm, default: 0] += 1
      } else {
        unknowns[alarm] = nil
      }
    }
  }

  /// What further samples can do for an alert that is pending or recovering.
  package enum Prospect: CaseIterable, Hashable, Sendable {
    case decided
    /// If it fires or resolves, it does so after the time is up.
    case tooLate
    /// It had no evidence in `mostUnknowns` consecutive samples.
    case noEvidence
  }

  /// What becomes of an alert if sampling continues.
  ///
  /// - Parameters:
  ///   - check: its current state.
  ///   - target: the name of its target.
  ///   - timeLeft: how long sampling can continue; `nil` for no limit.
  ///   - now: the current time.
  /// - Returns: `nil` if the alert is neither pending nor recovering.
  package func prospect(
    of check: Check, of target: String, within timeLeft: Duration?, at now: Instant
  ) -> Prospect? {
    guard let decision = check.decision(every: interval) else { return nil }
    let unknowns = unknowns[Alarm(target: target, key: check.key), default: 0]
    guard unknowns < Self.mostUnknowns else { return .noEvidence }
    guard let timeLeft else { return .decided }
    let needed = max(decision.at - now, interval * (decision.samples - 1))
    return needed <= timeLeft ? .decided : .tooLate
  }

  /// When an alert that waits for further samples can be decided at the earliest.
  package func decidesAt(_ check: Check) -> Instant? { check.decision(every: interval)?.at }

  /// How long to wait for the next sample.
  ///
  /// Samples lie on a grid. If an alert is due to fire or to resolve shortly before a point of the
  /// grid or just after it, the sample is taken at that time instead: on the grid it might come a
  /// millisecond too early to decide. The same applies to the last sample, if no point of the grid
  /// is left.
  ///
  /// - Parameters:
  ///   - elapsed: the time since the last sample began.
  ///   - dueIn: the times until alerts can fire or resolve.
  ///   - timeLeft: how long sampling can continue; `nil` for no limit.
  /// - Returns: zero or more; `nil` if no time is left for another sample.
  package func pause(
    after elapsed: Duration, dueIn: [Duration], within timeLeft: Duration? = nil
  ) -> Duration? {
    var due = interval - elapsed
    // A sample that took longer than the interval skips points of the grid.
    if due < .zero { due += interval * Int((elapsed / interval).rounded(.down)) }
    let near = dueIn.filter { $0 > .zero && $0 > due - interval / 2 && $0 <= due + interval / 10 }
    let pause = max(.zero, near.min() ?? due)
    guard let timeLeft, pause > timeLeft else { return pause }
    // An alert that has been bad for long enough needs just one more sample.
    guard timeLeft > .zero, !dueIn.contains(where: { $0 <= .zero }) else {
      return timeLeft > .zero ? timeLeft : nil
    }
    return dueIn.filter { $0 <= timeLeft }.max()
  }
}
