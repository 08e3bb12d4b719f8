@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run from the configuration to the report")
struct EvaluationRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 10}]}
      """, to: "c.json")
  }

  var base: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/ops/metrics?token=hidden "
  }

  @Test(
    "A first breach is pending, a sustained one fires with exit code 1, and a recovery resolves")
  func story() async {
    let steps: [(Double, String, ExitCode, String)] = [
      (0, #"{"v":1}"#, .success, "OK"), (5, #"{"v":9}"#, .success, "PENDING"),
      (10, #"{"v":9}"#, .success, "PENDING"), (15, #"{"v":9}"#, .alerts, "FIRING"),
      (20, #"{"v":1}"#, .success, "RESOLVED"), (25, #"{"v":1}"#, .success, "OK"),
    ]
    for (minute, body, code, word) in steps {
      world.answer(body)
      #expect(await world.run(base, atMinute: minute) == code)
      #expect(world.output.hasPrefix(word), "minute \(minute): \(world.output)")
    }
  }

  @Test("The state is on disk before anything is printed")
  func savedBeforePrinted() async {
    world.answer(#"{"v":9}"#)
    let path = folder.file("s.json")
    let seen = Mutex<RunState?>(nil)
    let code = await world.run(base, onWrite: { seen.withLock { $0 = try? StateFile.read(path) } })
    #expect(code == .success)
    let state = seen.withLock(\.self)
    #expect(
      state?.targets["api.example"]?.alerts[AlertKey(rule: "r")]?.phase.kind == .pending)
  }

  @Test("Without a snapshot, a run exits with 3 and one sentence, and resolves nothing")
  func unreachable() async {
    world.answer(#"{"v":9}"#)
    _ = await world.run(base, atMinute: 0)
    #expect(await world.run(base, atMinute: 10) == .alerts)
    world.fail(.refused)
    #expect(await world.run(base, atMinute: 20) == .alerts)
    #expect(world.output.contains("FIRING"))
    #expect(world.told.count { $0.contains("error:") } == 1)
    world.answer(#"{"v":1}"#)
    #expect(await world.run(base, atMinute: 30) == .success)
    world.fail(.refused)
    #expect(await world.run(base, atMinute: 40) == .noEvidence)
  }

  @Test(
    "--fail-on chooses the mildest status that counts",
    arguments: [
      ("never", ExitCode.success), ("fail", .success), ("warn", .success), ("unknown", .success),
      ("pending", .alerts),
    ])
  func failOnPending(_ level: String, _ expected: ExitCode) async {
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + "--fail-on \(level)") == expected)
  }

  @Test("An unknown check counts from `unknown` on")
  func failOnUnknown() async throws {
    world.answer(#"{"v":9}"#)
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "w", "comparison": "gt", "threshold": 5,
        "duration_minutes": 10, "on_missing": "hold"}]}
      """, to: "c.json")
    #expect(await world.run(base + "--fail-on warn", atMinute: 0) == .success)
    #expect(await world.run(base + "--fail-on unknown", atMinute: 1) == .alerts)
  }

  @Test("The report is JSON of schema version 1, without the URL's query")
  func jsonReport() async throws {
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + "--format json --output \(folder.file("o/r.json"))") == .success)
    #expect(try folder.read("o/r.json") == world.output)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    #expect(report["schema_version"] as? Int == 1)
    #expect(report["status"] as? String == "pass")
    #expect(report["metrics_url"] as? String == "https://api.example/ops/metrics")
    #expect(report["pending_checks"] as? Int == 1)
    #expect(!world.output.contains("hidden"))
    let transitions = try #require(report["transitions"] as? [[String: Any]])
    #expect(transitions.count == 1)
    #expect(transitions[0]["to"] as? String == "pending")
  }

  @Test("A page is written along with the report, and says the same")
  func page() async throws {
    let path = folder.file("deep/page.html")
    for (minute, code, word) in [(0.0, ExitCode.success, "pending"), (10, .alerts, "firing")] {
      world.answer(#"{"v":9}"#)
      #expect(await world.run(base + "--html \(path)", atMinute: minute) == code)
      let page = try folder.read("deep/page.html")
      PageCheck.expectSound(page)
      #expect(page.contains("class=\"state is-\(word)\""))
      #expect(!page.contains("token"))
    }
    #expect(await world.run(base + "--html \(path)/x", atMinute: 12) == .state)
    #expect(world.output.hasPrefix("FIRING"))
    #expect(await world.run(base + "--html \(folder.file("s.json"))") == .usage)
    #expect(world.told.last?.contains("--html and --state are the same file") == true)
  }

  @Test("A dry run writes nothing at all")
  func dryRun() async throws {
    world.answer(#"{"v":9}"#)
    let line = "--dry-run --record \(folder.file("rec.jsonl"))"
    #expect(await world.run(base + line) == .success)
    #expect(folder.names == ["c.json"])
  }

  @Test("An invalid state exits with 4, and the report says that nothing was evaluated")
  func unreadableState() async throws {
    world.answer(#"{"v":9}"#)
    _ = await world.run(base)
    try FileManager.default.removeItem(atPath: folder.file("s.json"))
    try FileManager.default.createDirectory(
      atPath: folder.file("s.json/x"), withIntermediateDirectories: true)
    #expect(await world.run(base) == .state)
    #expect(world.output.hasPrefix("warn: nothing was evaluated"))
    #expect(world.told.contains { $0.contains("s.json") })
  }

  @Test("A report that cannot be printed exits with 4 and is not a silent pass")
  func brokenOutput() async {
    world.answer(#"{"v":1}"#)
    world.memory.withLock { $0.isOutputBroken = true }
    #expect(await world.run(base) == .state)
  }

  @Test("Targets are evaluated separately, and a failing one hides no other")
  func targets() async throws {
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}],
       "targets": [{"name": "one", "base_url": "https://one.example"},
                   {"name": "two", "base_url": "https://two.example"}]}
      """, to: "c.json")
    let line = "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
    world.answer(#"{"v":9}"#, from: "one.example")
    world.fail(.refused, from: "two.example")
    #expect(await world.run(line, atMinute: 0) == .alerts)
    #expect(world.output.contains("one: fail"))
    #expect(world.output.contains("two: warn"))
    world.answer(#"{"v":1}"#, from: "two.example")
    #expect(await world.run(line + "--target two", atMinute: 1) == .success)
    let state = try #require(try StateFile.read(folder.file("s.json")))
    #expect(state.targets["one"]?.alerts[AlertKey(rule: "r")]?.phase.kind == .firing)
    #expect(await world.run(line + "--target too", atMinute: 2) == .usage)
    #expect(world.told.contains { $0.contains("did you mean two?") })
  }

  @Test("An invalid snapshot exits with 2 before anything is moved or written")
  func noSnapshotFile() async throws {
    try folder.write("precious", to: "s.json")
    let line = "--config \(folder.file("c.json")) --snapshot \(folder.file("none.json")) "
    #expect(await world.run(line + "--state \(folder.file("s.json")) --reset-state") == .usage)
    #expect(folder.names == ["c.json", "s.json"])
  }

  @Test("An address variable that the configuration names takes precedence over a common one")
  func namedVariable() async {
    world.memory.withLock {
      $0.variables = ["OPS_METRICS_URL": "https://one.example/m", "MINE": "https://two.example"]
    }
    world.answer(#"{"v":1}"#, from: "two.example")
    let line = "--config \(folder.file("c.json")) --no-state --retries 0 --base-url-env "
    #expect(await world.run(line + "MINE") == .success)
    #expect(await world.run(line + "OTHER") == .usage)
    #expect(world.told.last?.contains("OTHER") == true)
  }

  @Test(
    "A run refuses to use one file for two purposes",
    arguments: [
      "--output c.json", "--record c.json", "--output s.json", "--record s.json",
      "--output s.json.lock", "--output ./x/../s.json", "--output o.json --record o.json",
      "--output nd/../c.json", "--html nd/../c.json", "--record nd/../c.json",
      "--html o.html --output nd/../o.html", "--html nd/a/../../s.json.lock",
      "--bearer-token-file x/t --html nd/../x/t",
    ])
  func filesApart(_ line: String) async throws {
    world.answer(#"{"v":9}"#)
    try FileManager.default.createDirectory(
      atPath: folder.file("x"), withIntermediateDirectories: true)
    try folder.write("a-token", to: "x/t")
    let absolute = line.replacing(" ", with: " \(folder.path)/").replacing("/--", with: "--")
      .replacing(" \(folder.path)--", with: " --")
    #expect(await world.run(base + absolute) == .usage)
    #expect(world.told.contains { $0.contains("are the same file") })
    #expect(folder.names == ["c.json", "x"])
    #expect(try folder.read("c.json").contains("rules"))
    #expect(try folder.read("x/t") == "a-token")
  }

  @Test("A report can be written to a pipe or a device, without replacing it")
  func outputToDevice() async throws {
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + "--output /dev/null") == .success)
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test("status shows the last value and its threshold while the rule is known")
  func status() async throws {
    let values = [1, 9, 8]
    for (index, value) in values.enumerated() {
      world.answer("{\"v\":\(value)}")
      _ = await world.run(base, atMinute: Double(index) * 10)
    }
    let line = "status --state \(folder.file("s.json")) --config "
    #expect(await world.run(line + folder.file("c.json"), atMinute: 30) == .success)
    #expect(world.output.contains("FIRING  r  8 at 11:26 UTC (limit > 5)  ▁██"))
    #expect(world.output.contains("bad since 11:16 UTC (10 m, 2 samples, longest gap 10 m)"))
    #expect(await world.run(line + folder.file("none.json"), atMinute: 30) == .success)
    #expect(world.output.contains("FIRING  r\n"))
  }

  @Test("Without an endpoint, the message says what to set")
  func noEndpoint() async {
    #expect(await world.run("--config \(folder.file("c.json"))") == .usage)
    #expect(world.told.count == 1)
    #expect(world.told[0].contains("OPS_API_BASE_URL"))
    #expect(world.told[0].contains("demo"))
    #expect(world.output.isEmpty)
  }

  @Test("--quiet prints nothing while all is well")
  func quiet() async {
    world.answer(#"{"v":1}"#)
    #expect(await world.run(base + "--quiet", atMinute: 0) == .success)
    #expect(world.output.isEmpty && world.told.isEmpty)
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + "--quiet", atMinute: 1) == .success)
    #expect(world.output.hasPrefix("PENDING"))
  }

  @Test("A token is sent to the endpoint in a header and appears nowhere else")
  func token() async throws {
    world.memory.withLock { $0.variables["OPS_API_BEARER_TOKEN"] = "s3cr3t\n" }
    world.answer("s3cr3t", status: 401)
    #expect(await world.run(base + "--verbose --output \(folder.file("r.json"))") == .noEvidence)
    let sent = world.memory.withLock { $0.requests.flatMap { $0.headers.map(\.value) } }
    #expect(sent.contains("Bearer s3cr3t"))
    let written =
      try world.output + world.told.joined() + folder.read("r.json")
      + folder.read("s.json")
    #expect(!written.contains("s3cr3t"))
    #expect(world.told.contains { $0.contains("OPS_API_BEARER_TOKEN") })
  }

  @Test(
    "A path without a value is explained by what is there instead",
    arguments: [
      (#"{"w":1}"#, "no value at v (the snapshot has w)"),
      (#"{"vv":1,"w":2}"#, "no value at v (the snapshot has vv, w)"),
      (#"{"v":null}"#, "no value at v (v is null)"),
      (#"{"v":[1,2]}"#, "an array at v (v is an array of 2: use an index or *), expected a number"),
      (#"{"v":{"p50":1,"p95":2}}"#, "an object at v (v has p50, p95: use one of them), expected"),
      (#"{"v":"a"}"#, "a string at v, expected a number"),
    ])
  func explains(body: String, words: String) async {
    world.answer(body)
    _ = await world.run(base)
    #expect(world.output.contains(words), "\(world.output)")
  }

  @Test("A token variable that the user names must be set; the default one need not be")
  func namedTokenVariable() async {
    world.answer(#"{"v":1}"#)
    #expect(await world.run(base) == .success)
    #expect(await world.run(base + "--bearer-token-env NO_SUCH") == .usage)
    #expect(world.told.joined().contains("--bearer-token-env names NO_SUCH, which is not set"))
    world.set("NO_SUCH", "")
    #expect(await world.run(base + "--bearer-token-env NO_SUCH") == .usage)
    world.set("NO_SUCH", "s3cr3t-s3cr3t")
    #expect(await world.run(base + "--bearer-token-env NO_SUCH") == .success)
  }
}
