@testable import AlertEngine
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run over many targets")
struct ManyTargetsRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
  }

  private func configure(_ names: [String]) throws {
    let targets = names.map { #"{"name": "\#($0)", "base_url": "https://\#($0).example"}"# }
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0, "min_request_count": 1}],
       "targets": [\(targets.joined(separator: ", "))]}
      """, to: "c.json")
  }

  private func run(_ options: String = "", atMinute minute: Double = 0) async -> ExitCode {
    await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 " + options,
      atMinute: minute)
  }

  private func told(_ kind: String) -> [String] {
    world.told.filter { $0.contains(kind) }
  }

  @Test("One line reports a problem shared by many targets, and names a few of them")
  func grouped() async throws {
    let names = (0..<100).map { "t\($0)" }
    try configure(names)
    for name in names.dropFirst(2) { world.answer("{\"v\": 1}", from: "\(name).example") }
    for name in names[10..<40] { world.fail(.refused, from: "\(name).example") }
    for name in names[40..<60] { world.answer("", status: 500, from: "\(name).example") }
    for (place, name) in names[60..<90].enumerated() {
      world.answer("", status: 430 + place, from: "\(name).example")
    }
    #expect(await run() == .noEvidence)
    #expect(
      told("error:").prefix(2) == [
        "ops-alert-eval: error: t0, t1, t10, t11, t12 and 27 more: cannot connect to … "
          + "(connection refused, or no route): is the service up?",
        "ops-alert-eval: error: t40, t41, t42, t43, t44 and 15 more: the service returned an error "
          + "(500): check its log",
      ])
    #expect(told("error:").count == 21)
    #expect(
      told("error:").last == "ops-alert-eval: error: and 12 more targets; see the report")
    #expect(
      told("warning:") == [
        "ops-alert-eval: warning: t2, t3, t4, t5, t6 and 13 more: the snapshot has no number at "
          + "request_metrics.requests.total: min_request_count of 1 rule was not "
          + "applied; set evaluation.request_count_path to where it is"
      ])
  }

  @Test("With few targets, each has a line, with its address")
  func lines() async throws {
    try configure(["east", "west"])
    #expect(await run("--timeout 5s") == .noEvidence)
    #expect(told("error:").count == 2)
    #expect(told("error:").allSatisfy { $0.contains("t.example:443 (connection refused") })
  }

  @Test("A target that is chosen twice is named once, and an unknown one is reported")
  func chosen() async throws {
    try configure(["east", "west"])
    for name in ["east", "west"] { world.answer("{\"v\": 1}", from: "\(name).example") }
    #expect(await run("--target east --target east") == .success)
    #expect(world.output.contains("· east ·"))
    #expect(world.memory.withLock(\.requests).map(\.url.host) == ["east.example"])
    #expect(await run("--target esat", atMinute: 1) == .usage)
    #expect(told("error:").first?.contains("no target \"esat\"; did you mean east?") == true)
  }

  @Test("Without configured targets, the message explains --target")
  func noTargets() async throws {
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}]}
      """, to: "c.json")
    for url in ["", " --metrics-url https://api.example/m"] {
      #expect(await run("--target east" + url) == .usage)
      #expect(
        told("error:").first?.contains("has no targets for --target to select; --target-name")
          == true)
    }
  }

  @Test("status shows the targets that need attention, and sums up the rest in one line")
  func status() async throws {
    let names = (0..<30).map { "t\($0)" }
    try configure(names + ["old"])
    for name in names + ["old"] { world.answer("{\"v\": 1}", from: "\(name).example") }
    world.answer("{\"v\": 9}", from: "t7.example")
    #expect(await run() == .alerts)
    try configure(names)
    world.fail(.refused, from: "t9.example")
    #expect(await run(atMinute: 1) == .alerts)
    let status = "status --config \(folder.file("c.json")) --state \(folder.file("s.json"))"
    #expect(await world.run(status, atMinute: 3) == .success)
    let lines = world.output.split(separator: "\n").map(String.init)
    let heads = lines.filter { !$0.hasPrefix(" ") }
    #expect(heads.count == 4, "\(heads)")
    #expect(heads[0].hasPrefix("old: ") && heads[0].hasSuffix("no longer in the configuration"))
    #expect(heads[1].hasPrefix("t7: ") && lines.contains { $0.hasPrefix("  FIRING  r") })
    #expect(heads[2].hasPrefix("t9: ") && heads[2].contains("no snapshot since"))
    #expect(heads[3].hasPrefix("and 28 targets without alerts, evaluated "))
    #expect(await world.run(status + " --verbose", atMinute: 3) == .success)
    #expect(names.allSatisfy { world.output.contains("\n\($0): ") })
    #expect(await world.run(status + " --target t3 --target t3", atMinute: 3) == .success)
    #expect(world.output.hasPrefix("t3: "))
  }

  @Test("A run that ends between its batches has delivered and saved the first")
  func endedBetweenWaves() async throws {
    try configure(["east", "west"])
    world.answer("{\"v\": 9}", from: "east.example")
    world.answer("busy", status: 503, from: "west.example")
    world.answer("ok", from: "hook.example")
    let running = Mutex<Task<ExitCode, Never>?>(nil)
    world.memory.withLock { memory in
      memory.variables["OPS_ALERT_WEBHOOK_URL"] = "https://hook.example/"
      memory.onRequest = { [world] number in
        let hosts = world.memory.withLock(\.requests).prefix(number).map(\.url.host)
        if hosts.last == "hook.example" { running.withLock { $0?.cancel() } }
        guard hosts.last == "west.example", hosts.count(where: { $0 == "west.example" }) == 2 else {
          return
        }
        await untilCancelled()
      }
    }
    let line = "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 1"
    let run: @Sendable () async -> ExitCode = { [world] in
      // The task is known by then.
      while running.withLock({ $0 == nil }) { await Task.yield() }
      return await world.run(line)
    }
    let task = Task { await run() }
    running.withLock { $0 = task }
    #expect(await task.value == .alerts)
    let state = try #require(try StateFile.read(folder.file("s.json")))
    #expect(Array(state.targets.keys) == ["east"])
    #expect(state.targets["east"]?.alerts[AlertKey(rule: "r")]?.phase.kind == .firing)
    let queue = try #require(state.outbox.queues["webhook"])
    #expect(queue.rows.isEmpty && queue.threads.values.allSatisfy { $0.notifiedAt != nil })
    #expect(world.output.contains("notified webhook: 1 firing"))
  }
}
