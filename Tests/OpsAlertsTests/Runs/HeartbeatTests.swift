internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("The heartbeat")
struct HeartbeatTests {
  let folder: Folder
  let world = World()
  private static let secret = "5f0cA1b2C3d4-5f0cA1b2C3d4"

  init() throws {
    folder = try Folder()
    try write(heartbeat: #", "heartbeat": {"url_env": "OPS_HEARTBEAT_URL"}"#)
    world.set("OPS_HEARTBEAT_URL", "https://ping.example/\(Self.secret)")
    world.answer("OK", from: "ping.example")
    world.answer(#"{"v":1}"#)
  }

  private func write(heartbeat: String) throws {
    try folder.write(
      #"""
      {"rules": [{"name": "high", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}], "receivers": [\#(World.hook)]\#(heartbeat)}
      """#, to: "c.json")
  }

  private var base: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--base-url https://api.example --target-name api "
  }

  @Test("A complete run requests it once, whatever it found")
  func completeRuns() async throws {
    let cases: [(body: String, status: Int, hook: Int, code: ExitCode)] = [
      (#"{"v":1}"#, 200, 200, .success), (#"{"v":9}"#, 200, 200, .alerts), ("", 503, 200, .alerts),
      (#"{"v":1}"#, 200, 401, .delivery), (#"{"v":1}"#, 200, 200, .success),
      ("", 503, 200, .noEvidence),
    ]
    world.setUpReceivers()
    for (minute, given) in cases.enumerated() {
      world.answer(given.body, status: given.status)
      world.answer("", status: given.hook, from: "hook.example")
      #expect(await world.run(base + "--heartbeat", atMinute: Double(minute)) == given.code)
      #expect(world.count("ping.example") == minute + 1, "\(given)")
    }
    let request = try #require(
      world.memory.withLock(\.requests).last { $0.url.host == "ping.example" })
    #expect(request.method == .get)
    #expect(request.body.isEmpty)
    let other = #"--format nagios --fail-on pending --heartbeat"#
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + other, atMinute: 20).rawValue == 2)
    #expect(world.count("ping.example") == cases.count + 1)
  }

  @Test("It comes after the state is saved and the alerts are delivered")
  func comesLast() async {
    world.setUpReceivers()
    world.answer(#"{"v":9}"#)
    #expect(await world.run(base + "--heartbeat") == .alerts)
    #expect(
      world.memory.withLock(\.requests).map(\.url.host) == [
        "api.example", "hook.example", "ping.example",
      ])
  }

  @Test(
    "A run that is not complete, or not asked to, does not request it",
    arguments: [
      ("", ExitCode.success), ("--heartbeat --dry-run", .success),
      ("--heartbeat --output s.json/o", .state),
    ])
  func incompleteRuns(options: String, code: ExitCode) async {
    let options = options.replacing("s.json", with: folder.file("s.json"))
    #expect(await world.run(base + options) == code)
    #expect(world.count("ping.example") == 0)
  }

  @Test("A state that cannot be read or a lost output means no heartbeat")
  func failures() async throws {
    try folder.write("{", to: "s.json")
    #expect(await world.run(base + "--heartbeat") == .state)
    try FileManager.default.removeItem(atPath: folder.file("s.json"))
    world.memory.withLock { $0.isOutputBroken = true }
    #expect(await world.run(base + "--heartbeat") == .state)
    #expect(world.count("ping.example") == 0)
  }

  @Test("A failure is a warning that does not name the address")
  func refused() async {
    let failures: [HTTPFailure] = [
      .timedOut(after: .seconds(10)), .refused, .redirect(status: 302),
    ]
    for (minute, failure) in failures.enumerated() {
      world.fail(failure, from: "ping.example")
      #expect(await world.run(base + "--heartbeat", atMinute: Double(minute)) == .success)
      #expect(world.told.last?.contains("warning: heartbeat failed: ") == true)
    }
    world.answer("no \(Self.secret)", status: 404, from: "ping.example")
    #expect(await world.run(base + "--heartbeat", atMinute: 9) == .success)
    #expect(world.told == ["ops-alert-eval: warning: heartbeat failed: the response was 404"])
    #expect(!(world.told.joined() + world.output).contains(Self.secret))
  }

  @Test(
    "What it needs must be there before anything is fetched",
    arguments: [
      ("", nil, "--heartbeat needs the key \"heartbeat\" in"),
      (
        #", "heartbeat": {"url_env": "OPS_HEARTBEAT_URL"}"#, "",
        "OPS_HEARTBEAT_URL, which is not set"
      ),
      (
        #", "heartbeat": {"url_env": "OPS_HEARTBEAT_URL"}"#, "http://ping.example/secret-secret",
        "https"
      ),
      (#", "heartbeat": {"url_env": "OPS_HEARTBEAT_URL"}"#, "secret-secret", "OPS_HEARTBEAT_URL"),
      (#", "heartbeat": {"url_file": "EMPTY"}"#, nil, "is empty"),
      (#", "heartbeat": {"url_file": "nowhere"}"#, nil, "cannot be read"),
    ] as [(String, String?, String)])
  func mistakes(heartbeat: String, url: String?, sentence: String) async throws {
    try folder.write("\n", to: "empty")
    try write(heartbeat: heartbeat.replacing("EMPTY", with: folder.file("empty")))
    if let url { world.set("OPS_HEARTBEAT_URL", url) }
    #expect(await world.run(base + "--heartbeat") == .usage)
    #expect(world.told.last?.contains(sentence) == true, "\(world.told)")
    #expect(!world.told.joined().contains("secret-secret"))
    #expect(world.memory.withLock(\.requests).isEmpty)
    #expect(await world.run(base) == .success)
  }

  @Test("The address may be in a file, which is never overwritten")
  func file() async throws {
    try folder.write("https://ping.example/\(Self.secret)\n", to: "url")
    try write(heartbeat: #", "heartbeat": {"url_file": "\#(folder.file("url"))"}"#)
    #expect(await world.run(base + "--heartbeat") == .success)
    #expect(world.count("ping.example") == 1)
    #expect(await world.run(base + "--output \(folder.file("url"))") == .usage)
    #expect(await world.run("check --config \(folder.file("c.json"))") == .success)
    #expect(world.output.contains("evaluate --heartbeat requests the URL in the file"))
  }
}
