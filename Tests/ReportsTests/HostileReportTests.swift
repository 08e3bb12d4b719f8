@testable import AlertEngine
@testable import JSON
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Hostile text in a report")
struct HostileReportTests {
  /// The same text in every place for text from outside.
  private static func report(_ text: String) throws -> RunReport {
    var writer = JSONWriter(.compact)
    writer.string(text)
    let json = String(decoding: writer.bytes, as: UTF8.self)
    let short = text.isEmpty ? "x" : String(text.prefix(100))
    let story = ReportStory(
      name: "hostile",
      rules: [
        #"{"name": "r", "metric_path": "s.*.v", "comparison": "ne", "threshold": "up", "#
          + #""duration_minutes": 0}"#
      ],
      targets: [("api", ["{\"s\":{\(json):{\"v\":\(json)}}}"]), ("dead", ["!\(text)"])],
      notifications: [
        DeliveryResult(
          receiver: short, notification: .sample(rule: "age", instance: text), outcome: .dead,
          reason: .text(text))
      ], errors: [text])
    var report = try story.report()
    report.targets[0].name = text
    return report
  }

  @Test("No text can control a terminal or a runner, in any format", arguments: HostileText.table)
  func lines(text: String) throws {
    let report = try Self.report(text)
    let annotations = AnnotationReport.render(report)
    for output in [inert(ReportFormatTests.text(report)), ReportFormatTests.markdown(report)] {
      #expect(inert(output) == output)
      #expect(
        !output.unicodeScalars.contains {
          $0 != "\n" && HostileText.isInvisible($0) && $0.value != 0x200D
        })
    }
    let json = String(decoding: JSONReport.render(report), as: UTF8.self)
    #expect(inert(json) == json)
    #expect(!annotations.contains("##["))
    for line in annotations.split(separator: "\n") {
      let form = /::(error|warning|notice) title=[^:,\r\n]*::[^\r\n]*/
      #expect(line.wholeMatch(of: form.matchingSemantics(.unicodeScalar)) != nil)
      #expect(line.utf8.count < 20_000)
    }
    #expect(annotations.split(separator: "\n").count == 4)
  }

  @Test(
    "In Markdown, hostile text stays in code and breaks no table",
    arguments: HostileText.table)
  func markdown(text: String) throws {
    let output = ReportFormatTests.markdown(try Self.report(text))
    #expect(output.utf8.count < 40_000)
    let rows = output.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.count > 4)
    for line in rows {
      let columns = line.unicodeScalars.count { $0 == "|" } - 1
      #expect(columns == 7 || columns == 5, "\(line)")
    }
    // What is left without code is the report's own.
    let bare = output.replacing(/(?<fence>`+)(?:(?!\k<fence>)[^\n])*?\k<fence>(?!`)/, with: "")
    #expect(!bare.contains("evil") && !bare.contains("@") && !bare.contains("<!here"))
    #expect(!bare.contains("rm -rf") && !bare.contains("spoiler"))
    #expect(bare.replacing(/<\/?(details|summary)>/, with: "").firstMatch(of: /<[a-z!@]/) == nil)
  }

  @Test(
    "Backticks never need a longer fence than the 80 that GitHub knows",
    arguments: [1, 78, 79, 80, 81, 500]
  )
  func backticks(count: Int) throws {
    let text = String(repeating: "`", count: count) + "@octocat"
    let output = ReportFormatTests.markdown(try Self.report(text))
    let runs = output.matches(of: /`+/).map(\.output.count)
    #expect(try #require(runs.max()) <= 80)
    #expect(output.contains(#"\u{60}"#) == (count >= 80))
    let bare = output.replacing(/(?<fence>`+)(?:(?!\k<fence>)[^\n])*?\k<fence>(?!`)/, with: "")
    #expect(!bare.contains("@"))
  }
}
