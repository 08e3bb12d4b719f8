@testable import OpsAlerts
internal import Testing
@testable import Text

@Suite("Parsing a command line")
struct CommandLineTests {
  @Test(
    "Without a command, or with an option first, the command is evaluate",
    arguments: [[], ["evaluate"], ["--"], ["evaluate", "--"]])
  func defaultCommand(arguments: [String]) throws {
    #expect(try parseCommandLine(arguments) == .evaluate(EvaluateOptions()))
  }

  @Test("The defaults match the documentation")
  func defaults() {
    let options = EvaluateOptions()
    #expect(options.config == "config/ops_alert_thresholds.json")
    #expect(options.baseURLEnv == "OPS_API_BASE_URL")
    #expect(options.bearerTokenEnv == "OPS_API_BEARER_TOKEN")
    #expect(options.timeout == .seconds(10))
    #expect(options.retries == 2)
    #expect(options.deadline == .seconds(60))
    #expect(options.lockTimeout == .seconds(30))
    #expect(options.format == .text)
    #expect(options.failOn == .fail)
    #expect(options.color == .auto)
    #expect(options.verbosity == .normal)
  }

  @Test(
    "Each option of evaluate sets its value",
    arguments: [
      Written("--config a.json") { $0.config = "a.json" },
      Written("--thresholds a.json") { $0.config = "a.json" },
      Written("--metrics-url https://h/m") { $0.metricsURL = "https://h/m" },
      Written("--base-url https://h/?a=b") { $0.baseURL = "https://h/?a=b" },
      Written("--base-url-env OTHER_URL") { $0.baseURLEnv = "OTHER_URL" },
      Written("--bearer-token-env _T0") { $0.bearerTokenEnv = "_T0" },
      Written("--bearer-token-file t") { $0.bearerTokenFile = "t" },
      Written("--snapshot s.json") { $0.snapshot = .file("s.json") },
      Written("--snapshot -") { $0.snapshot = .standardInput },
      Written("--target a --target b") { $0.targets = ["a", "b"] },
      Written("--target-name a") { $0.targetName = "a" },
      Written("--state s") { $0.state = .file("s") },
      Written("--no-state") { $0.state = .without },
      Written("--reset-state") { $0.resetState = true },
      Written("--adopt-state") { $0.adoptState = true },
      Written("--output o") { $0.outputs = [ReportFile(format: .json, path: "o")] },
      Written("--output c:/o") { $0.outputs = [ReportFile(format: .json, path: "c:/o")] },
      Written("--output junit:a:b") { $0.outputs = [ReportFile(format: .junit, path: "a:b")] },
      Written("--output o --output ./json:x --output html:h") {
        $0.outputs = [
          ReportFile(format: .json, path: "o"), ReportFile(format: .json, path: "./json:x"),
          ReportFile(format: .html, path: "h"),
        ]
      },
      Written("--format json") { $0.format = .json },
      Written("--timeout 3") { $0.timeout = .seconds(3) },
      Written("--retries 0") { $0.retries = 0 },
      Written("--deadline 2m") { $0.deadline = .seconds(120) },
      Written("--lock-timeout 500ms") { $0.lockTimeout = .milliseconds(500) },
      Written("--allow-missing-metrics") { $0.allowMissingMetrics = true },
      Written("--deliver") { $0.deliver = true },
      Written("--no-deliver") { $0.deliver = false },
      Written("--record r") { $0.record = "r" },
      Written("--dry-run") { $0.dryRun = true },
      Written("--fail-on pending") { $0.failOn = .pending },
      Written("--quiet") { $0.verbosity = .quiet },
      Written("--verbose") { $0.verbosity = .verbose },
      Written("--color never") { $0.color = .never },
    ])
  func evaluateOption(written: Written) throws {
    var expected = EvaluateOptions()
    written.change(&expected)
    let words = written.line.split(separator: " ").map(String.init)
    #expect(try parseCommandLine(words) == .evaluate(expected))
    #expect(try parseCommandLine(["evaluate"] + words + ["--"]) == .evaluate(expected))
    guard words.count == 2 else { return }
    #expect(try parseCommandLine([words.joined(separator: "=")]) == .evaluate(expected))
  }

  @Test("A value with a leading dash needs an equals sign")
  func dashValue() throws {
    var expected = EvaluateOptions()
    expected.config = "-odd=name"
    #expect(try parseCommandLine(["--config=-odd=name"]) == .evaluate(expected))
  }

  @Test("An equals sign with a combining mark still ends the name")
  func combiningMark() throws {
    var expected = EvaluateOptions()
    expected.config = "\u{301}x"
    #expect(try parseCommandLine(["--config=\u{301}x"]) == .evaluate(expected))
  }

  @Test(
    "Durations have a unit or are seconds, and may have fractions",
    arguments: [
      ("1ms", 1), ("500ms", 500), ("90s", 90_000), ("90", 90_000), ("0.5", 500),
      ("1.5h", 5_400_000), ("10m", 600_000), ("720h", 2_592_000_000), ("7d", 604_800_000),
    ])
  func duration(text: String, milliseconds: Int) throws {
    var expected = EvaluateOptions()
    expected.timeout = .milliseconds(milliseconds)
    #expect(try parseCommandLine(["--timeout", text]) == .evaluate(expected))
  }

