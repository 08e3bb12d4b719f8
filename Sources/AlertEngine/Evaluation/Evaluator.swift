package import JSON
package import Text

/// The rules of one configuration, compiled once for any number of snapshots.
package final class Evaluator: Sendable {
  /// One rule with the positions of its paths in the plan.
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
    /// With fewer requests at `request_count_path`, there is no evidence; 0 for no guard.
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
  /// `nil` if `endpoint_down` is evaluated elsewhere.
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
  ///   - configuration: the rules and their defaults.
  ///   - onMissing: what a missing metric means for rules that do not specify it.
  package convenience init(_ configuration: Configuration, onMissing: OnMissing = .alert) {
    var paths: [MetricPath] = []
    let draft = Draft(
      Part(configuration, judgesEndpoint: true), onMissing: onMissing, in: &paths)
    self.init(draft, reading: paths, by: PathPlan(paths))
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

  /// Reads the values that the rules need from a document.
  ///
  /// - Parameters:
  ///   - bytes: the body of a snapshot.
  ///   - format: how to read it.
  ///   - response: the response that it is the body of.
  /// - Returns: the values at the rules' paths.
  /// - Throws: a `JSONFailure` if the document is not of its format: for JSON, if it is not strict,
  ///   or only a single value. Then it is not a snapshot.
  package func read(
    _ bytes: [UInt8], as format: SnapshotFormat = .json, response: ResponseFacts = ResponseFacts()
  ) throws(JSONFailure) -> Snapshot {
    switch format {
    case .json: break
    // The place of the scanner of Prometheus text.
    case .prometheus, .none: return Snapshot(extraction: try emptyExtraction(), response: response)
    }
    let snapshot = Snapshot(extraction: try extract(plan, from: bytes), response: response)
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
      bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
    else {
      throw JSONFailure(
        reason: "expected an object, found a single value", offset: 0, line: 1, column: 1,
        isTruncation: false)
    }
    return snapshot
  }

  private func emptyExtraction() throws(JSONFailure) -> Extraction {
    try extract(plan, from: Array("{}".utf8))
  }

  /// Evaluates one reading: a pure function, the same result for the same arguments.
  ///
  /// - Parameters:
  ///   - reading: a snapshot, or why there is none.
  ///   - state: the stored state of this target.
  ///   - now: the time of receipt.
  /// - Returns: the next state, the checks, the transitions and the warnings.
  package func evaluate(
    _ reading: Reading, from state: consuming TargetState, at now: Instant
  ) -> Evaluation {
    var pass = EvaluationPass(self, from: consume state, at: now)
    pass.evaluate(reading)
    return (consume pass).finish()
  }
}

extension [MetricPath] {
  /// Adds a path and returns its position.
  fileprivate mutating func place(_ path: MetricPath) -> Int {
    append(path)
    return count - 1
  }
}
