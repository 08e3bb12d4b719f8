internal import JSON
internal import Testing

@testable import AlertEngine
@testable import Text

/// Evaluates rules, written as in a configuration, on documents written as a service publishes them.
struct Probe {
  private(set) var state = TargetState()
  private let evaluator: Evaluator
  private let format: SnapshotFormat
  /// What happened at the last document.
  private(set) var last: Evaluation?

  /// Makes rules of their members besides `name` (`r`, `r2`, …), `comparison` (`gt`), `threshold`
  /// (5) and `duration_minutes` (0), unless they have their own.
  init(_ rules: String..., format: SnapshotFormat = .json, root: String = "") throws {
    let written = rules.enumerated().map { index, rule in
      var members = [rule]
      for (key, value) in [
        ("name", index == 0 ? #""r""# : "\"r\(index + 1)\""), ("comparison", #""gt""#),
        ("threshold", "5"), ("duration_minutes", "0"),
      ]
      where !rule.contains("\"\(key)\":")
        && !(key == "threshold" && rule.contains("threshold_path"))
      { members.append("\"\(key)\": \(value)") }
      return "{\(members.joined(separator: ", "))}"
    }
    let text = "{\"rules\": [\(written.joined(separator: ","))]\(root)}"
    evaluator = Evaluator(try Configuration.decode(Array(text.utf8)))
    self.format = format
  }

  /// The same with what another one remembers.
  init(_ rules: String, after other: Probe) throws {
    self = try Probe(rules, keeping: other.state)
  }

  init(_ rules: String, keeping state: TargetState) throws {
    self = try Probe(rules)
    self.state = state
  }

  /// Evaluates a document and says what was observed, sorted: `r[a] bad 7`, `r unknown missing`.
  @discardableResult
  mutating func see(
    _ document: String, atMinute minute: Double = 0, response: ResponseFacts = ResponseFacts(),
    of target: String? = nil
  ) throws -> [String] {
    let snapshot = try evaluator.read(Array(document.utf8), as: format, response: response)
    let evaluation = evaluator.evaluate(
      .snapshot(snapshot), of: target, as: format, from: state, at: Timeline.instant(minute))
    state = evaluation.state
    last = evaluation
    return evaluation.checks.filter { $0.subject.rule != nil }.map { check in
      "\(check.key.text) \(Self.words(check.observation))"
    }
  }

  /// The transitions at the last document, of rules.
  var transitions: [String] {
    (last?.transitions ?? []).filter { $0.key.rule != EndpointSettings.ruleName }
      .map(Timeline.words)
  }

  static func words(_ observation: Observation) -> String {
    switch observation {
    case .bad(let finding): "bad \(words(finding))"
    case .good(let finding): "good \(words(finding))"
    case .unknown(.wrongType(let found)): "unknown \(found)"
    case .unknown(let unknown): "unknown \(unknown.code)"
    }
  }

  private static func words(_ finding: Finding) -> String {
    switch finding {
    case .sample(let sample):
      switch sample.value {
      case .number(let number): number.plain
      case .string(let text): text
      case .bool(let bool): "\(bool)"
      }
    case .missing: "missing"
    case .wrongType(let found): found
    case .gone: "gone"
    case .unreachable, .stale, .present: "present"
    }
  }
}
