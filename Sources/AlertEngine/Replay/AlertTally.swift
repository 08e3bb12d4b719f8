internal import JSON
internal import Text

/// The results of a replay for one alert: counts and extremes, whose size does not depend on the
/// recording.
package struct AlertTally: Sendable {
  /// How many episodes reports list; they are the first ones.
  package static let mostEpisodes = 100

  package let subject: Subject
  package let instance: String?

  /// The number of bad, good and unknown samples; the unknown ones by the code of their reason.
  package private(set) var bad = 0
  package private(set) var good = 0
  package private(set) var unknown: [String: Int] = [:]
  /// The steps between samples that are not gaps: each counts as the result of the sample that
  /// begins it.
  private(set) var observedTime = Duration.zero
  /// The part of `observedTime` without evidence.
  package private(set) var unknownTime = Duration.zero
  package private(set) var gaps = Gaps()

  package private(set) var firings = Firings()
  /// The first ones, in chronological order.
  package private(set) var episodes: [FiredEpisode] = []
  /// The longest breach that did not fire.
  package private(set) var nearMiss: NearMiss?
  /// The worst number that was good.
  package private(set) var worstGood: Peak?
  /// `nil` if no picture is kept.
  package private(set) var picture: AlertPicture?

  /// How many episodes are kept.
  private let limit: Int
  /// The last observation.
  private var last: (at: Instant, wasUnknown: Bool)?
  /// The end of the picture so far.
  private var drawn: Instant?
  /// The phase with the bad samples, if the alert is pending.
  private var pending: Phase?
  /// When it began to fire, and its first bad sample, both within the replay.
  private(set) var open: FiredEpisode?
  /// The time of the last observation in the order of the recording, and the sum of the steps up to
  /// it, without those of a clock that was set back.
  private var latest: Instant?
  private var elapsed = Duration.zero
  /// The elapsed time when it began to fire.
  private var elapsedBefore = Duration.zero

  init(
    _ subject: Subject, instance: String? = nil, isDrawn: Bool = false,
    keeping limit: Int = mostEpisodes
  ) {
    self.subject = subject
    self.instance = instance
    self.limit = limit
    picture = isDrawn ? AlertPicture() : nil
  }

  package var key: AlertKey { AlertKey(rule: subject.name, instance: instance) }

  /// How often somebody would have been notified.
  package var pages: Int { firings.count - firings.untold }

  package var samples: Int { bad + good + unknown.values.reduce(0, +) }

  /// The fraction of the observed time without evidence, from 0 to 1.
  package var unknownShare: Double {
    observedTime > .zero ? unknownTime / observedTime : (bad + good > 0 || samples == 0 ? 0 : 1)
  }
}

// MARK: - Counting

extension AlertTally {
  /// Counts one check, after the transition that it caused.
  ///
  /// - Parameters:
  ///   - observation: the result of the sample.
  ///   - phase: the phase of the alert after the sample.
  ///   - instant: the time of the sample.
  mutating func take(_ observation: Observation, in phase: Phase, at instant: Instant) {
    elapsed = elapsed(at: instant)
    latest = instant
    var isUnknown = false
    switch observation {
    case .bad: bad += 1
    case .good(let finding):
      good += 1
      noteGood(finding, at: instant)
    case .unknown(let reason):
      isUnknown = true
      unknown[reason.code, default: 0] += 1
    }
    follow(phase)
    if open == nil, let episode = phase.episode {
      // The alert fired before the replay started.
      open(episode, at: instant, wasDetected: false)
    }
    // If a clock was set back, the past is not drawn again.
    guard last.map({ $0.at < instant }) ?? true else { return }
    let isGap = step(to: instant)
    if picture != nil, drawn.map({ $0 <= instant }) ?? true {
      if isGap, let last { picture?.noteGap(from: last.at) }
      picture?.draw(observation, phase.kind, at: instant)
      drawn = instant
    }
    last = (instant, isUnknown)
  }

  /// Counts the time since the last observation; returns whether it was a gap.
  private mutating func step(to instant: Instant) -> Bool {
    guard let last else { return false }
    let step = instant - last.at
    guard step <= subject.maxGap else {
      gaps.count += 1
      gaps.total += step
      if step > gaps.longest {
        gaps.longest = step
        gaps.longestAt = last.at
      }
      return true
    }
    observedTime += step
    if last.wasUnknown { unknownTime += step }
    return false
  }

