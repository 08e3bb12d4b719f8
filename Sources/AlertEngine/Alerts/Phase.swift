package import Text

/// The phase of an alert, with its times.
///
/// Indirect because most alerts are inactive, and then it takes one word.
package indirect enum Phase: Hashable, Sendable {
  case inactive
  /// Bad, but not yet for the duration of the rule.
  case pending(Breach)
  case firing(Episode)
  /// Good after firing, but not yet for the recovery duration of the rule.
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

  /// Whether the alert is firing or recovering.
  var isOpen: Bool { kind == .firing || kind == .recovering }

  /// The bad samples behind this phase.
  package var breach: Breach? {
    switch self {
    case .inactive: nil
    case .pending(let breach): breach
    case .firing(let episode), .recovering(let episode, _): episode.breach
    }
  }

  /// The episode of an alert that is firing or recovering.
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
  /// The same of the groups before the current one.
  package var earlierPeak: Peak?

  package init(evidence: Evidence, peak: Peak? = nil, earlierPeak: Peak? = nil) {
    self.evidence = evidence
    self.peak = peak
    self.earlierPeak = earlierPeak
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

/// An alert from its first bad sample to its resolution; the time of that sample identifies it.
package struct Episode: Hashable, Sendable {
  package var breach: Breach
  /// The time of the sample at which it fired.
  package var firedAt: Instant
  /// The severity and labels by which receivers know the alert, as they were when it fired.
  package var severity: Severity
  package var labels: [String: String]
  /// The key under which receivers know it, if its series was named in another way when it fired.
  package var formerKey: AlertKey?
  package var acknowledgement: Acknowledgement?

  package init(
    breach: Breach, firedAt: Instant, severity: Severity, labels: [String: String],
    formerKey: AlertKey? = nil, acknowledgement: Acknowledgement? = nil
  ) {
    self.formerKey = formerKey
    self.acknowledgement = acknowledgement
    self.breach = breach
    self.firedAt = firedAt
    self.severity = severity
    self.labels = labels
  }
}
