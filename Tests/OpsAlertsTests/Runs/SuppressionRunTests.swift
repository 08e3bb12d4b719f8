@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Silences, acknowledgements, windows and hours over several runs")
struct SuppressionRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
    world.set("USER", "kim")
  }

  private func configure(
    _ more: String = "", receivers: String = World.hook, rule: String = ""
  ) throws {
    try folder.write(
      """
      {"rules": [\(World.rule("a", more: rule)), \(World.rule("b"))],
       "receivers": [\(receivers)]\(more)}
      """, to: "c.json")
  }

  private func run(
    a: Int = 1, b: Int = 1, _ options: String = "", atMinute minute: Double
  ) async -> ExitCode {
    world.answer(#"{"a": \#(a), "b": \#(b)}"#)
    return await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
        + "--metrics-url https://api.example/m " + options, atMinute: minute)
  }

  /// A command about the same state.
  private func command(_ line: String, atMinute minute: Double) async -> ExitCode {
    await world.run(
      "\(line) --config \(folder.file("c.json")) --state \(folder.file("s.json"))",
      atMinute: minute)
  }

  /// The bodies that a host was sent.
  private func bodies(_ host: String = "hook.example") -> [String] {
    world.memory.withLock(\.requests).filter { $0.url.host == host }
      .map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test("A silenced alert is shown but not sent, and is sent once when its silence ends")
  func silence() async throws {
    try configure()
    #expect(await run(atMinute: -5) == .success)
    #expect(
      await command("silence add --rule a --for 30m --reason deploy", atMinute: 0) == .success)
    #expect(world.output.contains("matches no alert that is open now"))
    #expect(await run(a: 9, atMinute: 5) == .success, "it does not count for the exit code")
    #expect(world.output.contains("SILENCED until"))
    #expect(world.output.contains("(deploy, by kim)"))
    #expect(await run(a: 9, "--format json", atMinute: 10) == .success)
    #expect(world.output.contains(#""silenced_checks": 1"#))
    #expect(world.output.contains(#""outcome": "held""#))
    #expect(bodies().isEmpty)
    #expect(await run(a: 9, atMinute: 31) == .alerts)
    #expect(await run(a: 9, atMinute: 35) == .alerts)
    #expect(bodies().count == 1)
    #expect(bodies()[0].contains("silenced until"))
    #expect(await run(atMinute: 40) == .success)
    #expect(bodies().count == 2, "its end")
  }

  @Test("silenced_checks counts only what would count without a silence")
  func silencedChecks() async throws {
    try configure()
    #expect(await run(atMinute: 0) == .success)
    _ = await command("silence add --everything --for 1h --reason deploy", atMinute: 1)
    let cases = [(1, 1, 0), (1, 9, 1), (9, 9, 2), (1, 1, 0)]
    for (minute, (a, b, count)) in cases.enumerated() {
      _ = await run(a: a, b: b, "--format json", atMinute: Double(minute + 2))
      #expect(world.output.contains("\"silenced_checks\": \(count)"), "\(a) \(b)")
    }
  }

  @Test(
    "Ending a silence takes effect at the next run; one that outlasts its alert sends nothing")
  func endings() async throws {
    try configure()
    #expect(await run(atMinute: -5) == .success)
    _ = await command("silence add --everything --for 1h --reason deploy", atMinute: 0)
    #expect(await run(a: 9, b: 9, atMinute: 5) == .success)
    #expect(await run(b: 9, atMinute: 10) == .success)
    #expect(bodies().isEmpty)
    #expect(await command("silence end --all", atMinute: 11) == .success)
    #expect(await run(b: 9, atMinute: 15) == .alerts)
    #expect(bodies().count == 1)
    #expect(await command("silence list", atMinute: 16) == .success)
    #expect(world.output.hasPrefix("ended:"))
  }

  @Test("Receivers notified of a firing are notified of its end, silenced or not")
  func toldEnd() async throws {
    try configure()
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    _ = await command("silence add --rule a --for 1h --reason deploy", atMinute: 1)
    #expect(await run(atMinute: 5) == .success)
    #expect(bodies().count == 2)
  }

  @Test("Alertmanager keeps the alerts that it has, and gets no silenced ones")
  func alertmanager() async throws {
    try configure(receivers: World.alertmanager)
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    _ = await command("silence add --everything --for 1h --reason deploy", atMinute: 1)
    let before = bodies("am.example").count
    #expect(await run(a: 9, b: 9, atMinute: 5) == .success)
    let after = bodies("am.example").dropFirst(before)
    #expect(after.count == 1)
    #expect(after.allSatisfy { $0.contains(#""alertname": "a""#) })
  }

  @Test("An acknowledged alert has no reminders, and its acknowledgement is sent once")
  func acknowledgement() async throws {
    try configure(receivers: World.pager)
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    #expect(await command("ack a --note checking", atMinute: 1) == .success)
    #expect(world.output.contains("a on api.example is acknowledged by kim at"))
    #expect(await run(a: 9, atMinute: 5) == .alerts)
    #expect(world.output.contains("ACKED by kim at"))
    #expect(bodies("pager.example").last?.contains(#""event_action": "acknowledge""#) == true)
    #expect(await run(a: 9, atMinute: 600) == .alerts)
    #expect(bodies("pager.example").count == 2)
    #expect(await run(atMinute: 605) == .success)
    #expect(await run(a: 9, atMinute: 610) == .alerts)
    #expect(!world.output.contains("ACKED"), "a new episode is not acknowledged")
    #expect(await command("ack b", atMinute: 611) == .usage)
    #expect(world.told.first?.contains("b is not firing; firing: a on api.example") == true)
  }

  @Test("A maintenance window silences while it is open")
  func maintenance() async throws {
    try configure(
      #"""
      , "maintenance": [{"name": "move", "starts": "2026-11-18T00:00:00Z",
        "ends": "2026-11-19T00:00:00Z", "match": {"rules": ["a"]}}]
      """#)
    #expect(await run(a: 9, atMinute: 0) == .success)
    #expect(world.output.contains("SILENCED until 2026-11-19 00:00 UTC (move)"))
    #expect(bodies().isEmpty)
    #expect(await run(a: 9, atMinute: 1_500) == .alerts)
    #expect(bodies().count == 1)
  }

  @Test(
    "A target without a snapshot does not fail the run while its outage is silenced",
    arguments: [
      ("", "", ExitCode.noEvidence), ("", "a", .noEvidence), ("", "endpoint_down", .success),
      ("endpoint_down", "", .success), ("*", "", .success), ("a", "", .noEvidence),
    ])
  func plannedOutage(window: String, silence: String, code: ExitCode) async throws {
    try configure(
      window.isEmpty
        ? ""
        : #"""
        , "maintenance": [{"name": "move", "starts": "2026-11-18T00:00:00Z",
          "ends": "2026-11-19T00:00:00Z", "match": {"rules": ["\#(window)"]}}]
        """#)
    if !silence.isEmpty {
      #expect(await run(atMinute: -5) == .success)
      _ = await command("silence add --rule \(silence) --for 1h --reason move", atMinute: -1)
    }
    world.fail(.refused)
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/m"
    #expect(await world.run(line, atMinute: 0) == code)
    #expect(world.output.contains("UNKNOWN"))
    #expect(world.told.contains { $0.contains("api.example") }, "it is still reported")
  }

  @Test(
    "An alert is named as on the command line or as in reports",
    arguments: [
      ("q", 6), ("q/x", 1), ("q[x]", 1), ("q/x[1]", 1), ("q[x[1]]", 1), ("q/a/b", 1), ("q[a/b]", 1),
      ("q[a\u{7}b]", 1), (#"q[a\u{7}b]"#, 1), ("q/\u{301}", 1), ("q[\u{301}]", 1),
      ("q/\(String(repeating: "y", count: 90))", 1),
      ("q/", 0), ("q[]", 0), ("q/X", 0), ("q/x[1", 0), ("q[x[1]", 0), ("Q", 0),
    ])
  func names(text: String, count: Int) {
    let long = String(repeating: "y", count: 90)
    let keys = ["x", "x[1]", "a/b", "a\u{7}b", "\u{301}", long].map {
      AlertKey(rule: "q", instance: $0)
    }
    #expect(keys.count { $0.isNamed(text) } == count)
    for key in keys { #expect(key.isNamed(key.text)) }
  }

  @Test("ack and explain take an instance by the name that the report shows")
  func shownName() async throws {
    try folder.write(
      #"""
      {"rules": [{"name": "q", "metric_path": "q.*", "comparison": "gt", "threshold": 5,
        "duration_minutes": 0}]}
      """#, to: "c.json")
    world.answer(#"{"q": {"x": 9, "x[1]": 9, "a/b": 9}}"#)
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
      + "--metrics-url https://api.example/m"
    #expect(await world.run(line, atMinute: 0) == .alerts)
    for name in ["q/x[1]", "q[x[1]]", "q[a/b]", "q/a/b"] {
      #expect(await command("ack \(name)", atMinute: 1) == .success)
      #expect(world.output.split(separator: "\n").count == 1, "\(world.output)")
      #expect(await command("explain \(name)", atMinute: 1) == .success)
      #expect(world.output.contains(name.contains("1") ? "q[x[1]]" : "q[a/b]"))
    }
    #expect(await command("ack q/x[2]", atMinute: 1) == .usage)
    #expect(world.told.first?.contains("q/x[2] is not firing; firing: q[a/b]") == true)
  }

  @Test("An inhibited alert is sent if it is still firing when its dependency has ended")
  func dependency() async throws {
    try configure(rule: #", "depends_on": ["b"]"#)
    #expect(await run(a: 9, b: 9, atMinute: 0) == .alerts)
    #expect(world.output.contains("INHIBITED by b on api.example"))
    #expect(bodies().count == 1)
    #expect(await run(a: 9, atMinute: 5) == .alerts)
    #expect(bodies().count == 3, "the end of b, and a")
  }

  @Test("A receiver is notified only of what it matches")
  func match() async throws {
    let other = #"{"name": "am", "type": "webhook", "url_env": "AM", "match": {"rules": ["b*"]}}"#
    try configure(receivers: "\(World.hook), \(other)")
    #expect(await run(a: 9, b: 9, atMinute: 0) == .alerts)
    #expect(bodies().count == 2)
    #expect(bodies("am.example").count == 1)
  }

  @Test(
    "What silence, ack and status cannot do is one sentence that says what to do",
    arguments: [
      ("silence add --for 1h --reason x", "needs alerts"),
      ("silence add --rule a --for 1h", "needs --reason"),
      ("silence add --rule a --reason x", "needs --for or --until"),
      ("silence add --rule c --for 1h --reason x", "has no rule \"c\""),
      ("silence add --rule a --for 31d --reason x", "30 days"),
      ("silence add --rule a --until 2020-01-01T00:00:00Z --reason x", "end before it begins"),
      ("silence add --label e=a --label e=b --for 1h --reason x", "has label e twice"),
      ("silence add --label e=a --match label.e=b --for 1h --reason x", "has label e twice"),
      ("silence merge s.json", "needs two files"),
      ("silence merge none.json s.json", "there is no file"),
      ("silence ad --rule a", "did you mean add?"),
      ("silence add --rule a --starts 01:00 --until 2026-11-18T00:00:00Z --reason x", "end before"),
      (
        "silence add --rule a --starts 2026-11-17T01:00:00Z --for 1h --reason x",
        "already have ended"
      ),
      ("silence", "silence needs an action: add"),
      ("ack", "ack needs an alert: RULE"),
      ("silence end", "needs the ids of silences, or --all"),
      ("silence end 01234567", "there is no silence"),
      ("silence list --for 1h", "only silence add"),
      ("ack c", "c is not firing"),
      ("status --output xml:s", "has no format \"xml\"; there are text, json"),
      ("status --output jsno:s", "has no format \"jsno\" (did you mean json?)"),
    ])
  func mistakes(line: String, words: String) async throws {
    try configure()
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    #expect(await command(line, atMinute: 1) == .usage)
    #expect(world.told.count == 1)
    #expect(world.told.first?.contains(words) == true, "\(world.told)")
  }

  @Test("A state holds at most five hundred silences")
  func limit() async throws {
    try configure()
    #expect(await run(atMinute: 0) == .success)
    var full = try #require(try StateFile.read(folder.file("s.json")))
    for number in 1..<500 {
      full.silences.append(
        Silence(
          id: "\(number)", match: AlertMatch(), reason: "x", author: "kim", createdAt: World.begin,
          starts: World.begin, ends: World.begin + .seconds(3_600)))
    }
    try folder.write(String(decoding: full.encoded(), as: UTF8.self), to: "s.json")
    #expect(await command("silence add --rule a --for 1h --reason x", atMinute: 1) == .success)
    #expect(await command("silence add --rule a --for 1h --reason x", atMinute: 1) == .usage)
    let state = try StateFile.read(folder.file("s.json"))
    #expect(Set(state?.silences.map(\.id) ?? []).count == 500)
  }

  @Test("A silence as the first command of a new version takes over the state of the old one")
  func formerState() async throws {
    try configure()
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    // Tests share the working folder: the names are this test's own.
    let name = folder.path.split(separator: "/").last ?? ""
    let owner = StateOwner(configuration: "\(folder.path)/\(name).json")
    try folder.write(try folder.read("c.json"), to: "\(name).json")
    let former = try #require(try StateFile.read(folder.file("s.json")))
    var unowned = former
    unowned.configuration = []
    defer {
      for path in [owner.formerPath, owner.standardPath] {
        for end in ["", ".lock"] { try? FileManager.default.removeItem(atPath: path + end) }
      }
    }
    try StateFile.lock(owner.formerPath, timeout: .zero).get().save(unowned)
    let line = "silence add --rule a --for 1h --reason x --config \(owner.configuration)"
    #expect(await world.run(line, atMinute: 1) == .success)
    #expect(world.output.contains("a on api.example"), "\(world.output)")
    let state = try #require(try StateFile.read(owner.standardPath))
    #expect(state.targets == former.targets && state.silences.count == 1)
  }

  @Test("What people changed in a copy is merged, unless a run has changed the copy as well")
  func merge() async throws {
    try configure()
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    for name in ["base", "copy", "other"] {
      try folder.write(try folder.read("s.json"), to: "\(name).json")
    }
    #expect(await run(a: 9, b: 9, atMinute: 5) == .alerts)
    for line in ["silence add --rule b --for 1h --reason x", "ack a"] {
      let place = "--config \(folder.file("c.json")) --state \(folder.file("copy.json"))"
      #expect(await world.run("\(line) \(place)", atMinute: 6) == .success)
    }
    let merge = "silence merge \(folder.file("copy.json"))"
    #expect(await command("\(merge) \(folder.file("s.json"))", atMinute: 7) == .usage)
    #expect(world.told.first?.contains("a run has changed") == true)
    #expect(await command("\(merge) \(folder.file("base.json"))", atMinute: 7) == .success)
    let state = try #require(try StateFile.read(folder.file("s.json")))
    #expect(state.silences.map(\.reason) == ["x"])
    let open = state.targets.open.values.sorted { $0.key < $1.key }
    #expect(open.map(\.key.rule) == ["a", "b"])
    #expect(open.map { $0.phase.episode?.acknowledged?.author } == ["kim", nil])
    #expect(await run(b: 9, atMinute: 10) == .success, "b is silenced")
    #expect(await run(a: 9, b: 9, atMinute: 15) == .alerts)
    #expect(!world.output.contains("ACKED"), "a fires anew")
    #expect(await command("\(merge) \(folder.file("base.json"))", atMinute: 16) == .success)
    #expect(await run(a: 9, b: 9, atMinute: 20) == .alerts)
    #expect(!world.output.contains("ACKED"), "that was another time")
  }

  @Test("ack takes the alerts that its operands and --match name together")
  func narrowed() async throws {
    try configure()
    #expect(await run(a: 9, b: 9, atMinute: 0) == .alerts)
    #expect(await command("ack a --match rule=b", atMinute: 1) == .usage)
    #expect(await command("ack a --match rule=*", atMinute: 1) == .success)
    #expect(world.output.split(separator: "\n").count == 1)
  }

  @Test("A pending alert cannot be acknowledged, and a silence that has ended cannot be ended")
  func tooEarlyAndTooLate() async throws {
    try folder.write("{\"rules\": [\(World.rule("a", minutes: 60))]}", to: "c.json")
    #expect(await run(a: 9, atMinute: 0) == .success)
    #expect(await command("ack a", atMinute: 1) == .usage)
    #expect(world.told.first?.contains("a on api.example is pending, not firing") == true)
    _ = await command("silence add --rule a --for 1h --reason x", atMinute: 2)
    let id = try #require(try StateFile.read(folder.file("s.json"))?.silences.first?.id)
    #expect(await command("silence end \(id)", atMinute: 3) == .success)
    #expect(await command("silence end \(id)", atMinute: 4) == .usage)
    #expect(world.told.first?.contains("has already ended") == true)
  }

  @Test("Silences that have ended make room for new ones")
  func room() async throws {
    try configure()
    #expect(await run(atMinute: 0) == .success)
    var full = try #require(try StateFile.read(folder.file("s.json")))
    full.silences = (0..<500).map { number in
      Silence(
        id: "\(number)", match: AlertMatch(), reason: "x", author: "kim", createdAt: World.begin,
        starts: World.begin, ends: World.begin + .seconds(60))
    }
    try folder.write(String(decoding: full.encoded(), as: UTF8.self), to: "s.json")
    #expect(await command("silence add --rule a --for 1h --reason x", atMinute: 2) == .success)
    let silences = try #require(try StateFile.read(folder.file("s.json"))?.silences)
    #expect(silences.count == 500 && silences.last?.match.rules.first?.text == "a")
  }

  @Test("Where nothing was evaluated, ack fails and silence says so; no file is left behind")
  func nothingEvaluated() async throws {
    try configure()
    #expect(await command("ack a", atMinute: 0) == .state)
    #expect(await command("silence add --rule a --for 1h --reason x", atMinute: 0) == .state)
    #expect(world.told.first?.contains("nothing has been evaluated here") == true)
    for end in ["", ".lock"] {
      #expect(!FileManager.default.fileExists(atPath: folder.file("s.json" + end)))
    }
    try folder.write(String(decoding: RunState().encoded(), as: UTF8.self), to: "s.json")
    #expect(await command("ack a", atMinute: 0) == .state)
    for line in ["silence add --rule a --for 1h --reason x", "silence list", "status"] {
      #expect(await command(line, atMinute: 0) == .success)
      #expect(world.told.first?.contains("nothing has been evaluated here") == true, "\(line)")
    }
  }

  @Test("A configuration with mistakes does not prevent a silence, which says what it skipped")
  func brokenConfiguration() async throws {
    try configure()
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    try folder.write("{bad", to: "c.json")
    #expect(await command("silence add --rule x --for 1h --reason x", atMinute: 1) == .success)
    #expect(world.told.first?.contains("names of the silence were not checked") == true)
  }

  @Test("status and explain say why a notification is held as of now")
  func holdsOfNow() async throws {
    let late = #"{"name": "late", "type": "webhook", "url_env": "HOOK", "after_minutes": 30}"#
    try configure(receivers: late)
    #expect(await run(a: 9, atMinute: 0) == .alerts)
    #expect(await command("status", atMinute: 1) == .success)
    #expect(world.output.contains("escalates at"))
    #expect(await command("ack a", atMinute: 2) == .success)
    #expect(await command("status", atMinute: 3) == .success)
    #expect(world.output.contains("acknowledged") && !world.output.contains("escalates at"))
    #expect(await command("explain a", atMinute: 3) == .success)
    #expect(world.output.contains("is held: acknowledged"))
    _ = await command("silence add --rule a --for 1h --reason deploy", atMinute: 4)
    for line in ["status", "explain a"] {
      #expect(await command(line, atMinute: 5) == .success)
      #expect(world.output.contains("silenced until"), "\(world.output)")
    }
  }
}
