@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("A run whose state cannot be saved")
struct FailedSaveTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write("{\"rules\": [\(Self.rules.joined(separator: ", "))]}", to: "c.json")
    world.setUpWebhook()
  }

  /// Two rules that fire at once, and one that takes ten minutes.
  private static let rules = [("a", 0), ("b", 0), ("slow", 10)].map {
    World.rule($0, minutes: $1)
  }

  private func run(
    _ snapshot: String, _ options: String = "", atMinute minute: Double = 0
  ) async -> ExitCode {
    world.answer(snapshot)
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --fail-on never --deadline 1h " + options,
      atMinute: minute)
  }

  /// A folder here keeps the temporary file from being created.
  private var obstacle: String { folder.file(".s.json.tmp") }

  private static func block(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  private func snapshot(_ a: Int, _ b: Int) -> String { #"{"a": \#(a), "b": \#(b), "slow": 1}"# }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    /// The values of the two rules.
    let before: (Int, Int)
    let now: (Int, Int)
    var minute = 10.0
    /// How many notifications the failed run sends, and the next one.
    let sent: Int
    let sentNext: Int
    var testDescription: String { name }
  }

  private static let rows = [
    Row(name: "a firing is sent, and again", before: (1, 1), now: (9, 1), sent: 1, sentNext: 1),
    Row(name: "an end waits", before: (9, 1), now: (1, 1), sent: 0, sentNext: 1),
    Row(
      name: "a reminder waits", before: (9, 1), now: (9, 1), minute: 250, sent: 0, sentNext: 1),
    Row(
      name: "an end holds up no firing", before: (9, 1), now: (1, 9), sent: 1, sentNext: 2),
    Row(
      name: "a reminder holds up no firing", before: (9, 1), now: (9, 9), minute: 250, sent: 1,
      sentNext: 2),
  ]

  @Test("Only firings are sent; the rest waits for a run that can save", arguments: rows)
  func onlyFirings(_ row: Row) async throws {
    #expect(await run(snapshot(row.before.0, row.before.1)) == .success)
    let saved = try folder.read("s.json")
    let before = world.sent.count
    try Self.block(obstacle)
    #expect(await run(snapshot(row.now.0, row.now.1), atMinute: row.minute) == .state)
    #expect(world.sent.count - before == row.sent)
    #expect(try folder.read("s.json") == saved)
    try FileManager.default.removeItem(atPath: obstacle)
    #expect(await run(snapshot(row.now.0, row.now.1), atMinute: row.minute + 1) == .success)
    let next = world.sent.dropFirst(before + row.sent)
    #expect(next.count == row.sentNext)
    #expect(Set(next).count == next.count)
    let unsaved = world.sent.dropFirst(before).prefix(row.sent)
    #expect(unsaved.allSatisfy(next.contains), "sent again under the same id")
  }

  @Test("A firing after a saved first bad sample is sent again under the same id")
  func sameID() async throws {
    let bad = #"{"a": 1, "b": 1, "slow": 9}"#
    #expect(await run(bad) == .success)
    try Self.block(obstacle)
    for minute in [10.0, 11] { #expect(await run(bad, atMinute: minute) == .state) }
    try FileManager.default.removeItem(atPath: obstacle)
    for minute in [12.0, 13] { #expect(await run(bad, atMinute: minute) == .success) }
    #expect(world.sent.count == 3 && Set(world.sent).count == 1)
  }

  /// Paths at which a folder keeps a run from locking or saving the state `d/s.json`.
  private static let obstacles = ["d/s.json.lock", "d/.s.json.tmp"]

  @Test(
    "Neither a lock nor a file that cannot be created silences a page, however often",
    arguments: obstacles)
  func unwritable(obstacle: String) async throws {
    func run(_ snapshot: String, atMinute minute: Double) async -> ExitCode {
      world.answer(snapshot)
      return await world.run(
        "--config \(folder.file("c.json")) --state \(folder.file("d/s.json")) --retries 0 "
          + "--metrics-url https://api.example/m --fail-on never --format json", atMinute: minute)
    }
    #expect(await run(snapshot(1, 1), atMinute: 0) == .success)
    try? FileManager.default.removeItem(atPath: folder.file(obstacle))
    try Self.block(folder.file(obstacle))
    for minute in [10.0, 20, 30] {
      #expect(await run(#"{"a": 9, "b": 1, "slow": 9}"#, atMinute: minute) == .state)
      #expect(world.output.contains("not decided while the state cannot be saved: slow"))
    }
    #expect(world.sent.count == 3 && Set(world.sent).count == 1)
    try FileManager.default.removeItem(atPath: folder.file(obstacle))
    for minute in [40.0, 50] { #expect(await run(snapshot(9, 1), atMinute: minute) == .success) }
    #expect(world.sent.count == 4 && Set(world.sent).count == 1, "the next run sends the same")
  }

  @Test(
    "A watch knows what it could not save: it sends each firing once, and a duration passes",
    arguments: [true, false])
  func watch(hasState: Bool) async throws {
    if hasState { #expect(await run(snapshot(1, 1)) == .success) }
    try Self.block(obstacle)
    world.answer(#"{"a": 9, "b": 1, "slow": 9}"#)
    let code = await world.run(
      "watch --config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --for 12m --interval 1m", atMinute: 5)
    #expect(code != .success)
    #expect(world.output.contains("FIRING api.example slow"), "\(world.output)")
    #expect(!world.told.joined().contains("not decided"))
    #expect(world.sent.count == 2 && Set(world.sent).count == 2, "\(world.output)")
  }

  @Test("A watch that could not save the outcome of a delivery knows it: it sends nothing again")
  func watchOutcomes() async throws {
    #expect(await run(snapshot(1, 1)) == .success)
    world.memory.withLock { memory in
      memory.onRequest = { [world, obstacle] number in
        if world.memory.withLock({ $0.requests[number - 1].url.host }) == "hook.example" {
          try? Self.block(obstacle)
        } else {
          try? FileManager.default.removeItem(atPath: obstacle)
        }
      }
    }
    world.answer(snapshot(9, 9))
    let code = await world.run(
      "watch --config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m --for 5m --interval 1m", atMinute: 5)
    #expect(code != .success)
    #expect(world.sent.count == 2 && Set(world.sent).count == 2, "\(world.output)")
    let state = try #require(try StateFile.read(folder.file("s.json")))
    #expect(!state.outbox.queues.contains { !$0.value.rows.isEmpty })
  }

  @Test("A watch that could not save keeps what people have changed in the file since")
  func changedSince() async throws {
    #expect(await run(snapshot(9, 1)) == .success)
    let path = folder.file("s.json")
    try Self.block(obstacle)
    world.memory.withLock { memory in
      memory.onRequest = { [obstacle] number in
        guard number == 4, var state = try? StateFile.read(path) else { return }
        let alert = state.targets.open.values.first { $0.key.rule == "a" }
        state.targets["api.example"]?.alerts[alert!.key]?.phase.acknowledge(
          Acknowledgement(author: "kim", at: World.begin + .seconds(420)))
        state.silences = [
          Silence(
            id: "1", match: AlertMatch(), reason: "deploy", author: "kim",
            createdAt: World.begin, starts: World.begin, ends: World.begin + .seconds(7_200))
        ]
        try? Data(state.encoded()).write(to: URL(filePath: path))
        try? FileManager.default.removeItem(atPath: obstacle)
      }
    }
    world.answer(#"{"a": 9, "b": 9, "slow": 1}"#)
    _ = await world.run(
      "watch --config \(folder.file("c.json")) --state \(path) --retries 0 "
        + "--metrics-url https://api.example/m --for 12m --interval 1m", atMinute: 5)
    let state = try #require(try StateFile.read(path))
    #expect(state.silences.map(\.reason) == ["deploy"])
    let open = state.targets.open.values.sorted { $0.key < $1.key }
    #expect(open.map(\.key.rule) == ["a", "b"], "what it could not save")
    #expect(open.map { $0.phase.episode?.acknowledged?.author } == ["kim", nil])
  }

  @Test(
    "Without any state, an episode has the same id in every run of a day, and another one on another"
  )
  func never() async throws {
    try Self.block(folder.file(Self.obstacles[0]))
    let day = 24.0 * 60
    for minute in [0, 5, 60, day, day + 5] {
      world.answer(#"{"a": 9, "b": 1, "slow": 9}"#)
      let code = await world.run(
        "--config \(folder.file("c.json")) --state \(folder.file("d/s.json")) --retries 0 "
          + "--metrics-url https://api.example/m --fail-on never", atMinute: minute)
      #expect(code == .state)
      #expect(world.output.contains("PENDING  slow"))
      #expect(!world.output.contains("fires at"), "\(world.output)")
    }
    #expect(world.sent.count == 5)
    #expect(Set(world.sent.prefix(3)).count == 1 && Set(world.sent.suffix(2)).count == 1)
    #expect(Set(world.sent).count == 2)
  }

  @Test("A state that cannot be read, or that another run holds, is still an error")
  func unreadable() async throws {
    #expect(await run(snapshot(1, 1)) == .success)
    let lock = try StateFile.lock(folder.file("s.json"), timeout: .zero).get()
    #expect(await run(snapshot(9, 1), "--lock-timeout 10ms", atMinute: 10) == .state)
    withExtendedLifetime(lock) {}
    try folder.write("{", to: "s.json")
    try? FileManager.default.removeItem(atPath: folder.file("s.json.lock"))
    try Self.block(folder.file("s.json.lock"))
    #expect(await run(snapshot(9, 1), atMinute: 20) == .state)
    #expect(world.sent.isEmpty)
  }

  @Test("A state that is gone while its history is there was lost, unless it was moved aside")
  func gone() async throws {
    let first = "this is the first run"
    let lost = "it was lost or could not be saved; this run starts over"
    #expect(await run(snapshot(9, 1)) == .success)
    #expect(world.told.joined().contains(first) && !world.told.joined().contains(lost))
    try FileManager.default.removeItem(atPath: folder.file("s.json"))
    #expect(await run(snapshot(9, 1), "--quiet", atMinute: 1) == .success)
    #expect(world.told.joined().contains(lost))
    #expect(await run(snapshot(9, 1), "--reset-state", atMinute: 2) == .success)
    #expect(world.told.joined().contains(first) && !world.told.joined().contains(lost))
  }

  @Test("The old state stays in place even if the disk recovers during delivery")
  func recovers() async throws {
    #expect(await run(snapshot(1, 1)) == .success)
    let saved = try folder.read("s.json")
    try Self.block(obstacle)
    world.memory.withLock { memory in
      memory.onRequest = { [world, obstacle] number in
        guard world.memory.withLock({ $0.requests[number - 1].url.host }) == "hook.example" else {
          return
        }
        try? FileManager.default.removeItem(atPath: obstacle)
      }
    }
    #expect(await run(snapshot(9, 1), atMinute: 10) == .state)
    #expect(world.sent.count == 1)
    #expect(try folder.read("s.json") == saved)
  }

  @Test(
    "If only the outcome of a delivery cannot be saved, the run exits with 4 and stops sampling")
  func outcomes() async throws {
    #expect(await run(snapshot(1, 1)) == .success)
    world.memory.withLock { memory in
      memory.onRequest = { [world, obstacle] number in
        guard world.memory.withLock({ $0.requests[number - 1].url.host }) == "hook.example" else {
          return
        }
        try? Self.block(obstacle)
      }
    }
    let pending = #"{"a": 9, "b": 1, "slow": 9}"#
    #expect(await run(pending, "--confirm", atMinute: 10) == .state)
    #expect(world.sent.count == 1)
    #expect(world.memory.withLock { $0.requests.count { $0.url.host == "api.example" } } == 2)
    // The saved state says that it may have arrived, so the next run sends it again.
    try FileManager.default.removeItem(atPath: obstacle)
    world.memory.withLock { $0.onRequest = { _ in } }
    #expect(await run(snapshot(9, 1), atMinute: 20) == .success)
    #expect(world.sent.count == 2 && Set(world.sent).count == 1)
  }
}
