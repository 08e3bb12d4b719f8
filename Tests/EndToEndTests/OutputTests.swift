internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("The outputs of a run", .promptly, .inTurn)
struct OutputTests {
  private static let arguments = [
    "--config", "config.json", "--snapshot", "snapshot.json", "--target-name", "api",
    "--state", "state.json", "--at", "2026-02-25T12:00:00Z",
  ]

  private func place(_ snapshot: String) throws -> Workplace {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(snapshot, to: "snapshot.json")
    return place
  }

  @Test(
    "If standard output cannot be written, the run exits with 4, and the state is saved",
    arguments: [
      true, false,
    ])
  func closedOutput(isClosed: Bool) async throws {
    let place = try place(Given.bad)
    let run = try await place.run(
      Self.arguments + ["--quiet"], output: isClosed ? .closed : .file("/dev/full"))
    #expect(run.code == 4)
    #expect(run.errors == "ops-alert-eval: error: cannot write to standard output\n")
    #expect(try place.state.phase(of: "error_rate") == "firing")
  }

  @Test("A closed standard output is not mixed up with other files")
  func closedOutputOverHTTP() async throws {
    let place = try place(Given.bad)
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    let run = try await place.run(
      [
        "--config", "config.json", "--state", "state.json", "--target-name", "api", "--quiet",
        "--base-url", "http://127.0.0.1:\(server.port)", "--output", "report.json",
      ], output: .closed)
    #expect(run.code == 4)
    #expect(run.errors == "ops-alert-eval: error: cannot write to standard output\n")
    let report: Report = try decoded(place.text(of: "report.json"))
    #expect(report.check("error_rate")?.status == "fail")
    #expect(try place.state.phase(of: "error_rate") == "firing")
  }

  @Test(
    "--output gets the JSON report, whatever goes to standard output", arguments: ["text", "json"])
  func output(format: String) async throws {
    let place = try place(Given.bad)
    let run = try await place.run(
      Self.arguments + ["--output", "new/folder/report.json", "--format", format])
    #expect(run.code == 1)
    let report: Report = try decoded(place.text(of: "new/folder/report.json"))
    #expect(report.status == "fail" && report.generatedAt == "2026-02-25T12:00:00Z")
    if format == "json" { #expect(try place.text(of: "new/folder/report.json") == run.output) }
    #expect(place.names.filter { $0.hasPrefix("new/folder/") } == ["new/folder/report.json"])
  }

  @Test("--output to a read-only folder exits with 4, and everything else is done")
  func outputFolder() async throws {
    let place = try place(Given.bad)
    mkdir(place.file("closed"), 0o755)
    place.makeReadOnly("closed")
    defer { place.makeWritable("closed") }
    for path in ["closed/report.json", "closed/deeper/report.json", "config.json/report.json"] {
      let run = try await place.run(
        Self.arguments + ["--output", path, "--quiet"], wrapper: Workplace.unprivileged)
      #expect(run.code == 4)
      #expect(run.errorLines.last?.hasPrefix("ops-alert-eval: error: cannot ") == true)
      #expect(run.output.contains("FIRING  error_rate"))
    }
    #expect(try place.state.phase(of: "error_rate") == "firing")
  }

  @Test("--record appends one line per run, on a new line after a truncated one")
  func record() async throws {
    let place = try place(Given.bad)
    let arguments = Self.arguments + ["--record", "records/seen.jsonl"]
    _ = try await place.run(arguments)
    try place.write("{\n  \"errors\": {\r\n    \"rate\": 0.0625}}\n", to: "snapshot.json")
    _ = try await place.run(arguments)
    let whole = try place.text(of: "records/seen.jsonl")
    try place.write(whole + #"{"observed_at": "2026-02"#, to: "records/seen.jsonl")
    _ = try await place.run(arguments)

    let lines = try place.text(of: "records/seen.jsonl").split(separator: "\n")
    #expect(lines.count == 4)
    for (index, rate) in [(0, 0.09), (1, 0.0625), (3, 0.0625)] {
      let line: RecordedLine = try decoded(String(lines[index]))
      #expect(line.observedAt == "2026-02-25T12:00:00Z" && line.target == "api")
      #expect(line.snapshot?.errors == ["rate": rate] && line.error == nil)
    }
    #expect(try place.text(of: "records/seen.jsonl").hasSuffix("}\n"))
  }

  @Test("--record to a read-only folder exits with 4, and everything else is done")
  func recordNowhere() async throws {
    let place = try place(Given.bad)
    let run = try await place.run(Self.arguments + ["--record", "/dev/full", "--quiet"])
    #expect(run.code == 4)
    #expect(run.errors == "ops-alert-eval: error: cannot write /dev/full: the disk is full\n")
    #expect(run.output.contains("FIRING  error_rate"))
    #expect(try place.state.phase(of: "error_rate") == "firing")
  }

  @Test("--dry-run writes nothing except --output")
  func dryRun() async throws {
    let place = try place(Given.bad)
    let run = try await place.run([
      "--config", "config.json", "--snapshot", "snapshot.json", "--dry-run", "--state",
      "new/state.json", "--record", "new/seen.jsonl",
    ])
    #expect(run.code == 1)
    #expect(run.output.contains("FIRING  error_rate"))
    #expect(place.names == ["config.json", "snapshot.json"])
    _ = try await place.run([
      "--config", "config.json", "--snapshot", "snapshot.json", "--dry-run", "--output", "o.json",
    ])
    #expect(place.names == ["config.json", "o.json", "snapshot.json"])
  }

  @Test("--dry-run with a state uses it and leaves it unchanged")
  func dryRunWithState() async throws {
    let place = try place(Given.bad)
    _ = try await place.run(Self.arguments)
    let before = try place.bytes(of: "state.json")
    try place.write(Given.good, to: "snapshot.json")
    let run = try await place.run(
      Self.arguments.dropLast() + ["2026-02-25T12:05:00Z", "--dry-run"])
    #expect(run.code == 0)
    #expect(run.output.contains("RESOLVED  error_rate"))
    #expect(try place.bytes(of: "state.json") == before)
  }

  @Test("Without a state, a rule with a duration never gets past pending")
  func withoutState() async throws {
    let place = try place(Given.bad)
    try place.write(Given.configuration(durationMinutes: 0.001), to: "config.json")
    for _ in 1...3 {
      let run = try await place.run(
        [
          "--config", "config.json", "--snapshot", "-", "--format", "json",
        ], input: place.file("snapshot.json"))
      #expect(run.code == 0)
      #expect(try run.report.check("error_rate")?.phase == "pending")
    }
    #expect(place.names == ["config.json", "snapshot.json"])
  }
}
