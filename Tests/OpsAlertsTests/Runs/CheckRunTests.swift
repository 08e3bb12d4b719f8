internal import Foundation
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Checking the configuration")
struct CheckRunTests {
  private static let rules = #"""
    {"rules": [{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1,
      "duration_minutes": 0, "severity": "warning"}]
    """#

  private func check(
    _ more: String, options: String = "", in world: World = World()
  ) async throws -> (code: ExitCode, output: String, told: [String]) {
    let folder = try Folder()
    try folder.write(Self.rules + more + "}", to: "c.json")
    let code = await world.run("check --config \(folder.file("c.json")) \(options)")
    return (code, world.output, world.told.filter { !$0.contains(": note: ") })
  }

  private static let receivers = #"""
    , "receivers": [
      {"name": "oncall-chat", "type": "slack", "url_env": "OPS_ALERT_SLACK_URL",
       "severities": ["warning", "critical", "error"], "mention": "<!here>"},
      {"name": "pager", "type": "pagerduty", "routing_key_file": "/run/secrets/key",
       "severities": ["critical"], "required": true},
      {"name": "issues", "type": "github"},
      {"name": "mail", "type": "email", "to": ["a@b.example"]}]
    """#

  @Test("Without receivers, the output does not mention them")
  func withoutReceivers() async throws {
    let run = try await check("")
    #expect(run.code == .success && run.told.isEmpty)
    #expect(
      run.output.hasSuffix(
        "  r  a > 1 immediately: fail (warning)\n  endpoint_down fires after 10 m\n")
    )
  }

  @Test("Receivers are listed with the sources of their secrets, which are not read")
  func listsReceivers() async throws {
    let world = World()
    world.memory.withLock { $0.variables = ["OPS_ALERT_SLACK_URL": "https://h.example/s3cr-et"] }
    let run = try await check(
      Self.receivers + #", "notifications": {"reminder_hours": 0, "digest_over": 1}"#, in: world)
    #expect(run.code == .success && run.told.isEmpty)
    #expect(
      run.output.hasSuffix(
        """
        4 receivers
          oncall-chat  slack, address from OPS_ALERT_SLACK_URL, mentions <!here>, for critical, error, warning
          pager        pagerduty, routing key from the file /run/secrets/key, for critical, required
          issues       github, repository from GITHUB_REPOSITORY, token from GITHUB_TOKEN, labels ops-alert, for all severities
          mail         email, to a@b.example, by /usr/sbin/sendmail, for all severities
          no reminders; more than 1 event for one chat become one message
          addresses and tokens were not checked; 'ops-alert-eval notify-test' tests them

        """))
    #expect(!run.output.contains("s3cr-et"))
    let requests = world.memory.withLock(\.requests)
    #expect(requests.isEmpty)
  }

  @Test("JSON lists the names of receivers")
  func listsReceiversAsJSON() async throws {
    let run = try await check(Self.receivers, options: "--format json")
    #expect(run.code == .success)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(report["receivers"] as? [String] == ["oncall-chat", "pager", "issues", "mail"])
  }

  @Test("An alert that reaches no receiver is only a warning", arguments: ["text", "json"])
  func warns(format: String) async throws {
    let run = try await check(
      #", "receivers": [{"name": "a", "type": "github", "severities": ["critical"]}]"#,
      options: "--format \(format)")
    #expect(run.code == .success)
    #expect(
      run.told.map { $0.contains("no receiver accepts severity warning, so nobody is notified") }
        == [true])
  }

  @Test(
    "A runbook that does not exist is a warning, and an error with --strict",
    arguments: [("", ExitCode.success), ("--strict", .usage)])
  func missingRunbooks(option: String, code: ExitCode) async throws {
    let folder = try Folder()
    let rules = ["a", "b"].map { World.rule($0, more: ", \"runbook\": \"docs/none-\($0).md\"") }
    try folder.write("{\"rules\": [\(rules.joined(separator: ", "))]}", to: "c.json")
    let world = World()
    #expect(await world.run("check --config \(folder.file("c.json")) \(option)") == code)
    #expect(world.output.contains("c.json is valid: 2 rules"))
    #expect(
      await world.run("check --config \(folder.file("c.json")) --format json \(option)") == code)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let warnings = try #require(report["warnings"] as? [String])
    #expect(report["valid"] as? Bool == true && warnings.count == 2)
    for name in ["docs/none-a.md", "docs/none-b.md"] {
      #expect(warnings.contains { $0.contains(name) })
      #expect(world.told.contains { $0.contains("runbook \(name) does not exist") })
    }
  }

  @Test("--strict makes no difference to a configuration without warnings")
  func strict() async throws {
    #expect(try await check("", options: "--strict").code == .success)
    let lonely = #", "receivers": [{"name": "a", "type": "github", "severities": ["critical"]}]"#
    #expect(try await check(lonely, options: "--strict").code == .usage)
  }

  @Test(
    "A path in the syntax of another tool is a warning that says what to write",
    arguments: [
      ("items[0].x", #"write "items.0.x""#), ("items[*].x", #"write "items.*.x""#),
      ("items[name=x].size", #"write "$.items[?@.name=='x'].size""#),
      ("a.**.b", #"write "$.a..b""#), ("/a/b", #"write "a.b""#),
      ("len(items)", #"use "aggregate": "count" with "items.*""#),
      ("sum(a.*.b)", #"use "aggregate": "sum" with "a.*.b""#),
      ("a / b", "use the measure quotient, with denominator_path"),
      ("items[?name=='x']", #"write "$.items[?@.name=='x']""#),
    ])
  func foreignPaths(path: String, advice: String) async throws {
    let folder = try Folder()
    let world = World()
    try folder.write(Self.rules.replacing(#""a""#, with: "\"\(path)\"") + "}", to: "c.json")
    #expect(await world.run("check --config \(folder.file("c.json"))") == .success)
    #expect(world.told.contains { $0.contains(advice) }, "\(world.told)")
    world.answer("{}")
    _ = await world.run(
      "--config \(folder.file("c.json")) --metrics-url https://api.example/m --no-state")
    #expect(world.output.contains(advice), "\(world.output)")
  }

  @Test("A pattern that can match nothing is a warning")
  func idlePatterns() async throws {
    let folder = try Folder()
    let world = World()
    let path = "$.l[?match(@.n, '(?i)x')].v"
    try folder.write(Self.rules.replacing(#""a""#, with: "\"\(path)\"") + "}", to: "c.json")
    #expect(await world.run("check --config \(folder.file("c.json")) --strict") == .usage)
    #expect(world.told.contains { $0.contains("matches nothing") }, "\(world.told)")
  }
}
