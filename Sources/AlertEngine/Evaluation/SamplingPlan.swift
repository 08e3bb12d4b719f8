/// When a run that samples on takes its next sample, and for which alerts it does so.
package struct SamplingPlan: Hashable, Sendable {
  /// An alert that gave no evidence so many times running is not waited for any more.
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

  /// Whether sampling on is likely to decide a pending alert.
  ///
  /// - Parameters:
  ///   - check: how it stands.
  ///   - target: the name of its target.
  ///   - timeLeft: how long sampling can go on; `nil` for as long as it takes.
  ///   - now: the time of the check.
  /// - Returns: `false` for one that is not pending, too.
  package func canDecide(
    _ check: Check, of target: String, within timeLeft: Duration?, at now: Instant
  ) -> Bool {
    let holdsTogether = check.subject.onGap == .count || interval <= check.subject.maxGap
    guard let firesAt = check.firesAt, holdsTogether,
      unknowns[Alarm(target: target, key: check.key), default: 0] < Self.mostUnknowns
    else { return false }
    guard let timeLeft else { return true }
    return max(firesAt - now, interval * (check.lackingSamples - 1)) <= timeLeft
      && timeLeft > .zero
  }

  /// How long to wait for the next sample.
  ///
  /// Samples lie on a grid. Where a pending alert is due to fire shortly before a point of the grid or
  /// a moment after it, the sample is taken just then: on the grid it might come a millisecond too
  /// early to decide.
  ///
  /// - Parameters:
  ///   - elapsed: since the last sample began.
  ///   - firesIn: how far the dates lie ahead at which pending alerts have been bad for long enough.
  /// - Returns: zero or more.
  package func pause(after elapsed: Duration, firesIn: [Duration]) -> Duration {
    var due = interval - elapsed
    // A sample that took longer than the interval skips points of the grid.
    if due < .zero { due += interval * Int((elapsed / interval).rounded(.down)) }
    let near = firesIn.filter { $0 > .zero && $0 > due - interval / 2 && $0 <= due + interval / 10 }
    return max(.zero, near.min() ?? due)
  }
}
