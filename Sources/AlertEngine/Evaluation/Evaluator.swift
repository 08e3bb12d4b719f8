internal import JSON
package import Text

/// The rules of one configuration, compiled once for any number of snapshots.
package final class Evaluator: Sendable {
  /// One rule with the sources of its values.
  final class CompiledRule: Sendable {
    let rule: Rule
    let subject: Subject
    let onMissing: OnMissing
    let kind: MeasureKind
    let condition: Condition
    let scale: Double
    /// Zero for a measure without a window.
    let window: Duration
    let shortWindow: Duration?
    let value: ReadingPlan.Source
    let denominator: ReadingPlan.Source?
    let limit: ReadingPlan.Source?
    /// Whether the value is computed from the growth of several series.
    let keepsMembers: Bool
    /// Whether it reads only single values at dotted paths.
    let isAlone: Bool
    /// Whether an element without the value is an instance even if it never had one.
    let hasEmptyInstances: Bool
    /// With fewer requests at `request_count_path`, there is no evidence; 0 for no guard.
    let minRequestCount: Double

    init(
      _ rule: Rule, of configuration: Configuration, onMissing: OnMissing,
      in plan: inout ReadingPlan
    ) {
      let measurement = rule.measurement
      self.rule = rule
      subject = Subject(
        rule, evaluation: configuration.evaluation, labels: configuration.labels)
      self.onMissing = rule.onMissing ?? onMissing
      kind = measurement.kind
      condition = rule.condition
      scale = measurement.scale
      window = measurement.window ?? .zero
      shortWindow = measurement.shortWindow
      value = plan.place(measurement.selector, of: measurement)
      denominator = measurement.denominator.map { plan.place($0, of: measurement) }
      var limit = measurement
      limit.measure = .value
      self.limit = rule.condition.threshold.selector.map { plan.place($0, of: limit) }
      keepsMembers =
        kind == .quantile || measurement.aggregate != nil && measurement.window != nil
      isAlone = self.limit == nil && (denominator?.isSinglePath ?? true)
      if case .path = measurement.selector {
        hasEmptyInstances = true
      } else {
        hasEmptyInstances = false
      }
      minRequestCount =
        kind == .ratio || kind == .quantile ? 0 : Double(rule.minRequestCount)
    }
  }

  /// The rules of one configuration before all paths are known.
  private struct Draft {
    let rules: [CompiledRule]
    let endpoint: Subject?
    let evaluation: EvaluationSettings
    let requestCount: ReadingPlan.Source
    let requestCountMetric: ReadingPlan.Source?
    let snapshotTime: ReadingPlan.Source?
    let formats: [String: SnapshotFormat]
    let defaultFormat: SnapshotFormat

    init(_ part: Part, onMissing: OnMissing, in plan: inout ReadingPlan) {
      let configuration = part.configuration
      rules = configuration.rules.map { rule in
        CompiledRule(rule, of: configuration, onMissing: onMissing, in: &plan)
      }
      defaultFormat = configuration.defaultFormat
      formats = Dictionary(
        configuration.targets.map { ($0.name, $0.format ?? configuration.defaultFormat) }
      ) { one, _ in one }
      endpoint =
        part.judgesEndpoint
        ? Subject(
          configuration.endpoint, evaluation: configuration.evaluation,
          labels: configuration.labels) : nil
      evaluation = configuration.evaluation
      requestCount = plan.place(requestCount: configuration.evaluation.requestCount)
      requestCountMetric = configuration.evaluation.requestCountMetric.map {
        plan.place(requestCount: $0)
      }
      snapshotTime = configuration.evaluation.snapshotTimePath.map { plan.place($0) }
    }
  }

  let rules: [CompiledRule]
  /// `nil` if `endpoint_down` is evaluated elsewhere.
  let endpoint: Subject?
  let evaluation: EvaluationSettings
  let requestCount: ReadingPlan.Source
  let requestCountMetric: ReadingPlan.Source?
  let snapshotTime: ReadingPlan.Source?
  private let ruleNames: Set<String>
  /// All that is read, for this evaluator and those compiled with it.
  let plan: ReadingPlan
  let paths: PathPlan
  /// Identifies how the series of all rules get their names; 0 if keys of dotted paths name them.
  let namingHash: UInt64
  private let formats: [String: SnapshotFormat]
  private let defaultFormat: SnapshotFormat
  /// Whether some rules do not apply to some targets.
  private let isSelective: Bool

  /// Compiles a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the rules and their defaults.
  ///   - onMissing: what a missing metric means for rules that do not specify it.
  package convenience init(_ configuration: Configuration, onMissing: OnMissing = .alert) {
    var plan = ReadingPlan()
    let draft = Draft(
      Part(configuration, judgesEndpoint: true), onMissing: onMissing, in: &plan)
    self.init(draft, reading: plan, by: PathPlan(plan.paths))
  }

  /// Rules that share their snapshots with others.
  package struct Part: Sendable {
    var configuration: Configuration
    /// Whether `endpoint_down` is evaluated with these rules.
    var judgesEndpoint: Bool

    package init(_ configuration: Configuration, judgesEndpoint: Bool) {
      self.configuration = configuration
      self.judgesEndpoint = judgesEndpoint
    }
  }

  /// Compiles several sets of rules that evaluate the same snapshots.
  ///
  /// - Parameters:
  ///   - parts: each becomes an evaluator.
  ///   - onMissing: what a missing metric means for rules that do not specify it.
  /// - Returns: evaluators in the same order; each can evaluate what any of them reads.
  package static func sharingSnapshots(
    _ parts: [Part], onMissing: OnMissing = .alert
  ) -> [Evaluator] {
    var plan = ReadingPlan()
    let drafts = parts.map { Draft($0, onMissing: onMissing, in: &plan) }
    let paths = PathPlan(plan.paths)
    return drafts.map { [plan] draft in Evaluator(draft, reading: plan, by: paths) }
  }

  private init(_ draft: Draft, reading plan: ReadingPlan, by paths: PathPlan) {
    rules = draft.rules
    endpoint = draft.endpoint
    evaluation = draft.evaluation
    requestCount = draft.requestCount
    requestCountMetric = draft.requestCountMetric
    snapshotTime = draft.snapshotTime
    formats = draft.formats
    defaultFormat = draft.defaultFormat
    namingHash = draft.rules.reduce(0) { ($0 &* 31) &+ $1.subject.namingHash }
    let formats = Set(draft.formats.values).union([draft.defaultFormat])
    isSelective = draft.rules.contains { rule in
      rule.rule.targets != nil || rule.rule.format.map { [$0] != formats } ?? false
    }
    ruleNames = Set(draft.rules.map(\.rule.name) + [EndpointSettings.ruleName])
    self.paths = paths
    self.plan = plan
  }

  /// Evaluates one reading: a pure function, the same result for the same arguments.
  ///
  /// - Parameters:
  ///   - reading: a snapshot, or why there is none.
  ///   - target: the name of the target, which decides which rules apply.
  ///   - format: the format of its snapshots; `nil` for that in the configuration, else that of the
  ///     snapshot itself.
  ///   - state: the stored state of this target.
  ///   - now: the time of receipt.
  /// - Returns: the next state, the checks, the transitions and the warnings.
  package func evaluate(
    _ reading: Reading, of target: String? = nil, as format: SnapshotFormat? = nil,
    from state: consuming TargetState, at now: Instant
  ) -> Evaluation {
    let found = reading.format
    let format = format ?? target.flatMap { formats[$0] } ?? found ?? defaultFormat
    var pass = EvaluationPass(
      self, rules(for: target, format), of: format, from: consume state, at: now)
    if let found, found != format, format != .none {
      pass.evaluate(.foreign(found, insteadOf: format))
    } else {
      pass.evaluate(reading)
    }
    return (consume pass).finish()
  }

  /// The rules that apply to a target: the configuration alone decides.
  private func rules(for target: String?, _ format: SnapshotFormat) -> [CompiledRule] {
    guard isSelective || format != defaultFormat else { return rules }
    return rules.filter { rule in
      guard let ruleFormat = rule.rule.format else { return rule.isFor(target) }
      return ruleFormat == format && rule.isFor(target)
    }
  }

  /// Whether a rule of this name applies to the same targets as these.
  func has(_ name: String, among rules: [CompiledRule]) -> Bool {
    guard rules.count != self.rules.count, name != EndpointSettings.ruleName else {
      return ruleNames.contains(name)
    }
    return rules.contains { $0.rule.name == name }
  }
}

extension Evaluator.CompiledRule {
  fileprivate func isFor(_ target: String?) -> Bool {
    guard let targets = rule.targets, let target else { return true }
    return targets.contains(target)
  }
}
