@testable import AlertEngine
@testable import JSON
@testable import Prometheus
@testable import Reports
internal import Testing
@testable import Text

@Suite("Rules in PromQL")
struct PrometheusExportTests {
  private static func expression(_ rule: String) throws -> String {
    try exported(rule).rules[0].expression
  }

  /// The export of one rule, and of what else the configuration has.
  private static func exported(_ rule: String, _ more: String = "") throws -> PrometheusExport {
    let text = #"{"rules": [{"name": "r", "duration_minutes": 0, \#(rule)}]\#(more)}"#
    return PrometheusExport(try Configuration.decode(Array(text.utf8)))
  }

  @Test(
    "Conditions become comparisons",
    arguments: [
      (#""comparison": "gte", "threshold": 5"#, "ops_v >= 5"),
      (#""comparison": "lt", "threshold": 0.1, "scale": 0.5"#, "ops_v * 0.5 < 0.1"),
      (#""comparison": "eq", "threshold": true"#, "ops_v == 1"),
      (#""comparison": "in", "threshold": [1, 2]"#, "(ops_v == 1 or ops_v == 2)"),
      (#""comparison": "not_in", "threshold": [1, 2]"#, "ops_v != 1 != 2"),
      (#""comparison": "gt", "threshold_path": "limit""#, "ops_v > ops_limit"),
      (
        #""comparison": "ne", "threshold": "a\"b""#,
        #"max without (value) (ops_v_text{value!="a\"b"})"#
      ),
      (
        #""comparison": "in", "threshold": ["a", "b|c"]"#,
        #"max without (value) (ops_v_text{value=~"a|b\\|c"})"#
      ),
      (
        #""comparison": "in", "threshold": [1, 2], "measure": "ratio", "denominator_path": "n", "window_minutes": 60, "short_window_minutes": 5, "min_request_count": 9"#,
        "(increase(ops_v[1h]) / increase(ops_n[1h]) == 1 or increase(ops_v[1h]) / increase(ops_n[1h]) == 2)"
          + "\nand\n"
          + "(increase(ops_v[5m]) / increase(ops_n[5m]) == 1 or increase(ops_v[5m]) / increase(ops_n[5m]) == 2)"
          + "\nand increase(ops_n[1h]) >= 9"
      ),
      (
        #""comparison": "gt", "threshold": 5, "bad_samples": {"at_least": 3, "of": 5}"#,
        "count_over_time((\n  ops_v > 5\n)[299s:1m]) >= 3"
      ),
      (
        #""comparison": "gt", "threshold": 5, "recovery_threshold": 3"#,
        "ops_v > 5\nor\n(\n  ops_v > 3\n  and ignoring (alertname, alertstate, severity, breach_status) "
          + #"ALERTS{alertname="r", alertstate="firing"}"# + "\n)"
      ),
      (
        #""comparison": "gt", "threshold": 5, "min_request_count": 20"#,
        "(\n  ops_v > 5\n)\nunless on (job, instance) (ops_request_metrics_requests_total < 20)"
      ),
    ])
  func conditions(condition: String, expression: String) throws {
    let found = try Self.expression(
      #""metric_path": "v", "on_missing": "clear", \#(condition)"#)
    #expect(found == expression)
  }

  @Test(
    "Measures become functions",
    arguments: [
      (#""measure": "age_seconds", "scale": -1"#, "(time() - m) * -1"),
      (#""measure": "rate_per_minute", "window_minutes": "90s""#, "rate(m[90s]) * 60"),
      (
        #""measure": "increase", "window_minutes": 60, "aggregate": "sum""#,
        "sum by (job, instance) (increase(m[1h]))"
      ),
      (
        #""measure": "quotient", "denominator_metric": "n", "instance_by": ["zone"]"#,
        "m / on (job, instance, zone) group_left () (n > 0)"
      ),
      (
        #""measure": "quotient", "denominator_metric": "n", "instance_by": ["zone"], "aggregate": "avg""#,
        "avg by (job, instance, zone) (m) / (avg by (job, instance, zone) (n) > 0)"
      ),
      (
        #""measure": "quantile", "quantile": 0.95, "window_minutes": 5, "aggregate": "sum""#,
        "histogram_quantile(0.95, sum by (job, instance, le) (increase(m_bucket[5m])))"
      ),
    ])
  func measures(measure: String, expression: String) throws {
    let found = try Self.expression(
      #""metric": "m", "on_missing": "clear", "comparison": "gt", "threshold": 5, \#(measure)"#)
    #expect(found.replacing(#"{job="ops_prometheus"}"#, with: "") == expression + " > 5")
  }

  @Test(
    "A missing value is bad where its target is up, unless an empty list is good",
    arguments: [
      (#""metric_path": "v""#, "ops_v"),
      (#""metric_path": "v", "on_gone": "resolve""#, "ops_v"),
      (#""metric_path": "v.*""#, "ops_v_value"),
      (#""metric_path": "v.*", "on_gone": "resolve""#, nil),
      (#""metric_path": "$.v[*]""#, nil),
      (#""metric_path": "v", "on_missing": "hold""#, nil),
      (
        #""metric_path": "v.*", "on_gone": "resolve", "measure": "quotient", "denominator_path": "n""#,
        "ops_n"
      ),
      (#""metric": "m{a=\"b\"}""#, #"m{job="ops_prometheus"}"#),
      (#""metric": "m{a=\"b\"}", "on_gone": "resolve""#, #"m{job="ops_prometheus"}"#),
    ] as [(String, String?)])
  func missing(rule: String, series: String?) throws {
    let found = try Self.expression(#"\#(rule), "comparison": "gt", "threshold": 5"#)
    let absent = found.split(separator: "unless on (job, instance) ", maxSplits: 1).dropFirst().last
    #expect(absent.map(String.init) == series.map { $0 + ")" }, "\(found)")
  }

  @Test("A missing threshold is bad, too")
  func missingThreshold() throws {
    let rule = try Self.exported(
      #""metric_path": "v.*", "comparison": "gt", "threshold_path": "limit", "on_gone": "resolve""#
    ).rules[0]
    #expect(
      rule.expression.hasSuffix(
        "\nor\n(up{job=\"ops_json\"} == 1 unless on (job, instance) ops_limit)"))
    #expect(rule.differences.contains { $0.contains("rather than each instance") })
  }

  @Test(
    "What json_exporter cannot make lets a rule fire, never fire, or ignore few requests",
    arguments: [
      (#""metric_path": "v.*""#, "ops_v_value (with the label `key`), the rule fires"),
      (
        #""metric_path": "v.*", "on_gone": "resolve""#,
        "(with the label `key`), the rule never fires"
      ),
      (#""metric_path": "$.v[*]""#, "ops_v_value (with the label `key`), the rule never fires"),
      (#""metric_path": "v", "measure": "age_seconds""#, "ops_v, the rule fires"),
      (
        #""metric_path": "$.v[*].at", "instance_by": ["name"], "measure": "age_seconds""#,
        "ops_v_at_value, the rule never fires"
      ),
    ])
  func obstacles(rule: String, effect: String) throws {
    let export = try Self.exported(#"\#(rule), "comparison": "gt", "threshold": 5"#)
    let obstacles = export.rules[0].obstacles
    #expect(obstacles.count == 1)
    #expect(
      obstacles[0].hasSuffix("until something else publishes " + effect)
        || obstacles[0].hasSuffix(effect))
    let comment = "  # \(JSONMetrics.timeObstacle)\n"
    let exporter = export.files.first { $0.name == "json_exporter.yml" }
    #expect(exporter?.text.contains(comment) == rule.contains("age_seconds"))
  }

  @Test(
    "A label of the series has its own value, and tells instances apart",
    arguments: [
      (#""metric": "m""#, true, true),
      (#""metric": "m{env=\"a\"}""#, false, true),
      (#""metric": "m", "instance_by": ["env"]"#, true, false),
      (#""metric": "m", "instance_by": ["zone"]"#, false, true),
      (#""metric": "m", "aggregate": "sum""#, false, true),
      (#""metric_path": "$.m[*].v", "instance_by": ["env"]"#, true, false),
      (#""metric_path": "m""#, false, true),
    ])
  func ownLabels(selector: String, hasOwn: Bool, isIgnored: Bool) throws {
    let rule = try Self.exported(
      #"\#(selector), "comparison": "gt", "threshold": 5, "recovery_threshold": 3"#,
      #", "labels": {"env": "b{{"}"#
    ).rules[0]
    let value = #"b{{ "{{" }}"#
    let expected = hasOwn ? "{{ with $labels.env }}{{ . }}{{ else }}\(value){{ end }}" : value
    #expect(rule.template(rule.labels[2]) == expected)
    #expect(rule.expression.contains("breach_status, env)") == isIgnored, "\(rule.expression)")
    #expect(
      rule.differences.contains { $0.contains("keep each other firing") } == (hasOwn && isIgnored))
  }

  @Test("A series and its labels never have a name that Prometheus or the export gives")
  func ownNames() throws {
    let rule = try Self.exported(
      #""metric": "up{alertname!=\"a\"}", "instance_by": ["severity", "job"], "aggregate": "max", "comparison": "gt", "threshold": 5"#,
      #", "labels": {"job": "a", "severity": "b"}"#
    ).rules[0]
    #expect(
      rule.expression.hasPrefix(
        "max by (job, instance, own_severity, exported_job) (own_up{own_alertname!=\"a\", "))
    #expect(
      rule.labels.map(\.name) == ["severity", "breach_status", "exported_job", "own_severity"])
    #expect(rule.differences.contains("the metric `up` is `own_up` in Prometheus"))
  }

  @Test(
    "A base URL leads to the address that the program itself requests",
    arguments: [
      ("http://api", "http://api/ops/metrics"),
      ("http://api/", "http://api/ops/metrics"),
      ("https://api.example:8443/v1/api//", "https://api.example:8443/v1/ops/metrics"),
      ("https://api.example/v1/ops/metrics/", "https://api.example/v1/ops/metrics"),
    ])
  func baseURL(base: String, address: String) {
    let url = ScrapeURL(.baseURL(base))
    #expect(url.text == address)
    #expect("\(url.scheme)://\(url.authority)\(url.path)" == address)
  }

  @Test(
    "A path and its parameters are decoded, since Prometheus encodes them",
    arguments: [
      ("/m", "/m", [], false),
      ("/a%20b%C3%A9+%25?x=a%2Bb+c&y=%26#z", "/a bé+%", ["a+b c", "&"], false),
      ("/a%2fb", "/a/b", [], true),
      ("/%ff", "/\u{fffd}", [], true),
      ("/?x=%ff", "/", ["\u{fffd}"], true),
    ])
  func decoded(tail: String, path: String, values: [String], isChanged: Bool) {
    let url = ScrapeURL(.metricsURL("http://h" + tail))
    #expect(url.path == path)
    #expect(url.parameters.flatMap(\.values) == values)
    #expect(url.isChanged == isChanged)
    #expect(url.text == "http://h" + tail.prefix { $0 != "#" })
  }

  @Test(
    "What is to do for a target is told",
    arguments: [
      ("/m", nil), ("/m?token=x", "if its query has a secret"),
      ("/a%2Fb", "Prometheus cannot send a %2F"),
    ] as [(String, String?)])
  func tasks(tail: String, task: String?) throws {
    let export = try Self.exported(
      #""metric": "m", "comparison": "gt", "threshold": 5"#,
      #", "targets": [{"name": "t", "metrics_url": "https://h\#(tail)", "format": "prometheus"}]"#)
    let all = export.grouped(tasks: true).flatMap(\.texts)
    #expect(all.count == (task == nil ? 2 : 3))
    #expect(all.contains("no receivers: Alertmanager notifies nobody"))
    if let task { #expect(all.contains { $0.contains(task) }, "\(all)") }
  }

  @Test("Equal differences of several rules are one, with the names of all of them")
  func grouped() throws {
    let rule = #""metric": "m", "comparison": "gt", "threshold": 5, "min_samples": 3"#
    let export = try Self.exported(
      rule + #", "unit": "ms"}, {"name": "s", "duration_minutes": 0, "# + rule)
    let groups = export.grouped(tasks: false).filter { $0.places != [""] }
    #expect(groups.map(\.places) == [["r", "s"], ["r"]])
    #expect(groups.map { $0.texts.last?.prefix(13) } == ["`min_samples`", "`unit`: messa"])
  }

  @Test("A text in YAML and in PromQL is on one line, in quotes that it cannot end")
  func texts() {
    let odd = "a\"b\\c\nd\u{2028}e\u{1}{{ 🦆"
    #expect(YAML.text(odd).file([]) == odd.asGoString + "\n")
    #expect(odd.asGoString == #""a\"b\\c\nd\u2028e\u0001{{ 🦆""#)
    #expect("a{{b}}{{{".asTemplate == #"a{{ "{{" }}b}}{{ "{{" }}{"#)
    // A combining mark, and a letter that joins with what follows, make one character of several.
    #expect(
      "{{\u{301}".asTemplate.unicodeScalars.elementsEqual("{{ \"{{\" }}\u{301}".unicodeScalars))
    #expect(
      "\u{d4e}{{".asTemplate.unicodeScalars.elementsEqual("\u{d4e}{{ \"{{\" }}".unicodeScalars))
    #expect("a(\u{301}b.".asPattern.unicodeScalars.elementsEqual("a\\(\u{301}b\\.".unicodeScalars))
    let file = YAML.map([(key: "a\nb: c", value: .noted(["x\ny: z"], "# d"))]).file(["e\nf: g"])
    #expect(file == "# e\\u{a}f: g\n# x\\u{a}y: z\n\"a\\nb: c\": \"# d\"\n")
  }
}
