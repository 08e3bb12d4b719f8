package import JSON
package import Text

/// The results of a replay: bounded, however long the recording is.
package struct ReplayResult: Sendable {
  /// In the order of their first samples.
  package var targets: [TargetRecord]
  /// The results of each variant of a rule, in the order of the request.
  package var variants: [VariantRecord]
  /// Which variants were left out, and why: `WhatIf.notes`.
  package var notes: [String]
  /// The comparison with another configuration, if there is one.
  package var comparison: ReplayComparison?
  /// The suggestion for a rule, if one is asked for.
  package var suggestion: Suggestion?

  package init(targets: [TargetRecord], variants: [VariantRecord] = [], notes: [String] = []) {
    self.targets = targets
    self.variants = variants
    self.notes = notes
  }

  /// Whether any sample could be evaluated; otherwise, rules that did not fire prove nothing.
  package var isJudged: Bool {
    targets.contains { target in
      target.snapshots > 0 || target.tallies.contains { $0.bad + $0.good > 0 }
    }
  }

  /// The first and the last sample of all targets; `nil` if there are none.
  package var span: ClosedRange<Instant>? {
    guard let first = targets.map(\.first).min(), let last = targets.map(\.last).max() else {
      return nil
    }
    return first...last
  }
}

extension ReplayResult {
  /// The time from the first sample to the last.
  package var length: Duration { span.map { $0.upperBound - $0.lowerBound } ?? .zero }
}

/// The results of a replay for one target.
package struct TargetRecord: Sendable {
  package var name: String
  /// The first and the last sample.
  package var first: Instant
  package var last: Instant
  package var samples = 0
  /// How many of them had no snapshot because the endpoint was unreachable.
  package var unreachable = 0
  /// How many of them had none because the target was not attempted.
  package var notAttempted = 0
  /// The last sample in the order of the recording; if a clock was set back, it may be earlier than
  /// `last`.
  package var latest: Instant
  /// The sum of the steps between samples, without those of a clock that was set back.
  package var elapsed = Duration.zero
  /// The longest time between two samples, and when it began.
  package var longestStep = Duration.zero
  package var longestStepAt: Instant?
  /// Warnings of the evaluation without duplicates, each with the number of its samples.
  package var warnings: [Evaluation.Warning: Int] = [:]
  /// In the order of the rules, instances sorted; `endpoint_down` is last.
  package var tallies: [AlertTally] = []
  /// Alerts beyond those that are tallied one by one: instances that came and went.
  package var untallied = 0
  /// How often these alerts fired.
  var untalliedFirings = 0

  init(name: String, first: Instant) {
    self.name = name
    self.first = first
    last = first
    latest = first
  }

  /// How many samples had a snapshot.
  package var snapshots: Int { samples - unreachable - notAttempted }

  /// How often any alert fired.
  package var fired: Int { tallies.reduce(untalliedFirings) { $0 + $1.firings.count } }

  /// How often nobody would have been notified of that.
  package var untold: Int { tallies.reduce(0) { $0 + $1.firings.untold } }
}

/// What one variant of a rule would have done, for all targets and instances together.
package struct VariantRecord: Sendable {
  package var rule: Rule
  /// What the variant changes, as requested: `[("threshold", 0.02), …]`.
  package var changes: [Change]
  package var tallies: [AlertTally]
  /// How often alerts beyond the tallies fired.
  var untalliedFirings = 0
  /// Whether this is the configured rule.
  package var isConfigured: Bool
  /// The index of its request.
  package var request: Int
  /// The comparison with the tightest variant of the request.
  package var lag: VariantLag

  package struct Change: Hashable, Sendable {
    package var key: String
    package var value: Double

    init(key: String, value: Double) {
      self.key = key
      self.value = value
    }
  }

  init(
    rule: Rule, changes: [Change], tallies: [AlertTally], isConfigured: Bool, request: Int = 0,
    lag: VariantLag = VariantLag()
  ) {
    self.rule = rule
    self.changes = changes
    self.tallies = tallies
    self.isConfigured = isConfigured
    self.request = request
    self.lag = lag
  }

  /// The totals of a variant.
  package init(_ variant: WhatIf.Variant, records: [TargetRecord], lag: VariantLag) {
    self.init(
      rule: variant.rule, changes: variant.changes, tallies: records.flatMap(\.tallies),
      isConfigured: variant.isConfigured, request: variant.request, lag: lag)
    untalliedFirings = records.reduce(0) { $0 + $1.untalliedFirings }
  }

  /// How often any of its alerts fired.
  package var fired: Int { tallies.reduce(untalliedFirings) { $0 + $1.firings.count } }

  /// How often nobody would have been notified of that.
  package var untold: Int { tallies.reduce(0) { $0 + $1.firings.untold } }

  /// How often somebody would have been notified.
  package var pages: Int { fired - untold }

  /// The total time for which its alerts fired.
  package var firingTime: Duration { tallies.reduce(.zero) { $0 + $1.firings.total } }
}

/// A transition and the target to which it belongs.
package struct ReplayTransition: Sendable {
  package var target: String
  package var subject: Subject?
  package var transition: Transition
  /// The value of the sample that caused it, if it has one.
  package var value: Scalar?
  /// Why that sample has no value.
  package var reason: Unknown?
  /// The bad samples behind it: those up to it, or those that did not lead to firing.
  package var breach: Breach?
  /// Of what fires in maintenance, or fired in maintenance and ends.
  package var maintenance: Maintenance?

  package struct Maintenance: Hashable, Sendable {
    /// The name of the window that was open when it fired.
    package var window: String
    /// When somebody was notified after all.
    package var notifiedAt: Instant?
  }

  /// The maintenance window because of which nobody has been notified.
  package var untoldIn: String? {
    maintenance.flatMap { $0.notifiedAt == nil ? $0.window : nil }
  }

  package init(
    target: String, subject: Subject?, transition: Transition, value: Scalar? = nil,
    reason: Unknown? = nil, breach: Breach? = nil
  ) {
    self.target = target
    self.subject = subject
    self.transition = transition
    self.value = value
    self.reason = reason
    self.breach = breach ?? transition.episode?.breach
  }

  /// A transition with the details of its alert.
  ///
  /// - Parameters:
  ///   - target: the target of the alert.
  ///   - transition: the transition.
  ///   - checks: the checks of the same evaluation.
  ///   - tally: the tally of the alert before them.
  init(
    target: String, _ transition: Transition, among checks: [Check], before tally: AlertTally?
  ) {
    let check = checks.first { $0.key == transition.key }
    self.init(
      target: target, subject: check?.subject ?? tally?.subject, transition: transition,
      value: check?.observation.value, reason: check?.reason,
      breach: transition.event == .cancelled ? tally?.pendingBreach : check?.phase.breach)
    if transition.event == .resolved, let episode = tally?.open, let window = episode.maintenance {
      maintenance = Maintenance(window: window, notifiedAt: episode.notifiedAt)
    }
  }
}
