package import Text

/// When a run that samples on takes its next sample, and for which alerts it does so.
package struct SamplingPlan: Hashable, Sendable {
  /// An alert without evidence in so many consecutive samples is no longer waited for.
  package static let mostUnknowns = 3

  /// Between two samples.
  package let interval: Duration
  /// How often each pending alert gave no evidence, running.
  private var unknowns: [Alarm: Int] = [:]

  private struct Alarm: Hashable {
    let target: String
    let key: AlertKey
  }

  package init(every interval: Duration) {
    self.interval = interval
  }

  /// Takes note of one target's checks of one sample.
  ///
  /// - Parameters:
  ///   - checks: all of them.
  ///   - target: its name.
  package mutating func note(_ checks: [Check], of target: String) {
    for check in checks {
      let alarm = Alarm(target: target, key: check.key)
      if check.phase.kind == .pending, case .unknown = check.observation {
        unknowns[alarm, default: 0] += 1
      } else {
        unknowns[alarm] = nil
      }
    }
  }

  /// What sampling on can do for a pending alert.
  package enum Prospect: CaseIterable, Hashable, Sendable {
    case decided
    /// It fires, if at all, when no time is left.
    case tooLate
    /// It gave none in `mostUnknowns` samples running.
    case noEvidence
    /// Samples come further apart than its gaps may be.
    case tooRare
  }

  /// What becomes of a pending alert if it is sampled on.
  ///
  /// - Parameters:
  ///   - check: its current state.
  ///   - target: the name of its target.
  ///   - timeLeft: how long sampling can go on; `nil` for as long as it takes.
  ///   - now: what time it is.
  /// - Returns: `nil` for one that is not pending.
  package func prospect(
    of check: Check, of target: String, within timeLeft: Duration?, at now: Instant
  ) -> Prospect? {
    guard let firesAt = check.firesAt else { return nil }
    let unknowns = unknowns[Alarm(target: target, key: check.key), default: 0]
    guard unknowns < Self.mostUnknowns else { return .noEvidence }
    guard check.subject.onGap == .count || interval <= check.subject.maxGap else { return .tooRare }
    guard let timeLeft else { return .decided }
    let needed = max(firesAt - now, interval * (check.lackingSamples - 1))
    return needed <= timeLeft ? .decided : .tooLate
  }

  /// How long to wait for the next sample.
  ///
  /// Samples lie on a grid. Where a pending alert is due to fire shortly before a point of the grid
  /// or a moment after it, the sample is taken just then: on the grid it might come a millisecond
  /// too early to decide. So is the last sample, where the grid has no point left.
  ///
  /// - Parameters:
  ///   - elapsed: since the last sample began.
  ///   - firesIn: how far the dates lie ahead at which pending alerts have been bad for long
  ///     enough.
  ///   - timeLeft: how long sampling can go on; `nil` for as long as it takes.
  /// - Returns: zero or more; `nil` where no time is left for another sample.
  package func pause(
    after elapsed: Duration, firesIn: [Duration], within timeLeft: Duration? = nil
  ) -> Duration? {
    var due = interval - elapsed
    // A sample that took longer than the interval skips points of the grid.
    if due < .zero { due += interval * Int((elapsed / interval).rounded(.down)) }
    let near = firesIn.filter { $0 > .zero && $0 > due - interval / 2 && $0 <= due + interval / 10 }
    let pause = max(.zero, near.min() ?? due)
    guard let timeLeft, pause > timeLeft else { return pause }
    // One that has been bad for long enough needs just one more sample.
    guard timeLeft > .zero, !firesIn.contains(where: { $0 <= .zero }) else {
      return timeLeft > .zero ? timeLeft : nil
    }
    return firesIn.filter { $0 <= timeLeft }.max()
  }
}
