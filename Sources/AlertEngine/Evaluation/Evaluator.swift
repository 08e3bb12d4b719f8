/// The rules of one configuration, compiled once for any number of snapshots.
package struct Evaluator: Sendable {
  /// One rule with the places of its paths in the plan.
  struct CompiledRule: Sendable {
    let rule: Rule
    let subject: Subject
    let onMissing: OnMissing
    let path: Int
    let denominator: Int?
    let denominatorHasWildcard: Bool
  }

  let rules: [CompiledRule]
  let endpoint: Subject
  let evaluation: EvaluationSettings
  /// All paths that the rules read, of this evaluator and of those compiled with it.
  private(set) var paths: [MetricPath]
  private(set) var plan: PathPlan
  let requestCountPath: Int
  let snapshotTimePath: Int?
  let ruleNames: Set<String>

  /// Compiles a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the rules and what holds for all of them.
  ///   - onMissing: what a missing metric means to rules that do not say.
  package init(_ configuration: Configuration, onMissing: OnMissing = .alert) {
    var paths: [MetricPath] = []
    self.init(configuration, onMissing: onMissing, paths: &paths)
    self.paths = paths
    plan = PathPlan(paths)
  }

  /// Compiles several configurations that judge the same snapshots.
  ///
  /// - Parameters:
  ///   - configurations: each becomes an evaluator.
  ///   - onMissing: what a missing metric means to rules that do not say.
  /// - Returns: evaluators in the same order; what one of them reads, all can judge.
  package static func sharingSnapshots(
    _ configurations: [Configuration], onMissing: OnMissing = .alert
  ) -> [Evaluator] {
    var paths: [MetricPath] = []
    var evaluators = configurations.map { Evaluator($0, onMissing: onMissing, paths: &paths) }
    let plan = PathPlan(paths)
    for index in evaluators.indices {
      evaluators[index].paths = paths
      evaluators[index].plan = plan
    }
    return evaluators
  }

  private init(
    _ configuration: Configuration, onMissing: OnMissing, paths: inout [MetricPath]
  ) {
    func place(_ path: MetricPath) -> Int {
      paths.append(path)
      return paths.count - 1
    }
    evaluation = configuration.evaluation
    rules = configuration.rules.map { rule in
      CompiledRule(
        rule: rule,
        subject: Subject(
          rule, evaluation: configuration.evaluation, labels: configuration.labels),
        onMissing: rule.onMissing ?? onMissing, path: place(rule.measurement.path),
        denominator: rule.measurement.denominator.map(place),
        denominatorHasWildcard: rule.measurement.denominator?.hasWildcard ?? false)
    }
    endpoint = Subject(
      configuration.endpoint, evaluation: configuration.evaluation, labels: configuration.labels)
    requestCountPath = place(configuration.evaluation.requestCountPath)
    snapshotTimePath = configuration.evaluation.snapshotTimePath.map(place)
    ruleNames = Set(configuration.rules.map(\.name) + [EndpointSettings.ruleName])
    self.paths = []
    plan = PathPlan([])
  }

  /// Reads what the rules name from a document.
  ///
  /// - Parameter bytes: the body of a snapshot.
  /// - Returns: the values at the rules' paths.
  /// - Throws: a `JSONError` when the document is not strict JSON, or holds no more than a single
  ///   value; it is then no snapshot at all.
  package func read(_ bytes: [UInt8]) throws(JSONError) -> Snapshot {
    let snapshot = Snapshot(extraction: try extract(plan, from: bytes))
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
      bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
    else {
      throw JSONError(
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
    var pass = EvaluationPass(self, from: state, at: now)
    pass.judge(reading)
    return pass.finish()
  }
}
