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
    /// The snapshot has no number at `request_count_path`: this many rules ran without that guard.
    case noRequestCount(path: String, rules: Int)
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

  package var key: AlertKey { AlertKey(rule: subject.name, instance: instance) }

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
    guard let evidence = decidingEvidence, evidence.isSampledTooRarely, let breaks = evidence.breaks
    else { return nil }
    return .sampledTooRarely(cadence: breaks.gap)
  }

  /// When a pending alert will have been bad for long enough, if every further sample is bad.
  package var firesAt: Instant? {
    guard case .pending(let breach) = phase else { return nil }
    return breach.evidence.first + subject.duration
  }

  /// The minimum number of bad samples that a pending alert still needs.
  package var lackingSamples: Int {
    guard case .pending(let breach) = phase else { return 0 }
    return max(1, subject.minSamples - breach.evidence.count)
  }

  /// The run of evidence that the phase waits for.
  private var decidingEvidence: Evidence? {
    switch phase {
    case .inactive, .firing: nil
    case .pending(let breach): breach.evidence
    case .recovering(_, let evidence): evidence
    }
  }
}
