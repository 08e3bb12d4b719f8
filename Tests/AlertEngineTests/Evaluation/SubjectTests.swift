@testable import AlertEngine
internal import Testing

@Suite("The labels of an alert")
struct SubjectTests {
  private static let rows:
    [(configuration: [String: String], rule: String, firing: [String: String])] =
      [
        ([:], "{}", [:]),
        (["team": "ops"], "{}", ["team": "ops"]),
        ([:], #"{"team": "payments"}"#, ["team": "payments"]),
        (["team": "ops"], #"{"team": "payments"}"#, ["team": "payments"]),
        (
          ["team": "ops", "site": "east"], #"{"team": "payments", "tier": "1"}"#,
          ["team": "payments", "site": "east", "tier": "1"]
        ),
      ]

  @Test(
    "A rule's labels override the configuration's, and endpoint_down has only the configuration's",
    arguments: rows.indices)
  func labels(row: Int) throws {
    let (shared, own, expected) = Self.rows[row]
    var configuration = try Configuration.decode(
      Array(
        #"""
        {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
          "duration_minutes": 0, "labels": \#(own)}], "endpoint": {"duration_minutes": 0}}
        """#.utf8))
    configuration.labels = shared
    let evaluator = Evaluator(configuration)
    let bad = evaluator.evaluate(
      .snapshot(try evaluator.read(Array(#"{"v": 9}"#.utf8))), from: TargetState(),
      at: Timeline.origin)
    #expect(bad.transitions.map(\.episode?.labels) == [expected])
    let down = evaluator.evaluate(
      .unreachable(cause: "refused"), from: TargetState(), at: Timeline.origin)
    #expect(down.transitions.map(\.episode?.labels) == [shared])
  }
}
