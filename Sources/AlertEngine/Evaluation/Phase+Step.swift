internal import JSON
internal import Text

extension Phase {
  /// The phase after one more observation: the table of `docs/semantics.md`, row by row.
  ///
  /// - Parameters:
  ///   - observation: the result of the rule for the sample.
  ///   - instant: its time, later than every time in this phase.
  ///   - subject: the requirements of the rule.
  ///   - details: what is known of the series; its labels are added to an alert that fires.
  /// - Returns: the next phase, and the cause if an alert ends without a good sample.
  func step(
    _ observation: Observation, at instant: Instant, of subject: Subject,
    _ details: SeriesDetails? = nil
  ) -> (phase: Phase, cause: Transition.Cause?) {
    switch (self, observation) {
    case (.inactive, .bad):
      let breach = Breach(observation, at: instant, of: subject)
      return (.opened(breach, at: instant, of: subject, details), nil)
    case (.inactive, .good), (.inactive, .unknown):
      return (.inactive, nil)

    case (.pending(let breach), .bad):
      let longer = breach.extended(by: observation, at: instant, of: subject)
      return (.opened(longer, at: instant, of: subject, details), nil)
    case (.pending, .good):
      return (.inactive, nil)
    case (.pending(var breach), .unknown):
      let isLost =
        subject.onGap == .reset && instant - breach.evidence.last > subject.maxGap
        && breach.evidence.isInDoubt(maxGap: subject.maxGap)
      guard !isLost else { return (.inactive, .noEvidence) }
      breach.evidence = breach.evidence.interrupted(at: instant, maxGap: subject.maxGap)
      return (.pending(breach), nil)

    case (.firing(let episode), .bad), (.recovering(let episode, _), .bad):
      return (.firing(episode.extended(by: observation, at: instant, of: subject)), nil)
    case (.firing(let episode), .good):
      return (.recovered(episode, Evidence(startingAt: instant), of: subject), nil)
    case (.recovering(let episode, let evidence), .good):
      let longer = evidence.extended(to: instant, maxGap: subject.maxGap, onGap: subject.onGap)
      return (.recovered(episode, longer, of: subject), nil)
    case (.firing, .unknown):
      return (self, nil)
    case (.recovering(let episode, let evidence), .unknown):
      return (.recovering(episode, evidence.interrupted(at: instant, maxGap: subject.maxGap)), nil)
    }
  }

  /// Firing once the breach is sustained, pending until then.
  private static func opened(
    _ breach: Breach, at instant: Instant, of subject: Subject, _ details: SeriesDetails?
  ) -> Phase {
    guard breach.isSustained(by: subject) else { return .pending(breach) }
    return .firing(
      Episode(
        breach: breach.settled(by: subject), firedAt: instant, severity: subject.severity,
        labels: subject.labels(with: details)))
  }

  /// Inactive once the recovery is sustained, recovering until then.
  private static func recovered(
    _ episode: Episode, _ evidence: Evidence, of subject: Subject
  ) -> Phase {
    let isSustained = evidence.isSustained(
      for: subject.recoveryDuration, samples: 1, groups: subject.sparseSamples)
    return isSustained ? .inactive : .recovering(episode, evidence)
  }
}

extension Breach {
  fileprivate init(_ observation: Observation, at instant: Instant, of subject: Subject) {
    self.init(evidence: Evidence(startingAt: instant))
    raisePeak(observation, at: instant, of: subject)
  }

  fileprivate func isSustained(by subject: Subject) -> Bool {
    evidence.isSustained(
      for: subject.duration, samples: subject.minSamples, groups: subject.groupsToFire)
  }

  /// The breach with the evidence that made it fire: the last group, or all of them.
  fileprivate func settled(by subject: Subject) -> Breach {
    var settled = Breach(evidence: evidence.alone, peak: peak)
    guard !settled.isSustained(by: subject) else { return settled }
    settled.evidence = evidence.joined
    if let earlierPeak { settled.raisePeak(earlierPeak.value, at: earlierPeak.at, of: subject) }
    return settled
  }

  /// The breach after one more bad sample; each group has its own peak.
  fileprivate func extended(
    by observation: Observation, at instant: Instant, of subject: Subject
  ) -> Breach {
    var longer = self
    longer.evidence = evidence.extended(
      to: instant, maxGap: subject.maxGap, onGap: subject.onGap)
    if longer.evidence.first > evidence.first {
      longer.peak = earlierPeak
      if let peak { longer.raisePeak(peak.value, at: peak.at, of: subject) }
      longer.earlierPeak = longer.peak
      longer.peak = nil
    }
    if longer.evidence.earlier == nil { longer.earlierPeak = nil }
    longer.raisePeak(observation, at: instant, of: subject)
    return longer
  }

  fileprivate mutating func raisePeak(
    _ observation: Observation, at instant: Instant, of subject: Subject
  ) {
    if let number = observation.number { raisePeak(number, at: instant, of: subject) }
  }

  private mutating func raisePeak(_ number: Double, at instant: Instant, of subject: Subject) {
    guard let worst = subject.condition?.worse(number, peak?.value ?? number) else { return }
    if worst != peak?.value { peak = Peak(value: worst, at: instant) }
  }
}

extension Episode {
  /// The episode after one more bad sample; while it fires, gaps are only reported.
  fileprivate func extended(
    by observation: Observation, at instant: Instant, of subject: Subject
  ) -> Episode {
    var longer = self
    longer.breach.evidence = breach.evidence.extended(
      to: instant, maxGap: subject.maxGap, onGap: .count)
    longer.breach.raisePeak(observation, at: instant, of: subject)
    return longer
  }
}
