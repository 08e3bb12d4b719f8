@testable import AlertEngine
@testable import Reports
internal import Testing
@testable import Text

@Suite("The text report")
struct TextReportTests {
  static let origin = Instant(milliseconds: 1_795_000_000_000)

  /// Evaluates documents ten minutes apart and renders the last evaluation.
  static func render(
    _ rules: String, _ documents: [String], detail: TextReport.Detail = .normal,
    isColored: Bool = false
  ) throws -> String {
    let configuration = try Configuration.decode(Array("{\"rules\": [\(rules)]}".utf8))
    let evaluator = Evaluator(configuration)
    var state = TargetState()
    var reports: [RunReport] = []
    for (index, document) in documents.enumerated() {
      let now = origin + .minutes(Double(index) * 10)
      let reading: Reading =
        document == "!"
        ? .unreachable(cause: "nothing listens\u{1b}[2J")
        : .snapshot(try evaluator.read(Array(document.utf8)))
      let evaluation = evaluator.evaluate(reading, from: state, at: now)
      state = evaluation.state
      let target = TargetReport(
        name: "api\u{1b}[31m", metricsURL: nil, evaluation: evaluation, errors: [])
      reports.append(
        RunReport(generatedAt: now, configurationVersion: nil, targets: [target], errors: []))
    }
    let report = try #require(reports.last)
    return TextReport(detail: detail, isColored: isColored).render(report)
  }

  static func rule(_ name: String, _ path: String, minutes: Int = 10, more: String = "") -> String {
    """
    {"name": "\(name)", "metric_path": "\(path)", "comparison": "gt", "threshold": 0.05,
     "duration_minutes": \(minutes), "unit": "ratio"\(more)}
    """
  }

