internal import TestSupport
internal import Testing

@Suite("The exit codes of version 846a5cf", .promptly, .inTurn)
struct KeptExitCodeTests {
  private static let files = [
    "atonce.json": Given.firesAtOnce, "lasting.json": Given.configuration(durationMinutes: 5),
    "hook.json": Given.configuration(
      durationMinutes: 0, rule: #", "breach_status": "warn""#,
      more: #", "receivers": [{"name": "hook", "type": "webhook", "url_env": "HOOK_URL"}]"#),
    "mistaken.json": "{\"rules\": []}", "good.json": Given.good, "bad.json": Given.bad,
    "empty.json": "{}", "newer.json": #"{"format": 99, "saved_at": null, "targets": {}}"#,
    "empty.jsonl": "",
    "tests.json": #"""
    {"config": "atonce.json", "tests": [{"name": "a", "series": {"errors.rate": "0.09"},
    "expect": [{"at": "0s", "rule": "error_rate", "phase": "firing"}]}]}
    """#,
    "failing.json": #"""
    {"config": "atonce.json", "tests": [{"name": "a", "series": {"errors.rate": "0.01"},
    "expect": [{"at": "0s", "rule": "error_rate", "phase": "firing"}]}]}
    """#,
  ]

  /// Command lines, with the exit codes that this version gave; port 1 is one that nobody listens to.
  private static let codes: [(String, Int32)] = [
    ("--version", 0), ("--help", 0), ("--no-such-option", 2), ("no-such-command", 2),
    ("--config atonce.json", 2),
    ("--config mistaken.json --snapshot good.json", 2),
    ("--config atonce.json --snapshot missing.json", 2),
    ("--config atonce.json --snapshot good.json", 0),
    ("--config atonce.json --snapshot bad.json", 1),
    ("--config atonce.json --snapshot bad.json --fail-on never", 0),
    ("--config atonce.json --snapshot empty.json --allow-missing-metrics", 0),
    ("--config atonce.json --snapshot empty.json --allow-missing-metrics --fail-on unknown", 1),
    ("--config lasting.json --snapshot bad.json", 0),
    ("--config lasting.json --snapshot bad.json --fail-on pending", 1),
    ("--config hook.json --snapshot bad.json", 0),
    ("--config hook.json --snapshot bad.json --fail-on warn", 1),
    ("--config atonce.json --metrics-url http://127.0.0.1:1/ --retries 0 --no-state", 3),
    ("--config atonce.json --snapshot good.json --state newer.json", 4),
    ("--config atonce.json --snapshot good.json --output good.json/report.json", 4),
    ("check --config atonce.json", 0), ("check --config mistaken.json", 2),
    ("check --config missing.json", 2),
    ("status --state missing.json", 4), ("status --state newer.json", 4),
    ("replay missing.jsonl --config atonce.json", 2),
    ("replay empty.jsonl --config atonce.json", 3),
    ("replay good.json --config atonce.json --strict", 2),
    ("test tests.json", 0), ("test failing.json", 1), ("test good.json", 2),
    ("notify-test --config atonce.json", 2), ("notify-test --config hook.json", 5),
    ("demo --port none", 2),
    (
      "watch --config atonce.json --metrics-url http://127.0.0.1:1/ --retries 0 --state w.json"
        + " --no-deliver --for 50ms", 3
    ),
  ]

  @Test("Every command ends with the exit code that it ended with")
  func codes() async throws {
    let place = try Workplace()
    for (name, text) in Self.files { try place.write(text, to: name) }
    for (line, code) in Self.codes {
      let ended = try await place.runKept(
        line.split(separator: " ").map(String.init), variables: ["HOOK_URL": "http://127.0.0.1:1/"])
      #expect(ended.code == code, "\(line): \(ended.errors)")
    }
  }
}
