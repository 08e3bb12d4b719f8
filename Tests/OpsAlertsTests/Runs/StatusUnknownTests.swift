@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Unknown checks in status")
struct StatusUnknownTests {
  private let folder: Folder
  private let world = World()

  init() throws {
    folder = try Folder()
    try configure()
  }

  private func configure(_ more: String = "") throws {
    try folder.write(
      """
      {"rules": [
        {"name": "level", "metric_path": "v", "comparison": "gt", "threshold": 5,
         "duration_minutes": 0, "min_request_count": 20},
        {"name": "growth", "metric_path": "c", "measure": "increase", "window_minutes": 10,
         "comparison": "gt", "threshold": 5, "duration_minutes": 0},
        {"name": "mode", "metric_path": "mode", "comparison": "eq", "threshold": "degraded",
         "duration_minutes": 0},
        {"name": "held", "metric_path": "nothing", "comparison": "gt", "threshold": 5,
         "duration_minutes": 0, "on_missing": "hold"}\(more)],
       "evaluation": {"request_count_path": "n"}}
      """, to: "c.json")
  }

  private func status(_ more: String = "") async -> String {
    let line = "status --config \(folder.file("c.json")) --state \(folder.file("s.json")) \(more)"
    #expect(await world.run(line, atMinute: 1) == .success)
    return world.output
  }

  private func evaluate(_ body: String) async {
    world.answer(body)
    _ = await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
        + "--metrics-url https://api.example", atMinute: 0)
  }

  @Test("What evaluate calls unknown, status calls unknown, with the reason")
  func unknown() async {
    await evaluate(#"{"v": 1, "n": 3, "c": 10, "mode": "ok"}"#)
    let status = await status()
    for line in [
      "UNKNOWN  level  1 at", "no evidence: low volume", "UNKNOWN  growth", "warming up",
      "UNKNOWN  held", "no value at the rule's path",
    ] {
      #expect(status.contains(line), "\(line)")
    }
    #expect(!status.contains("OK  level") && status.contains("and 2 OK (--verbose lists them)"))
  }

  @Test("--verbose lists every check, and a text rule shows its value")
  func verbose() async {
    await evaluate(#"{"v": 1, "n": 300, "c": 10, "mode": "ok"}"#)
    let status = await status("--verbose")
    for line in ["OK  level", "OK  mode  \"ok\" (limit = \"degraded\")", "OK  endpoint_down"] {
      #expect(status.contains(line), "\(line)")
    }
  }

  @Test("A rule that no run has evaluated yet is unknown")
  func new() async throws {
    await evaluate(#"{"v": 1, "n": 300, "c": 10, "mode": "ok"}"#)
    try configure(
      #", {"name": "new", "metric_path": "v", "comparison": "gt", "threshold": 5, "duration_minutes": 0}"#
    )
    #expect(await status().contains("UNKNOWN  new  not evaluated yet"))
  }
}
