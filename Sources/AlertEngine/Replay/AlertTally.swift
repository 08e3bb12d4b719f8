internal import JSON
package import Text

/// The results of a replay for one alert: counts and extremes, which do not grow with the
/// recording.
package struct AlertTally: Sendable {
  /// How many episodes are kept, the first ones.
  package static let mostEpisodes = 100

  package let subject: Subject
  package let instance: String?

  /// How many samples were bad, good and unknown; the unknown ones by the code of their reason.
  package private(set) var bad = 0
  package private(set) var good = 0
  package private(set) var unknown: [String: Int] = [:]
  /// Steps between samples that are not gaps: each counts as the result of the sample that it
  /// starts with.
  private(set) var observedTime = Duration.zero
  /// The part of `observedTime` in which there was no evidence.
  package private(set) var unknownTime = Duration.zero
  package private(set) var gaps = Gaps()

  package private(set) var firings = Firings()
  /// The first so many of them, in the order of time.
  package private(set) var episodes: [FiredEpisode] = []
  /// The longest time for which it was bad without firing.
  package private(set) var nearMiss: NearMiss?
  /// The worst number that was judged good.
  package private(set) var worstGood: Peak?
  /// `nil` where it is not drawn.
  package private(set) var picture: AlertPicture?

  /// The last observation.
  private var last: (at: Instant, wasUnknown: Bool)?
  /// Up to when the picture is drawn.
  private var drawn: Instant?
  /// The bad samples of an alert that is pending.
  private(set) var pending: Breach?
  /// Since when it fires, and when the first bad sample was; within the replay.
  private var open: FiredEpisode?
  /// The time of the last observation as they came, and the steps up to it; those of a clock that
  /// was set back are none.
  private var latest: Instant?
  private var elapsed = Duration.zero
  /// How much had elapsed when it began to fire.
  private var elapsedBefore = Duration.zero

  init(_ subject: Subject, instance: String? = nil, isDrawn: Bool = false) {
    self.subject = subject
    self.instance = instance
    picture = isDrawn ? AlertPicture() : nil
  }

  package var key: AlertKey { AlertKey(rule: subject.name, instance: instance) }

  package var samples: Int { bad + good + unknown.values.reduce(0, +) }

  /// Which part of the observed time was without evidence, 0 to 1.
  package var unknownShare: Double {
    observedTime > .zero ? unknownTime / observedTime : (bad + good > 0 || samples == 0 ? 0 : 1)
  }
}

extension AlertTally {
  /// Steps longer than the rule's `max_gap`, in which nothing was observed.
  package struct Gaps: Hashable, Sendable {
    package var count = 0
    package var total = Duration.zero
    package var longest = Duration.zero
    /// When the longest began.
    package var longestAt: Instant?

    init() {}
  }

  package struct Firings: Hashable, Sendable {
    package var count = 0
    /// How long it fired in total, up to the end of the replay.
    package var total = Duration.zero
    package var longest = Duration.zero
    /// From the first bad sample to firing, added up over those that began to fire in the replay.
    var detection = Duration.zero
    package var longestDetection = Duration.zero
    /// How many began to fire in the replay: another one may have fired before.
    package var detected = 0
    /// Since when it fires at the end of the replay.
    package var since: Instant?

    init() {}

    /// From the first bad sample to firing, on average.
    package var meanDetection: Duration? { detected > 0 ? detection / detected : nil }
  }

  /// Bad samples that did not make it fire.
  package struct NearMiss: Hashable, Sendable {
    package var first: Instant
    package var last: Instant
    package var count: Int
    /// The worst number among them.
    package var peak: Peak?

    package var span: Duration { last - first }
  }

  /// One alert, from firing to its end.
  package struct FiredEpisode: Hashable, Sendable {
    /// The first bad sample.
    package var activeAt: Instant
    package var firedAt: Instant
    /// `nil` while it fires at the end of the replay.
    package var resolvedAt: Instant?
    package var peak: Peak?
    /// Why it ended, where it was not by a good sample.
    package var cause: Transition.Cause?
  }
}

// MARK: - Counting

extension AlertTally {
  /// Takes one check, after the transition that led to it.
  ///
  /// - Parameters:
  ///   - observation: what was observed.
  ///   - phase: the phase of the alert after it.
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
      // It fired before the replay started.
      open(episode, at: instant, wasDetected: false)
    }
    // A clock that was set back: the past is not drawn again.
    guard last.map({ $0.at < instant }) ?? true else { return }
    let isGap = step(to: instant)
    if picture != nil, drawn.map({ $0 <= instant }) ?? true {
      if isGap, let last { picture?.noteGap(from: last.at) }
      picture?.draw(observation, phase.kind, at: instant)
      drawn = instant
    }
    last = (instant, isUnknown)
  }

  /// Counts the time since the last observation; whether that was a gap.
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

  /// Notes what was pending and came to nothing.
  private mutating func follow(_ phase: Phase) {
    switch phase {
    case .pending(let breach):
      // A gap may have started the run again.
      if let pending, pending.evidence.first != breach.evidence.first { missed(pending) }
      pending = breach
    case .inactive:
      if let pending { missed(pending) }
      pending = nil
    case .firing, .recovering: pending = nil
    }
  }

  private mutating func missed(_ breach: Breach) {
    guard nearMiss.map({ $0.span < breach.evidence.span }) ?? true else { return }
    nearMiss = NearMiss(
      first: breach.evidence.first, last: breach.evidence.last, count: breach.evidence.count,
      peak: breach.peak)
  }

  /// Takes a transition of this alert.
  mutating func take(_ transition: Transition) {
    switch transition.event {
    case .pending: break
    case .cancelled: drawEnd(at: transition.at)
    case .firing:
      guard let episode = transition.episode else { break }
      open(episode, at: transition.at, wasDetected: true)
    case .resolved:
      if latest == nil, let episode = transition.episode {
        // It fired before the replay started, and ends with its first sample.
        open(episode, at: transition.at, wasDetected: false)
      }
      close(at: transition.at, peak: transition.episode?.breach.peak, cause: transition.cause)
      drawEnd(at: transition.at)
    }
  }

  /// Draws the end of an alert that may have no further checks.
  private mutating func drawEnd(at instant: Instant) {
    guard picture != nil, drawn.map({ $0 < instant }) ?? true else { return }
    picture?.end(at: instant)
    drawn = instant
  }

  private mutating func open(_ episode: Episode, at instant: Instant, wasDetected: Bool) {
    let activeAt = episode.breach.activeAt
    open = FiredEpisode(activeAt: activeAt, firedAt: instant, peak: episode.breach.peak)
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
    if episodes.count < Self.mostEpisodes { episodes.append(episode) }
  }

  /// The tally at the end of the replay.
  ///
  /// - Parameters:
  ///   - end: the time of the last sample.
  ///   - phase: the phase of the alert then.
  /// - Returns: the tally with what is still open counted up to the end.
  func finished(at end: Instant, in phase: Phase?) -> AlertTally {
    var tally = self
    if let pending { tally.missed(pending) }
    if var episode = open {
      episode.peak = phase?.breach?.peak ?? episode.peak
      tally.firings.since = episode.firedAt
      tally.keep(episode, until: end)
    }
    // What was drawn already stays, where a clock was set back behind it.
    tally.picture?.finish(at: max(end, last?.at ?? end, drawn ?? end))
    return tally
  }
}
