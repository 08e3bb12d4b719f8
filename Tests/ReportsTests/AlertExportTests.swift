@testable import AlertEngine
@testable import JSON
@testable import Prometheus
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The formats for other systems")
struct AlertExportTests {
  private static func rule(_ condition: String, _ more: String = "") -> String {
    #"{"name": "r", "metric_path": "v", \#(condition), "duration_minutes": 0\#(more)}"#
  }

  private static func line(_ rule: String, _ value: String) throws -> String {
    let story = ReportStory(
      name: "one", rules: [rule], targets: [("api", [#"{"v": \#(value)}"#])])
    return NagiosReport.render(ReportFormatTests.export(try story.report()))
  }

  @Test(
    "The range in performance data says what the rule says",
    arguments: [
      ("gt", "5", "7", "'r'=7;;5"), ("gt", "5", "-7", "'r'=-7;;~:5"),
      ("gt", "-5", "7", "'r'=7;;~:-5"), ("gte", "5", "5", "'r'=5;;@5:"),
      ("lt", "0.1", "0.05", "'r'=0.05;;0.1:"),
      ("lte", "1e-7", "1e21", "'r'=1\(zeros);;@~:0.0000001"),
      ("eq", "3", "3", "'r'=3;;@3:3"), ("ne", "3", "4", "'r'=4;;3:3"),
      ("in", "[3, 4]", "3", "'r'=3"),
    ])
  func ranges(comparison: String, threshold: String, value: String, datum: String) throws {
    let condition = #""comparison": "\#(comparison)", "threshold": \#(threshold)"#
    #expect(try Self.line(Self.rule(condition), value).hasSuffix(" | \(datum)\n"))
  }

  private static let zeros = String(repeating: "0", count: 21)

  @Test(
    "Only units of the convention are written, and warnings have their own range",
    arguments: [
      ("ms", "'r'=7ms;5"), ("s", "'r'=7s;5"), ("bytes", "'r'=7B;5"), ("%", "'r'=7%;5"),
      ("ratio", "'r'=7;5"), ("count", "'r'=7;5"), ("c", "'r'=7;5"), ("rows|", "'r'=7;5"),
    ])
  func units(unit: String, datum: String) throws {
    let rule = Self.rule(
      #""comparison": "gt", "threshold": 5"#, #", "breach_status": "warn", "unit": "\#(unit)""#)
    let line = try Self.line(rule, "7")
    #expect(line.hasPrefix("OPS ALERTS WARNING - 1 firing, 1 ok of 2 checks: FIRING r 7"))
    #expect(line.hasSuffix(" | \(datum)\n"))
  }

  @Test(
    "Numbers are written without exponents",
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-2.5, "-2.5"), (0.0712, "0.0712"), (1e-5, "0.00001"),
      (1.25e-7, "0.000000125"), (1e16, "10000000000000000"), (1.5e17, "150000000000000000"),
      (1_795_724_280.5, "1795724280.5"),
    ])
  func plainNumbers(number: Double, text: String) {
    #expect(PlainNumber.text(number) == text)
  }

  @Test("The status of a plugin is the most urgent one, and never OK if nothing was evaluated")
  func levels() throws {
    func level(_ answers: String..., errors: AlertExport.Level = .ok) throws -> AlertExport.Level {
      let story = ReportStory(
        name: "levels",
        rules: [
          ReportStory.rule("bad", "b", minutes: 0),
          ReportStory.rule("odd", "w", minutes: 0, #""breach_status": "warn""#),
          ReportStory.rule("held", "h", #""on_missing": "hold""#), ReportStory.rule("slow", "s"),
        ], targets: answers.isEmpty ? [] : [("api", answers)])
      return AlertExport(try story.report(), of: "rules.json", errorLevel: errors, exitCode: 0)
        .level
    }
    #expect(try level(#"{"b":0,"w":0,"h":0,"s":1}"#) == .ok)
    #expect(try level(#"{"b":0,"w":0,"s":0}"#) == .unknown)
    #expect(try level(#"{"b":0,"w":1,"s":0}"#) == .warning)
    #expect(try level(#"{"b":1,"w":1,"s":0}"#) == .critical)
    #expect(try level(#"{"b":1,"w":1,"h":0,"s":0}"#, "!gone") == .critical)
    #expect(try level("!gone") == .unknown)
    #expect(try level() == .unknown)
    #expect(try level(#"{"b":0,"w":0,"h":0,"s":0}"#, errors: .unknown) == .unknown)
    #expect(try level(#"{"b":0,"w":1,"h":0,"s":0}"#, errors: .unknown) == .warning)
  }

  @Test("The state says the same as the run that left it", arguments: ReportStory.table)
  func state(story: ReportStory) throws {
    let report = try story.report()
    let configuration = try Configuration.decode(
      Array("{\"rules\": [\(story.rules.joined(separator: ","))]}".utf8))
    let run = ReportFormatTests.export(report)
    let state = AlertExport(
      Dictionary(
        uniqueKeysWithValues: report.targets.map { ($0.name, $0.evaluation.state) }),
      of: configuration, at: "rules.json", savedAt: report.generatedAt, seenAt: report.generatedAt)
    func gauges(_ export: AlertExport) -> [String] {
      OpenMetricsReport.render(export).split(separator: "\n").filter {
        !$0.contains("ops_alert_run_")
      }.map(String.init).sorted()
    }
    #expect(gauges(run) == gauges(state))
    let levels = [run, state].map { export in
      export.targets.flatMap { target in target.rows.map { "\(target.name) \($0.key) \($0.level)" }
      }
      .sorted()
    }
    #expect(levels[0] == levels[1])
  }

  @Test("A state that is too old to say anything about now is unknown")
  func oldState() throws {
    let story = try #require(ReportStory.table.first { $0.name == "healthy" })
    let report = try story.report()
    let state = ["production": try report.evaluation(of: "production").state]
    func level(after minutes: Double) -> AlertExport.Level {
      AlertExport(
        state, of: nil, at: "rules.json", savedAt: report.generatedAt,
        seenAt: report.generatedAt + .minutes(minutes)
      ).level
    }
    #expect(level(after: 60) == .ok)
    #expect(level(after: 61) == .unknown)
  }

  /// The same text in every place for text from outside.
  private static func export(_ text: String) throws -> AlertExport {
    var writer = JSONWriter(.compact)
    writer.string(text)
    let json = String(decoding: writer.bytes, as: UTF8.self)
    let rule =
      #"{"name": "r", "metric_path": "s.*.v", "comparison": "ne", "threshold": "up", "#
      + #""duration_minutes": 0}"#
    let number =
      #"{"name": "n", "metric_path": "s.*.n", "comparison": "gt", "threshold": 0, "#
      + #""duration_minutes": 0}"#
    let story = ReportStory(
      name: "hostile", rules: [rule, number],
      targets: [
        ("api", ["{\"s\":{\(json):{\"v\":\(json),\"n\":1}}}"]), ("dead", ["!\(text)"]),
      ], errors: [text])
    var report = try story.report()
    report.targets[0].name = text
    return ReportFormatTests.export(report)
  }

  @Test("Hostile text stays in its place", arguments: HostileText.table + ["'", "=", "a'b=c|d\\n"])
  func hostile(text: String) throws {
    let export = try Self.export(text)
    // As it is printed.
    let line = inert(NagiosReport.render(export))
    #expect(line.utf8.count < 8_192)
    #expect(line.utf8.count { $0 == UInt8(ascii: "|") } == 1)
    #expect(line.dropLast().allSatisfy { !$0.isNewline })
    let data = try #require(line.utf8.firstIndex(of: UInt8(ascii: "|")))
    let pattern = /\|( '[^'=]+'=[-0-9.]+[a-zA-Z%]*(;[-0-9.@:~;]*)?)+\n/
    #expect(line[data...].wholeMatch(of: pattern.matchingSemantics(.unicodeScalar)) != nil)

    let metrics = OpenMetricsReport.render(export)
    let row = try #require(export.ordered.first { $0.row.key.instance != nil }).row
    let instance = inert(printable(try #require(row.key.instance), limit: 2_000))
    for isOpenMetrics in [true, false] {
      let exposition = try Array(metrics.utf8).withUnsafeBufferPointer {
        try Exposition.read(
          $0, keeping: MetricNames(["ops_alert_firing"]), isOpenMetrics: isOpenMetrics)
      }
      #expect(exposition.repetitions == 0)
      let firing = exposition.samples(named: "ops_alert_firing")
      #expect(firing.count == export.ordered.count)
      #expect(firing.contains { $0.labels["instance"] == instance })
    }

    let junit = AlertJUnitReport.render(export)
    for output in [line, metrics, junit] {
      #expect(
        !output.unicodeScalars.contains {
          $0 != "\n" && HostileText.isInvisible($0) && $0.value != 0x200D
        })
    }
    #expect(inert(metrics) == metrics)
  }

  @Test("A thousand targets fit: the most urgent come first")
  func manyTargets() throws {
    let good = #"{"a":0}"#
    let story = ReportStory(
      name: "many", rules: [ReportStory.rule("error_rate", "a", minutes: 0)],
      targets: (1...1_000).map { ("target-\($0)", [$0 == 999 ? #"{"a":1}"# : good]) })
    let line = NagiosReport.render(ReportFormatTests.export(try story.report()))
    #expect(line.utf8.count <= NagiosReport.limit + 1)
    #expect(
      line.contains("1 firing, 1999 ok of 2000 checks: FIRING error_rate on target-999 100 %"))
    #expect(line.contains(" | 'error_rate on target-999'=1;;0.05 'error_rate on target-1'=0"))
  }

  @Test("Names that differ only in what is not shown give one series")
  func sameLabels() throws {
    let story = ReportStory(
      name: "same", rules: [ReportStory.rule("r", "s.*", minutes: 0)],
      targets: [("api", [#"{"s":{"a\u001b":0,"a\\u{1b}":1}}"#])])
    let lines = OpenMetricsReport.render(ReportFormatTests.export(try story.report()))
      .split(separator: "\n").filter { $0.hasPrefix("ops_alert_firing{rule=\"r\",instance=\"a") }
    #expect(lines.count == 1)
    #expect(lines.allSatisfy { $0.hasSuffix(" 1") })
  }
}

extension RunReport {
  fileprivate func evaluation(of target: String) throws -> Evaluation {
    try #require(targets.first { $0.name == target }).evaluation
  }
}
