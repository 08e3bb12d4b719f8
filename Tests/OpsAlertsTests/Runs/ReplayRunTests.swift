@testable import AlertEngine
internal import Foundation
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("A replay from start to end")
struct ReplayRunTests {
  let folder: Folder
  let world = World()

  private static let begin = Instant(milliseconds: 1_795_000_020_000)

  init() throws {
    folder = try Folder()
    try folder.write(
      """
      {"rules": [
        {"name": "rate", "metric_path": "v", "comparison": "gt", "threshold": 0.05,
         "duration_minutes": 3},
        {"name": "flag", "metric_path": "f", "comparison": "eq", "threshold": true,
         "duration_minutes": 0, "on_missing": "clear"}
      ]}
      """, to: "c.json")
  }

  /// Writes a sample each minute: `b` bad, `g` good, `!` down, `n` not attempted, `x` a bad line, `-` a blank one.
  @discardableResult
  private func record(
    _ samples: String, as name: String, from minute: Int = 0, target: String = "api"
  ) throws -> String {
    let lines = samples.enumerated().map { index, what in
      let line = { (content: RecordingLine.Content) in
        let at = Self.begin + .minutes(Double(minute + index))
        let line = RecordingLine(observedAt: at, target: target, content: content)
        return String(decoding: line.encoded(), as: UTF8.self)
      }
      switch what {
      case "b": return line(.snapshot(Array(#"{"v": 0.1}"#.utf8)))
      case "g": return line(.snapshot(Array(#"{"v": 0.01}"#.utf8)))
      case "!": return line(.error("down"))
      case "n": return line(.error(RecordedSample.notAttempted))
      case "x": return "{\"observed_at\": x}\n"
      default: return "\n"
      }
    }
    return try folder.write(lines.joined(), to: name)
  }

  private static func time(_ minute: Int) -> String { (begin + .minutes(Double(minute))).rfc3339 }

  /// Runs a replay of files of the folder, and gives its transitions as `MINUTE event`.
  private func replay(_ rest: String) async throws -> (code: ExitCode, transitions: String) {
    let line = "replay --config \(folder.file("c.json")) --format json \(rest)"
      .replacingOccurrences(of: "@", with: folder.path + "/")
    let code = await world.run(line)
    guard code == .success, !world.output.isEmpty else { return (code, "") }
    let report = try JSONDecoder().decode(Report.self, from: Data(world.output.utf8))
    let words = report.transitions.map { transition in
      let at = Instant(rfc3339: transition.at).map { ($0 - Self.begin).inMinutes } ?? .nan
      let name = transition.name == "rate" ? "" : " \(transition.name)"
      let target = transition.target == "api" ? "" : " of \(transition.target)"
      return "\(Int(at)) \(transition.to)\(name)\(target)"
    }
    return (code, words.joined(separator: ", "))
  }

  @Test("The text lists what fired and counts the rest; --verbose lists all")
  func listing() async throws {
    // Two breaches too short to fire, and one that fires.
    try record("gbggbgbbbbbg", as: "r.jsonl")
    let line = "replay --config \(folder.file("c.json")) --rule rate \(folder.file("r.jsonl"))"
    let words: (String) -> [String] = { output in
      output.matches(of: #/(?m)^20\S+ \S+  ([A-Z]+) /#).map { String($0.output.1) }
    }
    #expect(await world.run(line) == .success)
    #expect(words(world.output) == ["FIRING", "RESOLVED"])
    #expect(world.output.contains("\n\npending without firing: 2 times (--verbose lists each)\n\n"))
    #expect(await world.run(line + " --verbose") == .success)
    #expect(
      words(world.output)
        == ["PENDING", "CANCELLED", "PENDING", "CANCELLED", "PENDING", "FIRING", "RESOLVED"])
    #expect(!world.output.contains("--verbose"))
    try record("gbg", as: "r.jsonl")
    #expect(await world.run(line) == .success)
    #expect(world.output.hasPrefix("pending without firing: once (--verbose lists each)\n\n"))
  }

  private struct Report: Decodable {
    struct Transition: Decodable {
      var target: String
      var name: String
      var to: String
      var at: String
    }
    var transitions: [Transition]
  }

  // MARK: - Samples, rules and targets

  @Test("--from evaluates earlier samples without showing them; --to ends the replay")
  func bounds() async throws {
    try record("ggbbbbbgg", as: "r")
    let table = [
      ("", "2 pending, 5 firing, 7 resolved"),
      ("--from \(Self.time(5))", "5 firing, 7 resolved"),
      ("--from \(Self.time(6))", "7 resolved"),
      ("--to \(Self.time(5))", "2 pending, 5 firing"),
      ("--to \(Self.time(4))", "2 pending"),
      ("--from \(Self.time(5)) --to \(Self.time(5))", "5 firing"),
      ("--from \(Self.time(8))", ""),
    ]
    for (options, expected) in table {
      let (code, transitions) = try await replay("@r \(options)")
      #expect(code == .success && transitions == expected, "\(options)")
    }
  }

  @Test("Bounds without a sample exit with 3 and say so")
  func outOfBounds() async throws {
    try record("ggb", as: "r")
    for options in [
      "--from \(Self.time(3))", "--to \(Self.time(-1))", "--target other",
      "--from \(Self.time(3)) --target api",
    ] {
      #expect(try await replay("@r \(options)").code == .noEvidence)
      #expect(
        world.told.last?.contains("no matching sample in") ?? false,
        "\(options): \(world.told)")
    }
    #expect(try await replay("@r --from \(Self.time(1)) --to \(Self.time(0))").code == .usage)
    #expect(world.told.last?.contains("--from is after --to") ?? false)
    try folder.write("\n", to: "none")
    #expect(try await replay("@none").code == .noEvidence)
    #expect(world.told.last?.contains("no sample in") ?? false)
  }

  @Test("--target and --rule select; unknown names are reported")
  func choosing() async throws {
    try record("gbbbbb!g", as: "r")
    try record("bbbbbb", as: "s", target: "b")
    let both = "@r @s"
    #expect(
      try await replay("\(both) --target b").transitions == "0 pending of b, 3 firing of b")
    #expect(
      try await replay("\(both) --rule rate --target api").transitions
        == "1 pending, 4 firing, 7 resolved")
    #expect(
      try await replay("@r --rule endpoint_down").transitions
        == "6 pending endpoint_down, 7 cancelled endpoint_down")
    #expect(try await replay("@r --rule flag").transitions == "")
    #expect(try await replay("@r --rule rat").code == .usage)
    #expect(world.told.last?.hasSuffix("has no rule \"rat\"; did you mean rate?") ?? false)
    #expect(try await replay("@r --target api --target nobody").code == .success)
    #expect(world.told.contains { $0.contains("no sample of target nobody") })
    #expect(try await replay("@r --target nobody").code == .noEvidence)
    #expect(world.told.last?.hasSuffix("recorded targets: api") ?? false)
  }

  // MARK: - Several files

  @Test(
    "Overlapping samples count once, in whatever order the files are given",
    arguments: [
      ["a", "b"], ["b", "a"], ["a", "a"], ["a", "b", "a"], ["a", "link"], ["a", "./a", "b"],
    ])
  func overlap(names: [String]) async throws {
    try record("gbbbb", as: "a")
    if names.contains("b") { try record("bbbgg", as: "b", from: 3) }
    if names.contains("link") {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("link"), withDestinationPath: "a")
    }
    let (code, transitions) = try await replay(names.map { "@\($0)" }.joined(separator: " "))
    #expect(code == .success)
    #expect(
      transitions == "1 pending, 4 firing" + (names.contains("b") ? ", 6 resolved" : ""))
    #expect(world.told.contains { $0.contains("left out: not newer") })
  }

