package import AlertEngine
internal import JSON
package import Text

/// The sentences of a report about one check: the same words in every format.
package struct CheckWording: Sendable {
  let check: Check
  let now: Instant

  package init(_ check: Check, seenAt now: Instant) {
    self.check = check
    self.now = now
  }

  var rule: Rule? { check.subject.rule }

  /// The rule's name, with the instance if there is one: `source_age[SCC_DECISIONS]`.
  package var name: String { check.key.text }

  /// One sentence for people: the state of the rule and its evidence.
  package var message: String {
    switch check.phase {
    case .inactive: "\(name): \(valueAgainstLimit)"
    case .pending:
      "\(name): \(valueAgainstLimit), pending \(since ?? "")" + (fires.map { "; \($0)" } ?? "")
    case .firing: "\(name): \(valueAgainstLimit), firing \(since ?? "")"
    case .recovering:
      "\(name): \(valueAgainstLimit), firing \(since ?? ""); \(recovery ?? "recovering")"
    }
  }

  /// The value and the limit that it is compared with, or why there is no value.
  package var valueAgainstLimit: String {
    switch check.observation {
    case .bad(.sample(let sample)), .good(.sample(let sample)):
      return value(sample) + " " + limit + (badSamples ?? "")
    case .good(.missing) where rule?.badSamples == nil:
      return "no value at \(pathAndTrace), which on_missing clear treats as good"
    case .bad(let finding), .good(let finding): return words(finding) + (badSamples ?? "")
    case .unknown(let unknown): return words(unknown) + (lastKnown.map { ", \($0)" } ?? "")
    }
  }

  /// `, 3 of the last 5 samples bad`, of a rule that counts them.
  private var badSamples: String? {
    guard let needed = rule?.badSamples, check.verdicts.count == needed.of else { return nil }
    return ", \(check.verdicts.count(where: \.isBad)) of the last \(needed.of) samples bad"
  }

  /// The same in two parts, `7.12 %` and `limit > 5 %`; the second is empty without a value.
  package var valueAndLimit: (value: String, limit: String) {
    switch check.observation {
    case .bad(.sample(let sample)), .good(.sample(let sample)):
      return (value(sample), threshold + (badSamples ?? ""))
    case .bad, .good, .unknown: return (valueAgainstLimit, "")
    }
  }

  /// Why there is no evidence now: `no snapshot`.
  package var cause: String? {
    guard case .unknown(let unknown) = check.observation else { return nil }
    let words = words(unknown)
    let known = "no evidence: "
    return words.hasPrefix(known) ? String(words.dropFirst(known.count)) : words
  }

  /// The last value before evidence was lost, of an alert that is not inactive.
  private var lastKnown: String? {
    guard check.phase.kind != .inactive, check.observation.sample == nil,
      let last = check.recent.entries.last(where: { $0.value != nil }), let value = last.value
    else { return nil }
    return "last \(Quantity.text(value, rule?.unit)) at \(time(last.at))"
  }

  /// `limit > 5 %`, whatever the phase.
  private var threshold: String {
    rule == nil ? "" : "limit \(bareLimit)"
  }

  /// `> 5 %`, with the number that the snapshot has for a threshold of its own.
  package var bareLimit: String {
    guard let condition = rule?.condition else { return "" }
    let found = check.observation.sample?.limit.map { Quantity.text($0, rule?.unit) }
    return "\(condition.comparison.sign) "
      + (found ?? Quantity.text(condition.threshold, rule?.unit))
  }

  /// A text of the snapshot, unless the alert is inactive.
  var detail: String? {
    guard check.phase.kind != .inactive else { return nil }
    return check.details?.text.map { printable($0, limit: 300) }
  }

  /// The limit that applies now: the threshold, and the recovery threshold while it fires.
  var limit: String {
    guard let condition = rule?.condition else { return "" }
    return "(\(threshold)\(recoveryPart(condition)))"
  }

  /// The same in a column of limits: `> 5 %, recovers at ≤ 3 %`; empty for `endpoint_down`.
  var limitAlone: String {
    guard let condition = rule?.condition else { return "" }
    return bareLimit + recoveryPart(condition)
  }

  private func recoveryPart(_ condition: Condition) -> String {
    guard check.phase.episode != nil, let recovery = condition.recoveryThreshold else { return "" }
    let sign = condition.comparison.recoverySign
    return ", recovers at \(sign) \(Quantity.text(recovery, rule?.unit))"
  }

  /// Since when and on what evidence: `since 10:03 UTC (12 m, 3 samples, longest gap 6 m)`.
  var since: String? {
    guard var evidence = check.phase.breach?.evidence else { return nil }
    if evidence.earlier != nil { evidence = evidence.joined }
    let words = Quantity.text(evidence, maxGap: check.subject.maxGap)
    let seen = "since \(time(evidence.first)) (\(words))"
    if case .bad = check.observation { return seen }
    return seen + ", last bad \(time(evidence.last))"
  }

  /// When a pending alert fires if every further sample is bad.
  package var fires: String? {
    guard check.phase.kind == .pending, doubt == nil, !check.hasGap(at: now),
      let decision = check.decision()
    else {
      return nil
    }
    guard decision.at > now else {
      return decision.samples == 1
        ? "fires on the next bad sample" : "fires after \(decision.samples) more bad samples"
    }
    return "fires at \(time(decision.at)) if still bad"
  }

  package var recovery: String? {
    guard case .recovering(_, let evidence) = check.phase else { return nil }
    guard doubt == nil, !check.hasGap(at: now), let due = check.decision()?.at else {
      return "good since \(time(evidence.first))"
    }
    let end = due > now ? "at \(time(due)) if still good" : "on the next good sample"
    return "good since \(time(evidence.first)), resolves \(end)"
  }

  var peak: String? {
    guard let peak = check.phase.breach?.peak else { return nil }
    return "peak \(Quantity.text(peak.value, rule?.unit)) at \(time(peak.at))"
  }

  /// The severity, `critical`; with a note if the rule only warns.
  var severity: String {
    let severity = check.phase.episode?.severity ?? check.subject.severity
    return check.subject.breachStatus == .warn && severity != .warning
      ? "\(severity.rawValue), warns only" : severity.rawValue
  }

  var fired: String? {
    check.phase.episode.map { "fired \(time($0.firedAt))" }
  }

  /// Why the evidence does not add up although there are observations.
  var doubt: String? {
    guard let reason = check.reason else { return nil }
    switch reason {
    case .sampledTooRarely: return words(reason)
    case .unreachable, .notAttempted, .stale, .missing, .wrongType, .lowVolume, .warmingUp,
      .tooFewSamples,
      .unstableCounter, .gone, .ambiguous, .unnamed, .zeroDenominator, .notANumber, .notRecorded:
      return nil
    }
  }

  package func time(_ instant: Instant) -> String {
    Quantity.time(instant, seenAt: now)
  }

  func value(_ sample: Sample) -> String {
    let text = Quantity.text(sample.value, rule?.unit, apartFrom: rule?.condition.threshold.scalar)
    guard let span = sample.span else { return text }
    if let short = sample.short {
      return "\(text) over \(Quantity.text(span)) and "
        + "\(Quantity.text(short.value, rule?.unit)) over \(Quantity.text(short.span))"
    }
    let reset = sample.hasReset ? " with a reset" : ""
    guard case .increase(let window)? = rule?.measurement.measure, window != span else {
      return "\(text) over \(Quantity.text(span))\(reset)"
    }
    return "\(text) per \(Quantity.text(window)), seen over \(Quantity.text(span))\(reset)"
  }
}

extension Comparison {
  /// The mathematical sign.
  package var sign: String {
    switch self {
    case .gt: ">"
    case .gte: "≥"
    case .lt: "<"
    case .lte: "≤"
    case .eq: "="
    case .ne: "≠"
    case .in: "in"
    case .notIn: "not in"
    }
  }

  /// The healthy side of a recovery threshold.
  var recoverySign: String {
    switch self {
    case .gt: "≤"
    case .gte: "<"
    case .lt: "≥"
    case .lte: ">"
    case .eq: "≠"
    case .ne: "="
    case .in: "not in"
    case .notIn: "in"
    }
  }
}
