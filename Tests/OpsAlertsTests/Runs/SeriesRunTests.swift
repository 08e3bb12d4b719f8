@testable import HTTP
@testable import JSON
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Runs with named series")
struct SeriesRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
  }

  private static let document =
    #"{"l": [{"n": "a", "v": 1, "why": "calm"}, {"n": "b", "v": 9, "why": "disk\u001b[31m\nfull"}]}"#
  private static let reordered =
    #"{"l": [{"n": "b", "v": 9, "why": "disk full"}, {"n": "a", "v": 1}]}"#

  private func run(
    _ document: String, more: String = "", _ options: String = "", atMinute minute: Double
  ) async throws -> ExitCode {
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "l.*.v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0\(more)}], "receivers": [\(World.pager), \(World.hook)]}
      """, to: "c.json")
    world.answer(document)
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --fail-on never \(options)", atMinute: minute)
  }

  /// The bodies that a host got, with the events that they name.
  private func bodies(_ host: String) -> [String] {
    world.memory.withLock(\.requests).filter { $0.url.host == host }
      .map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test("An incident opened under an index is closed under the same key after the rule names it")
  func renames() async throws {
    _ = try await run(Self.document, atMinute: 0)
    let named = #", "instance_by": ["n"], "detail_path": "why""#
    _ = try await run(Self.document, more: named, atMinute: 1)
    _ = try await run(Self.reordered, more: named, atMinute: 2)
    #expect(bodies("pager.example").count == 1)
    _ = try await run(
      Self.reordered.replacing("9", with: "1"), more: named, atMinute: 3)
    let keys = bodies("pager.example").map { body in
      body.firstMatch(of: /"dedup_key": ?"([^"]*)"/).map { String($0.output.1) }
    }
    #expect(keys.count == 2)
    #expect(keys[0] != nil && keys[0] == keys[1])
    #expect(bodies("pager.example").last?.contains("resolve") == true)
  }

  @Test("The history of an alert whose series was renamed is found under both names")
  func history() async throws {
    let files = "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
    _ = try await run(Self.document, atMinute: 0)
    let named = #", "instance_by": ["n"], "detail_path": "why""#
    _ = try await run(Self.document, more: named, atMinute: 1)
    let id = try #require(world.sent.first)
    for subject in ["r/b", "r/1", id] {
      #expect(await world.run("explain \(subject) \(files)", atMinute: 2) == .success)
      #expect(world.output.contains("r[b] on api.example: FIRING since 11:06 UTC, critical"))
      for word in ["FIRING    9 (limit > 5)", "notified  hook: firing"] {
        #expect(world.output.contains("11:06  \(word)"), "\(subject): \(world.output)")
      }
    }
    _ = try await run(Self.reordered.replacing("9", with: "1"), more: named, atMinute: 3)
    #expect(await world.run("history \(files)", atMinute: 4) == .success)
    let end = "RESOLVED  r[b] on api.example: 1 (limit > 5), fired for 3 m"
    #expect(world.output.contains(end), "\(world.output)")
    _ = await world.run("explain r/b \(files)", atMinute: 4)
    #expect(world.output.contains("The last time it fired:\n  11:06  FIRING"), "\(world.output)")
  }

  @Test("A text of the snapshot is in the message and in every report, without control characters")
  func details() async throws {
    let named = #", "instance_by": ["n"], "detail_path": "why""#
    for format in ["text", "json", "github", "markdown", "html"] {
      _ = try await run(
        Self.document, more: named, "--format \(format) --dry-run", atMinute: 0)
    }
    _ = try await run(Self.document, more: named, atMinute: 1)
    let message = try #require(bodies("hook.example").last)
    #expect(message.contains("disk") && message.contains("full"))
    #expect(world.output.contains("disk"))
    for text in [message, world.output] {
      #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" })
    }
  }
}
