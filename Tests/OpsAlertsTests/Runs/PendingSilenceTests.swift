@testable import HTTP
@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Silences of alerts that are pending")
struct PendingSilenceTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      #"""
      {"labels": {"env": "prod"}, "endpoint": {"severity": "error", "duration_minutes": 10},
       "rules": [
        {"name": "queue", "metric_path": "queues.*.depth", "comparison": "gt", "threshold": 5,
         "severity": "warning", "duration_minutes": 10, "instance_by": ["name"],
         "labels": {"team": "search"}}]}
      """#, to: "c.json")
  }

  private var place: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
  }

  @Test(
    "They match by the severity and labels with which the alert would fire",
    arguments: [
      ("--severity warning", "queue[mail] on api (pending)", true),
      ("--label team=search", "queue[mail] on api (pending)", true),
      ("--label env=prod", "queue[mail] on api (pending)", true),
      ("--label name=mail --label team=s*", "queue[mail] on api (pending)", true),
      ("--severity critical", "no alert that is open now", false),
      ("--label team=other", "no alert that is open now", false),
    ])
  func matches(options: String, words: String, isSilenced: Bool) async throws {
    world.answer(#"{"queues": [{"name": "mail", "depth": 9}]}"#)
    let run = place + "--base-url https://api.example --target-name api --retries 0 "
    #expect(await world.run(run) == .success)
    let silence = "silence add \(place) \(options) --for 1h --reason deploy --by kim"
    #expect(await world.run(silence, atMinute: 1) == .success, "\(world.told)")
    #expect(world.output.hasSuffix("\n  matches \(words)\n"), "\(world.output)")
    for line in [
      run, "status \(place)", "status \(place) --format nagios", "explain queue \(place)",
    ] {
      _ = await world.run(line, atMinute: 2)
      #expect(world.output.contains("SILENCED until") == isSilenced, "\(line): \(world.output)")
    }
  }

  @Test("A pending endpoint_down matches by the severity of the endpoint")
  func endpoint() async throws {
    world.fail(.refused)
    let run = place + "--base-url https://api.example --target-name api --retries 0 "
    #expect(await world.run(run) == .noEvidence)
    let silence = "silence add \(place) --severity error --for 1h --reason deploy --by kim"
    #expect(await world.run(silence, atMinute: 1) == .success, "\(world.told)")
    #expect(world.output.hasSuffix("\n  matches endpoint_down on api (pending)\n"))
    _ = await world.run("status \(place)", atMinute: 2)
    #expect(world.output.contains("SILENCED until"))
  }
}