  @Test("Long overlaps between recordings do not count as a clock set back")
  func longOverlap() async throws {
    try record(String(repeating: "gbbbbb", count: 30), as: "a")
    let once = try await replay("@a").transitions
    #expect(try await replay("@a @a").transitions == once)
    #expect(world.told.count == 1 && world.told[0].contains("180 samples left out"))
  }

  @Test("With two recorders in parallel, every report counts what is left out")
  func interleaved() async throws {
    try record("g-g-g-b-b", as: "a")
    try record("-g-g-b-b", as: "b")
    let sentence = "4 samples left out: not newer than those of another file"
    let files = "\(folder.file("a")) \(folder.file("b"))"
    for (format, found) in [
      ("text", "\n\n\(sentence)\n\n"), ("json", #""overlapping_samples": 4,"#),
      ("html", "<p>\(sentence)</p>"),
    ] {
      let code = await world.run(
        "replay --config \(folder.file("c.json")) --format \(format) \(files)")
      #expect(code == .success)
      #expect(world.output.contains(found), "\(format)")
      #expect(world.told == ["ops-alert-eval: warning: \(sentence)"])
    }
    _ = try await replay("@b")
    #expect(world.output.contains(#""overlapping_samples": 0,"#))
  }

  // MARK: - Mistakes

  @Test("A bad line is reported and skipped; with --strict it ends the replay")
  func badLines() async throws {
    try record("g-xbxbbbb", as: "r")
    let (code, transitions) = try await replay("@r")
    #expect(code == .success && transitions == "3 pending, 6 firing")
    #expect(
      world.told.map { $0.replacingOccurrences(of: folder.path + "/", with: "") } == [
        "ops-alert-eval: warning: skipped r:3:17: expected a value, found 'x'",
        "ops-alert-eval: warning: skipped r:5:17: expected a value, found 'x'",
      ])
    #expect(try await replay("@r --strict").code == .usage)
    #expect(world.told.last?.contains("r:3:17: expected a value, found 'x'") ?? false)
    try record("xxx", as: "r")
    #expect(try await replay("@r").code == .noEvidence)
  }