  @Test("A saved snapshot can be evaluated at a given time")
  func time() throws {
    var expected = EvaluateOptions()
    expected.snapshot = .standardInput
    expected.at = Instant(milliseconds: 1_500)
    #expect(
      try parseCommandLine(["--at", "1970-01-01T01:00:01.5+01:00", "--snapshot", "-"])
        == .evaluate(expected))
  }

  @Test(
    "A time in a recording can also be given as in reports; --to includes its whole unit",
    arguments: [
      ("2026-09-02", "2026-09-02T00:00:00Z", "2026-09-02T23:59:59.999Z"),
      ("2026-09-02 09:20", "2026-09-02T09:20:00Z", "2026-09-02T09:20:59.999Z"),
      ("2026-09-02T09:20:00+02:00", "2026-09-02T07:20:00Z", "2026-09-02T07:20:00Z"),
    ])
  func printedTime(text: String, begin: String, end: String) throws {
    let words = ["replay", "--from", text, "--to", text, "r"]
    guard case .replay(let options) = try parseCommandLine(words) else {
      Issue.record("not a replay")
      return
    }
    #expect(options.from?.instant.rfc3339 == begin && options.to?.instant.rfc3339 == end)
    // In another zone, what its clocks show is another instant.
    ClockZone.$current.withValue(ClockZone(name: "x") { _ in 3_600 }) {
      let isShown = !text.contains("T")
      #expect((options.from?.instant.rfc3339 == begin) != isShown)
    }
  }

  @Test("The other commands have their own options")
  func otherCommands() throws {
    var check = CheckOptions()
    check.config = "c"
    check.format = .json
    #expect(
      try parseCommandLine(["check", "--config", "c", "--format=json"]) == .check(check))
    check = CheckOptions()
    check.printing = .schema
    #expect(try parseCommandLine(["check", "--print-schema"]) == .check(check))
    var status = StatusOptions()
    status.place.state = "s"
    status.targets = ["a"]
    status.isVerbose = true
    #expect(
      try parseCommandLine(["status", "--state", "s", "--target", "a", "--verbose"])
        == .status(status))
    var demo = DemoOptions()
    demo.isQuiet = true
    demo.color = .always
    #expect(try parseCommandLine(["demo", "--quiet", "--color", "always"]) == .demo(demo))
    demo = DemoOptions()
    demo.serve = .seconds(90)
    demo.port = 9180
    #expect(try parseCommandLine(["demo", "--serve", "90s", "--port", "9180"]) == .demo(demo))
    for wrong in [["--port", "9180"], ["--serve", "1m", "--port", "0"], ["--serve"]] {
      #expect(throws: UsageMistake.self) { try parseCommandLine(["demo"] + wrong) }
    }
  }

  @Test("Help, version and completions print a text", arguments: ["", "check "])
  func printed(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    #expect(try parseCommandLine(words + ["--version"]) == .print("ops-alert-eval 0.1.0\n"))
    #expect(try parseCommandLine(words + ["-h"]) == parseCommandLine(words + ["--help"]))
    guard case .print(let script) = try parseCommandLine(words + ["--completions", "fish"]) else {
      Issue.record("no script")
      return
    }
    #expect(script.contains("complete -c ops-alert-eval"))
  }

  @Test("help NAME is the same as NAME --help")
  func helpCommand() throws {
    #expect(try parseCommandLine(["help"]) == parseCommandLine(["--help"]))
    #expect(try parseCommandLine(["help", "status"]) == parseCommandLine(["status", "--help"]))
    #expect(throws: UsageMistake.self) { try parseCommandLine(["help", "statsu"]) }
  }

  @Test("A saved snapshot uses no state and delivers nothing by default")
  func snapshotDefaults() throws {
    var options = EvaluateOptions()
    #expect(options.statePath == "artifacts/ops/ops_alert_thresholds-state.json")
    #expect(options.delivers)
    options.snapshot = .standardInput
    #expect(options.statePath == nil)
    #expect(!options.delivers)
    options.state = .file("s")
    options.deliver = true
    #expect(options.statePath == "s")
    #expect(options.delivers)
    options.state = .without
    #expect(options.statePath == nil)
  }

  @Test("Files and options mix in any order, and everything after -- is a file")
  func operands() throws {
    var options = ReplayOptions()
    options.files = ["a", "-", "b", "--strict"]
    options.isStrict = true
    let words = ["replay", "a", "--strict", "-", "b", "--", "--strict"]
    #expect(try parseCommandLine(words) == .replay(options))
  }
}

/// A command line and what it changes in the defaults.
struct Written: Sendable, CustomTestStringConvertible {
  let line: String
  let change: @Sendable (inout EvaluateOptions) -> Void

  init(_ line: String, change: @escaping @Sendable (inout EvaluateOptions) -> Void) {
    self.line = line
    self.change = change
  }

  var testDescription: String { line }
}
