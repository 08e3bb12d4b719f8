@testable import AlertEngine
@testable import JSON
internal import Testing

@Suite("Verdicts on rule tests")
struct RuleTestVerdictTests {
  private static let rules: [Rule] = [
    Timeline.rule("rate", path: "rate", minutes: 2, recovery: 2),
    Timeline.rule(
      "flag", path: "flag", minutes: 0, volume: 0, comparison: .eq, threshold: .bool(true)),
    Timeline.rule("each", path: "of.*.v", minutes: 0, maxGap: 1.5, volume: 0),
  ]
  private static let configuration = Configuration(
    rules: rules, evaluation: EvaluationSettings(requestCount: .path(Timeline.path("n"))))

  /// The differences of a test, in short.
  private static func differences(_ test: String) throws -> [String] {
    let file = try RuleTestFile.decode(Array(#"{"tests": [{"name": "t", \#(test)}]}"#.utf8)) { _ in
      configuration
    }
    let test = try #require(file.tests.first)
    return test.verdict(by: Evaluator(configuration)).differences.map { difference in
      let name = [difference.key.rule, difference.key.instance].compactMap(\.self)
      return "\(name.joined(separator: "/"))@\(difference.sample) \(difference.kind.word)"
    }
  }

  @Test(
    "A test passes, or reports how it differs",
    arguments: [
      // Transitions: all of them, at their times.
      ("0x2 1x3 0x3", "2 pending, 4 firing, 7 resolved", ""),
      ("0x2 1x3 0x3", "2 pending, 4 firing", "rate@7 unexpected resolved"),
      ("0x2 1x3 0x3", "4 firing, 7 resolved", "rate@2 unexpected pending next firing"),
      ("0x2 1x3 0x3", "2 pending, 5 firing", "rate@4 unexpected firing next firing"),
      ("0x2 1x3 0x3", "2 pending, 3 firing, 7 resolved", "rate@3 lacking firing"),
      ("0x2 1x3 0x3", "2 pending, 4 firing, 7 resolved, 7 of flag", "flag@7 lacking firing"),
      ("0x2 1x3 0x3", "2 pending, 4 cancelled", "rate@4 lacking cancelled"),
      ("0x2 1x3 0x3", "2 firing", "rate@2 lacking firing"),
      ("0x9", "", ""),
      ("0x8 1", "", "rate@8 unexpected pending"),
      ("1x2 0", "0 pending, 2 cancelled", ""),
    ])
  func transitions(rate: String, expected: String, difference: String) throws {
    let transitions = expected.split(separator: ", ").map { word in
      let parts = word.split(separator: " ")
      let (rule, event) = parts.count > 2 ? ("flag", "firing") : ("rate", "\(parts[1])")
      return #"{"at": "\#(parts[0])m", "rule": "\#(rule)", "to": "\#(event)"}"#
    }
    let found = try Self.differences(
      #"""
      "series": {"rate": "\#(rate)", "n": "350", "flag": "false"}, "rules": ["rate", "flag"],
      "transitions": [\#(transitions.joined(separator: ", "))]
      """#)
    #expect(found.joined(separator: ", ") == difference)
  }

  @Test(
    "An expectation holds, or reports how it differs",
    arguments: [
      (#""rule": "rate", "phase": "firing", "value": 0.1, "reason": null"#, ""),
      (#""rule": "rate", "phase": "recovering""#, "rate@4 phase recovering"),
      (#""rule": "rate", "phase": "pending""#, "rate@4 phase pending"),
      (#""rule": "rate", "value": 0.1000000001"#, ""),
      (#""rule": "rate", "value": 0.10000001"#, "rate@4 value"),
      (#""rule": "rate", "value": "0.1""#, "rate@4 value"),
      (#""rule": "rate", "value": null"#, "rate@4 value"),
      (#""rule": "rate", "reason": "low_volume""#, "rate@4 reason"),
      (
        #""rule": "rate", "phase": "inactive", "value": 7, "reason": "gone""#,
        "rate@4 phase inactive, rate@4 value, rate@4 reason"
      ),
      (#""rule": "flag", "value": true, "phase": "firing""#, ""),
      (#""rule": "flag", "value": 1"#, "flag@4 value"),
      (#""rule": "endpoint_down", "phase": "inactive", "value": null"#, ""),
      (#""rule": "each", "instance": "a", "phase": "firing", "value": 1"#, ""),
      (
        #""rule": "each", "instance": "b", "phase": "firing", "reason": "missing", "value": null"#,
        ""
      ),
      (#""rule": "each", "instance": "c", "phase": "inactive", "reason": "gone""#, ""),
      (#""rule": "each", "instance": "d", "phase": "inactive""#, "each/d@0 no instance of a, b, c"),
      (#""rule": "each", "instance": null, "phase": "inactive""#, ""),
      (#""rule": "each", "instance": null, "phase": "firing""#, "each@4 phase firing"),
    ])
  func expectations(words: String, difference: String) throws {
    let found = try Self.differences(
      #"""
      "series": {"rate": "0.1x5", "n": "350", "flag": "true",
        "of.a.v": "1", "of.b.v": "null", "of.c.v": "0x4 _"},
      "expect": [{"at": "4m", \#(words)}]
      """#)
    #expect(found.joined(separator: ", ") == difference)
  }

  @Test("A transition's cause is compared only if the test specifies one")
  func causes() throws {
    func differences(_ reason: String) throws -> [String] {
      try Self.differences(
        #"""
        "series": {"of.a.v": "1 _x4", "of.b.v": "0"},
        "transitions": [{"at": "0s", "rule": "each", "instance": "a", "to": "firing"},
          {"at": "3m", "rule": "each", "instance": "a", "to": "resolved"\#(reason)}]
        """#)
    }
    #expect(try differences("") == [])
    #expect(try differences(#", "reason": "instance_gone""#) == [])
    #expect(try differences(#", "reason": "no_evidence""#) == ["each/a@3 cause instance_gone"])
  }

  @Test("A test without names covers every rule, including endpoint_down")
  func everyRule() throws {
    #expect(
      try Self.differences(#""series": {"n": "0 !", "flag": "false"}, "transitions": []"#)
        == ["each@0 unexpected firing", "endpoint_down@1 unexpected pending"])
  }

  @Test("If one series has no snapshot at a time, the test has none")
  func isDown() throws {
    let found = try Self.differences(
      #"""
      "series": {"rate": "1 !x2 1", "n": "350"},
      "expect": [{"at": "1m", "rule": "rate", "phase": "pending", "reason": "unreachable"},
        {"at": "1m", "rule": "endpoint_down", "phase": "pending"},
        {"at": "3m", "rule": "rate", "phase": "firing"}]
      """#)
    #expect(found == [])
  }
}

extension RuleTestVerdict.Difference.Kind {
  fileprivate var word: String {
    switch self {
    case .phase(let expected): "phase \(expected.rawValue)"
    case .value: "value"
    case .reason: "reason"
    case .lacking(let event): "lacking \(event.rawValue)"
    case .unexpected(let event, let next):
      "unexpected \(event.rawValue)" + (next.map { " next \($0.event.rawValue)" } ?? "")
    case .cause(_, _, let found): "cause \(found?.rawValue ?? "none")"
    case .noInstance(let known): "no instance of \(known.joined(separator: ", "))"
    }
  }
}
