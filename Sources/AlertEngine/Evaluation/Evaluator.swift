package import JSON
package import Text

/// The rules of one configuration, compiled once for any number of snapshots.
package final class Evaluator: Sendable {
  /// One rule with the places of its paths in the plan.
  final class CompiledRule: Sendable {
    let rule: Rule
    let subject: Subject
    let onMissing: OnMissing
    let kind: MeasureKind
    /// Zero for a measure without a window.
    let window: Duration
    let path: Int
    let denominator: Int?
    let hasWildcard: Bool
    let denominatorHasWildcard: Bool
    /// Requests below which there is no evidence, by the count at `request_count_path`; 0 for none.
    let minRequestCount: Double

    init(
      _ rule: Rule, of configuration: Configuration, onMissing: OnMissing,
      in paths: inout [MetricPath]
    ) {
      self.rule = rule
      subject = Subject(
        rule, evaluation: configuration.evaluation, labels: configuration.labels)
      self.onMissing = rule.onMissing ?? onMissing
      kind = rule.measurement.kind
      window = rule.measurement.window ?? .zero
      path = paths.place(rule.measurement.path)
      denominator = rule.measurement.denominator.map { paths.place($0) }
      hasWildcard = rule.measurement.path.hasWildcard
      denominatorHasWildcard = rule.measurement.denominator?.hasWildcard ?? false
      minRequestCount = rule.measurement.kind == .ratio ? 0 : Double(rule.minRequestCount)
    }
  }

  /// The rules of one configuration before all paths are known.
  private struct Draft {
    let rules: [CompiledRule]
    let endpoint: Subject?
    let evaluation: EvaluationSettings
    let requestCountPath: Int
    let snapshotTimePath: Int?

    init(_ part: Part, onMissing: OnMissing, in paths: inout [MetricPath]) {
      let configuration = part.configuration
      rules = configuration.rules.map { rule in
        CompiledRule(rule, of: configuration, onMissing: onMissing, in: &paths)
      }
      endpoint =
        part.judgesEndpoint
        ? Subject(
          configuration.endpoint, evaluation: configuration.evaluation,
          labels: configuration.labels) : nil
      evaluation = configuration.evaluation
      requestCountPath = paths.place(configuration.evaluation.requestCountPath)
      snapshotTimePath = configuration.evaluation.snapshotTimePath.map { paths.place($0) }
    }
  }

  let rules: [CompiledRule]
  /// `nil` where `endpoint_down` is judged elsewhere.
  let endpoint: Subject?
  let evaluation: EvaluationSettings
  let requestCountPath: Int
  let snapshotTimePath: Int?
  let ruleNames: Set<String>
  /// All paths that are read, for this evaluator and those compiled with it.
  let paths: [MetricPath]
  let plan: PathPlan

  /// Compiles a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the rules and what holds for all of them.
  ///   - onMissing: what a missing metric means to rules that do not say.
  package convenience init(_ configuration: Configuration, onMissing: OnMissing = .alert) {
    var paths: [MetricPath] = []
    let draft = Draft(
      Part(configuration, judgesEndpoint: true), onMissing: onMissing, in: &paths)
    self.init(draft, reading: paths, by: PathPlan(paths))
  }

  /// Some rules that judge the same snapshots as others do.
  package struct Part: Sendable {
    var configuration: Configuration
    /// Whether `endpoint_down` is judged with them, or elsewhere.
    var judgesEndpoint: Bool

    package init(_ configuration: Configuration, judgesEndpoint: Bool) {
      self.configuration = configuration
      self.judgesEndpoint = judgesEndpoint
    }
  }

  /// Compiles several sets of rules that judge the same snapshots.
  ///
  /// - Parameters:
  ///   - parts: each becomes an evaluator.
  ///   - onMissing: what a missing metric means to rules that do not say.
  /// - Returns: evaluators in the same order; what one of them reads, all can judge.
  package static func sharingSnapshots(
    _ parts: [Part], onMissing: OnMissing = .alert
  ) -> [Evaluator] {
    var paths: [MetricPath] = []
    let drafts = parts.map { Draft($0, onMissing: onMissing, in: &paths) }
    let plan = PathPlan(paths)
    return drafts.map { Evaluator($0, reading: paths, by: plan) }
  }

  private init(_ draft: Draft, reading paths: [MetricPath], by plan: PathPlan) {
    rules = draft.rules
    endpoint = draft.endpoint
    evaluation = draft.evaluation
    requestCountPath = draft.requestCountPath
    snapshotTimePath = draft.snapshotTimePath
    ruleNames = Set(draft.rules.map(\.rule.name) + [EndpointSettings.ruleName])
    self.paths = paths
    self.plan = plan
  }

  /// Reads what the rules name from a document.
  ///
  /// - Parameter bytes: the body of a snapshot.
  /// - Returns: the values at the rules' paths.
  /// - Throws: a `JSONFailure` when the document is not strict JSON, or holds no more than a single
  ///   value; it is then no snapshot at all.
  package func read(_ bytes: [UInt8]) throws(JSONFailure) -> Snapshot {
    let snapshot = Snapshot(extraction: try extract(plan, from: bytes))
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
      bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
    else {
      throw JSONFailure(
        reason: "expected an object", offset: 0, line: 1, column: 1, isTruncation: false)
    }
    return snapshot
  }

  /// Decides what one reading means: pure, the same for the same arguments.
  ///
  /// - Parameters:
  ///   - reading: a snapshot, or why there is none.
  ///   - state: what earlier runs remember of this target.
  ///   - now: the time of receipt.
  /// - Returns: the next state, the checks, the transitions and the warnings.
  package func evaluate(
    _ reading: Reading, from state: consuming TargetState, at now: Instant
  ) -> Evaluation {
    var pass = EvaluationPass(self, from: consume state, at: now)
    pass.judge(reading)
    return (consume pass).finish()
  }
}

extension [MetricPath] {
  /// Adds a path; its place.
  fileprivate mutating func place(_ path: MetricPath) -> Int {
    append(path)
    return count - 1
  }
}
