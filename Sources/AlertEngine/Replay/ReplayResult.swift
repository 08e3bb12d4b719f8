package import JSON
package import Text

/// What a replay found: bounded, however long the recording is.
package struct ReplayResult: Sendable {
  /// In the order in which the recording shows them first.
  package var targets: [TargetRecord]
  /// What would have been under each variant of a rule, in the order of the request.
  package var variants: [VariantRecord]
  /// Which variants were left out, and why: `WhatIf.notes`.
  package var notes: [String]

  package init(targets: [TargetRecord], variants: [VariantRecord] = [], notes: [String] = []) {
    self.targets = targets
    self.variants = variants
    self.notes = notes
  }

  /// Whether anything was seen that could be judged: else nothing that did not fire is good.
  package var isJudged: Bool {
    targets.contains { target in
      target.snapshots > 0 || target.tallies.contains { $0.bad + $0.good > 0 }
    }
  }

  /// The first and the last sample of all targets; `nil` where there is none.
  package var span: ClosedRange<Instant>? {
    guard let first = targets.map(\.first).min(), let last = targets.map(\.last).max() else {
      return nil
    }
    return first...last
  }
}

/// What a replay found of one target.
package struct TargetRecord: Sendable {
  package var name: String
  /// The first and the last sample.
  package var first: Instant
  package var last: Instant
  package var samples = 0
  /// How many of them had no snapshot, since the endpoint was down.
  package var unreachable = 0
  /// How many of them had none, since its turn did not come.
  package var notAttempted = 0
  /// The last sample as they came; a clock that was set back makes it earlier than `last`.
  package var latest: Instant
  /// The steps between samples, added up; those of a clock that was set back are none.
  package var elapsed = Duration.zero
  /// The longest time between two samples, and when it began.
  package var longestStep = Duration.zero
  package var longestStepAt: Instant?
  /// Warnings of the evaluation, each once, with how many samples gave it.
  package var warnings: [Evaluation.Warning: Int] = [:]
  /// In the order of the rules, instances sorted; `endpoint_down` comes last.
  package var tallies: [AlertTally] = []
  /// Alerts beyond those that are tallied one by one: instances that came and went.
  package var untallied = 0
  /// How often those fired.
  var untalliedFirings = 0

  init(name: String, first: Instant) {
    self.name = name
    self.first = first
    last = first
    latest = first
  }

  /// How many samples were snapshots.
  package var snapshots: Int { samples - unreachable - notAttempted }

  /// How often any alert fired.
  package var fired: Int { tallies.reduce(untalliedFirings) { $0 + $1.firings.count } }
}

/// What one variant of a rule would have done, all targets and instances together.
package struct VariantRecord: Sendable {
  package var rule: Rule
  /// What the variant changes, as it was requested: `[("threshold", 0.02), …]`.
  package var changes: [Change]
  package var tallies: [AlertTally]
  /// How often those beyond the tallies fired.
  var untalliedFirings = 0
  /// Whether this is the rule as it is configured.
  package var isConfigured: Bool
  /// Which of the requests it belongs to, from 0.
  package var request: Int
  /// Against the tightest variant of the request.
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

  /// What a variant came to.
  package init(_ variant: WhatIf.Variant, records: [TargetRecord], lag: VariantLag) {
    self.init(
      rule: variant.rule, changes: variant.changes, tallies: records.flatMap(\.tallies),
      isConfigured: variant.isConfigured, request: variant.request, lag: lag)
    untalliedFirings = records.reduce(0) { $0 + $1.untalliedFirings }
  }

  /// How often any of its alerts fired.
  package var fired: Int { tallies.reduce(untalliedFirings) { $0 + $1.firings.count } }

  /// How long its alerts fired, added up.
  package var firingTime: Duration { tallies.reduce(.zero) { $0 + $1.firings.total } }
}

/// A transition with the target that it belongs to.
package struct ReplayTransition: Sendable {
  package var target: String
  package var subject: Subject?
  package var transition: Transition
  /// The value of the sample that led to it, where it has one.
  package var value: Scalar?
  /// Why that sample has no value.
  package var reason: Unknown?
  /// The bad samples that it is about: those up to it, or those that came to nothing.
  package var breach: Breach?

  init(
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

  /// A transition with what is known of its alert.
  ///
  /// - Parameters:
  ///   - target: whose alert it is.
  ///   - transition: what changed.
  ///   - checks: those of the same evaluation.
  ///   - tally: what was counted of the alert before them.
  init(
    target: String, _ transition: Transition, among checks: [Check], before tally: AlertTally?
  ) {
    let check = checks.first { $0.key == transition.key }
    self.init(
      target: target, subject: check?.subject ?? tally?.subject, transition: transition,
      value: check?.observation.value, reason: check?.reason,
      breach: transition.event == .cancelled ? tally?.pending : check?.phase.breach)
  }
}
