package import Text

/// The state of one target between runs.
package struct TargetState: Hashable, Sendable {
  package var alerts: AlertTable
  /// The time of the last observation; a sample that is not later is ignored.
  package var lastObservation: Instant?
  /// The last run that could not attempt the target, if it came after the last observation: alerts
  /// keep when they were in doubt, so a sample must be later than that, too.
  package var notAttemptedAt: Instant?
  /// The last time at which a snapshot could be read.
  package var lastReadable: Instant?
  /// The timestamp of the last snapshot, by `snapshot_time_path`.
  package var lastSnapshotTime: Instant?
  /// Identifies how the rules named their series; `nil` if an older version saved the state.
  package var namingHash: UInt64?

  package init(
    alerts: AlertTable = [:], lastObservation: Instant? = nil, notAttemptedAt: Instant? = nil,
    lastReadable: Instant? = nil, lastSnapshotTime: Instant? = nil, namingHash: UInt64? = nil
  ) {
    self.namingHash = namingHash
    self.alerts = alerts
    self.lastObservation = lastObservation
    self.notAttemptedAt = notAttemptedAt
    self.lastReadable = lastReadable
    self.lastSnapshotTime = lastSnapshotTime
  }

  /// The time that a sample must be later than.
  var clock: Instant? {
    guard let notAttemptedAt else { return lastObservation }
    return max(notAttemptedAt, lastObservation ?? notAttemptedAt)
  }

  /// Makes the last observation no earlier than what an alert keeps of one, so that the next one is
  /// later than all of it: a file may say otherwise.
  package mutating func settleLastObservation() {
    for (_, alert) in alerts {
      guard let newest = alert.newestTime, clock.map({ $0 < newest }) ?? true else { continue }
      lastObservation = newest
      notAttemptedAt = nil
    }
  }

  /// Resets what came from a clock that was ahead: evidence that is not firing, and values after
  /// `now`.
  ///
  /// A firing alert keeps firing; those of its times that are in the future become `now`.
  mutating func forget(after now: Instant) {
    for (key, alert) in alerts {
      var alert = alert
      alert.discardEvidence(keepingPeak: true)
      if case .firing(let episode) = alert.phase { alert.phase = .firing(episode.cut(to: now)) }
      alert.absence = nil
      alert.recent.drop(after: now)
      if alert.series?.isAhead(of: now) == true { alert.series = nil }
      if alert.group?.isAhead(of: now) == true { alert.group = nil }
      alerts[key] = alert
    }
    if let last = lastReadable, last > now { lastReadable = now }
    lastObservation = nil
    notAttemptedAt = nil
  }
}

extension Alert {
  /// The time of the newest observation that it keeps something of.
  fileprivate var newestTime: Instant? {
    var times = [
      phase.episode?.firedAt, absence?.first, recent.entries.last?.at, verdicts.last?.at,
      series?.entries.last?.at, group?.clock.entries.last?.at,
    ]
    var evidence = [phase.breach?.evidence]
    if case .recovering(_, let recovery) = phase { evidence.append(recovery) }
    for evidence in evidence { times += [evidence?.last, evidence?.unknownAt] }
    return times.compactMap(\.self).max()
  }
}

extension Episode {
  /// The episode without times after `now`.
  fileprivate func cut(to now: Instant) -> Episode {
    var cut = self
    cut.firedAt = min(firedAt, now)
    cut.breach.evidence.first = min(breach.evidence.first, now)
    cut.breach.evidence.last = min(breach.evidence.last, now)
    if let earlier = breach.evidence.earlier, earlier.first >= cut.breach.evidence.first {
      cut.breach.evidence.earlier = nil
    }
    cut.breach.evidence.longestGap = min(breach.evidence.longestGap, cut.breach.evidence.span)
    if let peak = breach.peak { cut.breach.peak = Peak(value: peak.value, at: min(peak.at, now)) }
    return cut
  }
}
