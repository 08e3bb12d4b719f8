@testable import AlertEngine
internal import TestSupport
internal import Testing

/// Rule tests evaluate samples exactly as `evaluate` does.
@Suite("Rule tests compared with evaluations")
struct RuleTestAgreementTests {
  @Test(
    "A rule test expects exactly what an evaluation of each sample gives",
    arguments: 0..<60)
  func agrees(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let rules = [
      Timeline.rule("a", path: "a.v", minutes: Double.random(in: 0...4, using: &random).rounded()),
      Timeline.rule("b", path: "a.w", minutes: 3, volume: 0, recovery: 2, recoveryThreshold: 0.02),
    ]
    let configuration = Configuration(
      rules: rules, evaluation: EvaluationSettings(requestCount: .path(Timeline.path("n"))))
    let evaluator = Evaluator(configuration)
    var state = TargetState()
    var cells: [String: [String]] = [:]
    var transitions: [String] = []
    for minute in 0..<40 {
      let isDown = Int.random(in: 0..<12, using: &random) == 0
      var members: [String: String] = [:]
      for path in ["v", "w", "n"] {
        let values =
          path == "n" ? ["350", "350", "5"] : ["0.1", "0.03", "0.01", "0.1", "null", "_"]
        let value = values.randomElement(using: &random) ?? "_"
        cells[path, default: []].append(isDown ? "!" : value)
        if value != "_" { members[path] = value }
      }
      let inner = ["v", "w"].compactMap { key in members[key].map { "\"\(key)\":\($0)" } }
      let document = #"{"a":{\#(inner.joined(separator: ","))},"n":\#(members["n"] ?? "null")}"#
      let reading: Reading =
        isDown ? .unreachable(cause: "") : .snapshot(try evaluator.read(Array(document.utf8)))
      let now = Timeline.instant(Double(minute))
      let evaluation = evaluator.evaluate(reading, from: state, at: now)
      state = evaluation.state
      transitions += evaluation.transitions.map {
        #"{"at": "\#(minute)m", "rule": "\#($0.key.rule)", "to": "\#($0.event.rawValue)"}"#
      }
    }
    let series = [("a.v", "v"), ("a.w", "w"), ("n", "n")].map { path, key in
      "\"\(path)\": \"\((cells[key] ?? []).joined(separator: " "))\""
    }
    func isPassed(_ transitions: [String]) throws -> Bool {
      let text = """
        {"tests": [{"name": "t", "series": {\(series.joined(separator: ","))},
          "rules": ["a", "b", "endpoint_down"], "transitions": [\(transitions.joined(separator: ","))]}]}
        """
      let file = try RuleTestFile.decode(Array(text.utf8)) { _ in configuration }
      return try #require(file.tests.first).verdict(by: evaluator).isPassed
    }
    #expect(try isPassed(transitions))
    guard !transitions.isEmpty else { return }
    transitions.remove(at: Int.random(in: transitions.indices, using: &random))
    #expect(try !isPassed(transitions))
  }
}
