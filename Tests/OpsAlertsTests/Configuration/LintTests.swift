@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Warnings and notes of check")
struct LintTests {
  /// A configuration that is odd in one way.
  struct Row: CustomTestStringConvertible, Sendable {
    let name: Lint.Name
    let testDescription: String
    /// Changes of the first rule; `null` removes a key.
    var rule: String = "{}"
    /// Further members of the configuration.
    var more: String = "{}"
    /// Changes that each make a further rule.
    var others: [String] = []
    var options = ""
  }

  private static let base = #"""
    {"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 5,
     "recovery_minutes": 5, "summary": "s", "runbook": "https://r.example/"}
    """#

  private static let ratio =
    #""measure": "ratio", "denominator_path": "total", "window_minutes": 60"#
  private static func hook(_ more: String) -> String {
    #"{"receivers": [{"name": "all", "type": "webhook", "url_env": "A_URL"}, "#
      + #"{"name": "hook", "type": "webhook", "url_env": "H_URL", \#(more)}]}"#
  }
  private static let targets =
    #""targets": [{"name": "a", "metrics_url": "https://a.example/"}, "#
    + #"{"name": "b", "metrics_url": "https://b.example/"}]"#
  /// A receiver for `endpoint_down`, and one for what else there is.
  private static func only(_ more: String, _ others: String = #""labels": {}"#) -> String {
    #"{"receivers": [{"name": "all", "type": "webhook", "url_env": "A_URL", "#
      + #""match": {"rules": ["endpoint_down"]}}, "#
      + #"{"name": "hook", "type": "webhook", "url_env": "H_URL", \#(more)}], \#(others)}"#
  }
  private static func window(_ more: String) -> String {
    #"{"maintenance": [{"name": "w", \#(more)}]}"#
  }
  private static let nightly = #""from": "02:00", "to": "03:00", "time_zone": "UTC""#

  static let rows = [
    // Shares.
    Row(
      name: .shareAboveOne, testDescription: "a ratio of errors and total above 5",
      rule: "{\(ratio), \"metric_path\": \"errors\", \"threshold\": 5}"),
    Row(
      name: .shareAboveOne, testDescription: "a quotient of used and size above 90",
      rule:
        #"{"measure": "quotient", "metric_path": "used", "denominator_path": "size", "threshold": 90}"#
    ),
    Row(
      name: .shareAboveOne, testDescription: "a percentage in a text above 80",
      rule: #"{"parse": "percent", "threshold": 80}"#),
    Row(
      name: .shareAboveOne, testDescription: "a value with the unit ratio above 5",
      rule: #"{"unit": "ratio", "threshold": 5}"#),
    Row(
      name: .shareAboveOne, testDescription: "a ratio with the unit % above 5",
      rule: "{\(ratio), \"metric_path\": \"errors\", \"unit\": \"%\", \"threshold\": 5}"),
    Row(
      name: .shareAboveOne, testDescription: "a share of free space below 10",
      rule:
        #"{"measure": "quotient", "metric_path": "free", "denominator_path": "size", "comparison": "lt", "threshold": 10}"#
    ),
    Row(
      name: .shareAboveOne, testDescription: "a burn rate that exceeds all requests",
      rule:
        #"{\#(ratio), "metric_path": "errors", "threshold": null, "objective": 0.9, "burn_rate": 14.4}"#
    ),
    Row(
      name: .percentUnit, testDescription: "a ratio with the unit %",
      rule: "{\(ratio), \"metric_path\": \"errors\", \"unit\": \"%\", \"threshold\": 0.05}"),
    Row(
      name: .percentUnit, testDescription: "a fraction with the unit %",
      rule: #"{"unit": "%", "threshold": 0.05}"#),
    Row(
      name: .percentUnit, testDescription: "a percentage in a text with the unit percent",
      rule: #"{"parse": "percent", "unit": "percent", "threshold": 0.8}"#),
    // Limits.
    Row(
      name: .unreachableLimit, testDescription: "an increase below 0",
      rule: #"{"measure": "increase", "window_minutes": 60, "comparison": "lt", "threshold": 0}"#),
    Row(
      name: .unreachableLimit, testDescription: "a rate of at most -1",
      rule:
        #"{"measure": "rate_per_minute", "window_minutes": 60, "comparison": "lte", "threshold": -1}"#
    ),
    Row(
      name: .unreachableLimit, testDescription: "a status above 600",
      rule: #"{"metric_path": "@response.status", "threshold": 600}"#),
    Row(
      name: .unreachableLimit, testDescription: "a status among two that no response has",
      rule:
        #"{"metric_path": "@response.status", "comparison": "in", "threshold": [0, 50], "recovery_minutes": 1}"#
    ),
    Row(
      name: .unreachableLimit, testDescription: "a response time below 0 seconds",
      rule: #"{"metric_path": "@response.seconds", "comparison": "lt", "threshold": 0}"#),
    Row(
      name: .unreachableLimit, testDescription: "an age below 0",
      rule: #"{"measure": "age_seconds", "comparison": "lt", "threshold": 0}"#),
    Row(
      name: .unreachableLimit, testDescription: "a number of elements below 0",
      rule: #"{"metric_path": "a.*", "aggregate": "count", "comparison": "lt", "threshold": 0}"#),
    Row(
      name: .unreachableLimit, testDescription: "a share of errors above 1",
      rule: "{\(ratio), \"metric_path\": \"errors\", \"threshold\": 1}"),
    Row(
      name: .unreachableLimit, testDescription: "a negative increase, by its scale",
      rule: #"{"measure": "increase", "window_minutes": 60, "scale": -1, "threshold": 0}"#),
    Row(
      name: .alwaysBad, testDescription: "an increase of at least 0",
      rule: #"{"measure": "increase", "window_minutes": 60, "comparison": "gte", "threshold": 0}"#),
    Row(
      name: .alwaysBad, testDescription: "changes above -1",
      rule: #"{"measure": "changes", "window_minutes": 60, "threshold": -1}"#),
    Row(
      name: .alwaysBad, testDescription: "a status other than one that no response has",
      rule: #"{"metric_path": "@response.status", "comparison": "ne", "threshold": 0}"#),
    Row(
      name: .unreachableRecovery, testDescription: "an increase that recovers below 0",
      rule:
        #"{"measure": "increase", "window_minutes": 60, "threshold": 5, "recovery_threshold": -1}"#),
    // Paths.
    Row(
      name: .foreignPath, testDescription: "an index in brackets",
      rule: #"{"metric_path": "queues[0].depth"}"#),
    Row(
      name: .foreignPath, testDescription: "a denominator in the syntax of a JSON Pointer",
      rule:
        #"{"measure": "quotient", "metric_path": "used", "denominator_path": "/disk/size", "threshold": 0.9}"#
    ),
    Row(
      name: .foreignPath, testDescription: "a function in the path of a threshold",
      rule: #"{"threshold": null, "threshold_path": "len(a)"}"#),
    Row(
      name: .foreignPath, testDescription: "a PromQL selector as a path",
      rule: #"{"metric_path": "http_requests_total{code=\"500\"}"}"#),
    Row(
      name: .foreignPath, testDescription: "a filter of jq",
      rule: #"{"metric_path": "a.b | length"}"#),
    Row(
      name: .foreignPath, testDescription: "every element, as another tool writes it",
      rule: #"{"metric_path": "a.#.b"}"#),
    Row(
      name: .deadPattern, testDescription: "a pattern that no I-Regexp is",
      rule: #"{"metric_path": "$.a[?match(@.name, '(')].x"}"#),
    // Rules beside each other.
    Row(
      name: .duplicateRule, testDescription: "two rules with the same condition",
      others: [#"{"name": "again"}"#]),
    Row(
      name: .duplicateRule, testDescription: "a second rule that is later and quieter",
      others: [#"{"name": "late", "duration_minutes": 30, "breach_status": "warn"}"#]),
    Row(
      name: .duplicateRule, testDescription: "a second rule for one of the targets of the first",
      more: #"{"targets": [{"name": "t", "metrics_url": "https://t.example/"}]}"#,
      others: [#"{"name": "again", "targets": ["t"]}"#]),
    Row(
      name: .shadowedRule, testDescription: "a higher limit of the same severity",
      others: [#"{"name": "higher", "threshold": 2}"#]),
    Row(
      name: .shadowedRule, testDescription: "a lower limit below which another fires already",
      rule: #"{"comparison": "lt"}"#,
      others: [#"{"name": "lower", "comparison": "lt", "threshold": 0.5, "severity": "warning"}"#]),
    // Receivers and windows.
    Row(
      name: .noReceiver, testDescription: "a severity that no receiver accepts",
      rule: #"{"severity": "info"}"#,
      more:
        #"{"receivers": [{"name": "h", "type": "webhook", "url_env": "H_URL", "severities": ["critical"]}]}"#
    ),
    Row(
      name: .noReceiver, testDescription: "a rule that no receiver matches",
      more:
        #"{"receivers": [{"name": "h", "type": "webhook", "url_env": "H_URL", "match": {"rules": ["endpoint_*"]}}]}"#
    ),
    Row(
      name: .noReceiver, testDescription: "a rule without the label that receivers ask for",
      more: only(#""match": {"labels": {"team": "search"}}"#),
      others: [#"{"name": "o", "labels": {"team": "search"}}"#]),
    Row(
      name: .noReceiver, testDescription: "a target that no receiver matches",
      more: only(#""match": {"rules": ["r"], "targets": ["a"]}"#, targets)),
    Row(
      name: .idleReceiver, testDescription: "a receiver of severities that no rule has",
      more: hook(#""severities": ["info"]"#)),
    Row(
      name: .idleReceiver, testDescription: "a match whose severities the receiver does not take",
      more: hook(#""match": {"severities": ["warning"]}"#)),
    Row(
      name: .unheardDependency, testDescription: "a dependency that another receiver takes",
      rule: #"{"depends_on": ["endpoint_down"], "severity": "error"}"#,
      more:
        #"{"receivers": [{"name": "h", "type": "webhook", "url_env": "H_URL", "severities": ["error"]}, {"name": "p", "type": "webhook", "url_env": "P_URL", "severities": ["critical"]}]}"#
    ),
    Row(
      name: .unheardDependency, testDescription: "a dependency heard only at another target",
      rule: #"{"depends_on": ["endpoint_down"]}"#,
      more: #"""
        {"targets": [{"name": "a", "metrics_url": "https://a.example/"},
          {"name": "b", "metrics_url": "https://b.example/"}],
         "receivers": [
          {"name": "r", "type": "webhook", "url_env": "R_URL", "match": {"rules": ["r"]}},
          {"name": "a", "type": "webhook", "url_env": "A_URL", "match": {"targets": ["a"]}},
          {"name": "e", "type": "webhook", "url_env": "E_URL", "match": {"rules": ["endpoint_*"]}}]}
        """#),
    Row(
      name: .deadMatch, testDescription: "a receiver of a rule that does not exist",
      more: hook(#""match": {"rules": ["error_*"]}"#)),
    Row(
      name: .deadMatch, testDescription: "a window of a rule that is misspelled",
      more: window(#""match": {"rules": ["rr"]}, \#(nightly)"#)),
    Row(
      name: .deadMatch, testDescription: "a window of a target that does not exist",
      more:
        #"{"targets": [{"name": "api", "metrics_url": "https://t.example/"}], "maintenance": [{"name": "w", "match": {"targets": ["app"]}, \#(nightly)}]}"#
    ),
    Row(
      name: .deadMatch, testDescription: "a receiver of a label that no rule has",
      more: hook(#""match": {"labels": {"team": "search"}}"#)),
    Row(
      name: .deadMatch, testDescription: "a receiver of a label's value that no rule has",
      rule: #"{"labels": {"team": "api"}}"#, more: hook(#""match": {"labels": {"team": "search"}}"#)
    ),
    Row(
      name: .pastWindow, testDescription: "a window that is over",
      more: window(
        #""match": {"rules": ["r"]}, "starts": "2020-01-01T00:00:00Z", "ends": "2020-01-02T00:00:00Z""#
      )),
    Row(
      name: .missingRunbook, testDescription: "a runbook that does not exist",
      rule: #"{"runbook": "docs/none.md"}"#),
    // Schedules.
    Row(
      name: .shortMaxGap, testDescription: "runs that are further apart than max_gap_minutes",
      rule: #"{"max_gap_minutes": 5, "duration_minutes": 60, "min_samples": 9}"#,
      more: #"{"endpoint": {"duration_minutes": 0}}"#, options: "--every 15m"),
    Row(
      name: .neverFires, testDescription: "a window that is never covered",
      rule: #"{"measure": "increase", "window_minutes": 5, "max_gap_minutes": 5}"#,
      more: #"{"endpoint": {"duration_minutes": 0}}"#, options: "--every 30m"),
    Row(
      name: .slowMinSamples, testDescription: "more samples than the duration holds",
      rule: #"{"min_samples": 10, "duration_minutes": 30}"#, options: "--every 15m"),
    Row(
      name: .shortWindow, testDescription: "a window shorter than the time between two runs",
      rule: #"{"measure": "increase", "window_minutes": 5}"#, options: "--every 15m"),
    Row(
      name: .shortWindow, testDescription: "a short window shorter than that",
      rule: #"{\#(ratio), "metric_path": "errors", "short_window_minutes": 5, "threshold": 0.1}"#,
      options: "--every 15m"),
    // Notes.
    Row(
      name: .noRecovery, testDescription: "a rule that the first good sample resolves",
      rule: #"{"recovery_minutes": 0}"#),
    Row(
      name: .noSummary, testDescription: "a rule without a summary", rule: #"{"summary": null}"#),
    Row(
      name: .noRunbook, testDescription: "a rule without a runbook", rule: #"{"runbook": null}"#),
  ]

  /// What `check` finds in a configuration.
  private static func findings(
    _ row: Row
  ) async throws -> (found: [[String: Any]], code: ExitCode, told: [String]) {
    func object(_ text: String) throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
      return try #require(value as? [String: Any], "\(text)")
    }
    func rule(_ changes: [String]) throws -> [String: Any] {
      try changes.map(object).reduce(try object(base)) { rule, change in
        rule.merging(change) { $1 }.filter { !($0.value is NSNull) }
      }
    }
    var configuration = try object(row.more)
    configuration["rules"] =
      try [[row.rule]].map(rule) + row.others.map { try rule([row.rule, $0]) }
    let folder = try Folder()
    let text = try JSONSerialization.data(withJSONObject: configuration, options: .prettyPrinted)
    try folder.write(String(decoding: text, as: UTF8.self), to: "c.json")
    let world = World()
    let code = await world.run(
      "check --config \(folder.file("c.json")) --format json \(row.options)")
    let report = try object(world.output)
    return (try #require(report["findings"] as? [[String: Any]], "\(report)"), code, world.told)
  }

  @Test("A configuration that is odd in one way gets that warning, and no other", arguments: rows)
  func findsOne(row: Row) async throws {
    let (found, code, _) = try await Self.findings(row)
    #expect(found.compactMap { $0["name"] as? String } == [row.name.rawValue], "\(found)")
    #expect(code == .success)
    let finding = try #require(found.first)
    #expect(finding["level"] as? String == (row.name.isNote ? "note" : "warning"))
    #expect((finding["line"] as? Int ?? 0) > 0 || finding["item"] as? String == "endpoint_down")
  }

  @Test("A rule that is as it should be gets none, in any of these forms")
  func findsNothing() async throws {
    let forms = [
      "{}", #"{"unit": "%", "threshold": 80}"#,
      // Seconds for each request.
      #"{"measure": "ratio", "metric_path": "latency_sum", "denominator_path": "latency_count", "window_minutes": 60, "threshold": 5}"#,
      #"{"metric_path": "@response.status", "threshold": 499}"#,
      #"{"measure": "age_seconds", "scale": -1, "comparison": "lt", "threshold": 604800}"#,
      #"{"comparison": "eq", "threshold": "down", "recovery_minutes": 0}"#,
      // What may exceed 1, whatever it is divided by.
      #"{"measure": "quotient", "metric_path": "load1", "denominator_path": "cpu_count", "threshold": 2}"#,
      "{\(Self.ratio), \"metric_path\": \"retries\", \"threshold\": 1.5}",
      #"{"metric_path": "CPUPerc", "parse": "percent", "threshold": 3}"#,
      // Percentages.
      #"{"measure": "quotient", "metric_path": "used", "denominator_path": "size", "scale": 100, "unit": "%", "threshold": 80}"#,
      #"{"metric_path": "net.packet_loss", "unit": "%", "threshold": 0.5}"#,
    ]
    for form in forms {
      let row = Row(name: .noRecovery, testDescription: "", rule: form)
      #expect(try await Self.findings(row).found.isEmpty, "\(form)")
    }
  }

  static let pairs = [
    // A page after a longer time.
    (#"{"severity": "warning"}"#, #"{"severity": "critical", "duration_minutes": 30}"#),
    ("{}", #"{"on_missing": "alert"}"#), ("{}", #"{"on_gone": "resolve"}"#),
    ("{}", #"{"max_gap_minutes": 600}"#), ("{}", #"{"on_gap": "count"}"#),
    ("{}", #"{"labels": {"team": "search"}}"#),
    // It resolves later.
    ("{}", #"{"threshold": 10, "recovery_threshold": 0.5}"#),
    // Of different receivers: see `receivers`.
    (#"{"severity": "critical"}"#, #"{"severity": "warning"}"#),
  ]

  @Test("A second rule that fires otherwise, or tells others, is no duplicate", arguments: pairs)
  func findsNoDuplicate(rule: String, other: String) async throws {
    let receivers = ["critical", "warning"].map {
      #"{"name": "\#($0)", "type": "webhook", "url_env": "A_URL", "severities": ["\#($0)"]}"#
    }
    let row = Row(
      name: .noRecovery, testDescription: "", rule: rule,
      more: #"{"receivers": [\#(receivers.joined(separator: ", "))]}"#,
      others: [String(other.dropLast()) + (other == "{}" ? "" : ", ") + #""name": "other"}"#])
    let found = try await Self.findings(row).found.compactMap { $0["name"] as? String }
    #expect(Set(found).isDisjoint(with: ["duplicate_rule", "shadowed_rule"]))
  }

  @Test(
    "A rule allows a warning by its name; each warning of a rule can be allowed",
    arguments: rows.filter { Lint.Name.ofRules.contains($0.name) })
  func allows(row: Row) async throws {
    var row = row
    let word = "\"allow\": [\"\(row.name.rawValue)\"]"
    row = Row(
      name: row.name, testDescription: row.testDescription,
      rule: row.rule == "{}" ? "{\(word)}" : "{\(word), " + row.rule.dropFirst(), more: row.more,
      others: row.others, options: row.options)
    let found = try await Self.findings(row).found
    #expect(found.allSatisfy { $0["item"] as? String != "r" })
  }

  @Test("--strict makes warnings errors, and leaves notes alone")
  func strict() async throws {
    for row in Self.rows where [.noRunbook, .duplicateRule].contains(row.name) {
      var strict = row
      strict.options = "--strict"
      let (_, code, _) = try await Self.findings(strict)
      #expect(code == (row.name.isNote ? .success : .usage))
    }
  }

  @Test("Every name has a row, but for those that endpoint_down shares or that need a snapshot")
  func areComplete() {
    let tested = Set(Self.rows.map(\.name))
    let others: Set<Lint.Name> = [
      .neverResolves, .needsConfirm, .selectsNothing, .noRequestCount,
    ]
    #expect(tested.union(others) == Set(Lint.Name.allCases))
  }

  @Test("What --strict refuses is told, in every format", arguments: ["text", "json", "github"])
  func strictTells(format: String) async throws {
    let folder = try Folder()
    try folder.write("{\"rules\": [\(Self.base)]}", to: "c.json")
    let entry = #"""
      {"schema_version": 1, "kind": "transition", "at": "2026-11-01T0N:00:00Z", "rule": "r",
       "event": "firing", "cause": "bad"}
      """#.replacing("\n", with: "")
    try folder.write(
      (1...3).map { entry.replacing("0N", with: "0\($0)") + "\n" }.joined(), to: "h.jsonl")
    let world = World()
    let code = await world.run(
      "check --config \(folder.file("c.json")) --runs \(folder.file("h.jsonl")) --strict "
        + "--format \(format)")
    #expect(code == .usage)
    #expect(world.told.contains { $0.contains("history") }, "\(world.told)")
  }

  @Test("Text names the place, the rules and the remedy; GitHub gets annotations")
  func words() async throws {
    let folder = try Folder()
    let file = folder.file("c.json")
    try folder.write(
      """
      {"defaults": {"duration_minutes": 5, "recovery_minutes": 5, "summary": "s", "runbook": "https://r.example/"},
       "rules": [
        {"name": "a", "metric_path": "a", "unit": "%", "comparison": "gt",
         "threshold": 0.05},
        {"name": "b", "metric_path": "b", "unit": "%", "comparison": "gt", "threshold": 0.05}]}
      """, to: "c.json")
    let world = World()
    #expect(await world.run("check --config \(file)") == .success)
    #expect(
      world.told == [
        "ops-alert-eval: warning: \(file):3:45: a, b: the value seems to be a fraction, which "
          + "this unit shows as a percentage 100 times too small; write \"unit\": "
          + "\"ratio\", which is shown as % [percent_unit]"
      ])
    #expect(await world.run("check --format github --strict --config \(file)") == .usage)
    let lines = world.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("::warning file=\(file),line=3,col=45,title=percent_unit::a: the"))
    try folder.write(#"{"rules": [], "x": 1}"#, to: "c.json")
    #expect(await world.run("check --format github --config \(file)") == .usage)
    #expect(world.output.hasPrefix("::error file=\(file),line=1,col="))
  }
}
