internal import JSON
internal import Text

extension Alert {
  /// Applies one observation.
  ///
  /// In place: alerts are large, and a replay applies millions.
  ///
  /// - Parameters:
  ///   - subject: what the alert is about.
  ///   - instance: the instance; `nil` for the rule itself.
  ///   - now: the time of the sample.
  ///   - isIgnored: whether the sample is shown, but leaves the phase as it is.
  ///   - earlierCause: why the alert may have ended before the sample.
  ///   - makeObservation: returns the observation; may update the history in the alert.
  /// - Returns: the check, the phase before it, and why an alert ends without a good sample.
  @inline(__always)
  mutating func observe(
    _ subject: Subject, _ instance: String?, at now: Instant, isIgnored: Bool,
    after earlierCause: Transition.Cause?, _ makeObservation: (inout Alert) -> Observation
  ) -> (check: Check, before: Phase, cause: Transition.Cause?) {
    let before = phase
    var cause = earlierCause
    if conditionHash != subject.conditionHash {
      discardEvidence(keepingPeak: false)
      conditionHash = subject.conditionHash
      if subject.rule?.measurement.window == nil { (series, group) = (nil, nil) }
      cause = .conditionChanged
    }
    var observation = makeObservation(&self)
    if let badSamples = subject.badSamples {
      observation = counted(observation, by: badSamples, maxGap: subject.maxGap, at: now)
    }
    remember(observation, at: now)
    if !isIgnored {
      let step = phase.step(observation, at: now, of: subject, details)
      phase = step.phase
      cause = step.cause ?? cause
    }
    if seen == .good { cause = nil }
    let check = Check(
      subject: subject, instance: instance, observation: observation, phase: phase, recent: recent,
      verdicts: verdicts, details: details)
    return (check, before, cause)
  }

  /// What the last samples together show: CloudWatch's "M out of N" datapoints.
  ///
  /// - Parameters:
  ///   - observation: the result for the sample alone; unknown, it counts for nothing.
  ///   - rule: how many of how many must be bad.
  ///   - maxGap: samples older than as many of these as the rule counts samples are forgotten.
  ///   - now: the time of the sample.
  /// - Returns: unknown until there are enough samples.
  private mutating func counted(
    _ observation: Observation, by rule: BadSamples, maxGap: Duration, at now: Instant
  ) -> Observation {
    let (isBad, finding): (Bool, Finding)
    switch observation {
    case .bad(let found): (isBad, finding) = (true, found)
    case .good(let found): (isBad, finding) = (false, found)
    case .unknown: return observation
    }
    let limit = maxGap * rule.of
    verdicts = verdicts.filter { now - $0.at <= limit }.suffix(rule.of - 1)
    verdicts.append(Verdict(at: now, isBad: isBad))
    guard verdicts.count == rule.of else {
      return .unknown(.tooFewSamples(verdicts.count, sample: observation.sample))
    }
    return verdicts.count(where: \.isBad) >= rule.atLeast ? .bad(finding) : .good(finding)
  }

  /// Keeps what reports show of an observation.
  private mutating func remember(_ observation: Observation, at now: Instant) {
    var value: Scalar?
    var isEvidence = true
    // Read once: an observation is large.
    switch observation {
    case .bad(let finding):
      seen = .bad
      if case .sample(let sample) = finding { value = sample.value }
    case .good(let finding):
      seen = .good
      if case .sample(let sample) = finding { value = sample.value }
    case .unknown(let unknown):
      seen = .unknown(unknown.reason)
      value = unknown.sample?.value
      isEvidence = false
    }
    var number: Double?
    if let value {
      if case .number(let double) = value { number = double }
      text = value.textToKeep
    }
    guard !isEvidence || number != nil || !recent.isEmpty else { return }
    recent.append(number, at: now, isEvidence: isEvidence)
  }
}

extension Scalar {
  /// What the state keeps of a value that is no number.
  fileprivate var textToKeep: String? {
    switch self {
    case .number: nil
    case .string(let text): text.count > 60 ? text.prefix(59) + "…" : text
    case .bool(let bool): bool ? "true" : "false"
    }
  }
}
