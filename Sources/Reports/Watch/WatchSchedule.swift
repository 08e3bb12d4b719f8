internal import AlertEngine
package import Text

/// When a watch takes its samples; all times are counted from its begin.
package struct WatchSchedule: Sendable {
  private var plan: SamplingPlan
  /// `--for`.
  private let duration: Duration?
  private var lastStart = Duration.zero
  /// When the next sample is due; what is due while it is paused waits.
  package private(set) var next = Duration.zero
  package private(set) var isSampling = false
  package private(set) var isPaused = false

  package init(every interval: Duration, for duration: Duration?) {
    plan = SamplingPlan(every: interval)
    self.duration = duration
  }

  package var interval: Duration { plan.interval }

  /// Whether a sample is to be begun now.
  package func isDue(at time: Duration) -> Bool {
    !isSampling && !isPaused && next <= time && !isOver(at: time)
  }

  /// Whether `--for` has passed and no sample within it is left or under way.
  package func isOver(at time: Duration) -> Bool {
    guard let duration, !isSampling else { return false }
    return time >= duration && (next > duration || isPaused)
  }

  /// When something is to be done next, should nothing happen before; `nil` for never.
  package var wakeUp: Duration? {
    guard !isSampling else { return nil }
    if isPaused { return duration }
    guard let duration else { return next }
    return min(next, max(duration, .zero))
  }

  package mutating func begin(at time: Duration) {
    isSampling = true
    lastStart = time
  }

  /// Takes a sample's end and finds the time of the next one.
  ///
  /// - Parameters:
  ///   - sample: what it found.
  ///   - time: since the begin.
  ///   - now: the time of day.
  package mutating func finish(_ sample: WatchSample, at time: Duration, now: Instant) {
    isSampling = false
    var firesIn: [Duration] = []
    for target in sample.targets {
      plan.note(target.checks, of: target.name)
      for check in target.checks {
        guard let firesAt = check.firesAt,
          plan.prospect(of: check, of: target.name, within: nil, at: sample.at) == .decided
        else { continue }
        firesIn.append(firesAt - now)
      }
    }
    next = time + (plan.pause(after: time - lastStart, firesIn: firesIn) ?? .zero)
    // The grid is a moment late by now; its point at the very end still counts.
    if let duration, next > duration, next <= duration + interval / 10 {
      next = max(time, duration)
    }
  }

  package mutating func togglePause() { isPaused.toggle() }

  /// Begins the next sample at once, also where it is paused.
  ///
  /// - Parameter time: since the begin.
  /// - Returns: whether a sample is to be begun now; not while one is under way.
  package func maySampleNow(at time: Duration) -> Bool { !isSampling && !isOver(at: time) }
}
