internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The state file of a run")
struct StateRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
        "duration_minutes": 10}]}
      """, to: "c.json")
    world.answer(#"{"v": 9}"#)
  }

  private func run(_ options: String = "", atMinute minute: Double = 0) async -> ExitCode {
    await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m " + options, atMinute: minute)
  }

  @Test("The state holds the time of the run that saved it", arguments: [0.0, 7, 7.5])
  func savedAt(minute: Double) async throws {
    #expect(await run(atMinute: minute) == .success)
    let state = try #require(try StateFile.read(folder.file("s.json")))
    #expect(state.savedAt == World.begin + .minutes(minute))
  }

  @Test("The report of a run that cannot use its state has the time of that run")
  func reportTime() async throws {
    try folder.write("no state", to: "s.json")
    #expect(await run("--format json", atMinute: 7) == .state)
    let time = (World.begin + .minutes(7)).rfc3339
    #expect(world.output.contains("\"generated_at\": \"\(time)\""))
  }

  @Test(
    "status without a state is an error where the state was named",
    arguments: [(true, ExitCode.state), (false, .success)])
  func noState(isNamed: Bool, code: ExitCode) async {
    let state = isNamed ? "--state \(folder.file("none.json"))" : ""
    #expect(await world.run("status --config \(folder.file("c.json")) \(state)") == code)
  }

  @Test("A folder in the state file's place is left alone, even with --reset-state")
  func folderInPlace() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("s.json"), withIntermediateDirectories: true)
    try folder.write("precious", to: "s.json/x")
    #expect(await run("--reset-state") == .state)
    #expect(try folder.read("s.json/x") == "precious")
    #expect(folder.names == ["c.json", "s.json", "s.json.lock"])
  }

  @Test("A state in format 1, which has no outbox, is read and saved in format 3")
  func firstFormat() async throws {
    #expect(await run() == .success)
    let newest = try folder.read("s.json")
    #expect(newest.contains(#""format": 3"#) && newest.contains(#""outbox": {}"#))
    let first = newest.replacing(#""format": 3"#, with: #""format": 1"#)
      .replacing(#""outbox": {},"#, with: "").replacing(#""notifications": [],"#, with: "")
    #expect(!first.contains("outbox") && !first.contains("notifications"))
    try folder.write(first, to: "s.json")
    #expect(await run(atMinute: 10) == .alerts)
    #expect(try folder.read("s.json").contains(#""format": 3"#))
  }
}
