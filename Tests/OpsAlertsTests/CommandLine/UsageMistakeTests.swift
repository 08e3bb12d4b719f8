@testable import OpsAlerts
internal import Testing

@Suite("Mistakes on the command line")
struct UsageMistakeTests {
  @Test(
    "A mistake in the options of evaluate gets one clear sentence",
    arguments: [
      ("--formt json", "evaluate has no option \"--formt\" (did you mean --format?)"),
      ("-config x", "evaluate has no option \"-config\" (did you mean --config?)"),
      ("--zzzzzzzz", "evaluate has no option \"--zzzzzzzz\""),
      (
        "--format jsn",
        "--format takes text, json, markdown, github, nagios, openmetrics or junit, not \"jsn\" (did you mean json?)"
      ),
      (
        "--fail-on warm",
        "--fail-on takes never, fail, warn, unknown or pending, not \"warm\" (did you mean warn?)"
      ),
      (
        "--format yaml",
        "--format takes text, json, markdown, github, nagios, openmetrics or junit, not \"yaml\""
      ),
      ("--interval 5s", "--interval requires --confirm"),
      ("--confirm-for 5m", "--confirm-for requires --confirm"),
      ("--confirm --snapshot a", "--confirm and --snapshot cannot be used together"),
      ("--confirm --no-state", "--confirm and --no-state cannot be used together"),
      ("--confirm --dry-run", "--confirm and --dry-run cannot be used together"),
      ("--quiet=yes", "--quiet takes no value"),
      ("--quiet=", "--quiet takes no value"),
      (
        "--config",
        "--config needs a value (--config PATH, or --config=PATH if the value starts with a dash)"
      ),
      (
        "--config --quiet",
        "--config needs a value (--config PATH, or --config=PATH if the value starts with a dash)"
      ),
      ("--config=", "--config needs a non-empty value"),
      ("--quiet --quiet", "--quiet is given twice"),
      ("--config a --thresholds b", "--config and --thresholds are the same option, given twice"),
      ("--quiet extra", "evaluate takes options only, not \"extra\""),
      ("-- --quiet", "evaluate takes options only, not \"--quiet\""),
      ("-", "evaluate takes options only, not \"-\""),
      (
        "--quiet check",
        "evaluate takes options only, not \"check\" (put the command first: 'ops-alert-eval check …')"
      ),
      ("--retries 11", "--retries needs a whole number from 0 to 10, found \"11\""),
      ("--retries=-1", "--retries needs a whole number from 0 to 10, found \"-1\""),
      ("--retries +1", "--retries needs a whole number from 0 to 10, found \"+1\""),
      (
        "--snapshot - --at yesterday",
        "--at needs a time like 2026-11-21T10:15:00Z, found \"yesterday\""
      ),
      ("--at 2026-11-21T10:15:00Z", "--at requires --snapshot"),
      ("--state a --no-state", "--no-state and --state cannot be used together"),
      ("--no-state --state a", "--no-state and --state cannot be used together"),
      ("--no-state --reset-state", "--no-state and --reset-state cannot be used together"),
      ("--dry-run --reset-state", "--dry-run and --reset-state cannot be used together"),
      (
        "--metrics-url http://a --base-url http://b",
        "--metrics-url and --base-url cannot be used together"
      ),
      ("--snapshot - --base-url http://b", "--snapshot and --base-url cannot be used together"),
      (
        "--snapshot - --metrics-url http://b",
        "--snapshot and --metrics-url cannot be used together"
      ),
      ("--quiet --verbose", "--quiet and --verbose cannot be used together"),
      ("--deliver --no-deliver", "--deliver and --no-deliver cannot be used together"),
      ("--target a --target-name b", "--target and --target-name cannot be used together"),
    ])
  func evaluate(line: String, reason: String) throws {
    #expect(try message(line) == "\(reason); see 'ops-alert-eval evaluate --help'")
  }

  @Test(
    "A mistake in the command itself gets one clear sentence",
    arguments: [
      ("chekc", "unknown command \"chekc\" (did you mean check?)"),
      ("foo", "unknown command \"foo\""),
      ("https://api.example", "pass a URL with --base-url or --metrics-url"),
      ("\u{1b}[31m", "unknown command \"\\u{1b}[31m\""),
    ])
  func command(line: String, reason: String) throws {
    #expect(try message(line) == "\(reason); see 'ops-alert-eval --help'")
  }

  @Test("A command that needs files asks for them", arguments: ["replay", "test"])
  func lackingOperands(command: String) throws {
    #expect(try message(command).hasPrefix("\(command) needs a "))
    #expect(
      try message([command, ""]).hasSuffix(
        "must not be empty; see 'ops-alert-eval \(command) --help'"))
  }

  @Test("An option of another command is reported with its command")
  func foreignOption() throws {
    #expect(
      try message("check --deliver")
        == "check has no option \"--deliver\" (it belongs to evaluate); "
        + "see 'ops-alert-eval check --help'")
  }

  @Test(
    "An invalid duration is refused",
    arguments: [
      "abc", "1.", ".5s", "1.2.3", "1e3", "0x10", "inf", "nan", "-5s", "5 s", "5w", "s", "٣s",
      "1,5s",
    ])
  func noDuration(text: String) throws {
    #expect(
      try message(["--timeout=\(text)"]).hasPrefix(
        "--timeout needs a duration like 90s, 10m, 2h or 500ms, found"))
  }

  @Test(
    "A duration of zero or of more than 30 days is refused",
    arguments: ["0", "0.0004", "0ms", "721h", "2592001", "99999999999999999999999999h"])
  func durationOutOfRange(text: String) throws {
    #expect(
      try message(["--deadline", text]).contains("at least 1ms and at most 30 days"))
  }

  @Test(
    "Secrets are never repeated",
    arguments: [
      "https://user:hunter2@api.example/", "--retries https://user:hunter2@api.example",
      "--format user:hunter2@api.example", "--quiet https://api.example/?token=hunter2",
      "--bearer-token hunter2", "--token=hunter2", "--bearer-token-env hunter2!",
      "--metrics-ulr=https://user:hunter2@api.example", "--https://user:hunter2@api.example",
      "--quiet=hunter2",
    ])
  func secrets(line: String) throws {
    #expect(try !message(line).contains("hunter2"))
  }

  @Test("A token on the command line is refused, and the message says where to put it")
  func token() throws {
    let text = try message("--bearer-token abc")
    #expect(text.contains("OPS_API_BEARER_TOKEN"))
    #expect(text.contains("--bearer-token-file"))
  }

  @Test("An argument of any length gives a short message on one line")
  func longWord() throws {
    let text = try message([String(repeating: "x\n", count: 100_000)])
    #expect(text.count < 200)
    #expect(!text.contains("\n"))
  }

  private func message(_ line: String) throws -> String {
    try message(line.split(separator: " ").map(String.init))
  }

  private func message(_ words: [String]) throws -> String {
    try #require(throws: UsageMistake.self) { try parseCommandLine(words) }.message
  }
}
