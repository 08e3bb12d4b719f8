@testable import OpsAlerts
internal import TestSupport
internal import Testing

@Suite("Formats for other systems")
struct OutputFormatTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try folder.write(
      #"""
      {"rules": [
        {"name": "high", "metric_path": "v", "comparison": "gt", "threshold": 5,
         "duration_minutes": 0},
        {"name": "odd", "metric_path": "w", "comparison": "gt", "threshold": 5,
         "duration_minutes": 0, "breach_status": "warn", "on_missing": "hold"}
      ]}
      """#, to: "c.json")
  }

  private var place: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) "
  }
  private var base: String {
    place + "--base-url https://api.example --target-name api --retries 0 "
  }

  @Test("With the format of monitoring plugins, the exit code follows their convention")
  func pluginCodes() async throws {
    let cases: [(body: String, status: Int, code: Int32, word: String)] = [
      (#"{"v":1,"w":1}"#, 200, 0, "OK"), (#"{"v":1,"w":9}"#, 200, 1, "WARNING"),
      (#"{"v":9,"w":9}"#, 200, 2, "CRITICAL"), (#"{"v":1,"w":1}"#, 200, 0, "OK"),
      (#"{"v":1}"#, 200, 3, "UNKNOWN"), ("", 503, 3, "UNKNOWN"),
    ]
    for (minute, given) in cases.enumerated() {
      world.answer(given.body, status: given.status)
      let code = await world.run(base + "--format nagios", atMinute: Double(minute))
      #expect(code.rawValue == given.code, "\(given)")
      #expect(world.output.hasPrefix("OPS ALERTS \(given.word) - "))
      #expect(world.output.split(separator: "\n").count == 1)
      let shown = await world.run("status \(place) --format nagios", atMinute: Double(minute))
      #expect(shown.rawValue == given.code, "\(given)")
      #expect(world.output.hasPrefix("OPS ALERTS \(given.word) - "))
    }
  }

  @Test(
    "What cannot be evaluated is UNKNOWN, in one line that says why",
    arguments: [
      ("evaluate --format nagios --bogus", "no option"),
      ("evaluate --bogus --format=nagios", "no option"),
      ("evaluate --format nagios --config nowhere.json", "no configuration"),
      ("status --format nagios --state nowhere.json", "no state"),
      ("status --format nagios --state bad.json", "bad.json"),
      ("status --format nagios --target nowhere", "nowhere"),
      ("status --format nagios --retry-dead", "cannot be used with --retry-dead"),
      ("status --format nagios --output html:o", "cannot be html"),
      ("evaluate --format nagios --config bad.json --base-url https://api.example", "bad.json"),
      ("evaluate --format nagios", "no endpoint"),
      ("evaluate --format nagios --state bad.json --base-url https://api.example", "bad.json"),
    ])
  func pluginErrors(line: String, words: String) async throws {
    try folder.write("{}", to: "bad.json")
    world.answer(#"{"v":1,"w":1}"#)
    _ = await world.run(base)
    var line = line.replacing("bad.json", with: folder.file("bad.json"))
    if !line.contains("--config") { line += " --config \(folder.file("c.json"))" }
    if !line.contains("--state") { line += " --state \(folder.file("s.json"))" }
    #expect(await world.run(line).rawValue == 3)
    #expect(world.output.hasPrefix("OPS ALERTS UNKNOWN - nothing was evaluated: "))
    #expect(world.output.contains(words), "\(world.output)")
    #expect(world.output.split(separator: "\n").count == 1)
    #expect(world.told.contains { $0.contains("error: ") })
  }

  @Test("A silenced alert is mentioned, but raises nothing")
  func silenced() async throws {
    world.answer(#"{"v":9,"w":1}"#)
    #expect(await world.run(base + "--format nagios").rawValue == 2)
    let silence = "silence add \(place) --rule high --for 1h --reason deploy --by kim"
    #expect(await world.run(silence, atMinute: 1) == .success)
    for (minute, line) in [(2, base), (2, "status \(place)")] {
      #expect(await world.run(line + "--format nagios", atMinute: Double(minute)).rawValue == 0)
      #expect(world.output.hasPrefix("OPS ALERTS OK - 1 firing, 2 ok of 3 checks: FIRING high 9"))
      #expect(world.output.contains("SILENCED until"))
      #expect(world.output.contains("(deploy, by kim)"))
    }
    for line in [base, "status \(place)"] {
      _ = await world.run(line + "--format openmetrics", atMinute: 3)
      let rows = world.output.split(separator: "\n").filter { $0.contains("rule=\"high\"") }
      #expect(rows.contains { $0.hasPrefix("ops_alert_firing") && $0.hasSuffix(" 1") })
      #expect(rows.contains { $0.hasPrefix("ops_alert_suppressed") && $0.hasSuffix(" 1") })
      _ = await world.run(line + "--format junit", atMinute: 4)
      #expect(world.output.contains(#"tests="3" failures="0" errors="0" skipped="1""#))
      #expect(world.output.contains("SILENCED until"))
    }
  }

  @Test("One run writes several formats, each as it would be printed")
  func severalFiles() async throws {
    world.answer(#"{"v":9,"w":1}"#)
    let files = ReportFile.Format.allCases.map { "--output \($0):\(folder.file("o/\($0)"))" }
    #expect(await world.run(base + files.joined(separator: " ")) == .alerts)
    for format in ReportFormat.allCases where format != .github {
      _ = await world.run(base + "--dry-run --format \(format)")
      let written = try folder.read("o/\(format)")
      // A second run sees the same, once more.
      #expect(written.prefix(20) == world.output.prefix(20), "\(format)")
    }
    let gauges = try folder.read("o/openmetrics").split(separator: "\n").suffix(7)
    #expect(gauges.last == "# EOF")
    let config = "{config=\"\(folder.file("c.json"))\"}"
    #expect(gauges.contains { $0 == "ops_alert_run_exit_code\(config) 1" })
    #expect(gauges.contains { $0 == "ops_alert_run_errors\(config) 0" })
    PageCheck.expectSound(try folder.read("o/html"))
  }

  @Test("status writes several formats, each as it would be printed")
  func severalFilesOfState() async throws {
    world.answer(#"{"v":9,"w":1}"#)
    #expect(await world.run(base) == .alerts)
    let files = StatusFormat.allCases.map { "--output \($0):\(folder.file("o/\($0)"))" }
    #expect(await world.run("status \(place) \(files.joined(separator: " "))") == .success)
    for format in StatusFormat.allCases {
      _ = await world.run("status \(place) --format \(format)")
      #expect(try folder.read("o/\(format)") == world.output, "\(format)")
    }
    let state = try folder.read("s.json")
    for (path, sentence) in [
      ("s.json", "--output and --state are the same file"),
      ("c.json", "--output and --config are the same file"),
      ("s-history.jsonl", "--output and the history of --state are the same file"),
      ("x --output text:\(folder.file("x"))", "--output names the same file twice"),
    ] {
      let line = "status \(place) --output text:\(folder.file(path))"
      #expect(await world.run(line) == .usage)
      #expect(world.told.last?.contains(sentence) == true, "\(world.told)")
    }
    #expect(try folder.read("s.json") == state)
  }

  @Test(
    "A file is written for one purpose only",
    arguments: [
      ("--output a --output junit:./a", "--output names the same file twice"),
      ("--output openmetrics:c.json", "--output and --config are the same file"),
      ("--html h --output text:h", "--html and --output are the same file"),
    ])
  func keepsApart(options: String, sentence: String) async throws {
    let words = options.split(separator: " ").map { word in
      word.hasPrefix("--")
        ? String(word)
        : word.split(separator: ":").enumerated().map { index, part in
          index == 0 && word.contains(":") ? String(part) : folder.file(String(part))
        }.joined(separator: ":")
    }
    world.answer(#"{"v":1,"w":1}"#)
    #expect(await world.run(base + words.joined(separator: " ")) == .usage)
    #expect(world.told.last?.contains(sentence) == true, "\(world.told)")
    #expect(folder.names == ["c.json"])
  }
}
