internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing

@Suite("Decoding a configuration")
struct ConfigurationDecodingTests {
  private func decode(_ text: String) throws -> Configuration {
    try Configuration.decode(Array(text.utf8))
  }

  private func decodeRule(_ more: String) throws -> Rule {
    let text = """
      {"rules": [{"name": "r", "metric_path": "a.b", "comparison": "gt", "threshold": 5, \(more)}]}
      """
    return try #require(try decode(text).rules.first)
  }

  @Test("The format already in use is valid and gets the defaults")
  func fillsInDefaults() throws {
    let configuration = try decode(
      """
      {"version": "2026-02-27", "rules": [
        {"name": "error_rate", "metric_path": "request_metrics.errors.rate", "comparison": "gt",
         "threshold": 0.05, "duration_minutes": 10, "min_request_count": 20, "breach_status": "fail"}
      ]}
      """)
    let rule = Rule(
      name: "error_rate", measurement: .value(try MetricPath("request_metrics.errors.rate")),
      condition: Condition(.gt, .number(0.05)), duration: .seconds(600),
      maxGap: .seconds(3_600), onGap: .reset, onMissing: nil, minRequestCount: 20,
      breachStatus: .fail, severity: .critical, recoveryDuration: .zero)
    let expected = Configuration(
      version: "2026-02-27", rules: [rule],
      evaluation: EvaluationSettings(
        requestCount: .path(try MetricPath("request_metrics.requests.total"))))
    #expect(configuration == expected)
    #expect(configuration.rules.map(\.minSamples) == [2])
  }

