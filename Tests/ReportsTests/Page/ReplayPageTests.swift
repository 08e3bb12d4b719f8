@testable import AlertEngine
internal import Foundation
@testable import JSON
@testable import Reports
internal import TestSupport
internal import Testing
@testable import Text

/// `UPDATE_FIXTURES=1 swift test --filter ReplayPageTests` redraws the pages; then look at them.
@Suite("The page of a replay")
struct ReplayPageTests {
  @Test("The page matches the approved one", arguments: PageStory.table)
  func golden(story: PageStory) throws {
    try PageFixture.expect(try story.page(), is: "replay-\(story.name).html")
  }

  @Test("Every page is self-contained, and loads nothing", arguments: PageStory.table)
  func sound(story: PageStory) throws {
    PageCheck.expectSound(try story.page())
  }

  @Test("The page of eight rules over a long time has a bounded size")
  func size() throws {
    // The number of points is at its bound by then: 30 days make a page of 480 kB.
    var result = try PageStory.long(12_000).result().0
    result.targets[0].tallies = (0..<8).map { _ in result.targets[0].tallies[0] }
    let bytes = ReplayPage.render(result, transitions: [], facts: PageStory.three.facts)
    #expect(bytes.count < 500_000)
  }

  @Test("A page draws a hundred of a thousand instances and counts the others")
  func instances() throws {
    let bodies = (0..<3).map { sample in
      "{\"s\":{"
        + (0..<1_000).map { "\"instance \($0)\":\($0 % 100 == 7 ? sample : 0)" }
        .joined(separator: ",") + "}}"
    }
    let story = PageStory(
      name: "instances",
      rules: [
        #"{"name":"r","metric_path":"s.*","comparison":"gt","threshold":0,"duration_minutes":1}"#
      ],
      samples: bodies.enumerated().map { (Double($0.offset), $0.element) })
    let page = try story.page()
    PageCheck.expectSound(page)
    #expect(page.ranges(of: "<svg class=\"plot\"").count == 100)
    #expect(page.contains("901 alerts without a picture"))
    #expect(page.contains("and 801 more"))
    #expect(page.utf8.count < 500_000)
  }

  @Test("If a page has room for some alerts only, it draws those that fired longest")
  func mostlyFiring() throws {
    var story = PageStory.three
    story.targets = (0..<50).map { "target \($0)" }
    var result = try story.result().0
    result.targets += result.targets
    let page = String(
      decoding: ReplayPage.render(result, transitions: [], facts: story.facts), as: UTF8.self)
    PageCheck.expectSound(page)
    #expect(page.ranges(of: "<svg class=\"plot\"").count == 100)
    // Of each target one rule fired; the endpoints never did.
    #expect(page.ranges(of: ": fail (critical)</p>").count == 100)
    #expect(page.ranges(of: ">once, still firing").count == 100)
    #expect(page.contains("1 alert without a picture"))
  }

  @Test("A page without samples says so")
  func nothing() {
    let bytes = ReplayPage.render(
      ReplayResult(targets: []), transitions: [], facts: PageStory.three.facts)
    let page = String(decoding: bytes, as: UTF8.self)
    PageCheck.expectSound(page)
    #expect(page.contains("No samples to evaluate."))
  }

  @Test("Any text stays text", arguments: HostileText.table + PageHostility.table)
  func hostile(text: String) throws {
    let json = Self.quoted(text)
    let short = Self.quoted(printable(text, limit: 20))
    var story = PageStory(
      name: "hostile",
      rules: [
        """
        {"name": "r", "metric_path": "s.*", "comparison": "gt", "threshold": 0,
        "duration_minutes": 0, "unit": \(short), "summary": \(short), "owner": \(short),
        "runbook": "https://x.example/'onclick=alert(1)"}
        """
      ],
      samples: [(0, "{\"s\":{\(json):1}}"), (1, "{\"s\":{\(json):2}}")])
    story.targets = [text, "other"]
    story.facts = ReplayPage.Facts(
      configuration: text, configurationVersion: text, files: [text, text],
      skipped: SkippedLines(
        total: 2, first: [.init(file: text, line: 1, column: 1, reason: text)], overlapping: 1))
    let page = try story.page()
    PageCheck.expectSound(page)
    #expect(page.utf8.count < 200_000)
    #expect(inert(page) == page)
    #expect(!page.unicodeScalars.contains { $0 != "\n" && HostileText.isInvisible($0) })
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter(.compact)
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static let anyNumbers: [[Double]] = [
    [0], [-0.0, 0], [1e300, -1e300], [.greatestFiniteMagnitude, -.greatestFiniteMagnitude],
    [.leastNonzeroMagnitude, 0], [5, 5, 5], [-3, -2], [1e-7, 2e-7], [1e15, 1e15 + 1],
  ]

  @Test("Any numbers can be drawn", arguments: anyNumbers)
  func numbers(values: [Double]) throws {
    let story = PageStory(
      name: "numbers",
      rules: [
        #"{"name":"r","metric_path":"v","comparison":"gt","threshold":1,"duration_minutes":0}"#
      ],
      samples: values.enumerated().map { (Double($0.offset), "{\"v\":\($0.element)}") })
    let page = try story.page()
    PageCheck.expectSound(page)
    #expect(page.ranges(of: "<circle class=\"point").count == values.count)
  }
}

/// Texts that would be markup in a page, if they were not escaped.
enum PageHostility {
  static let table = [
    "</svg><script>alert(1)</script>", "</title></style><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "javascript:alert(1)",
    "<!--", "-->", "]]>", "<![CDATA[", "&lt;b&gt;", "&#60;script&#62;", "\u{FFFE}\u{FFFF}",
    "\u{202E}gpj.exe", "url(https://evil.example)", "{}</style>", "\u{2028}\u{2029}",
  ]
}

/// The approved pages.
enum PageFixture {
  static func expect(
    _ page: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = Repository.root.appending(path: "Tests/Fixtures/reports/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(page.utf8).write(to: file)
    }
    #expect(try page == String(contentsOf: file, encoding: .utf8), sourceLocation: sourceLocation)
  }
}
