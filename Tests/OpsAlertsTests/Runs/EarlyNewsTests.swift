@testable import AlertEngine
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run that notifies for some targets before the others have responded")
struct EarlyNewsTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
  }

  /// A run in which the west answers at once, and the east only when it is asked again.
  private func run(
    west: String, to receivers: [String], deadline: String = "1h", atMinute minute: Double
  ) async throws -> ExitCode {
    let rules = ["a", "b"].map { World.rule($0) }
    try folder.write(
      """
      {"rules": [\(rules.joined(separator: ", "))],
       "targets": [{"name": "east", "base_url": "https://east.example"},
                   {"name": "west", "base_url": "https://west.example"}],
       "receivers": [\(receivers.joined(separator: ", "))]}
      """, to: "c.json")
    world.answer(west, from: "west.example")
    world.answer(
      inTurn: [.failure(.refused), .success(World.response(#"{"a": 1, "b": 1}"#))],
      from: "east.example")
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 1 "
        + "--fail-on never --deadline \(deadline)", atMinute: minute)
  }

  /// Makes the second part of a run come after the first try of the first.
  private func holdSecondPart() {
    world.memory.withLock { memory in
      memory.onRequest = { [world] number in
        let hosts = world.memory.withLock { $0.requests.prefix(number).map(\.url.host) }
        guard hosts.last == "east.example", hosts.count(where: { $0 == "east.example" }) == 2 else {
          return
        }
        while world.memory.withLock({ memory in
          !memory.requests.contains { $0.url.host == "hook.example" }
        }) { await Task.yield() }
      }
    }
  }

  private var outbox: Outbox? { try? StateFile.read(folder.file("s.json"))?.outbox }

  @Test("A notification is attempted at most three times in a run, however many batches it has")
  func tries() async throws {
    world.answer("busy", status: 503, from: "hook.example")
    holdSecondPart()
    #expect(
      try await run(west: #"{"a": 9, "b": 1}"#, to: [World.hook], atMinute: 0) == .success)
    #expect(world.count("hook.example") == DeliveryPass.mostTries)
    #expect(outbox?.queues["hook"]?.rows.map(\.deferrals) == [1])
  }

  @Test("A notification for a receiver that lost its settings is deferred once per run")
  func notSetUp() async throws {
    let receivers = [World.hook, World.pager]
    #expect(try await run(west: #"{"a": 9, "b": 1}"#, to: receivers, atMinute: 0) == .success)
    world.set("KEY", nil)
    #expect(try await run(west: #"{"a": 1, "b": 1}"#, to: receivers, atMinute: 10) == .success)
    #expect(outbox?.queues["pager"]?.rows.map(\.deferrals) == [1])
    #expect(try await run(west: #"{"a": 1, "b": 9}"#, to: receivers, atMinute: 20) == .delivery)
    #expect(outbox?.queues["pager"]?.rows.map(\.deferrals).max() == 2)
  }

  @Test("A receiver that needs every alert in every run gets an older one only once per run")
  func toldAgain() async throws {
    let receivers = [World.alertmanager]
    #expect(try await run(west: #"{"a": 9, "b": 1}"#, to: receivers, atMinute: 0) == .success)
    let before = world.memory.withLock(\.requests.count)
    #expect(try await run(west: #"{"a": 9, "b": 9}"#, to: receivers, atMinute: 10) == .success)
    let told = world.memory.withLock(\.requests).dropFirst(before).filter {
      $0.url.host == "am.example"
    }.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(told.contains { $0.contains(#""alertname": "b""#) })
    #expect(told.count { $0.contains(#""alertname": "a""#) } == 1)
  }

  @Test(
    "With receivers, a quarter of the deadline, at most 15 s, is reserved for delivery",
    arguments: [(40, 30), (60, 45), (120, 105)])
  func deadline(whole: Int, forFetching: Int) async throws {
    try folder.write(
      """
      {"rules": [{"name": "a", "metric_path": "a", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}]}
      """, to: "c.json")
    world.answer(#"{"a": 1}"#)
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/m --timeout 300s --deadline \(whole)s"
    for (address, seconds) in [(nil, whole), ("https://hook.example/", forFetching)] {
      world.set("OPS_ALERT_WEBHOOK_URL", address)
      #expect(await world.run(line, atMinute: address == nil ? 0 : 1) == .success)
      let request = try #require(world.memory.withLock(\.requests).last)
      #expect(request.deadline == .seconds(seconds))
    }
  }

  @Test("No time is reserved for receivers that are not set up")
  func nothingReserved() async throws {
    world.set("KEY", nil)
    try folder.write(
      "{\"rules\": [\(World.rule("a"))], \"receivers\": [\(World.pager)]}", to: "c.json")
    world.answer(#"{"a": 1}"#)
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/m --timeout 300s --deadline 40s"
    #expect(await world.run(line) == .success)
    #expect(world.memory.withLock(\.requests).map(\.deadline) == [.seconds(40)])
  }

  @Test("Early notifications take no time from the delivery of the last ones")
  func earlyDeadline() async throws {
    holdSecondPart()
    // A quarter of the deadline is reserved; a request may take 10 s.
    #expect(
      try await run(west: #"{"a": 9, "b": 1}"#, to: [World.hook], deadline: "12s", atMinute: 0)
        == .success)
    let early = try #require(
      world.memory.withLock(\.requests).first { $0.url.host == "hook.example" })
    #expect(early.deadline <= .seconds(9))
  }
}
