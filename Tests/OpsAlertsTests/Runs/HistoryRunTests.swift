@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The history of runs")
struct HistoryRunTests {
  static let secret = "T0SECRET/B0SECRET/x1y2z3a4b5c6"

  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      "{\"rules\": [\(World.rule("v")), \(World.rule("slow", minutes: 10))]}", to: "c.json")
    world.setUpWebhook(path: Self.secret)
  }

  private var files: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
  }

  @discardableResult
  private func run(
    _ value: Int, slow: Int = 1, _ options: String = "", atMinute minute: Double
  ) async -> ExitCode {
    world.answer("{\"v\": \(value), \"slow\": \(slow)}")
    return await world.run(
      files + "--retries 0 --metrics-url https://api.example/m --fail-on never " + options,
      atMinute: minute)
  }

  private func history(_ options: String = "", atMinute minute: Double = 60) async -> String {
    #expect(await world.run("history " + files + options, atMinute: minute) == .success)
    return world.output
  }

  /// The kind, the event, and the outcome of each entry.
  private var entries: [String] {
    let all = try? HistoryFile.read(folder.file("s-history.jsonl"))?.entries
    return (all ?? []).map { entry in
      [entry.kind.rawValue, entry.event.rawValue, entry.outcome?.rawValue].compactMap(\.self)
        .joined(separator: " ")
    }
  }

  @Test("Transitions and the outcomes of their notifications are kept with the ids of messages")
  func incident() async throws {
    await run(9, slow: 9, atMinute: 0)
    await run(9, atMinute: 6)
    await run(1, atMinute: 12)
    let whole = try #require(try HistoryFile.read(folder.file("s-history.jsonl"))).entries
    #expect(
      entries == [
        "transition firing", "transition pending", "notification firing delivered",
        "transition cancelled", "transition resolved", "notification resolved delivered",
      ])
    #expect(whole[2].id == whole[0].id && whole[5].id == whole[4].id)
    #expect(whole.compactMap(\.id).filter(world.sent.contains).count == 4)
    let text = await history()
    for line in [
      "FIRING     v on api.example: 9 (limit > 5) · \(whole[0].id ?? "?")",
      "notified   webhook: firing v on api.example",
      "CANCELLED  slow on api.example: 1 (limit > 5)",
      "RESOLVED   v on api.example: 1 (limit > 5), fired for 12 m",
    ] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(text.hasPrefix("2026-11-18 UTC\n  11:06  FIRING     v on api.example"))
  }

  @Test("A notification that waits is kept once, not in every run, and again when it arrives")
  func deferred() async {
    world.answer("busy", status: 503, from: "hook.example")
    for minute in [0.0, 10, 20] { await run(9, atMinute: minute) }
    world.answer("ok", from: "hook.example")
    await run(9, atMinute: 30)
    #expect(
      entries == [
        "transition firing", "notification firing deferred", "notification firing delivered",
      ])
    #expect(await history().contains("left for the next run: status 503: busy"))
  }

  @Test("A dead letter is kept once, not in every run")
  func dead() async {
    world.answer("no", status: 400, from: "hook.example")
    for minute in [0.0, 10, 20] { await run(9, atMinute: minute) }
    #expect(entries == ["transition firing", "notification firing dead"])
    #expect(await history().contains("NOT NOTIFIED  webhook: firing v on api.example, refused: "))
  }

  @Test("A run that sends nothing says so once for each event")
  func notDelivering() async {
    for minute in [0.0, 10] { await run(9, "--no-deliver", atMinute: minute) }
    await run(9, atMinute: 20)
    #expect(
      entries == [
        "transition firing", "notification firing deferred", "notification firing delivered",
      ])
  }

  @Test(
    "A dry run and a run without a state keep nothing",
    arguments: ["--dry-run", "--snapshot -"])
  func none(options: String) async {
    world.answer(#"{"v": 9, "slow": 1}"#)
    let state = options == "--dry-run" ? files + "--metrics-url https://api.example/m" : ""
    _ = await world.run("--config \(folder.file("c.json")) \(options) " + state)
    #expect(folder.names == ["c.json"])
  }

  @Test("If it cannot be written, that is one warning, and the exit code stays")
  func blocked() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("s-history.jsonl"), withIntermediateDirectories: true)
    #expect(await run(9, "--format json", atMinute: 0) == .success)
    let told = world.told.filter { $0.contains("history") }
    #expect(told.count == 1)
    #expect(
      told.first?.contains("warning: the history is incomplete: cannot write the history to")
        == true)
    #expect(world.output.contains("\"errors\": []"))
    #expect(world.sent.count == 1)
  }

  @Test("A watch keeps each of its samples")
  func watch() async {
    world.answer(inTurn: [9, 9, 1].map { .success(World.response("{\"v\": \($0), \"slow\": 1}")) })
    _ = await world.run(
      "watch " + files + "--metrics-url https://api.example/m --interval 60s --for 150s")
    #expect(
      entries == [
        "transition firing", "notification firing delivered", "transition resolved",
        "notification resolved delivered",
      ])
  }

  @Test("No secret of the run is in the history")
  func secrets() async throws {
    world.answer("no such hook \(Self.secret)", status: 404, from: "hook.example")
    await run(9, atMinute: 0)
    let file = try folder.read("s-history.jsonl")
    #expect(file.contains("no such hook [redacted]"))
    #expect(!file.contains("x1y2z3a4b5c6"))
  }

  @Test(
    "Entries are chosen by rule, target and time",
    arguments: [
      ("--rule slow", 1), ("--rule v --rule slow", 3), ("--target api.example", 3),
      ("--target other", 0), ("--since 55m", 1), ("--since 7d", 3),
      ("--since 2026-11-18T11:10:00Z", 1),
    ])
  func chosen(options: String, count: Int) async {
    await run(9, "--no-deliver", atMinute: 0)
    await run(9, slow: 9, "--no-deliver", atMinute: 10)
    let lines = await history(options + " --format json").split(separator: "\n")
      .filter { $0.contains(#""at": "#) }
    #expect(lines.count == count)
    #expect(world.told.contains { $0.contains("is about this rule") } == (count == 0))
  }

  @Test("The clock times and days are those of the zone, and Markdown has the same lines")
  func zone() async {
    await run(9, "--no-deliver", atMinute: 0)
    let text = await history("--time-zone Pacific/Kiritimati")
    #expect(text.hasPrefix("2026-11-19 UTC+14\n  01:06  FIRING"))
    let markdown = await history("--format markdown")
    #expect(markdown.contains("### 2026-11-18 UTC\n"))
    #expect(markdown.contains("| 11:06 | FIRING | `v on api.example` | `9 (limit > 5)` |"))
  }

  @Test("Before there is a history, it says so; a state that was named must exist")
  func missing() async {
    #expect(await world.run("history " + files) == .state)
    await run(1, atMinute: 0)
    #expect(await history() == "")
    #expect(world.told.contains { $0.contains("no history at") })
  }

  @Test("No other file of a run may take the place of its history")
  func apart() async {
    let path = folder.file("s-history.jsonl")
    #expect(await run(9, "--record \(path)", atMinute: 0) == .usage)
    #expect(folder.names == ["c.json"])
  }
}