  private mutating func noteGood(_ finding: Finding, at instant: Instant) {
    guard case .sample(let sample) = finding, case .number(let number) = sample.value,
      let condition = subject.condition
    else { return }
    guard let worstGood else {
      if condition.worse(number, number) != nil { worstGood = Peak(value: number, at: instant) }
      return
    }
    if number != worstGood.value, condition.worse(number, worstGood.value) == number {
      self.worstGood = Peak(value: number, at: instant)
    }
  }

  /// Records a breach that ended without firing.
  private mutating func follow(_ phase: Phase) {
    switch phase.kind {
    case .pending:
      // A gap may have reset the evidence.
      if let breach = pendingBreach, breach.activeAt != phase.breach?.activeAt { missed(breach) }
      pending = phase
    case .inactive:
      if let breach = pendingBreach { missed(breach) }
      pending = nil
    case .firing, .recovering: pending = nil
    }
  }

  /// The bad samples, if the alert is pending.
  var pendingBreach: Breach? { pending?.breach }

  private mutating func missed(_ breach: Breach) {
    guard nearMiss.map({ $0.span < breach.evidence.span }) ?? true else { return }
    nearMiss = NearMiss(
      first: breach.evidence.first, last: breach.evidence.last, count: breach.evidence.count,
      peak: breach.peak)
  }

  /// Counts a transition of this alert.
  ///
  /// - Parameters:
  ///   - transition: the transition.
  ///   - maintenance: the maintenance window in which it fires.
  mutating func take(_ transition: Transition, in maintenance: String? = nil) {
    switch transition.event {
    case .pending: break
    case .cancelled: drawEnd(at: transition.at)
    case .firing:
      guard let episode = transition.episode else { break }
      open(episode, at: transition.at, wasDetected: true)
      if maintenance != nil {
        open?.maintenance = maintenance
        open?.notifiedAt = nil
      }
    case .resolved:
      if latest == nil, let episode = transition.episode {
        // The alert fired before the replay started, and ends with its first sample.
        open(episode, at: transition.at, wasDetected: false)
      }
      close(at: transition.at, peak: transition.episode?.breach.peak, cause: transition.cause)
      drawEnd(at: transition.at)
    }
  }

  /// Whether it fires and nobody has been notified because of maintenance.
  var isHeld: Bool { open.map { $0.notifiedAt == nil } ?? false }

  /// Counts what was held as sent.
  mutating func notify(at instant: Instant) { open?.notifiedAt = instant }

  /// Draws the end of an alert, which may have no further checks.
  private mutating func drawEnd(at instant: Instant) {
    guard picture != nil, drawn.map({ $0 < instant }) ?? true else { return }
    picture?.end(at: instant)
    drawn = instant
  }

  private mutating func open(_ episode: Episode, at instant: Instant, wasDetected: Bool) {
    let activeAt = episode.breach.activeAt
    open = FiredEpisode(
      activeAt: activeAt, firedAt: instant, peak: episode.breach.peak, notifiedAt: instant,
      severity: episode.severity, labels: episode.labels)
    elapsedBefore = elapsed(at: instant)
    firings.count += 1
    guard wasDetected else { return }
    let detection = instant - activeAt
    firings.detected += 1
    firings.detection += detection
    firings.longestDetection = max(firings.longestDetection, detection)
  }

  private func elapsed(at instant: Instant) -> Duration {
    latest.map { elapsed + max(.zero, instant - $0) } ?? .zero
  }

  private mutating func close(at instant: Instant, peak: Peak?, cause: Transition.Cause?) {
    guard var episode = open else { return }
    open = nil
    episode.resolvedAt = instant
    episode.peak = peak ?? episode.peak
    episode.cause = cause
    keep(episode, until: instant)
  }

  private mutating func keep(_ episode: FiredEpisode, until end: Instant) {
    let duration = elapsed(at: end) - elapsedBefore
    firings.total += duration
    firings.longest = max(firings.longest, duration)
    if episode.notifiedAt == nil { firings.untold += 1 }
    if episodes.count < limit { episodes.append(episode) }
  }

  /// The tally at the end of the replay.
  ///
  /// - Parameters:
  ///   - end: the time of the last sample.
  ///   - phase: the phase of the alert then.
  /// - Returns: the tally, with what is still open counted up to the end.
  func finished(at end: Instant, in phase: Phase?) -> AlertTally {
    var tally = self
    if let breach = pendingBreach { tally.missed(breach) }
    if var episode = open {
      episode.peak = phase?.breach?.peak ?? episode.peak
      tally.firings.since = episode.firedAt
      tally.keep(episode, until: end)
    }
    // What was already drawn stays, even if a clock was set back after it.
    tally.picture?.finish(at: max(end, last?.at ?? end, drawn ?? end))
    return tally
  }
}
