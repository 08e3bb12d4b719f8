internal import AlertEngine
package import Text

/// When a watch takes its samples; all times are since its start.
package struct WatchSchedule: Sendable {
  private var plan: SamplingPlan
  /// `--for`.
  private let duration: Duration?
  private var lastStart = Duration.zero
  /// When the next sample is due; while paused, it waits.
  private(set) var next = Duration.zero
  package private(set) var isSampling = false
  private(set) var isPaused = false

  package init(every interval: Duration, for duration: Duration?) {
    plan = SamplingPlan(every: interval)
    self.duration = duration
  }

  var interval: Duration { plan.interval }

  /// Whether to start a sample now.
  package func isDue(at time: Duration) -> Bool {
    !isSampling && !isPaused && next <= time && !isOver(at: time)
  }

  /// Whether `--for` has passed and no sample within it is left or in progress.
  package func isOver(at time: Duration) -> Bool {
    guard let duration, !isSampling else { return false }
    return time >= duration && (next > duration || isPaused)
  }

  /// When something is due next; `nil` for never.
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

  /// Ends a sample and schedules the next one.
  ///
  /// - Parameters:
  ///   - sample: its result.
  ///   - time: since the start.
  ///   - now: the time of day.
  package mutating func finish(_ sample: WatchSample, at time: Duration, now: Instant) {
    isSampling = false
    var dueIn: [Duration] = []
    for target in sample.targets {
      plan.note(target.checks, of: target.name)
      for check in target.checks {
        guard let due = plan.decidesAt(check),
          plan.prospect(of: check, of: target.name, within: nil, at: sample.at) == .decided
        else { continue }
        dueIn.append(due - now)
      }
    }
    next = time + (plan.pause(after: time - lastStart, dueIn: dueIn) ?? .zero)
    // The grid may be a moment late; a point at the very end still counts.
    if let duration, next > duration, next <= duration + interval / 10 {
      next = max(time, duration)
    }
  }

  package mutating func togglePause() { isPaused.toggle() }

  /// Whether `r` may start a sample at a time since the start: even while paused, but not during
  /// another sample.
  package func maySampleNow(at time: Duration) -> Bool { !isSampling && !isOver(at: time) }
}