  @Test("What needs attention comes first, with evidence, peak and runbook")
  func order() throws {
    let rules = [
      rule("fine", "a"), rule("waits", "b"), rule("lost", "c", more: #", "on_missing": "hold""#),
      rule("burns", "d", more: #", "summary": "S", "runbook": "https://r", "owner": "@o""#),
    ]
    let text = try Self.render(
      rules.joined(separator: ","),
      [
        #"{"a":0.01,"b":0.01,"d":0.01}"#, #"{"a":0.01,"b":0.01,"d":0.09}"#,
        #"{"a":0.02,"b":0.06,"d":0.0712}"#,
      ])
    #expect(
      text == """
        FIRING   burns          7.12 % (limit > 5 %)  ▁█▇
                 critical · since 11:16 UTC (10 m, 2 samples, longest gap 10 m) · fires now · peak 9 % at 11:16 UTC
                 S
                 runbook https://r
                 owner @o
        PENDING  waits          6 % (limit > 5 %)     ▁▁█
                 critical · since 11:26 UTC (1 sample) · fires at 11:36 UTC if still bad · peak 6 % at 11:26 UTC
        UNKNOWN  lost           no evidence: no value at c
        OK       fine           2 % (limit > 5 %)     ▁▁▂
        OK       endpoint_down  a snapshot was read

        fail: 1 firing, 1 pending, 1 unknown, 2 ok of 5 checks · api\\u{1b}[31m · 2026-11-18 11:26 UTC

        """)
  }

  @Test("Without evidence no check is ok, and the cause is given once")
  func unreachable() throws {
    let text = try Self.render(Self.rule("r", "a"), [#"{"a":0.01}"#, "!"])
    #expect(
      text == """
        PENDING  endpoint_down  no snapshot: nothing listens\\u{1b}[2J
                 critical · since 11:16 UTC (1 sample) · fires at 11:26 UTC if still bad
        UNKNOWN  r              no evidence: no snapshot

        warn: 1 pending, 1 unknown of 2 checks · api\\u{1b}[31m · 2026-11-18 11:16 UTC

        """)
  }

  @Test("A resolved alert says how long it fired, once")
  func resolved() throws {
    let documents = [#"{"a":0.1}"#, #"{"a":0.1}"#, #"{"a":0.1}"#, #"{"a":0.01}"#]
    let text = try Self.render(Self.rule("r", "a"), documents)
    #expect(text.hasPrefix("RESOLVED  r"))
    #expect(text.contains("fired for 20 m, 11:16 to 11:36 UTC"))
    #expect(try Self.render(Self.rule("r", "a"), documents + [#"{"a":0}"#]).hasPrefix("OK"))
  }

  @Test("Text from a snapshot cannot control the terminal")
  func hostile() throws {
    let key = #"x\u001b[2J\u202e\r\n::error::"#
    let document = "{\"s\":{\"\(key)\":{\"v\":\"\(key)\"}}}"
    for isColored in [false, true] {
      let text = try Self.render(
        #"{"name": "r", "metric_path": "s.*.v", "comparison": "ne", "threshold": "up", "#
          + #""duration_minutes": 0}"#, [document], isColored: isColored)
      let escapes = text.unicodeScalars.filter { $0 == "\u{1b}" }.count
      #expect(isColored ? escapes > 0 : escapes == 0)
      #expect(!text.contains("\u{1b}[2J") && !text.contains("\u{202E}") && !text.contains("\r"))
      #expect(!text.contains("\n::error"))
    }
  }

  @Test("Many healthy rules are summed up, except with --verbose")
  func manyHealthy() throws {
    let rules = (0..<50).map { rule("r\($0)", "a", minutes: 1) }.joined(separator: ",")
    let normal = try Self.render(rules, [#"{"a":0}"#])
    #expect(normal.split(separator: "\n").count == 22)
    #expect(normal.contains("and 31 more (--verbose lists them)"))
    let verbose = try Self.render(rules, [#"{"a":0}"#], detail: .verbose)
    #expect(verbose.split(separator: "\n").count == 52)
    #expect(try Self.render(rules, [#"{"a":0}"#], detail: .quiet).isEmpty)
  }

  @Test("The firing alert that explains the others comes first, then the most severe")
  func urgency() throws {
    let rules = [
      rule("slow", "a", minutes: 0, more: #", "breach_status": "warn""#),
      rule("broken", "b", minutes: 0),
    ]
    let both = #"{"a":1,"b":1}"#
    let text = try Self.render(rules.joined(separator: ","), [both, "!", "!"])
    let names = text.split(separator: "\n").filter { $0.hasPrefix("FIRING") }
      .map { $0.split(separator: " ")[1] }
    #expect(names == ["endpoint_down", "broken", "slow"])
    #expect(text.contains("no evidence: no snapshot, last 100 % at 11:06 UTC"))
    #expect(text.contains("since 11:06 UTC (1 sample), last bad 11:06 UTC"))
  }

  @Test("No firing time is shown if samples are too rare for the rule")
  func tooRarely() throws {
    let slow = rule("r", "a", more: #", "max_gap_minutes": 5"#)
    let text = try Self.render(slow, [#"{"a":1}"#, #"{"a":1}"#])
    #expect(
      text.contains(
        "sampled too rarely: 2 of 3 bad samples in a row, 10 m apart (max_gap_minutes allows 5 m)"))
    #expect(!text.contains("fires"))
    let fired = try Self.render(slow, [#"{"a":1}"#, #"{"a":1}"#, #"{"a":1}"#])
    #expect(
      fired.contains("3 samples in a row, 10 m apart: too sparse to tell what happened in between"))
  }

  @Test("--quiet leaves out low volume, but not a missing metric")
  func quietRoutine() throws {
    let rules =
      "{\"name\": \"r\", \"metric_path\": \"a\", \"comparison\": \"gt\", \"threshold\": 1,"
      + " \"duration_minutes\": 5, \"min_request_count\": 20, \"on_missing\": \"hold\"}"
    let few = #"{"a":9,"request_metrics":{"requests":{"total":3}}}"#
    #expect(try Self.render(rules, [few], detail: .quiet).isEmpty)
    let gone = #"{"request_metrics":{"requests":{"total":300}}}"#
    #expect(try Self.render(rules, [gone], detail: .quiet).hasPrefix("UNKNOWN"))
  }

  private func rule(
    _ name: String, _ path: String, minutes: Int = 10, more: String = ""
  ) -> String {
    Self.rule(name, path, minutes: minutes, more: more)
  }
}
