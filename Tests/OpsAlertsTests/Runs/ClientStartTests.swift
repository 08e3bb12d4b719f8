@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Starting a client")
struct ClientStartTests {
  @Test(
    "A command ends if starting its client hangs, and leaves no time limit behind",
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
    let (requests, untimed, isTimed) = world.memory.withLock {
      ($0.requests.count, $0.untimedClients, $0.isTimed)
    }
    #expect(requests > 0 && untimed == 0 && !isTimed)
  }
}
