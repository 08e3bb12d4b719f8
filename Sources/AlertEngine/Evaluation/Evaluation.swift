package import JSON
package import Text

/// The result of evaluating one target.
package struct Evaluation: Sendable {
  /// The state that the next run starts from.
  package var state: TargetState
  /// In the order of the rules, instances sorted; `endpoint_down` is last.
  package var checks: [Check]
  /// In the order of the checks, followed by those of removed rules.
  package var transitions: [Transition]
  package var warnings: [Warning]

  /// Something worth knowing that does not affect an alert.
  package enum Warning: Hashable, Sendable {
    /// The sample is not newer than the last observation: it was ignored.
    case sampleIgnored(at: Instant, last: Instant)
    /// The stored times were ahead of the clock by this much: pending evidence was reset.
    case clockWasAhead(by: Duration)
    /// The snapshot has no count at `request_count_path`, but `found`: this many rules ran without
    /// that guard.
    case noRequestCount(path: String, found: String, rules: Int)
    /// The snapshot has no timestamp, and is treated as stale.
    case noSnapshotTime(path: String)
  }

  /// `fail` if any check fails; `warn` if any check warns, or lacks evidence for more than an
  /// routine reason.
  package var status: BreachStatus? {
    var status: BreachStatus?
    for check in checks {
      if check.status == .fail { return .fail }
      if check.status == .warn || check.reason.map({ !$0.isRoutine }) ?? false { status = .warn }
    }
    return status
  }
}

/// The state of a rule, or of one instance of it, after a sample.
package struct Check: Sendable {
  /// How far a path leads, and a path or metric in the snapshot that may be meant instead.
  ///
  /// There is at least one of them. `of` is the path, if it is known which of those of the rule it is.
  ///
  /// Indirect, since few checks have one, and all are copied.
  package indirect enum Lead: Sendable {
    case found(PathTrace?, of: MetricPath?, nearest: String?)
  }

  /// The status that scripts see, best first.
  package enum Status: String, CaseIterable, Sendable {
    case pass, pending, unknown, warn, fail
  }

  package let subject: Subject
  package var instance: String?
  package var observation: Observation
  /// The phase after the observation.
  package var phase: Phase
  /// The last few numbers, this one included.
  package var recent: RecentValues
  /// The last samples that were bad or good, if the rule counts them.
  package var verdicts: [Verdict]
  /// The labels and the text of the series.
  package var details: SeriesDetails?
  /// Where the rule's path leads, if there was no usable value; see `Evaluation.explain`.
  package var lead: Lead?
  /// Whether the next run will know the phase.
  package var isRemembered = true
  /// Why nobody is notified of it now; set at the end of a run.
  package var suppression: Suppression?

  package var key: AlertKey { AlertKey(rule: subject.name, instance: instance) }

  /// The key by which receivers know the alert.
  package var receiverKey: AlertKey { phase.episode?.formerKey ?? key }

  package var status: Status {
    switch (phase.kind, observation) {
    case (.firing, _), (.recovering, _): subject.breachStatus == .fail ? .fail : .warn
    // Bad and inactive: a breach in a sample that was ignored.
    case (.pending, _), (.inactive, .bad): .pending
    case (.inactive, .unknown): .unknown
    case (.inactive, .good): .pass
    }
  }

  /// Why there is no evidence or no value.
  package var reason: Unknown? {
    switch observation {
    case .unknown(let unknown): return unknown
    case .bad(.missing): return .missing
    case .bad(.wrongType(let found)): return .wrongType(found: found)
    case .bad(.unreachable(let cause)): return .unreachable(cause: cause)
    case .bad(.stale): return .stale
    case .bad, .good: break
    }
    guard let evidence = decidingEvidence, evidence.isSparse, let earlier = evidence.earlier else {
      return nil
    }
    let needed = phase.kind == .pending ? subject.groupsToFire : subject.sparseSamples
    return .sampledTooRarely(gap: earlier.gap, groups: evidence.groups, of: needed)
  }

  /// What the alert still needs to fire or to resolve, if every further sample is like the last.
  package struct Decision: Hashable, Sendable {
    /// The earliest time at which it can be decided.
    package var at: Instant
    /// The least number of samples that it needs.
    package var samples: Int
  }

  /// When a pending alert fires or a recovering one resolves, if every further sample is like the
  /// last.
  ///
  /// - Parameter interval: the time between further samples; `nil` if they keep coming as before.
  /// - Returns: `nil` for an alert that is inactive or firing, or whose evidence is not saved.
  package func decision(every interval: Duration? = nil) -> Decision? {
    guard isRemembered, let evidence = decidingEvidence else { return nil }
    let isPending = phase.kind == .pending
    let duration = isPending ? subject.duration : subject.recoveryDuration
    let isSparse =
      subject.onGap == .reset && interval.map { $0 > subject.maxGap } ?? evidence.isSparse
    // An unknown sample leaves open whether the next one continues the run.
    guard !isSparse || evidence.unknownAt == nil else { return nil }
    guard isSparse else {
      let least = isPending ? subject.minSamples : 1
      return Decision(at: evidence.first + duration, samples: max(1, least - evidence.count))
    }
    let groups = isPending ? subject.groupsToFire : subject.sparseSamples
    return Decision(
      at: (evidence.earlier?.first ?? evidence.first) + duration,
      samples: max(1, groups - evidence.groups))
  }

  /// Whether the last sample that counts is so long ago that the next one cannot continue its group.
  package func hasGap(at now: Instant) -> Bool {
    guard subject.onGap == .reset, let evidence = decidingEvidence else { return false }
    return now - evidence.last > subject.maxGap
  }

  /// When a pending alert will have been bad for long enough, if every further sample is bad.
  package var firesAt: Instant? { phase.kind == .pending ? decision()?.at : nil }

  /// The run of evidence that the phase waits for.
  package var decidingEvidence: Evidence? {
    switch phase {
    case .inactive, .firing: nil
    case .pending(let breach): breach.evidence
    case .recovering(_, let evidence): evidence
    }
  }
}
