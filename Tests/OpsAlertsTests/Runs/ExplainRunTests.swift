internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

/// `UPDATE_FIXTURES=1 swift test --filter ExplainRun` rewrites the texts; then look at the
/// difference.
@Suite("Explaining alerts and messages")
struct ExplainRunTests {
  /// Samples six minutes apart: values, or `!` for no snapshot.
  struct Story: CustomTestStringConvertible, Sendable {
    var name: String
    var samples: [String]
    var rule = "error_rate"
    var isRefused = false
    /// A command between the third sample and the fourth.
    var command: String?
    /// Minutes from the last sample to the question.
    var later = 1.0
    var testDescription: String { name }
  }

  static let stories = [
    Story(name: "inactive", samples: ["0.01", "0.012", "0.011"]),
    Story(name: "first", samples: ["0.01"]),
    Story(name: "mode-first", samples: ["0.01"], rule: "mode"),
    Story(name: "pending", samples: ["0.01", "0.08", "0.09"]),
    Story(name: "firing", samples: ["0.01", "0.08", "0.09", "0.12", "0.11"]),
    Story(name: "not-told", samples: ["0.01", "0.08", "0.09", "0.12", "!"], isRefused: true),
    Story(name: "recovering", samples: ["0.01", "0.08", "0.09", "0.12", "0.01"]),
    Story(
      name: "silenced", samples: ["0.01", "0.08", "0.09", "0.12"],
      command: "silence add --rule error_* --for 2h --reason deploy --by kim"),
    Story(
      name: "acknowledged", samples: ["0.08", "0.09", "0.12", "0.11"],
      command: "ack error_rate --by kim --note checking"),
    Story(
      name: "resolved",
      samples: ["0.08", "0.09", "0.12"] + Array(repeating: "0.01", count: 9), later: 1_500),
    Story(name: "unreachable", samples: ["0.01", "!", "!", "!"], rule: "endpoint_down"),
    Story(name: "mode", samples: ["0.01", "0.01"], rule: "mode"),
  ]

  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [
        {"name": "error_rate", "metric_path": "rate", "comparison": "gt", "threshold": 0.05,
         "unit": "ratio", "duration_minutes": 10, "recovery_minutes": 10,
         "summary": "Too many requests end in an error", "runbook": "https://runbooks.example/x",
         "owner": "api team"},
        {"name": "queue", "metric_path": "queues.*.depth", "comparison": "gt", "threshold": 5,
         "duration_minutes": 10},
        {"name": "mode", "metric_path": "mode", "comparison": "eq", "threshold": "degraded",
         "duration_minutes": 0}],
       "endpoint": {"duration_minutes": 10},
       "receivers": [
        {"name": "chat", "type": "webhook", "url_env": "HOOK", "severities": ["warning", "info"]},
        {"name": "web", "type": "webhook", "url_env": "HOOK", "match": {"targets": ["web-*"]}},
        {"name": "pager", "type": "webhook", "url_env": "HOOK"}]}
      """, to: "c.json")
    world.set("HOOK", "https://hook.example/")
    world.answer("ok", from: "hook.example")
  }

  private var files: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
  }

  private func play(_ samples: [String], from minute: Double = 0) async {
    for (number, sample) in samples.enumerated() {
      if sample == "!" {
        world.fail(.refused)
      } else {
        world.answer(
          #"{"rate": \#(sample), "mode": "ok", "queues": {"a": {"depth": 1}, "b": {"depth": 9}}}"#)
      }
      _ = await world.run(
        files + "--retries 0 --metrics-url https://api.example/m --fail-on never",
        atMinute: minute + Double(number * 6))
    }
  }

  private func explain(_ subject: String, atMinute minute: Double = 61) async -> String {
    let code = await world.run("explain \(subject) \(files)", atMinute: minute)
    #expect(code == .success, "\(world.told)")
    return world.output
  }

  @Test("An alert of each phase is explained as approved", arguments: stories)
  func golden(story: Story) async throws {
    if story.isRefused { world.answer("not now", status: 503, from: "hook.example") }
    await play(Array(story.samples.prefix(3)))
    if let command = story.command {
      #expect(await world.run("\(command) \(files)", atMinute: 13) == .success, "\(world.told)")
    }
    await play(Array(story.samples.dropFirst(3)), from: 18)
    let minute = Double((story.samples.count - 1) * 6) + story.later
    let text = await explain(story.rule, atMinute: minute)
    let file = Repository.root.appending(path: "Tests/Fixtures/explain/\(story.name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
  }

  @Test("The event id of a message explains the message and its alert")
  func event() async throws {
    await play(["0.08", "0.09", "0.12"])
    let id = try #require(world.sent.first)
    let text = await explain(id)
    #expect(text.hasPrefix("Event \(id):\n2026-11-18 UTC\n  11:18  FIRING    error_rate on api"))
    #expect(text.contains("  11:18  notified  pager: firing error_rate on api.example\n"))
    #expect(text.contains("\nerror_rate on api.example: FIRING since 11:18 UTC, critical\n"))
    // Without the history, the outbox knows what has not arrived yet.
    world.answer("no", status: 400, from: "hook.example")
    await play(["0.01", "0.01", "0.01"], from: 18)
    try FileManager.default.removeItem(atPath: folder.file("s-history.jsonl"))
    let refused = try #require(world.sent.last)
    let rest = await explain(refused)
    #expect(rest.contains("RESOLVED  error_rate on api.example: 1 %"))
    #expect(rest.contains("Not notified:\n  pager: resolved was refused: status 400: no; status"))
  }

  @Test(
    "An instance is named with a slash, or as reports show it; without one, the urgent come first",
    arguments: [
      ("queue/a", ["queue[a]"]), ("queue[b]", ["queue[b]"]), ("queue", ["queue[b]", "queue[a]"]),
      ("queue/b error_rate --target api.example", ["queue[b]", "error_rate"]),
    ])
  func instances(subject: String, names: [String]) async {
    await play(["0.01", "0.01"])
    let heads = await explain(subject).split(separator: "\n").filter {
      $0.contains(" on api.example: ")
    }
    #expect(heads.map { $0.prefix { $0 != " " } } == names.map { $0[...] })
  }

  @Test("Of many alerts, the most urgent are explained, and the others counted")
  func many() async {
    let queues = (0..<9).map { #""q\#($0)": {"depth": \#($0 == 7 ? 9 : 1)}"# }
    world.answer(#"{"rate": 0, "mode": "ok", "queues": {\#(queues.joined(separator: ","))}}"#)
    _ = await world.run(files + "--metrics-url https://api.example/m")
    let text = await explain("queue", atMinute: 1)
    let heads = text.split(separator: "\n").filter { $0.contains(" on api.example: ") }
    #expect(heads.count == 5 && heads[0].hasPrefix("queue[q7] on api.example: PENDING"))
    #expect(text.hasSuffix("\nand 4 more: name an instance, or a target with --target\n"))
    let json = await explain("queue --format json", atMinute: 1)
    #expect(json.matches(of: #/"phase": /#).count == 9)
  }

  @Test("An alert that many further samples do not decide says how many were considered")
  func remote() async throws {
    let config = try folder.read("c.json")
    try folder.write(
      config.replacing(
        "\"duration_minutes\": 10, \"rec", with: "\"duration_minutes\": 40000, \"rec"),
      to: "c.json")
    await play(["0.08"])
    await play(["0.09"], from: 0.1)
    let text = await explain("error_rate", atMinute: 1)
    #expect(
      text.contains("\nNext: does not fire within 10000 bad samples, one every 6 s\n"), "\(text)")
  }

  @Test("JSON has the same, with times and numbers for programs")
  func json() async throws {
    await play(["0.01", "0.08", "0.09"])
    let json = await explain("error_rate --format json", atMinute: 13)
    for part in [
      #""phase": "pending""#, #"{"at": "2026-11-18T11:12:40Z", "value": 0.08, "verdict": "bad"}"#,
      #""cadence_minutes": 6"#,
      #""earliest": {"event": "firing", "at": "2026-11-18T11:24:40Z", "samples": 1}"#,
      #"{"receiver": "chat", "why": "takes only warning, info, and this alert is critical"}"#,
    ] {
      #expect(json.contains(part), "\(part)")
    }
  }

  @Test(
    "What is not there is named, and exits with 2, or with 4 without a state",
    arguments: [
      ("eror_rate", "the state has no rule \"eror_rate\"; did you mean error_rate?"),
      ("queue/c", "has no alert queue/c: it has not been evaluated there"),
      ("ffffffffffffffff", "nor its history has an alert or an event ffffffffffffffff"),
      ("error_rate --target other", "the state has no target \"other\""),
    ])
  func unknown(subject: String, sentence: String) async {
    #expect(await world.run("explain error_rate " + files) == .state)
    await play(["0.01"])
    #expect(await world.run("explain \(subject) " + files) == .usage)
    #expect(world.told.contains { $0.contains(sentence) }, "\(world.told)")
  }

  @Test("No name of an instance adds a line or reaches the terminal", arguments: HostileText.table)
  func hostile(text: String) async throws {
    let key = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self).dropFirst()
      .dropLast()
    world.answer(#"{"rate": 0.01, "mode": "ok", "queues": {\#(key): {"depth": 9}}}"#)
    _ = await world.run(files + "--metrics-url https://api.example/m --fail-on never")
    let lines = await explain("queue").split(separator: "\n")
    #expect(
      lines.count == 11 && lines[0].hasSuffix(" on api.example: PENDING since 11:06 UTC, critical"))
    #expect(!lines.joined().unicodeScalars.contains(where: HostileText.isInvisible))
  }

  @Test("An alert whose rule has left the configuration, or whose condition has changed")
  func changes() async throws {
    await play(["0.08", "0.09", "0.12"])
    let whole = try folder.read("c.json")
    try folder.write(whole.replacing("\"error_rate\"", with: "\"other\""), to: "c.json")
    let removed = await explain("error_rate")
    #expect(removed.contains("Rule: no longer in the configuration: the next run ends this alert"))
    #expect(!removed.contains("Next:"))
    try folder.write(whole.replacing("0.05", with: "0.5"), to: "c.json")
    #expect(await explain("error_rate").contains("condition has changed since the last run\n"))
  }
}
