@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

/// `UPDATE_FIXTURES=1 swift test --filter ReplayAgainst` rewrites the reports; then look at the
/// difference.
@Suite("Replays under two configurations")
struct ReplayAgainstTests {
  let folder: Folder
  let world = World()

  init() throws { folder = try Folder() }

  private struct Report: Decodable {
    struct Episode: Decodable, Hashable {
      var fired_at: String
      var resolved_at: String?
      var maintenance: String?
      var notified_at: String?

      var begin: String? { maintenance == nil ? fired_at : notified_at }
    }
    struct Rule: Decodable, Hashable {
      var target: String
      var name: String
      var instance: String?
      var fired: Int
      var samples: [String: Count]
      var episodes: [Episode]

      var place: String { "\(target) \(name) \(instance ?? "-")" }
    }
    enum Count: Decodable, Hashable {
      case one(Int), each([String: Int])
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(Int.self) {
          self = .one(one)
        } else {
          self = .each(try container.decode([String: Int].self))
        }
      }
    }
    struct Recording: Decodable {
      struct Target: Decodable {
        var name: String
        var last: String
      }
      var targets: [Target]
    }
    struct Against: Decodable {
      struct Difference: Decodable {
        var target: String
        var name: String
        var instance: String?
        var kinds: [String]
        var before: [Episode]
        var after: [Episode]
        var maintenance: String?
      }
      struct Receiver: Decodable, Equatable {
        struct Load: Decodable, Equatable { var notifications: Int }
        var name: String
        var before: Load?
        var after: Load?
      }
      var counts: [String: Int]
      var unchanged: Int
      var not_compared: Int
      var differences: [Difference]
      var receivers: [Receiver]
      var rules: [Rule]
    }
    var recording: Recording
    var rules: [Rule]
    var against: Against?
  }

  private func replay(_ options: String, expecting code: ExitCode = .success) async throws -> Report
  {
    let found = await world.run("replay --format json \(options)")
    try #require(found == code, "\(world.told)")
    return try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
  }

  // MARK: - Agreement

  /// Rules whose numbers, and whose very presence, depend on the seed.
  private static func rules(_ random: inout SplitMix64) -> String {
    func one(_ values: String...) -> String { values.randomElement(using: &random) ?? "" }
    let rules = [
      """
      {"name": "rate", "metric_path": "v", "comparison": "gt", "threshold": \(one("0.02", "0.05", "0.09")),
       "recovery_minutes": \(one("0", "2", "9")), "duration_minutes": \(one("0", "1", "3"))}
      """,
      """
      {"name": "ratio", "measure": "ratio", "metric_path": "c.errors", "denominator_path": "c.all",
       "window_minutes": 4, "comparison": "gte", "threshold": \(one("0.1", "0.2")), "duration_minutes": 1,
       "min_request_count": \(one("0", "20")), "on_missing": "hold"}
      """,
      """
      {"name": "mode", "metric_path": "mode", "comparison": "\(one("ne", "eq"))", "threshold": "ok",
       "duration_minutes": 0, "breach_status": "warn", "on_missing": "clear"}
      """,
      """
      {"name": "each", "metric_path": "of.*.v", "comparison": "gt", "threshold": \(one("0.03", "0.05")),
       "duration_minutes": \(one("0", "1")), "on_gap": "count", "max_gap_minutes": 10}
      """,
      """
      {"name": "growth", "measure": "increase", "metric_path": "of.*.c", "window_minutes": 4,
       "comparison": "gt", "threshold": \(one("10", "20")), "duration_minutes": 0}
      """,
    ].filter { _ in Int.random(in: 0..<5, using: &random) > 0 }
    let kept = rules.isEmpty ? [World.rule("v")] : rules
    let window =
      #""maintenance": [{"name": "w", "starts": "2026-11-18T11:20:00Z", "#
      + #""ends": "2026-11-18T11:50:00Z", "match": {"rules": ["rate"]}}], "#
    return """
      {"evaluation": {"request_count_path": "n", "max_gap_minutes": \(one("5", "60"))},
       "endpoint": {"duration_minutes": \(one("0", "2"))}, \(Bool.random(using: &random) ? window : "")
       "rules": [\(kept.joined(separator: ", "))]}
      """
  }

  @Test("The comparison agrees with two separate replays", arguments: 0..<24)
  func agrees(seed: Int) async throws {
    var random = SplitMix64(seed: UInt64(seed) &+ 4_100)
    let paths = try ["a.json", "b.json"].map { try folder.write(Self.rules(&random), to: $0) }
    // Every third one has a clock that goes back.
    let recording = try RandomRecording(
      seed: seed * 3 + 1 + seed % 2, rules: ConfigurationFile.load(path: paths[0]))
    let file = folder.file("r.jsonl")
    try RandomRecording.write(recording.lines, to: file)
    let before = try await replay("--config \(paths[0]) \(file)")
    let after = try await replay("--config \(paths[1]) \(file)")
    let both = try await replay("--config \(paths[1]) --against \(paths[0]) \(file)")
    let against = try #require(both.against)
    #expect(both.rules == after.rules)
    #expect(against.rules == before.rules)
    #expect(against.not_compared == 0)
    let expected = Self.differences(before, after)
    let found = against.differences.map { difference in
      "\(difference.target) \(difference.name) \(difference.instance ?? "-"): "
        + Self.words(difference.before, difference.after, difference.kinds.sorted())
    }
    #expect(found.sorted() == expected.changed.sorted())
    #expect(against.unchanged == expected.unchanged)
    for (kind, count) in against.counts {
      #expect(count == against.differences.count { $0.kinds.contains(kind) })
    }
  }

  private static func words(
    _ before: [Report.Episode], _ after: [Report.Episode], _ kinds: [String]
  ) -> String {
    "\(before.compactMap(\.begin)) \(after.compactMap(\.begin)) \(kinds)"
  }

  /// The same by brute force: episodes that overlap, directly or through others, are one group.
  private static func differences(
    _ before: Report, _ after: Report
  ) -> (changed: [String], unchanged: Int) {
    var changed: [String] = []
    var unchanged = 0
    for place in Set((before.rules + after.rules).map(\.place)) {
      let end = after.recording.targets.first { place.hasPrefix($0.name + " ") }?.last ?? ""
      let all = [before, after].enumerated().flatMap { side, report in
        report.rules.filter { $0.place == place }.flatMap(\.episodes).filter { $0.begin != nil }
          .map { (side: side, episode: $0, from: seconds($0.begin), to: seconds($0.resolved_at)) }
      }
      var groups = all.indices.map { $0 }
      for one in all.indices {
        for other in all.indices
        where all[one].from < all[other].to && all[other].from < all[one].to {
          let (old, new) = (groups[other], groups[one])
          groups = groups.map { $0 == old ? new : $0 }
        }
      }
      for group in Set(groups) {
        let members = all.indices.filter { groups[$0] == group }.map { all[$0] }
          .sorted { $0.from < $1.from }
        let sides = [0, 1].map { side in members.filter { $0.side == side } }
        let totals = sides.map { $0.reduce(0) { $0 + min($1.to, seconds(end)) - $1.from } }
        var kinds: [String] = []
        if let first = sides[0].first, let second = sides[1].first {
          if second.from != first.from {
            kinds.append(second.from < first.from ? "earlier" : "later")
          }
          if totals[0] != totals[1] { kinds.append(totals[1] > totals[0] ? "longer" : "shorter") }
        } else {
          kinds = [sides[0].isEmpty ? "new" : "lost"]
        }
        let text =
          "\(place): " + words(sides[0].map(\.episode), sides[1].map(\.episode), kinds.sorted())
        if kinds.isEmpty { unchanged += 1 } else { changed.append(text) }
      }
    }
    return (changed, unchanged)
  }

  private static func seconds(_ time: String?) -> Double {
    guard let instant = time.flatMap(Instant.init(rfc3339:)) else { return .infinity }
    return Double(instant.milliseconds) / 1_000
  }

  // MARK: - Each kind

  /// Samples a minute apart: `b` is 0.1, `B` is 0.3, `g` is 0.01.
  private func record(_ samples: String, target: String = "api") throws -> String {
    let lines = samples.enumerated().map { minute, sample in
      let value = ["b": "0.1", "B": "0.3"][sample] ?? "0.01"
      let line = RecordingLine(
        observedAt: World.begin + .minutes(Double(minute)), target: target,
        content: .snapshot(Array(#"{"v": \#(value)}"#.utf8)))
      return String(decoding: line.encoded(), as: UTF8.self)
    }
    return try folder.write(lines.joined(), to: "r.jsonl")
  }

  private func configure(_ name: String, _ rule: String, _ more: String = "") throws -> String {
    try folder.write(
      """
      {"rules": [{"name": "rate", "metric_path": "v", "comparison": "gt", \(rule)}]\(more)}
      """, to: name)
  }

  @Test(
    "Each kind of difference is found, and --fail-on decides about the exit code",
    arguments: [
      ("gbbbbg", "2", "9", ["lost"]), ("gbbbbg", "9", "2", ["new"]),
      ("gbbbbg", "2", "2", []), ("gbbbbg", "9", "9", []),
      ("gbbbbbbg", "2", "4", ["later", "shorter"]), ("gbbbbbbg", "4", "2", ["earlier", "longer"]),
      // It fires on: what is left of the recording counts.
      ("gbbbbbb", "2", "4", ["later", "shorter"]),
    ])
  func kinds(samples: String, before: String, after: String, kinds: [String]) async throws {
    let file = try record(samples)
    let old = try configure("old.json", #""threshold": 0.05, "duration_minutes": \#(before)"#)
    let new = try configure("new.json", #""threshold": 0.05, "duration_minutes": \#(after)"#)
    let line = "--config \(new) --against \(old) \(file)"
    #expect(
      try await replay(line).against?.differences.map(\.kinds) == (kinds.isEmpty ? [] : [kinds]))
    for kind in ReplayComparison.Kind.allCases.map(\.rawValue) {
      let code: ExitCode = kinds.contains(kind) ? .alerts : .success
      #expect(await world.run("replay --fail-on \(kind) \(line)") == code, "\(kind)")
    }
  }

  @Test("What a recovery splits or joins is one difference")
  func splits() async throws {
    let file = try record("gbbgbbgbbggg")
    let rule = #""threshold": 0.05, "duration_minutes": 1, "recovery_minutes": "#
    let old = try configure("old.json", rule + "2")
    let new = try configure("new.json", rule + "0")
    let found = try await replay("--config \(new) --against \(old) \(file)").against?.differences
    #expect(found?.map(\.kinds) == [["shorter"]])
    #expect(found?.first?.before.count == 1 && found?.first?.after.count == 3)
    #expect(await world.run("replay --config \(new) --against \(old) \(file)") == .success)
    #expect(world.output.contains(" for 3 m in 3 alerts"), "\(world.output)")
  }

  @Test("A rule of one side only is lost or new, and --rule may name it")
  func oneSide() async throws {
    let file = try record("gbbbbg")
    let old = try configure("old.json", #""threshold": 0.05, "duration_minutes": 1"#)
    let new = try folder.write("{\"rules\": [\(World.rule("other"))]}", to: "new.json")
    for rule in ["", "--rule rate "] {
      let line = "--config \(new) --against \(old) \(rule)\(file)"
      let lost = try await replay(line).against?.differences.filter { $0.name == "rate" }
      #expect(lost?.map(\.kinds) == [["lost"]], "\(rule)")
    }
    #expect(await world.run("replay --config \(new) --against \(old) --rule rat \(file)") == .usage)
    #expect(world.told.last?.contains("did you mean rate?") ?? false)
  }

  @Test("Where one side has more alerts than are kept, neither is compared")
  func cut() async throws {
    let noise = String(repeating: "gb", count: 1_200) + String(repeating: "gB", count: 10) + "g"
    let file = try record(noise)
    let old = try configure("old.json", #""threshold": 0.05, "duration_minutes": 0"#)
    let new = try configure("new.json", #""threshold": 0.2, "duration_minutes": 0"#)
    let line = "--config \(new) --against \(old) \(file)"
    let against = try #require(try await replay(line).against)
    #expect(against.counts["lost"] == 1_000 && against.counts["new"] == 0)
    #expect(against.not_compared == 210 + 10)
    #expect(against.rules.map(\.episodes.count).max() == 100)
    #expect(await world.run("replay \(line)") == .success)
    #expect(world.output.contains("950 more differences are in the JSON report."))
    #expect(world.output.contains("220 alerts not compared"))
  }

  // MARK: - Receivers

  /// Fires at 11:08, the third minute, until 11:12.
  static let notified: [(receiver: String, count: Int)] = [
    (#""type": "webhook", "url_env": "H""#, 2),
    (#""type": "webhook", "url_env": "H", "severities": ["info"]"#, 0),
    (#""type": "webhook", "url_env": "H", "match": {"rules": ["ra*"], "targets": ["api"]}"#, 2),
    (#""type": "webhook", "url_env": "H", "match": {"targets": ["web"]}"#, 0),
    (#""type": "webhook", "url_env": "H", "after_minutes": 3"#, 2),
    (#""type": "webhook", "url_env": "H", "after_minutes": 4"#, 0),
    // Outside its hours, both are one message.
    (
      #""type": "slack", "url_env": "S", "hours": {"from": "12:00", "to": "13:00", "time_zone": "UTC"}"#,
      1
    ),
    (
      #""type": "slack", "url_env": "S", "hours": {"from": "11:10", "to": "13:00", "time_zone": "UTC"}"#,
      2
    ),
  ]

  @Test("Notifications follow severities, match, hours and escalation", arguments: notified)
  func loads(receiver: String, count: Int) async throws {
    let file = try record("gbbbbbbg")
    let rule = #""threshold": 0.05, "duration_minutes": 2"#
    let old = try configure("old.json", rule)
    let new = try configure(
      "new.json", rule, #", "receivers": [{"name": "one", \#(receiver)}]"#)
    let line = "--config \(new) --against \(old) \(file)"
    let found = try await replay(line).against?.receivers
    #expect(
      found == [.init(name: "one", before: nil, after: .init(notifications: count))], "\(receiver)")
  }

  @Test(
    "An alert that the change puts into maintenance is lost, and the reports say in which window")
  func maintenance() async throws {
    let file = try record("gbbbbg")
    let rule = #""threshold": 0.05, "duration_minutes": 1"#
    let old = try configure(
      "old.json", rule, #", "receivers": [{"name": "one", "type": "webhook", "url_env": "H"}]"#)
    let new = try configure(
      "new.json", rule,
      #", "maintenance": [{"name": "import", "starts": "2026-11-18T11:00:00Z", "#
        + #""ends": "2026-11-18T12:00:00Z", "match": {"rules": ["rate"]}}]"#)
    let line = "--config \(new) --against \(old) \(file)"
    let against = try await replay(line).against
    #expect(against?.differences.map(\.kinds) == [["lost"]])
    #expect(against?.differences.first?.maintenance == "import")
    #expect(against?.receivers.map(\.before?.notifications) == [2])
    #expect(await world.run("replay \(line)") == .success)
    #expect(world.output.contains(#"in maintenance "import""#))
  }

  // MARK: - Mistakes and formats

  @Test(
    "Options that do not fit each other are refused",
    arguments: [
      ("--against new.json --format html", "use text, json or markdown"),
      ("--format markdown", "requires --against or --suggest"),
      ("--fail-on lost", "--fail-on requires --against"),
      ("--against new.json --fail-on more", "--fail-on takes lost, new"),
      ("--against new.json --what-if rate:threshold=1", "cannot be used together"),
      ("--against none.json", "none.json"),
      ("--against new.json --output new.json", "the same file"),
    ])
  func refused(options: String, words: String) async throws {
    let file = try record("gg")
    let new = try configure("new.json", #""threshold": 0.05, "duration_minutes": 2"#)
    let line = options.replacing("new.json", with: new)
    #expect(await world.run("replay --config \(new) \(line) \(file)") == .usage)
    #expect(world.told.last?.contains(words) ?? false, "\(world.told)")
  }

  @Test("Text from outside is code in Markdown, and cannot control a terminal")
  func hostile() async throws {
    let target = "a|b`@kim\u{1b}[2J <img src=x>\n## x"
    let file = try record("gbbbbg", target: target)
    let old = try configure(
      "old.json", #""threshold": 0.05, "duration_minutes": 1, "unit": "|@x`""#)
    let new = try configure("new|@kim.json", #""threshold": 0.5, "duration_minutes": 1"#)
    for format in ["text", "markdown"] {
      #expect(
        await world.run("replay --format \(format) --config \(new) --against \(old) \(file)")
          == .success)
      #expect(!world.output.contains("\u{1b}") && !world.output.contains("\n## x"))
      guard format == "markdown" else { continue }
      let rows = world.output.split(separator: "\n").filter { $0.hasPrefix("|") }
      // Four columns and three.
      #expect(rows.allSatisfy { [5, 4].contains($0.count { $0 == "|" }) }, "\(world.output)")
      let outside = world.output.replacing(/(`+)[^`].*?[^`]\1(?!`)/, with: "")
      #expect(!outside.contains("@") && !outside.contains("<img"), "\(outside)")
    }
  }

  @Test(
    "The reports of a change match the approved ones; docs/tuning.md shows the text",
    arguments: ["text", "markdown"])
  func approved(format: String) async throws {
    let shipped = try Repository.text(of: "config/ops_alert_thresholds.json")
    func write(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String {
      var document = try #require(
        JSONSerialization.jsonObject(with: Data(shipped.utf8)) as? [String: Any])
      change(&document)
      let text = try JSONSerialization.data(withJSONObject: document)
      return try folder.write(String(decoding: text, as: UTF8.self), to: name)
    }
    let pager: [String: Any] = [
      "name": "pager", "type": "pagerduty", "routing_key_env": "K", "severities": ["critical"],
    ]
    let chat: [String: Any] = ["name": "chat", "type": "slack", "url_env": "S"]
    let old = try write("base.json") { $0["receivers"] = [pager] }
    let new = try write("rules.json") { document in
      document["receivers"] = [pager, chat]
      var rules = document["rules"] as? [[String: Any]] ?? []
      rules[0]["threshold"] = 0.06
      rules[0]["duration_minutes"] = 5
      rules[3]["threshold"] = 7_000
      rules[3]["duration_minutes"] = 5
      document["rules"] = rules
    }
    let recording = Repository.root.appending(path: "docs/recording.example.jsonl").path
    let code = await world.run(
      "replay --format \(format) --config \(new) --against \(old) \(recording)")
    #expect(code == .success)
    let text = world.output.replacing(folder.path + "/", with: "")
    let path = "Tests/Fixtures/reports/replay.against.\(format == "text" ? "txt" : "md")"
    let file = Repository.root.appending(path: path)
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    #expect(try text == String(contentsOf: file, encoding: .utf8))
    guard format == "text" else { return }
    #expect(try Repository.text(of: "docs/tuning.md").contains("```text\n\(text)```"))
  }
}
