@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Another address with the same state")
struct NewTargetTests {
  @Test(
    "A new target named only by its address is reported once, unless nothing is saved",
    arguments: [
      ("", true), ("--dry-run", false), ("--target-name other", false),
      ("--metrics-url https://api.example/again", false),
    ])
  func said(options: String, isSaid: Bool) async throws {
    let folder = try Folder()
    let world = World()
    world.answer(#"{"v": 1}"#)
    world.answer(#"{"v": 1}"#, from: "apo.example")
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}]}
      """, to: "c.json")
    let run = "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
    _ = await world.run(run + "--metrics-url https://api.example/m")
    let other = options.contains("--metrics-url") ? "" : "--metrics-url https://apo.example/m "
    for minute in [10.0, 20] {
      _ = await world.run(run + other + options, atMinute: minute)
      let told = world.memory.withLock(\.told)
      let isTold = told.contains { $0.contains("apo.example is a new target in ") }
      #expect(isTold == (isSaid && minute == 10), "\(told)")
    }
  }
}
