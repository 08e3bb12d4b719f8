@testable import AlertEngine
internal import Foundation
@testable import JSON
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

/// `UPDATE_FIXTURES=1 swift test --filter RunPageTests` redraws the pages; then look at them.
@Suite("The page of a run")
struct RunPageTests {
  private static func page(_ report: RunReport) -> String {
    String(decoding: RunPage.render(report), as: UTF8.self)
  }

  @Test("The page matches the approved one")
  func golden() throws {
    let story = try #require(ReportStory.table.first { $0.name == "firing" })
    try PageFixture.expect(Self.page(try story.report()), is: "firing.html")
  }

  @Test("Every page is self-contained, and loads nothing", arguments: ReportStory.table)
  func sound(story: ReportStory) throws {
    PageCheck.expectSound(Self.page(try story.report()))
  }

  @Test("The page says when it was made and how often samples come; its one script reads both")
  func age() throws {
    let story = try #require(ReportStory.table.first { $0.name == "firing" })
    let page = Self.page(try story.report())
    let script = try #require(page.firstMatch(of: /<script>((?s:.*?))<\/script>/)?.output.1)
    #expect(page.matches(of: /<script/).count == 1)
    #expect(
      page.contains(#"<span id="age" data-made="2026-"#) && page.contains(#"data-every="600""#))
    #expect(page.contains("script-src 'sha256-\(PageAge.scriptHash)'\">"))
    #expect(try Self.hash(of: String(script)) == PageAge.scriptHash)
    let words = ["fetch", "XMLHttp", "src", "import", "eval", "innerHTML", "location"]
    #expect(words.allSatisfy { !script.contains($0) })
  }

  /// The SHA-256 of a text in Base64, as the system's tool computes it.
  private static func hash(of text: String) throws -> String {
    let tool = Process()
    tool.executableURL = URL(filePath: "/usr/bin/sha256sum")
    let (input, output) = (Pipe(), Pipe())
    (tool.standardInput, tool.standardOutput) = (input, output)
    try tool.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let digits = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self
    )
    .prefix(64)
    tool.waitUntilExit()
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { place in
      let begin = digits.index(digits.startIndex, offsetBy: place)
      return UInt8(digits[begin...].prefix(2), radix: 16)
    }
    return Data(bytes).base64EncodedString()
  }

  @Test("Any text stays text", arguments: HostileText.table + PageHostility.table)
  func hostile(text: String) throws {
    var writer = JSONWriter(.compact)
    writer.string(text)
    let json = String(decoding: writer.bytes, as: UTF8.self)
    let story = ReportStory(
      name: "hostile",
      rules: [
        #"{"name": "r", "metric_path": "s.*", "comparison": "ne", "threshold": "up", "#
          + #""duration_minutes": 0}"#
      ],
      targets: [("api", ["{\"s\":{\(json):\(json)}}"]), ("dead", ["!\(text)"])],
      notifications: [
        DeliveryResult(
          receiver: text, notification: .sample(rule: "age", instance: text), outcome: .dead,
          reason: .text(text))
      ], errors: [text])
    var report = try story.report()
    report.targets[0].name = text
    let page = Self.page(report)
    PageCheck.expectSound(page)
    #expect(page.utf8.count < 100_000)
    #expect(inert(page) == page)
    #expect(!page.unicodeScalars.contains { $0 != "\n" && HostileText.isInvisible($0) })
  }

  @Test("An alert's known phases are drawn")
  func phases() throws {
    let story = ReportStory(
      name: "phases",
      rules: [ReportStory.rule("r", "a", minutes: 10, #""recovery_minutes": 20"#)],
      targets: [("api", ["0", "1", "1", "1", "0"].map { "{\"a\":\($0)}" })])
    let page = Self.page(try story.report())
    #expect(page.contains(/<title>pending [0-9: -]+ to [0-9:]+ UTC \(10 m\)<\/title>/))
    #expect(page.contains(/<title>firing [0-9: -]+ to [0-9:]+ UTC \(20 m\)<\/title>/))
    #expect(page.contains("class=\"recovering\""))
    #expect(page.ranges(of: "<circle class=\"point").count == 5)
    #expect(page.ranges(of: "<circle class=\"point bad").count == 3)
  }
}
