/// What a replay found: bounded, however long the recording is.
package struct ReplayResult: Sendable {
  /// In the order in which the recording shows them first.
  package var targets: [TargetRecord]
  /// What would have been under each variant of a rule, in the order of the request.
  package var variants: [VariantRecord]

  package init(targets: [TargetRecord], variants: [VariantRecord] = []) {
    self.targets = targets
    self.variants = variants
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
  /// How many of them had no snapshot.
  package var unreachable = 0
  /// The longest time between two samples, and when it began.
  package var longestStep = Duration.zero
  package var longestStepAt: Instant?
  /// Warnings of the evaluation, each once, with how many samples gave it.
  package var warnings: [Evaluation.Warning: Int] = [:]
  /// In the order of the rules, instances sorted; `endpoint_down` comes last.
  package var tallies: [AlertTally] = []
  /// Alerts beyond those that are tallied one by one: instances that came and went.
  package var untallied = 0

  package init(name: String, first: Instant) {
    self.name = name
    self.first = first
    last = first
  }
}

/// What one variant of a rule would have done, all targets and instances together.
package struct VariantRecord: Sendable {
  package var rule: Rule
  /// What the variant changes, as it was asked for: `[("threshold", 0.02), …]`.
  package var changes: [Change]
  package var tallies: [AlertTally]
  /// Where the rule stands as it is configured.
  package var isConfigured: Bool

  package struct Change: Hashable, Sendable {
    package var key: String
    package var value: Double

    package init(key: String, value: Double) {
      self.key = key
      self.value = value
    }
  }

  package init(rule: Rule, changes: [Change], tallies: [AlertTally], isConfigured: Bool) {
    self.rule = rule
    self.changes = changes
    self.tallies = tallies
    self.isConfigured = isConfigured
  }
}

/// A transition with the target that it belongs to.
package struct ReplayTransition: Sendable {
  package var target: String
  package var subject: Subject?
  package var transition: Transition

  package init(target: String, subject: Subject?, transition: Transition) {
    self.target = target
    self.subject = subject
    self.transition = transition
  }
}
