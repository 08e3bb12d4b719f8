package import Text

/// The phase of an alert, with the dates that belong to it.
///
/// Indirect, since most alerts are inactive, and then it is a word.
package indirect enum Phase: Hashable, Sendable {
  case inactive
  /// Bad, but not yet for the duration of the rule.
  case pending(Breach)
  case firing(Episode)
  /// Still firing and good, but not yet for the recovery duration of the rule.
  case recovering(Episode, Evidence)

  package enum Kind: String, CaseIterable, Sendable {
    case inactive, pending, firing, recovering
  }

  package var kind: Kind {
    switch self {
    case .inactive: .inactive
    case .pending: .pending
    case .firing: .firing
    case .recovering: .recovering
    }
  }

  /// The bad samples behind this phase.
  package var breach: Breach? {
    switch self {
    case .inactive: nil
    case .pending(let breach): breach
    case .firing(let episode), .recovering(let episode, _): episode.breach
    }
  }

  /// The episode of an alert that fires, recovering or not.
  package var episode: Episode? {
    switch self {
    case .inactive, .pending: nil
    case .firing(let episode), .recovering(let episode, _): episode
    }
  }
}

/// A run of bad samples and the worst number among them.
package struct Breach: Hashable, Sendable {
  package var evidence: Evidence
  /// The worst number since the run began, in the direction of the comparison.
  package var peak: Peak?

  package init(evidence: Evidence, peak: Peak? = nil) {
    self.evidence = evidence
    self.peak = peak
  }

  /// The time of the first bad sample.
  package var activeAt: Instant { evidence.first }
}

/// The worst number of a breach and when it was seen.
package struct Peak: Hashable, Sendable {
  package var value: Double
  package var at: Instant

  package init(value: Double, at: Instant) {
    self.value = value
    self.at = at
  }
}

/// One alert from its first bad sample to its resolution; identified by that sample's time.
package struct Episode: Hashable, Sendable {
  package var breach: Breach
  /// The time of the sample that fired.
  package var firedAt: Instant
  /// What receivers know the alert by, as it was when it fired.
  package var severity: Severity
  package var labels: [String: String]

  package init(breach: Breach, firedAt: Instant, severity: Severity, labels: [String: String]) {
    self.breach = breach
    self.firedAt = firedAt
    self.severity = severity
    self.labels = labels
  }
}
