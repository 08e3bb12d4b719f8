@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run with notifications")
struct DeliveryRunTests {
  static let secret = "T0SECRET/B0SECRET/x1y2z3a4b5c6"

  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0, "summary": "Too much of v"}]}
      """, to: "c.json")
    world.setUpWebhook(path: Self.secret)
  }

  var base: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/ops/metrics "
  }

  var outbox: Outbox? { try? StateFile.read(folder.file("s.json"))?.outbox }

  func run(_ value: Int, _ options: String = "", atMinute minute: Double) async -> ExitCode {
    world.answer("{\"v\": \(value)}")
    return await world.run(base + options, atMinute: minute)
  }

  @Test("Each transition is delivered once, and is in the report")
  func once() async {
    for (minute, value) in [9, 9, 9, 1, 1].enumerated() {
      let code = await run(value, atMinute: Double(minute * 10))
      #expect(code == (value > 5 ? .alerts : .success))
      #expect(world.output.contains("notified webhook: 1 firing") == (minute == 0))
      #expect(world.output.contains("notified webhook: 1 resolved") == (minute == 3))
    }
    #expect(world.sent.count == 2)
    #expect(Set(world.sent).count == 2)
    #expect(outbox == Outbox())
  }

  @Test("A failed delivery is deferred, sent in order later, and exits with 5 the second time")
  func deferred() async {
    world.answer("busy", status: 503, from: "hook.example")
    #expect(await run(9, atMinute: 0) == .alerts)
    #expect(world.sent.count == 3, "three tries in one run")
    #expect(Set(world.sent).count == 1, "all with one id")
    #expect(world.output.contains("NOT NOTIFIED webhook: 1 firing"))
    #expect(await run(9, "--fail-on never", atMinute: 10) == .delivery)
    world.answer("ok", from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 20) == .success)
    #expect(Set(world.sent).count == 1)
    #expect(outbox?.queues["webhook"]?.rows == [])
  }

  @Test("A request for which this machine lacks something exits with 4, and blames no receiver")
  func machineLack() async {
    world.fail(.workerUnavailable("Too many open files"), from: "hook.example")
    for minute in [0.0, 10] {
      #expect(await run(9, "--fail-on never", atMinute: minute) == .state)
      #expect(world.output.contains("the HTTP worker is not available (Too many open files)"))
    }
    world.answer("ok", from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 20) == .success)
  }

  @Test("A lack that passes before the run has sent everything is no error")
  func passingLack() async {
    let lack = HTTPFailure.workerUnavailable("Too many open files")
    world.answer(inTurn: [.failure(lack), .success(World.response("ok"))], from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 0) == .success)
    #expect(world.output.contains("notified webhook: 1 firing"))
    #expect(!world.told.contains { $0.contains("not available") })
  }

  @Test("An alert that fired and resolved while nothing could be sent is one message")
  func coalesced() async {
    world.fail(.refused, from: "hook.example")
    _ = await run(9, atMinute: 0)
    _ = await run(1, atMinute: 10)
    let event = outbox?.queues["webhook"]?.rows.map(\.notification.event)
    #expect(event == [.firedAndResolved])
    world.answer("ok", from: "hook.example")
    #expect(await run(1, atMinute: 20) == .success)
    #expect(world.output.contains("notified webhook: 1 fired and resolved"))
  }

  @Test(
    "A broken address is reported, exits with 5, and loses nothing",
    arguments: [401, 403, 404, 410])
  func broken(status: Int) async {
    world.answer("no", status: status, from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 0) == .delivery)
    #expect(world.sent.count == 1)
    #expect(world.told.contains { $0.contains("receiver webhook is broken: status \(status)") })
    #expect(outbox?.queues["webhook"]?.rows.count == 1)
  }

  @Test("A notification refused in every form is a dead letter, until it is retried or dismissed")
  func dead() async {
    world.answer("bad", status: 400, from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 0) == .delivery)
    #expect(world.sent.count == 2, "once in full, once as plain text")
    #expect(await run(9, "--fail-on never", atMinute: 5) == .delivery)
    #expect(world.sent.count == 2, "and never again by itself")
    let status = "status --state \(folder.file("s.json"))"
    #expect(await world.run(status) == .success)
    #expect(world.output.contains("REFUSED  firing r on api.example"))
    #expect(await world.run(status + " --retry-dead") == .success)
    #expect(world.output == "receiver webhook: 1 notification requeued for the next run\n")
    world.answer("ok", from: "hook.example")
    #expect(await run(9, "--fail-on never", atMinute: 10) == .success)
    #expect(Set(world.sent).count == 1)
    world.answer("bad", status: 400, from: "hook.example")
    _ = await run(1, atMinute: 20)
    #expect(await world.run(status + " --dismiss-dead") == .success)
    #expect(await run(1, atMinute: 30) == .success)
  }

  @Test("A firing alert is reminded of every four hours, counted from the firing")
  func reminders() async {
    for hour in 0...13 { _ = await run(9, atMinute: Double(hour * 60)) }
    #expect(world.sent.count == 4, "the firing, and reminders after 4, 8 and 12 hours")
    #expect(Set(world.sent).count == 4)
  }

  @Test("The most severe alerts are queued first, resolved ones last")
  func urgency() async throws {
    let rules = [("w", "warning"), ("c", "critical"), ("e", "error"), ("r", "critical")]
    let list = rules.map { name, severity in
      """
      {"name": "\(name)", "metric_path": "\(name)", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0, "severity": "\(severity)"}
      """
    }
    try folder.write("{\"rules\": [\(list.joined(separator: ","))]}", to: "c.json")
    world.answer(#"{"w": 1, "c": 1, "e": 1, "r": 9}"#)
    _ = await world.run(base, atMinute: 0)
    world.answer(#"{"w": 9, "c": 9, "e": 9, "r": 1}"#)
    _ = await world.run(base + "--no-deliver", atMinute: 10)
    let queued = outbox?.queues["webhook"]?.rows.map(\.notification.key.rule)
    #expect(queued == ["c", "e", "w", "r"])
  }

  @Test("A run with --no-deliver queues, and the next one sends")
  func noDelivery() async {
    _ = await run(9, "--no-deliver", atMinute: 0)
    #expect(world.sent.isEmpty)
    #expect(outbox?.queues["webhook"]?.rows.map(\.deferrals) == [0])
    _ = await run(9, atMinute: 10)
    #expect(world.sent.count == 1)
  }

  @Test("A dry run shows the request without its secret, and sends and saves nothing")
  func dryRun() async {
    _ = await run(9, "--dry-run", atMinute: 0)
    #expect(world.sent.isEmpty)
    #expect(outbox == nil)
    let told = world.told.joined(separator: "\n")
    #expect(told.contains("would send to webhook: POST https://hook.example/…"))
    #expect(!told.contains("SECRET"))
  }

  @Test("After a failed save only firing alerts are sent, with the same id next time")
  func failedSave() async throws {
    _ = await run(1, atMinute: 0)
    try FileManager.default.createDirectory(
      atPath: folder.file(".s.json.tmp"), withIntermediateDirectories: true)
    #expect(await run(9, atMinute: 10) == .state)
    #expect(world.sent.count == 1)
    try FileManager.default.removeItem(atPath: folder.file(".s.json.tmp"))
    #expect(await run(9, atMinute: 20) == .alerts)
    #expect(world.sent.count == 2)
  }

  @Test("Without a state, nothing is delivered, and the run says so")
  func stateless() async {
    world.answer(#"{"v": 9}"#)
    let line = "--config \(folder.file("c.json")) --no-state --metrics-url https://api.example/m"
    #expect(await world.run(line) == .alerts)
    #expect(world.sent.isEmpty)
    #expect(world.told.contains { $0.contains("notifications are off") })
  }

  @Test("An unusable address is a mistake before anything is fetched")
  func badAddress() async {
    for address in ["http://hook.example/x", "https://u:p@hook.example/", "ftp://x", "no url"] {
      world.memory.withLock { $0.variables["OPS_ALERT_WEBHOOK_URL"] = address }
      #expect(await run(9, atMinute: 0) == .usage)
      #expect(world.told.count == 1)
      #expect(!world.told.joined().contains("hook.example"))
    }
    #expect(world.memory.withLock(\.requests).isEmpty)
  }

  @Test("A secret echoed in a response appears in no output and no file")
  func redaction() async throws {
    for status in [200, 400, 401, 404, 429, 500] {
      world.answer("your /\(Self.secret) is wrong", status: status, from: "hook.example")
      _ = await run(
        9, "--output \(folder.file("report.json")) --verbose", atMinute: Double(status))
      let seen =
        try world.output + world.told.joined() + folder.read("report.json")
        + folder.read("s.json")
      #expect(!seen.contains("SECRET"), "\(status)")
    }
  }
}
