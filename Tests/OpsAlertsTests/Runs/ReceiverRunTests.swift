@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Receivers over several runs")
struct ReceiverRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
  }

  /// A run with these receivers on `{"a": …, "b": …}`.
  private func run(
    _ snapshot: String, to receivers: [String], _ options: String = "", atMinute minute: Double
  ) async throws -> ExitCode {
    let rules = ["a", "b"].map { World.rule($0) }
    let told =
      receivers.isEmpty ? "" : ", \"receivers\": [\(receivers.joined(separator: ", "))]"
    try folder.write("{\"rules\": [\(rules.joined(separator: ", "))]\(told)}", to: "c.json")
    world.answer(snapshot)
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--fail-on never --metrics-url https://api.example/m " + options
    return await world.run(line, atMinute: minute)
  }

  /// The requests to a host, as `trigger` or `resolve`, or the rule label for Alertmanager.
  private func sent(to host: String) -> [String] {
    world.memory.withLock(\.requests).filter { $0.url.host == host }.map { request in
      let body = String(decoding: request.body, as: UTF8.self)
      let words = ["\"trigger\"", "\"resolve\"", "\"alertname\": \"a\"", "\"alertname\": \"b\""]
      return words.first { body.contains($0) } ?? body
    }
  }

  private static let bad = #"{"a": 9, "b": 1}"#
  private static let good = #"{"a": 1, "b": 1}"#

  @Test("A failed recording is not a failed save: the outcome is kept, and nobody is paged twice")
  func failedRecording() async throws {
    let options = "--record /proc/nowhere/x"
    #expect(try await run(Self.bad, to: [World.pager], options, atMinute: 0) == .state)
    #expect(try await run(Self.bad, to: [World.pager], options, atMinute: 10) == .state)
    #expect(try await run(Self.good, to: [World.pager], options, atMinute: 20) == .state)
    #expect(sent(to: "pager.example") == ["\"trigger\"", "\"resolve\""])
  }

  @Test(
    "A receiver that lost its variable is reported while it is owed something, then exits with 5")
  func variableLost() async throws {
    _ = try await run(Self.bad, to: [World.pager], atMinute: 0)
    world.set("KEY", nil)
    #expect(try await run(Self.good, to: [World.pager], atMinute: 10) == .success)
    #expect(world.output.contains("NOT NOTIFIED pager: 1 resolved (a), left for the next run"))
    #expect(try await run(Self.good, to: [World.pager], atMinute: 20) == .delivery)
    world.set("KEY", "r0uting-key-r0uting-key")
    #expect(try await run(Self.good, to: [World.pager], atMinute: 30) == .success)
    #expect(sent(to: "pager.example") == ["\"trigger\"", "\"resolve\""])
  }

  @Test(
    "A receiver that is set up after the alert fired is notified late, and not at all if it is over"
  )
  func variableFound() async throws {
    world.set("KEY", nil)
    #expect(try await run(Self.bad, to: [World.pager], atMinute: 0) == .success)
    #expect(world.output.contains("NOT NOTIFIED pager: 1 firing (a), skipped"))
    #expect(try await run(Self.bad, to: [World.pager], atMinute: 10) == .success)
    #expect(try await run(#"{"a": 9, "b": 9}"#, to: [World.pager], atMinute: 20) == .success)
    #expect(try await run(Self.bad, to: [World.pager], atMinute: 30) == .success)
    world.set("KEY", "r0uting-key-r0uting-key")
    #expect(try await run(Self.bad, to: [World.pager], atMinute: 40) == .success)
    #expect(sent(to: "pager.example") == ["\"trigger\""])
  }

  @Test("A queued resolution is still reported if the alert has fired again")
  func owedBehindNewEpisode() async throws {
    _ = try await run(Self.bad, to: [World.pager], atMinute: 0)
    world.set("KEY", nil)
    _ = try await run(Self.good, to: [World.pager], atMinute: 10)
    #expect(try await run(Self.bad, to: [World.pager], atMinute: 20) == .delivery)
    #expect(world.output.contains("NOT NOTIFIED pager: 1 resolved (a), left for the next run"))
  }

  @Test("A resolution queued for a removed receiver becomes a dead letter after a day")
  func removed() async throws {
    _ = try await run(Self.bad, to: [World.pager], atMinute: 0)
    #expect(try await run(Self.good, to: [World.alertmanager], atMinute: 10) == .success)
    #expect(world.told.contains { $0.contains("receiver pager: cannot send 1 notification") })
    #expect(try await run(Self.good, to: [World.alertmanager], atMinute: 24 * 60 + 20) == .delivery)
    #expect(world.output.contains("NOT NOTIFIED pager: 1 resolved (a), refused"))
    #expect(
      await world.run("status --state \(folder.file("s.json")) --dismiss-dead") == .success)
    #expect(
      try await run(Self.good, to: [World.alertmanager], atMinute: 24 * 60 + 30) == .success)
  }

  @Test("An old notification for a removed receiver is dropped because the receiver was removed")
  func droppedWithReceiver() async throws {
    world.answer("busy", status: 503, from: "hook.example")
    _ = try await run(Self.bad, to: [World.hook], atMinute: 0)
    _ = try await run(Self.good, to: [World.hook], atMinute: 10)
    #expect(try await run(Self.good, to: [World.pager], atMinute: 24 * 60 + 20) == .success)
    let dropped = world.told.filter { $0.contains("receiver hook: dropped 1 notification") }
    #expect(dropped.count == 1 && dropped[0].contains("\(DeferralReason.notConfigured)"))
  }

  @Test("Alertmanager is notified in every run, and at once when it is configured late")
  func alertmanager() async throws {
    _ = try await run(Self.bad, to: [], atMinute: 0)
    _ = try await run(Self.bad, to: [World.alertmanager], atMinute: 10)
    #expect(sent(to: "am.example").count == 1)
    _ = try await run(Self.bad, to: [World.alertmanager], atMinute: 20)
    world.fail(.refused)
    #expect(sent(to: "am.example").count == 2)
    _ = try await run(Self.good, to: [World.alertmanager], atMinute: 30)
    _ = try await run(Self.good, to: [World.alertmanager], atMinute: 40)
    #expect(sent(to: "am.example").count == 3, "the end, once")
  }

  @Test("A new receiver is notified once of what is firing, then of the resolution, like any other")
  func added() async throws {
    _ = try await run(Self.bad, to: [World.hook], atMinute: 0)
    #expect(try await run(Self.bad, to: [World.hook, World.pager], atMinute: 120) == .success)
    let body = String(
      decoding: try #require(
        world.memory.withLock(\.requests).last { $0.url.host == "pager.example" }
      ).body,
      as: UTF8.self)
    #expect(body.contains("[CRITICAL, firing since 11:06 UTC] a ") && !body.contains("late"))
    _ = try await run(Self.bad, to: [World.hook, World.pager], atMinute: 130)
    #expect(sent(to: "pager.example") == ["\"trigger\""], "once")
    _ = try await run(Self.good, to: [World.hook, World.pager], atMinute: 140)
    #expect(sent(to: "pager.example") == ["\"trigger\"", "\"resolve\""])
    #expect(world.sent.count == 2)
  }

  @Test("A new receiver is notified of targets that were not fetched, but not of other severities")
  func addedWithTargets() async throws {
    let pager = World.pager.dropLast() + #", "severities": ["critical"]}"#
    for (line, receivers) in [("", [World.hook]), ("--target-name other", [World.hook])] {
      _ = try await run(Self.bad, to: receivers, line, atMinute: line.isEmpty ? 0 : 5)
    }
    _ = try await run(Self.bad, to: [World.hook, String(pager)], atMinute: 10)
    #expect(sent(to: "pager.example").count == 1, "the other target is not configured")
  }

  @Test("A receiver of another type is notified of what fires, but not of its predecessor's alerts")
  func retyped() async throws {
    _ = try await run(#"{"a": 9, "b": 9}"#, to: [World.pager], atMinute: 0)
    let hook = #"{"name": "pager", "type": "webhook", "url_env": "HOOK"}"#
    #expect(try await run(#"{"a": 1, "b": 9}"#, to: [hook], atMinute: 10) == .success)
    #expect(world.sent.count == 1, "of b alone, and no end of a")
    _ = try await run(#"{"a": 1, "b": 1}"#, to: [hook], atMinute: 20)
    #expect(world.sent.count == 2)
    #expect(sent(to: "pager.example") == ["\"trigger\"", "\"trigger\""])
  }

  @Test("What is owed to a receiver whose type has changed is dropped, and the run says so")
  func owedToAnotherType() async throws {
    world.fail(.refused, from: "pager.example")
    _ = try await run(#"{"a": 9, "b": 1}"#, to: [World.pager], atMinute: 0)
    let hook = #"{"name": "pager", "type": "webhook", "url_env": "HOOK"}"#
    _ = try await run(Self.good, to: [hook], atMinute: 10)
    #expect(world.sent.isEmpty)
    let dropped = world.told.filter { $0.contains("receiver pager: dropped 1 notification") }
    #expect(dropped.count == 1 && dropped[0].contains("\(DeferralReason.retyped)"))
  }

  @Test("A receiver that a state of format 2 knows by name is not new")
  func knownByName() async throws {
    _ = try await run(#"{"a": 9, "b": 1}"#, to: [World.hook, World.pager], atMinute: 0)
    var state = try folder.read("s.json")
    state = state.replacing("\"format\": 3", with: "\"format\": 2")
      .replacing(/,\s*"type": "[a-z]+"/, with: "")
    #expect(!state.contains("pagerduty"))
    try folder.write(state, to: "s.json")
    _ = try await run(Self.bad, to: [World.hook, World.pager], atMinute: 10)
    #expect(sent(to: "pager.example").count == 1 && world.sent.count == 1)
  }

  @Test("After a longer reminder interval, the next reminder is due from the last message")
  func longerInterval() async throws {
    let hours = { (hours: Double) in "notifications\": {\"reminder_hours\": \(hours)}, \"rules" }
    func run(_ interval: Double, atMinute minute: Double) async throws {
      try folder.write(
        "{\"\(hours(interval))\": [\(World.rule("a"))], \"receivers\": [\(World.hook)]}",
        to: "c.json")
      world.answer(#"{"a": 9}"#)
      _ = await world.run(
        "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
          + "--fail-on never --metrics-url https://api.example/m", atMinute: minute)
    }
    for minute in stride(from: 0.0, through: 480, by: 6) { try await run(0.1, atMinute: minute) }
    #expect(world.sent.count == 81)
    for minute in [600.0, 719, 720, 959, 960] { try await run(4, atMinute: minute) }
    #expect(world.sent.count == 83)
    // A clock that was a year ahead, and was corrected.
    try await run(4, atMinute: 525_600)
    #expect(world.sent.count == 84)
    for minute in [1_000.0, 1_241] { try await run(4, atMinute: minute) }
    #expect(world.sent.count == 85)
  }

  @Test("Alertmanager's refusal of one alert does not keep others from being sent")
  func oneRefused() async throws {
    _ = try await run(#"{"a": 9, "b": 9}"#, to: [World.alertmanager], atMinute: 0)
    world.answer("no", status: 413, from: "am.example")
    #expect(
      try await run(#"{"a": 9, "b": 9}"#, to: [World.alertmanager], atMinute: 10) == .delivery)
    let asked = sent(to: "am.example").dropFirst(2)
    #expect(asked.contains("\"alertname\": \"a\"") && asked.contains("\"alertname\": \"b\""))
  }

  @Test("Dead letters are reported in every run, with what to do")
  func standingDeadLetter() async throws {
    world.answer("no", status: 400, from: "pager.example")
    _ = try await run(Self.bad, to: [World.pager], atMinute: 0)
    #expect(try await run(Self.bad, to: [World.pager], "--quiet", atMinute: 10) == .delivery)
    #expect(world.output.contains("NOT NOTIFIED pager: 1 firing (a), refused: status 400: no"))
    let command = "status --state \(folder.file("s.json")) --retry-dead"
    #expect(world.told.contains { $0.contains(command) })
    #expect(try await run(Self.bad, to: [World.pager], "--dry-run", atMinute: 20) == .delivery)
  }

  @Test("A receiver whose token variable is not set is skipped")
  func missingToken() async throws {
    world.set("HOOK", "https://hook.example/x")
    let hook = #"{"name": "h", "type": "webhook", "url_env": "HOOK", "token_env": "NO_TOKEN"}"#
    #expect(try await run(Self.bad, to: [hook], atMinute: 0) == .success)
    #expect(world.told.contains { $0.contains("h is skipped: NO_TOKEN is unset or empty") })
    world.set("PAGER", nil)
    _ = try await run(Self.bad, to: [World.pager], atMinute: 10)
    #expect(world.told.contains { $0.contains("pager is skipped: PAGER is unset or empty") })
  }

  @Test("What could not be delivered is named in every run that it makes exit with 5")
  func owed() async throws {
    world.answer("no", status: 503, from: "hook.example")
    for minute in [0.0, 10] { _ = try await run(Self.bad, to: [World.hook], atMinute: minute) }
    world.set("HOOK", nil)
    for minute in [20.0, 30] {
      let code = try await run(#"{"a": 1, "b": 1}"#, to: [World.hook], atMinute: minute)
      #expect(code == .delivery)
      #expect(world.told.contains { $0.contains("hook") && $0.contains("not set up") })
      #expect(world.output.contains("NOT NOTIFIED hook"), "\(world.output)")
    }
  }

  @Test("A notification that is refused is in the report once")
  func refusedOnce() async throws {
    world.answer("no", status: 400, from: "hook.example")
    _ = try await run(Self.bad, to: [World.hook], "--format json", atMinute: 0)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let notifications = try #require(report["notifications"] as? [[String: Any]])
    #expect(notifications.map { $0["outcome"] as? String } == ["dead"])
  }

  @Test(
    "notify-test exits with 5 unless every receiver accepts the test",
    arguments: [
      ([200, 200], ExitCode.success), ([200, 404], .delivery), ([404, 200], .delivery),
    ])
  func notifyTest(statuses: [Int], code: ExitCode) async throws {
    try folder.write(
      "{\"rules\": [\(World.rule("a"))], \"receivers\": [\(World.hook), \(World.alertmanager)]}",
      to: "c.json")
    for (host, status) in zip(["hook.example", "am.example"], statuses) {
      world.answer("{}", status: status, from: host)
    }
    #expect(await world.run("notify-test --config \(folder.file("c.json"))") == code)
  }
}
