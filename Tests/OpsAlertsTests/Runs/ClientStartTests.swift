@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Time limits of clients")
struct ClientStartTests {
  @Test(
    "Clients start, and requests are made, under the deadline, and no limit is left behind",
    arguments: ["", "watch --interval 60s --for 150s", "init", "check --live"])
  func timed(command: String) async throws {
    let folder = try Folder()
    let world = World()
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}], "receivers": [{"name": "hook", "type": "webhook",
        "url_env": "HOOK"}]}
      """, to: "c.json")
    world.answer(#"{"v": 9}"#)
    world.answer("", from: "hook.example")
    world.memory.withLock { $0.variables = ["HOOK": "https://hook.example/a"] }
    // init writes a new one.
    let config = folder.file(command == "init" ? "new.json" : "c.json")
    let state =
      ["init", "check --live"].contains(command) ? "" : "--state \(folder.file("s.json"))"
    let code = await world.run(
      "\(command) --config \(config) \(state) --metrics-url https://api.example/m")
    #expect(code != .usage, "\(world.told)")
    let (limit, limits) = world.memory.withLock { ($0.limit, $0.limits) }
    #expect(!limits.ofRequests.isEmpty && limit == nil)
    #expect(!limits.ofClients.isEmpty && limits.ofClients.allSatisfy { $0 == .seconds(60) })
    // A run may wait for two locks besides.
    #expect(limits.ofRequests.allSatisfy { $0.map { $0 <= .seconds(120) } == true })
  }
}
