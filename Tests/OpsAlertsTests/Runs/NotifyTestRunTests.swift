@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Test notifications of a rule")
struct NotifyTestRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
  }

  private static let more =
    #", "summary": "Too many", "runbook": "https://books.example/a", "labels": {"team": "search"}"#

  private func run(_ options: String, to receivers: [String]) async throws -> ExitCode {
    let rules = [World.rule("a", minutes: 10, more: Self.more), World.rule("b")]
    try folder.write(
      """
      {"rules": [\(rules.joined(separator: ", "))], "receivers": [\(receivers.joined(separator: ", "))]}
      """, to: "c.json")
    return await world.run("notify-test --config \(folder.file("c.json")) \(options)")
  }

  private func bodies(to host: String) -> [String] {
    world.memory.withLock(\.requests).filter { $0.url.host == host }
      .map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test("Receivers get the firing and the end, marked as a test, with the rule's own texts")
  func both() async throws {
    #expect(try await run("--rule a", to: [World.hook, World.pager]) == .success)
    #expect(
      world.output
        == "hook   firing delivered, resolved delivered\npager  firing delivered, resolved delivered\n"
    )
    let bodies = bodies(to: "hook.example")
    #expect(bodies.count == 2)
    for (body, words) in zip(bodies, [["firing", "Too many", "\"value\": 7"], ["resolved"]]) {
      let all =
        words + [
          "\"test\": \"true\"", "\"alertname\": \"a\"", "\"team\": \"search\"",
          "https://books.example/a", "\"target\": \"notify-test\"",
        ]
      for word in all { #expect(body.contains(word), "\(word) in \(body)") }
    }
    let pages = self.bodies(to: "pager.example")
    #expect(pages.map { $0.contains("\"trigger\"") } == [true, false])
    #expect(pages.allSatisfy { !$0.contains("trigger") || $0.contains("[TEST] [CRITICAL] a 7") })
    // The end closes the incident of the test, which is not that of a real alert.
    let fingerprint = Fingerprint(target: "notify-test", key: AlertKey(rule: "a")).text
    #expect(pages.allSatisfy { $0.contains(fingerprint) })
  }

  @Test(
    "One event is sent alone, to one receiver if it is named",
    arguments: [("--event firing", "firing"), ("--event resolved", "resolved")])
  func oneEvent(options: String, event: String) async throws {
    let line = "--rule a --receiver hook \(options)"
    #expect(try await run(line, to: [World.hook, World.pager]) == .success)
    #expect(world.output == "hook  delivered\n")
    #expect(bodies(to: "hook.example").map { $0.contains("\"status\": \"\(event)\"") } == [true])
    #expect(bodies(to: "pager.example").isEmpty)
  }

  static let routes: [(members: String, isTold: Bool)] = [
    ("", true), (#", "severities": ["critical"]"#, true), (#", "severities": ["warning"]"#, false),
    (#", "match": {"rules": ["a"]}"#, true), (#", "match": {"rules": ["b*"]}"#, false),
    (#", "match": {"labels": {"team": "s*"}}"#, true),
    (#", "match": {"labels": {"team": "web"}}"#, false),
    // The target comes from the options of a run; the rule has no instances.
    (#", "match": {"targets": ["api"]}"#, true), (#", "match": {"instances": ["*"]}"#, false),
  ]

  @Test("Severities and match decide who gets the messages", arguments: routes)
  func routing(members: String, isTold: Bool) async throws {
    let one = #"{"name": "one", "type": "webhook", "url_env": "AM"\#(members)}"#
    #expect(try await run("--rule a", to: [one, World.hook]) == .success)
    #expect(bodies(to: "am.example").count == (isTold ? 2 : 0))
    #expect(bodies(to: "hook.example").count == 2)
    let code = try await run("--rule a --receiver one", to: [one, World.hook])
    #expect(code == (isTold ? .success : .usage))
    guard !isTold else { return }
    #expect(world.told.last?.contains("receiver one does not take alerts of a; ") ?? false)
    #expect(try await run("--rule a", to: [one]) == .usage)
    #expect(world.told.last?.contains("no receiver takes alerts of a") ?? false)
  }

  @Test("An unknown rule is reported with what it may mean, and nothing is sent")
  func unknown() async throws {
    #expect(try await run("--rule endpoint_dwn", to: [World.hook]) == .usage)
    #expect(
      world.told.last?.hasSuffix("has no rule \"endpoint_dwn\"; did you mean endpoint_down?")
        ?? false)
    #expect(world.memory.withLock(\.requests).isEmpty)
    #expect(try await run("--rule endpoint_down", to: [World.hook]) == .success)
  }

  @Test("If the firing is refused, the end is not sent")
  func refused() async throws {
    world.answer("no", status: 404, from: "hook.example")
    #expect(try await run("--rule a", to: [World.hook]) == .delivery)
    #expect(bodies(to: "hook.example").allSatisfy { !$0.contains("\"status\": \"resolved\"") })
  }
}

@Suite("Alerts that are made up")
struct AlertRehearsalTests {
  private static let conditions = [
    #""comparison": "gt", "threshold": 0.05, "unit": "ratio""#,
    #""comparison": "gte", "threshold": 0.95, "unit": "ratio""#,
    #""comparison": "gt", "threshold": 0.05, "recovery_threshold": 0.02"#,
    #""comparison": "gt", "threshold": 0"#, #""comparison": "lt", "threshold": 0"#,
    #""comparison": "lt", "threshold": 1"#, #""comparison": "lte", "threshold": 3"#,
    #""comparison": "lt", "threshold": -5"#, #""comparison": "gt", "threshold": -5"#,
    #""comparison": "lt", "threshold": 10, "recovery_threshold": 20"#,
    #""comparison": "eq", "threshold": 3"#, #""comparison": "ne", "threshold": 3"#,
    #""comparison": "eq", "threshold": true"#, #""comparison": "ne", "threshold": true"#,
    #""comparison": "eq", "threshold": "ok""#, #""comparison": "ne", "threshold": "ok""#,
    #""comparison": "in", "threshold": ["ok", "red"]"#,
    #""comparison": "not_in", "threshold": [1, 2, 3]"#,
  ]
  private static let times = [
    #""duration_minutes": 0"#, #""duration_minutes": 10, "recovery_minutes": 10"#,
    #""duration_minutes": 10, "min_samples": 9"#,
    #""duration_minutes": 600, "max_gap_minutes": 5, "recovery_minutes": 1"#,
    #""duration_minutes": 0, "recovery_minutes": 1440"#,
  ]

  @Test(
    "It fires with a bad value and resolves now with a good one", arguments: conditions, times)
  func plays(condition: String, times: String) throws {
    let configuration = try Configuration.decode(
      Array(
        #"{"rules": [{"name": "r", "metric_path": "v", \#(condition), \#(times)}]}"#.utf8))
    let subject = try #require(configuration.subjects["r"])
    let now = World.begin
    let rehearsal = AlertRehearsal(of: subject, instance: nil, at: now)
    let firing = try #require(rehearsal.firing)
    let resolved = try #require(rehearsal.resolved)
    #expect(firing.transition.event == .firing && firing.check.phase.kind == .firing)
    #expect(resolved.transition.at == now && firing.transition.at < now)
    #expect(resolved.transition.episode?.breach.activeAt == firing.check.phase.breach?.activeAt)
    let rule = configuration.rules[0]
    let bad = try #require(firing.check.observation.value)
    let good = try #require(resolved.check.observation.value)
    #expect(rule.condition.isBad(bad, whileOpen: false) == true, "\(bad)")
    #expect(rule.condition.isBad(good, whileOpen: true) == false, "\(good)")
    let number = firing.check.observation.number
    #expect(rule.unit != .ratio || number.map { $0 <= 1 } == true)
  }
}