  @Test("The first of many bad lines are listed, and the others are counted")
  func manyBadLines() async throws {
    try record("g" + String(repeating: "x", count: 250), as: "r")
    #expect(try await replay("@r").code == .success)
    #expect(world.told.count == 21)
    #expect(world.told.last == "ops-alert-eval: warning: skipped 230 more lines")
  }

  @Test("An unreadable file is a usage error that names it", arguments: ["none", "", "no/r"])
  func unreadable(name: String) async throws {
    try record("gg", as: "r")
    for files in ["@\(name)", "@r @\(name)"] {
      #expect(try await replay(files).code == .usage)
      #expect(world.told.count == 1 && world.told[0].contains("cannot read the recording"))
      #expect(world.output.isEmpty)
    }
  }

  @Test(
    "A mistake in --what-if is reported with what is allowed",
    arguments: [
      ("rat:threshold=1", "there is no rule \"rat\"; did you mean \"rate\"?"),
      ("rate:treshold=1", "unknown key \"treshold\"; did you mean \"threshold\"?"),
      ("flag:threshold=1", "the threshold of flag is true; only numbers can be varied"),
      ("rate:threshold=0..1", "needs a step"),
      ("rate:min_samples=1.5", "min_samples: expected a whole number"),
    ])
  func whatIfMistakes(request: String, mistake: String) async throws {
    try record("gg", as: "r")
    #expect(try await replay("@r --what-if \(request)").code == .usage)
    #expect(world.told.count == 1 && world.told[0].contains(mistake), "\(world.told)")
  }

  // MARK: - The report

  @Test("A gap that all rules share is reported once")
  func notAttempted() async throws {
    try record("gng", as: "r")
    _ = await world.run("replay --config \(folder.file("c.json")) \(folder.file("r"))")
    #expect(world.output.contains("\nall rules: without evidence for"), "\(world.output)")
    #expect(world.output.ranges(of: "without evidence").count == 1)
  }

  @Test("A page lists the first transitions and bad lines, and counts the others")
  func page() async throws {
    try record(String(repeating: "bg", count: 600) + String(repeating: "x", count: 50), as: "r")
    let code = await world.run(
      "replay --config \(folder.file("c.json")) --format html --output \(folder.file("r.html")) "
        + folder.file("r"))
    #expect(code == .success && world.output.isEmpty)
    let page = try folder.read("r.html")
    PageCheck.expectSound(page)
    #expect(page.contains("<summary>1200 transitions</summary>"))
    let table = try #require(page.components(separatedBy: "<h2>Transitions</h2>").last)
    #expect(table.ranges(of: "<tr>").count == 501)
    #expect(table.contains(">and 700 more</p>"))
    #expect(page.contains("<p>50 lines skipped: no samples</p>"))
    #expect(page.ranges(of: "expected a value, found &#39;x&#39;").count == 20)
    #expect(page.contains("<li>and 30 more</li>"))
    #expect(page.utf8.count < 300_000)
  }

  @Test("A report replaces the old one only when it is complete")
  func output() async throws {
    try record("gbbbbbx", as: "r")
    try folder.write("old", to: "out.json")
    #expect(try await replay("@r --strict --output @out.json").code == .usage)
    #expect(try folder.read("out.json") == "old")
    #expect(try await replay("@none --output @out.json").code == .usage)
    #expect(try await replay("@r --target x --output @out.json").code == .noEvidence)
    #expect(try folder.read("out.json") == "old")
    #expect(folder.names == ["c.json", "out.json", "r"])
    #expect(try await replay("@r --output @out.json").code == .success)
    #expect(world.output.isEmpty)
    #expect(try folder.read("out.json").contains("\"firing\""))
    #expect(try await replay("@r --output @new/deep/out.json").code == .success)
    #expect(try folder.read("new/deep/out.json") == folder.read("out.json"))
    #expect(try await replay("@r --output @r/out.json").code == .state)
    for path in ["r", "missing/../r", "missing/../c.json", "a/b/../../r"] {
      #expect(try await replay("@r --output @\(path)").code == .usage)
      #expect(world.told.last?.contains("the same file") ?? false)
    }
    #expect(folder.names == ["c.json", "new", "out.json", "r"])
    world.memory.withLock { $0.isOutputBroken = true }
    #expect(try await replay("@r").code == .state)
  }
}