  @Test("Every key of a rule is decoded")
  func readsEveryKeyOfARule() throws {
    let configuration = try decode(
      #"""
      {"rules": [{"name": "r", "measure": "ratio", "metric_path": "e", "denominator_path": "n",
        "window_minutes": 10, "comparison": "lt", "threshold": 5, "recovery_threshold": 6,
        "duration_minutes": 0.5, "recovery_minutes": 2, "min_request_count": 7, "min_samples": 3,
        "max_gap_minutes": 15, "on_gap": "count", "on_missing": "hold", "breach_status": "warn",
        "severity": "info", "unit": "ms", "summary": "s", "description": "d", "runbook": "docs/r.md",
        "dashboard": "https://d.example", "owner": "o", "labels": {"team": "t"}}]}
      """#)
    let expected = Rule(
      name: "r",
      measurement: .ratio(
        try MetricPath("e"), denominator: try MetricPath("n"), window: .seconds(600)),
      condition: Condition(.lt, .number(5), recoveryThreshold: 6), duration: .seconds(30),
      minSamples: 3, maxGap: .seconds(900), onGap: .count, onMissing: .hold, minRequestCount: 7,
      breachStatus: .warn, severity: .info, recoveryDuration: .seconds(120), unit: .milliseconds,
      text: RuleText(
        summary: "s", description: "d", runbook: "docs/r.md", dashboard: "https://d.example",
        owner: "o"), labels: ["team": "t"])
    #expect(configuration.rules == [expected])
  }

  @Test("Every key outside the rules is decoded")
  func readsEveryOtherKey() throws {
    let configuration = try decode(
      #"""
      {"rules": [{"name": "r", "metric_path": "a", "comparison": "ne", "threshold": true,
        "duration_minutes": 0}],
       "evaluation": {"max_gap_minutes": 5, "on_gap": "count", "snapshot_time_path": "t",
         "request_count_path": "n"},
       "endpoint": {"duration_minutes": 1, "breach_status": "warn", "summary": "s", "runbook": "r"},
       "targets": [{"name": "a", "base_url": "https://a.example", "bearer_token_env": "T"},
         {"name": "b", "metrics_url": "https://b.example/m"}, {"name": "c", "base_url_env": "C"},
         {"name": "d", "metrics_url_env": "D"}],
       "labels": {"service": "api"}}
      """#)
    #expect(
      configuration.evaluation
        == EvaluationSettings(
          maxGap: .seconds(300), onGap: .count, snapshotTimePath: try MetricPath("t"),
          requestCount: .path(try MetricPath("n"))))
    #expect(
      configuration.endpoint
        == EndpointSettings(
          duration: .seconds(60), breachStatus: .warn, severity: .warning, runbook: "r",
          summary: "s"))
    #expect(
      configuration.targets == [
        TargetSettings(
          name: "a", address: .baseURL("https://a.example"), bearerTokenVariable: "T"),
        TargetSettings(name: "b", address: .metricsURL("https://b.example/m")),
        TargetSettings(name: "c", address: .baseURLVariable("C")),
        TargetSettings(name: "d", address: .metricsURLVariable("D")),
      ])
    #expect(configuration.labels == ["service": "api"])
    let rule = try #require(configuration.rules.first)
    #expect(rule.condition == Condition(.ne, .bool(true)))
    #expect(rule.maxGap == .seconds(300) && rule.onGap == .count)
  }

  @Test("A rule's own value takes precedence over that of `evaluation`")
  func prefersTheRule() throws {
    let configuration = try decode(
      #"""
      {"evaluation": {"max_gap_minutes": 5, "on_gap": "count"}, "rules": [{"name": "r",
        "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0,
        "max_gap_minutes": 7, "on_gap": "reset"}]}
      """#)
    let rule = try #require(configuration.rules.first)
    #expect(rule.maxGap == .seconds(420) && rule.onGap == .reset)
  }

  @Test(
    "The defaults of `min_samples` and `severity` follow from duration and status",
    arguments: [
      (#""duration_minutes": 10"#, 2, Severity.critical),
      (#""duration_minutes": 0"#, 1, .critical),
      (#""duration_minutes": 0, "min_samples": 4"#, 4, .critical),
      (#""duration_minutes": 10, "breach_status": "warn""#, 2, .warning),
      (#""duration_minutes": 10, "breach_status": "warn", "severity": "error""#, 2, .error),
    ])
  func derivesDefaults(more: String, minSamples: Int, severity: Severity) throws {
    let rule = try decodeRule(more)
    #expect(rule.minSamples == minSamples)
    #expect(rule.severity == severity)
  }

  @Test("Known units have names, and other words are kept")
  func readsUnits() throws {
    let units = try ["ratio", "ms", "s", "count", "€"].map {
      try decodeRule(#""duration_minutes": 1, "unit": "\#($0)""#).unit
    }
    #expect(units == [.ratio, .milliseconds, .seconds, .count, .other("€")])
  }

  @Test("20,000 rules are accepted, one more is not")
  func boundsTheNumberOfRules() throws {
    func configuration(of count: Int) -> String {
      let rules = (0..<count).map {
        #"{"name":"r\#($0)","metric_path":"a","comparison":"gt","threshold":1,"duration_minutes":0}"#
      }
      return #"{"rules":[\#(rules.joined(separator: ","))]}"#
    }
    #expect(try decode(configuration(of: 20_000)).rules.count == 20_000)
    #expect(throws: ConfigurationMistakes.self) { try decode(configuration(of: 20_001)) }
  }

  @Test("Thousands of mistakes are counted, fifty are listed")
  func listsTheFirstFifty() throws {
    let rules = (0..<5_000).map { #"{"name": "r\#($0)"}"# }.joined(separator: ",\n")
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try decode("{\"rules\": [\n\(rules)]}")
    }
    #expect(mistakes.count == 20_000)
    #expect(mistakes.listed.count == ConfigurationMistakes.mostListed)
    #expect(mistakes.lines.last == "and 19950 more")
    #expect(mistakes.listed.map(\.line) == mistakes.listed.map(\.line).sorted())
  }

  @Test(
    "A token in the wrong place is never repeated", arguments: ["bearer_token_env", "base_url"])
  func keepsSecrets(key: String) throws {
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try decode(#"{"rules": [], "targets": [{"name": "a", "\#(key)": "https://u:s3cr-et@h"}]}"#)
    }
    #expect(mistakes.description.contains(key))
    #expect(!mistakes.description.contains("s3cr-et"))
  }

  @Test("Whatever replaces a value, the result is either mistakes or all the rules")
  func losesNoRule() throws {
    let members = [
      (#""name""#, #""r""#), (#""metric_path""#, #""a.*.b""#), (#""measure""#, #""ratio""#),
      (#""denominator_path""#, #""a.*.c""#), (#""window_minutes""#, "5"),
      (#""comparison""#, #""gt""#), (#""threshold""#, "1"), (#""duration_minutes""#, "1"),
      (#""recovery_threshold""#, "0"), (#""labels""#, #"{"a": "b"}"#), (#""severity""#, #""info""#),
    ]
    let replacements = ["null", "true", "1e300", "-1", "0.5", #""""#, #""eq""#, "[]", "{}", "[{}]"]
    for index in members.indices {
      for replacement in replacements {
        var changed = members
        changed[index].1 = replacement
        let rule = changed.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
        do {
          #expect(try decode(#"{"rules": [{\#(rule)}]}"#).rules.count == 1)
        } catch let mistakes as ConfigurationMistakes {
          #expect(!mistakes.listed.isEmpty)
        }
      }
    }
  }
}
