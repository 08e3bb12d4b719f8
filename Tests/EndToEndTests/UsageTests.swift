internal import Foundation
internal import TestSupport
internal import Testing

@Suite("The command line", .promptly, .inTurn)
struct UsageTests {
  @Test("A run without an endpoint exits with 2 and names the variable to set")
  func noEndpoint() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    for variables in [[:], ["OPS_API_BASE_URL": ""]] {
      let run = try await place.run(["--config", "config.json"], variables: variables)
      #expect(run.code == 2)
      #expect(run.output.isEmpty)
      #expect(run.errorLines.count == 1)
      for word in ["OPS_API_BASE_URL", "OPS_METRICS_URL", "ops-alert-eval demo", "make demo"] {
        #expect(run.errors.contains(word))
      }
    }
    #expect(place.names == ["config.json"])
  }

  @Test(
    "An invalid address exits with 2, without a request",
    arguments: [
      "ftp://host/", "data:,x", "http://", "http://user:secret@host/", "https://good\\@evil/",
      "host/ops/metrics", "http://host:99999/", "http://h\u{F6}st/", "http://host/a b",
    ])
  func badAddress(url: String) async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try await place.run(["--config", "config.json"], variables: ["OPS_METRICS_URL": url])
    #expect(run.code == 2)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("ops-alert-eval: error: OPS_METRICS_URL: "))
    #expect(!run.errors.contains("secret"))
  }

  /// What each level makes of a check's status.
  private static let levels: [(level: String, failing: Set<String>)] = [
    ("never", []), ("fail", ["fail"]), ("warn", ["fail", "warn"]),
    ("unknown", ["fail", "warn", "unknown"]), ("pending", ["fail", "warn", "unknown", "pending"]),
  ]

  @Test("--fail-on decides which statuses exit with 1", arguments: levels)
  func failOn(level: String, failing: Set<String>) async throws {
    let place = try Workplace()
    let cases = [
      ("pass", Given.configuration(durationMinutes: 0), Given.good),
      ("fail", Given.configuration(durationMinutes: 0), Given.bad),
      (
        "warn", Given.configuration(durationMinutes: 0, rule: #", "breach_status": "warn""#),
        Given.bad
      ),
      ("pending", Given.configuration(durationMinutes: 10), Given.bad),
      ("unknown", Given.configuration(durationMinutes: 0, rule: #", "on_missing": "hold""#), "{}"),
    ]
    for (status, configuration, snapshot) in cases {
      try place.write(configuration, to: "config.json")
      try place.write(snapshot, to: "snapshot.json")
      let run = try await place.run([
        "--config", "config.json", "--snapshot", "snapshot.json", "--fail-on", level, "--format",
        "json",
      ])
      #expect(try run.report.check("error_rate")?.status == status)
      #expect(run.code == (failing.contains(status) ? 1 : 0), "\(status) under \(level)")
    }
  }

  @Test("--quiet prints nothing in a healthy run, and everything in others")
  func quiet() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.good, to: "snapshot.json")
    let arguments = [
      "--config", "config.json", "--snapshot", "snapshot.json", "--state", "state.json", "--quiet",
    ]
    for _ in 1...2 {
      let run = try await place.run(arguments)
      #expect(run.code == 0 && run.output.isEmpty && run.errors.isEmpty)
    }
    try place.write(Given.bad, to: "snapshot.json")
    let run = try await place.run(arguments)
    #expect(run.code == 1 && run.output.contains("FIRING  error_rate") && run.errors.isEmpty)
  }

  @Test("--color always is the only way to colour a pipe")
  func colors() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    for (choice, isColored) in [("auto", false), ("never", false), ("always", true)] {
      let run = try await place.run(
        [
          "--config", "config.json", "--snapshot", "snapshot.json", "--color", choice,
        ], variables: ["TERM": "xterm"])
      #expect(run.output.contains("\u{1b}[31m") == isColored, "\(choice)")
    }
  }

  @Test("A report never overwrites the file that is read as standard input")
  func inputIsKept() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    let tests = #"""
      {"tests": [{"name": "t", "series": {"errors.rate": "0"}, "expect": [
        {"at": "0s", "rule": "error_rate", "phase": "inactive"}]}]}
      """#
    try place.write(tests, to: "input")
    for command in ["test", "replay"] {
      let run = try await place.run(
        [command, "-", "--config", "config.json", "--output", "input"], input: place.file("input"))
      #expect(run.code == 2 && run.errors.contains("are the same file: input"), "\(command)")
      #expect(try place.text(of: "input") == tests)
    }
  }

  @Test("check and status work without network and lock")
  func checkAndStatus() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    let check = try await place.run(["check", "--config", "config.json"])
    #expect(check.code == 0 && !check.errors.contains("warning: "))
    #expect(check.output.hasPrefix("config.json is valid: 1 rule\n  error_rate"))

    let nothing = try await place.run(["status", "--config", "config.json"])
    #expect(nothing.code == 0 && nothing.output.isEmpty)
    #expect(nothing.errors.contains("no state at artifacts/ops/config-state.json"))
    #expect(place.names == ["config.json"])
    let elsewhere = try await place.run(["status", "--config", "nowhere.json"])
    #expect(
      elsewhere.code == 4 && elsewhere.errors.contains("the folder that the scheduled job runs in"))

    try place.write(Given.bad, to: "snapshot.json")
    _ = try await place.run([
      "--config", "config.json", "--snapshot", "snapshot.json", "--target-name", "api",
      "--state", "artifacts/ops/config-state.json",
    ])
    let status = try await place.run(["status", "--config", "config.json"])
    #expect(status.code == 0 && status.errors.isEmpty)
    #expect(status.output.hasPrefix("api: evaluated "))
    #expect(status.output.contains("FIRING  error_rate"))
  }
}
