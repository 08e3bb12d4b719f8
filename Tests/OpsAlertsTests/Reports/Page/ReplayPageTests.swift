internal import AlertEngine
internal import Foundation
internal import OpsAlerts
internal import Testing

/// `UPDATE_FIXTURES=1 swift test --filter ReplayPageTests` draws the pages anew; then look at them.
@Suite("The page of a replay")
struct ReplayPageTests {
  @Test("A replay looks as people signed it off", arguments: PageStory.table)
  func golden(story: PageStory) throws {
    try PageFixture.expect(try story.page(), is: "replay-\(story.name).html")
  }

  @Test("scratch")
  func scratch() throws {
    let clock = ContinuousClock()
    var result: ReplayResult?
    print(try clock.measure { result = try PageStory.long(43_200).result().0 })
    var r = try #require(result)
    r.targets[0].tallies = Array(repeating: r.targets[0].tallies[0], count: 8)
    print(
      clock.measure {
        let bytes = ReplayPage.render(
          r, transitions: [], facts: .init(configuration: "c", files: ["f"]))
        print(bytes.count)
        try? Data(bytes).write(to: URL(fileURLWithPath: "/tmp/pg/long.html"))
      })
  }
}

/// Pages that people signed off.
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
