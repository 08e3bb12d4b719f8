@testable import Reports
internal import TestSupport
internal import Testing

@Suite("A report of many targets")
struct ManyTargetsTests {
  private static let good = #"{"a":0}"#

  /// This many targets with this many rules; the first ones are dead, or fire.
  private static func report(
    _ count: Int, rules: Int = 4, dead: Int = 0, firing: Int = 0, text: String = "down"
  ) throws -> RunReport {
    let names = (0..<count).map { "t\($0)" }
    return try ReportStory(
      name: "many",
      rules: (0..<rules).map { ReportStory.rule("r\($0)", "a", minutes: 0) },
      targets: names.enumerated().map { index, name in
        if index < dead { return (name, [good, "!\(text)"]) }
        return (name, [good, index < dead + firing ? #"{"a":1}"# : good])
      }
    ).report()
  }

  @Test("A thousand targets, a hundred unreachable and one firing, fit one screen")
  func screenful() throws {
    let report = try Self.report(1_000, dead: 100, firing: 1)
    let text = ReportFormatTests.text(report)
    #expect(text.split(separator: "\n").count < 24)
    #expect(text.contains("100 targets: warn"))
    #expect(text.contains("t0, t1, t2, t3, t4 and 95 more"))
    #expect(text.hasPrefix("t100: fail"))
    #expect(text.contains("\nOK  899 targets, 4495 checks\n"))
    #expect(text.contains("1000 targets, 100 without a snapshot"))
    let quiet = ReportFormatTests.text(report, .quiet)
    #expect(!quiet.contains("\nOK") && quiet.contains("100 targets: warn"))
    let verbose = ReportFormatTests.text(report, .verbose)
    #expect((1_000..<9_000).contains(verbose.split(separator: "\n").count))
  }

  @Test("--quiet prints nothing when all is well, and otherwise one line sums it up")
  func quiet() throws {
    let report = try Self.report(50)
    #expect(ReportFormatTests.text(report, .quiet).isEmpty)
    #expect(ReportFormatTests.text(report).split(separator: "\n").count == 2)
    #expect(AnnotationReport.render(report).isEmpty)
  }

  @Test("Few targets are listed, those that need attention first")
  func few() throws {
    let text = ReportFormatTests.text(try Self.report(3, dead: 1, firing: 1))
    #expect(text.hasPrefix("t1: fail\n"))
    #expect(text.contains("t0: warn") && text.contains("t2: pass"))
  }

  @Test("Causes with nothing in common do not flood the screen")
  func causes() throws {
    let story = ReportStory(
      name: "causes", rules: [ReportStory.rule("r", "a"), ReportStory.rule("s", "a")],
      targets: (0..<200).map { ("t\($0)", ["!cause \($0)"]) })
    let text = ReportFormatTests.text(try story.report())
    #expect(text.split(separator: "\n").count < 130)
    #expect(text.contains("and 180 more targets without evidence"))
  }

  @Test(
    "Markdown stays within its limit, and says what it left out",
    arguments: [MarkdownReport.limit, 40_000, 20_000, 3_000, 500, 100, 0, -5])
  func limit(limit: Int) throws {
    let report = try Self.report(60, rules: 9, dead: 10, firing: 20)
    let text = ReportFormatTests.markdown(report, limit: limit)
    #expect(text.utf8.count <= max(0, limit))
    if limit > 1_000 {
      #expect(text.hasPrefix("## 🔴 fail: 180 firing"))
      #expect(text.contains("**Truncated, left out: ") == (limit < 25_000))
      #expect(text.utf8.count > min(limit, 28_000) / 4 * 3)
      let opened = text.split(separator: "<details>").count
      #expect(text.split(separator: "</details>").count == opened)
    }
  }

  @Test("A thousand checks with the longest texts fit by leaving out the least important")
  func longest() throws {
    let long = String(repeating: "&`|\u{1F6A8}", count: 100)
    let more =
      #""summary": "\#(long.prefix(180))", "runbook": "https://r.example/\#(String(repeating: "&", count: 400))""#
    let story = ReportStory(
      name: "longest",
      rules: (0..<250).map { ReportStory.rule("r\($0)", "a", minutes: $0 % 2 * 10, more) },
      targets: (0..<4).map { ("t\($0)", [#"{"a":1}"#]) })
    let text = ReportFormatTests.markdown(try story.report(), limit: 250_000)
    #expect(text.utf8.count < 250_000)
    #expect(text.utf8.count > 220_000)
    #expect(text.contains("FIRING") && !text.contains("PENDING"))
  }

  @Test(
    "At most ten annotations of a level are written, most severe first, the last counts the others")
  func caps() throws {
    let report = try Self.report(30, dead: 12, firing: 12, text: "down")
    let lines = AnnotationReport.render(report).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("::error ") } == 10)
    #expect(lines.count { $0.hasPrefix("::warning ") } == 1)
    let last = try #require(lines.last { $0.hasPrefix("::error ") })
    #expect(
      last
        == "::error title=and 39 more::39 more of this level: the summary and the JSON report list them"
    )
    let ten = AnnotationReport.render(try Self.report(1, rules: 10, firing: 1))
    #expect(ten.split(separator: "\n").count == 10 && !ten.contains("more"))
  }
}
