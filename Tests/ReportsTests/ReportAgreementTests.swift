@testable import Reports
internal import TestSupport
internal import Testing

@Suite("Agreement between the formats of a report")
struct ReportAgreementTests {
  /// The stories, and runs of targets with random responses.
  static let stories: [ReportStory] =
    ReportStory.table
    + (1...4).map { seed in
      var random = SplitMix64(seed: UInt64(seed))
      let count = seed == 1 ? 3 : 40
      let answers = ["{\"a\":0,\"b\":0.1}", "{\"a\":1,\"b\":0.1}", "{\"a\":0.01}", "!503", "!"]
      return ReportStory(
        name: "random \(seed)",
        rules: [
          ReportStory.rule("slow", "a", #""recovery_minutes": 10"#),
          ReportStory.rule("hits", "a", minutes: 0, #""breach_status": "warn""#),
          ReportStory.rule("held", "b", #""on_missing": "hold""#),
        ],
        targets: (0..<count).map { number in
          ("t\(number)", (0..<5).map { _ in answers[Int.random(in: 0..<5, using: &random)] })
        })
    }

  @Test("Text and Markdown show the same checks, states and values", arguments: stories)
  func textAndMarkdown(story: ReportStory) throws {
    let report = try story.report()
    let markdown = ReportLine.lines(ofMarkdown: ReportFormatTests.markdown(report))
    if report.targets.count <= 5 {
      #expect(ReportLine.lines(ofText: ReportFormatTests.text(report, .verbose)) == markdown)
      #expect(markdown.count >= report.checks.count { _ in true })
    } else {
      #expect(ReportLine.lines(ofText: ReportFormatTests.text(report)) == markdown)
      #expect(!markdown.isEmpty)
    }
  }

  @Test("The statuses in JSON correspond to the states in the text", arguments: stories)
  func json(story: ReportStory) throws {
    let report = try story.report()
    let json = try ReportLine.lines(ofJSON: JSONReport.render(report))
    let text = ReportLine.lines(ofText: ReportFormatTests.text(report, .verbose))
    let states = Dictionary(uniqueKeysWithValues: text.map { ([$0.target, $0.name], $0.state) })
    #expect(json.count == report.checks.count { _ in true })
    for check in json {
      let state = try #require(states[[check.target, check.name]])
      switch state {
      case "FIRING", "RECOVERING": #expect(["fail", "warn"].contains(check.state))
      case "PENDING": #expect(check.state == "pending")
      case "UNKNOWN": #expect(check.state == "unknown")
      case "OK": #expect(check.state == "pass")
      default: #expect(["pass", "unknown", "pending"].contains(check.state), "\(check)")
      }
    }
  }

  @Test(
    "Annotations say what the text says, at a level that matches the status", arguments: stories)
  func annotations(story: ReportStory) throws {
    let report = try story.report()
    let output = AnnotationReport.render(report)
    let text = [TextReport.Detail.verbose, .normal].flatMap {
      ReportLine.lines(ofText: ReportFormatTests.text(report, $0))
    }
    let statuses = Dictionary(
      uniqueKeysWithValues: try ReportLine.lines(ofJSON: JSONReport.render(report)).map {
        ([$0.target, $0.name], $0.state)
      })
    for (level, line) in try ReportLine.lines(ofAnnotations: output) {
      #expect(text.contains(line), "\(line)")
      guard !line.target.hasSuffix(" targets") else { continue }
      switch statuses[[line.target, line.name]] {
      case "fail"?: #expect(level == "error")
      case "warn"?, "unknown"?: #expect(level == "warning" || line.state == "RESOLVED")
      case "pending"?: #expect(level != "error")
      default: #expect(level == "notice")
      }
    }
    #expect(output.contains("::error") == (report.status == .fail || !report.errors.isEmpty))
    #expect(report.status != .warn || output.contains("::warning") || !report.errors.isEmpty)
  }

  @Test("Every format names the same receivers as notified and not notified")
  func told() throws {
    let story = try #require(ReportStory.table.first { $0.name == "notified" })
    let report = try story.report()
    let markdown = ReportFormatTests.markdown(report).replacing("`", with: "").replacing(
      "*", with: "")
    let lines = ReportFormatTests.text(report).split(separator: "\n").filter {
      $0.contains("notified ") || $0.hasPrefix("NOT NOTIFIED")
    }
    #expect(lines.count > 1)
    for line in lines {
      #expect(markdown.contains(line))
      #expect(AnnotationReport.render(report).contains(line) == line.hasPrefix("NOT NOTIFIED"))
    }
  }
}
