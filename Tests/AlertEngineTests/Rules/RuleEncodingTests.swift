@testable import AlertEngine
internal import Testing

@Suite("Encoding a rule")
struct RuleEncodingTests {
  @Test(
    "An encoded rule decodes to the same rule",
    arguments: [
      #"{"name": "r", "metric_path": "a", "comparison": "ne", "threshold": "up", "duration_minutes": 0}"#,
      #"{"name": "r", "metric_path": "a.*", "comparison": "eq", "threshold": true, "duration_minutes": 0.01}"#,
      #"{"name": "r", "metric_path": "a", "measure": "age_seconds", "comparison": "gt", "threshold": 5, "duration_minutes": 1}"#,
      #"""
      {"name": "r", "measure": "ratio", "metric_path": "e", "denominator_path": "n",
       "window_minutes": 10, "comparison": "lt", "threshold": 5, "recovery_threshold": 6,
       "duration_minutes": 0.5, "recovery_minutes": 2, "min_request_count": 7, "min_samples": 3,
       "max_gap_minutes": 15, "on_gap": "count", "on_missing": "hold", "breach_status": "warn",
       "severity": "info", "unit": "ms", "summary": "s", "description": "d", "runbook": "docs/r.md",
       "dashboard": "https://d.example", "owner": "o", "labels": {"team": "t", "b": "c"}}
      """#,
    ])
  func roundTrip(text: String) throws {
    let configuration = try Configuration.decode(Array("{\"rules\": [\(text)]}".utf8))
    let rule = try #require(configuration.rules.first)
    var mistakes = MistakeList()
    let fields = Fields<RuleKey>(rule.node(), at: "rule", &mistakes)
    let again = Rule(fields, under: configuration.evaluation, &mistakes)
    #expect(again == rule)
    #expect(mistakes.first == nil)
  }
}
