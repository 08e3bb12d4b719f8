@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("The configuration that a state belongs to")
struct StateOwnerTests {
  @Test(
    "The state is named after the configuration's whole path; older versions used its name alone",
    arguments: [
      ("config/ops_alert_thresholds.json", "ops_alert_thresholds", "ops_alert_thresholds"),
      ("a.b.json", "a.b", "a.b"), ("./rules.json", "rules", "rules"),
      ("config/rules.json", "config-rules", "rules"),
      ("services/./api//rules.json", "services-api-rules", "rules"), ("/x/y", "x-y", "y"),
      (".json", ".json", ".json"), ("dir/", "dir", "dir"), ("a/../b.json", "b", "b"),
      ("../../up.d/rules.json", "up-up-up.d-rules", "rules"),
    ])
  func path(config: String, stem: String, former: String) {
    let owner = StateOwner(configuration: config)
    #expect(owner.standardPath == "artifacts/ops/\(stem)-state.json")
    #expect(owner.formerPath == "artifacts/ops/\(former)-state.json")
  }

  @Test("A configuration below the current directory has one name, however its path is written")
  func below() {
    for path in ["/w/svc/a.json", "svc/a.json", "./svc/../svc/a.json"] {
      let owner = StateOwner(configuration: path, folder: "/w")
      #expect(owner.standardPath == "artifacts/ops/svc-a-state.json", "\(path)")
    }
    let standard = StateOwner(configuration: "/w/config/ops_alert_thresholds.json", folder: "/w")
    #expect(standard.standardPath == "artifacts/ops/ops_alert_thresholds-state.json")
  }

  @Test(
    "A state knows its configuration from its own folder, however both were written",
    arguments: [
      ("config/c.json", "artifacts/ops/s.json", "../../config/c.json"),
      ("/w/config/c.json", "/w/artifacts/ops/s.json", "../../config/c.json"),
      ("./config/../config/c.json", "artifacts/./ops/s.json", "../../config/c.json"),
      ("c.json", "s.json", "c.json"), ("../c.json", "s.json", "../c.json"),
      ("/etc/ops/c.json", "/var/lib/s.json", "../../etc/ops/c.json"),
      ("/dev/fd/63", "s.json", ""), ("/proc/self/fd/3", "s.json", ""),
    ])
  func name(config: String, state: String, expected: String) {
    let names = StateOwner(configuration: config, folder: "/w").names(from: state)
    #expect(names.joined(separator: "/") == expected)
  }
}

@Suite("A state and the configurations of several runs")
struct StateOwnerRunTests {
  private let folder: Folder
  private let world = World()

  init() throws {
    folder = try Folder()
    for name in ["a.json", "b.json"] {
      try folder.write(
        #"{"rules": [{"name": "\#(name.prefix(1))", "metric_path": "v", "comparison": "gt", "threshold": 5, "duration_minutes": 0}]}"#,
        to: name)
    }
    world.answer(#"{"v": 9}"#)
  }

  private func run(_ config: String, _ more: String = "", atMinute minute: Double) async -> ExitCode
  {
    await world.run(
      "--metrics-url https://api.example --config \(folder.file(config)) "
        + "--state \(folder.file("s.json")) \(more)", atMinute: minute)
  }

  @Test("Another configuration is refused, and changes nothing")
  func foreign() async throws {
    #expect(await run("a.json", atMinute: 0) == .alerts)
    let before = try folder.read("s.json")
    for more in ["", "--dry-run"] {
      #expect(await run("b.json", more, atMinute: 5) == .state)
      #expect(world.told.contains { $0.contains("belongs to the configuration a.json") })
    }
    #expect(try folder.read("s.json") == before)
    #expect(await run("a.json", atMinute: 10) == .alerts)
  }

  @Test("With --adopt-state, it takes the state over, and the first is refused from then on")
  func adopted() async throws {
    #expect(await run("a.json", atMinute: 0) == .alerts)
    #expect(await run("b.json", "--adopt-state", atMinute: 5) == .alerts)
    #expect(world.output.contains("RESOLVED"))
    #expect(await run("b.json", atMinute: 10) == .alerts)
    #expect(await run("a.json", atMinute: 15) == .state)
  }

  @Test("A state of an older version belongs to the first configuration that uses it")
  func unowned() async throws {
    #expect(await run("a.json", atMinute: 0) == .alerts)
    let old = try folder.read("s.json").replacing(#""configuration": "a.json","#, with: "")
    try folder.write(old, to: "s.json")
    #expect(await run("b.json", atMinute: 5) == .alerts)
    #expect(await run("a.json", atMinute: 10) == .state)
  }
}
