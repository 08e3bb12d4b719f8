internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

/// A state file that cannot be used, and words of its message.
private struct BadState: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let text: String
  let says: String

  init(_ name: String, _ text: String, says: String) {
    testDescription = name
    self.text = text
    self.says = says
  }

  static let all = [
    BadState(
      "of a newer format", #"{"format": 7, "saved_at": null, "targets": {}}"#,
      says: "has format 7, written by a newer version"),
    BadState("of no format", #"{"targets": {}}"#, says: "is not a state file"),
    BadState("of format 0", #"{"format": 0, "targets": {}}"#, says: "is not a state file"),
    BadState("empty", "", says: "is not a state file"),
    BadState("truncated", #"{"format": 1, "saved_at": nu"#, says: "is not a state file"),
    BadState("corrupt", "\u{0}\u{0}\u{0}\u{0}", says: "is not a state file"),
    BadState("a report", #"{"schema_version": 1, "status": "pass"}"#, says: "is not a state file"),
    BadState(
      "with text behind it", #"{"format": 1, "targets": {}} x"#, says: "is not a state file"),
    BadState(
      "with half an alert",
      #"{"format": 1, "targets": {"api": {"alerts": [{"rule": "error_rate", "condition": "1", "phase": "firing"}]}}}"#,
      says: #"line 1, column 46: the object has no "evidence""#),
  ]
}

@Suite("An unusable state file", .promptly, .inTurn)
struct BadStateTests {
  private static let arguments = [
    "--config", "config.json", "--state", "state.json", "--target-name", "api",
  ]

  @Test(
    "An invalid state exits with 4 and is kept; --reset-state moves it aside",
    arguments: BadState.all)
  private func refused(_ state: BadState) async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(state.text, to: "state.json")
    let arguments = Self.arguments + ["--base-url", "http://127.0.0.1:\(server.port)"]
    let run = try await place.run(arguments)
    #expect(run.code == 4)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("ops-alert-eval: error: "))
    #expect(run.errors.contains(state.says), "\(run.errors)")
    #expect(run.errors.contains("--reset-state"))
    #expect(!run.output.contains("OK"))
    #expect(try place.text(of: "state.json") == state.text)
    #expect(server.requests.isEmpty)

    let status = try await place.run(["status", "--state", "state.json"])
    #expect(status.code == 4)
    #expect(status.output.isEmpty && status.errors == run.errors)

    let again = try await place.run(arguments + ["--reset-state"])
    #expect(again.code == 1)
    #expect(again.errors.contains("moved state.json to state.json.corrupt-"))
    #expect(try place.state.phase(of: "error_rate") == "firing")
    let aside = try #require(place.names.first { $0.hasPrefix("state.json.corrupt-") })
    #expect(try place.text(of: aside) == state.text)
    #expect(place.names.count == 5 && place.names.contains("state-history.jsonl"))
  }

  @Test("A folder or a pipe in its place exits with 4", arguments: [true, false])
  func noFile(isFolder: Bool) async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.good, to: "snapshot.json")
    if isFolder {
      mkdir(place.file("state.json"), 0o755)
    } else {
      mkfifo(place.file("state.json"), 0o600)
    }
    let run = try await place.run(Self.arguments + ["--snapshot", "snapshot.json"])
    #expect(run.code == 4)
    #expect(run.errorLines.count == 1)
    let kind = isFolder ? "a folder" : "a pipe or a device"
    #expect(run.errors.contains("cannot read the state file state.json: it is \(kind); name"))
  }

  @Test(
    "Another user's state exits with 4 and is kept", arguments: ["state.json", "state.json.lock"])
  func ofAnotherUser(file: String) async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    let first = try await place.run(Self.arguments + ["--snapshot", "snapshot.json"])
    #expect(first.code == 1)
    let before = try place.bytes(of: "state.json")
    try place.takeAway(file)
    let run = try await place.run(
      Self.arguments + ["--snapshot", "snapshot.json", "--quiet"], wrapper: Workplace.unprivileged)
    #expect(run.code == 4)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("permission denied; name a state file that this user may"))
    try place.takeBack(file)
    #expect(try place.bytes(of: "state.json") == before)
  }

  @Test("A state in a read-only folder exits with 4 and keeps its alerts")
  func folder() async throws {
    let place = try Workplace()
    let arguments = [
      "--config", "config.json", "--target-name", "api", "--snapshot", "snapshot.json",
      "--state", "kept/state.json", "--format", "json",
    ]
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    #expect(try await place.run(arguments).code == 1)
    let before = try place.bytes(of: "kept/state.json")
    place.makeReadOnly("kept")
    defer { place.makeWritable("kept") }
    try place.write(Given.good, to: "snapshot.json")
    let run = try await place.run(arguments, wrapper: Workplace.unprivileged)
    #expect(run.code == 4)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("cannot write kept/state.json: permission denied; name a state"))
    #expect(try run.report.transitions.map(\.to) == ["resolved"])
    #expect(try place.bytes(of: "kept/state.json") == before)
    #expect(
      place.names.filter { $0.hasPrefix("kept/") } == [
        "kept/state-history.jsonl", "kept/state.json", "kept/state.json.lock",
      ])
  }

  @Test(
    "A state larger than the limit on file sizes exits with 4",
    .disabled(if: isSanitized, "the thread sanitizer's own memory is a file"))
  func fileSizeLimit() async throws {
    let place = try Workplace()
    let rates = (100..<200).map { #""\#($0)": {"rate": 1}"# }.joined(separator: ",")
    try place.write(#"{"errors": {\#(rates)}}"#, to: "snapshot.json")
    try place.write(
      Given.firesAtOnce.replacing("errors.rate", with: "errors.*.rate"), to: "config.json")
    let run = try await place.run(
      Self.arguments + ["--snapshot", "snapshot.json", "--quiet"],
      wrapper: ["sh", "-c", #"ulimit -f 8; exec "$@""#, "sh"], output: .file("/dev/null"))
    #expect(run.code == 4)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("the file would exceed the size limit of this process"))
    #expect(
      place.names == ["config.json", "snapshot.json", "state-history.jsonl", "state.json.lock"])
  }

  @Test("A clock set back by an hour causes a warning and keeps firing alerts")
  func clockSetBack() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    let arguments = Self.arguments + ["--snapshot", "snapshot.json", "--at"]
    #expect(try await place.run(arguments + ["2026-02-25T12:00:00Z"]).code == 1)
    for _ in 1...2 {
      let run = try await place.run(arguments + ["2026-02-25T11:00:00Z", "--quiet"])
      #expect(run.code == 1)
      #expect(run.errors.hasPrefix("ops-alert-eval: warning: api: "))
      #expect(try place.state.phase(of: "error_rate") == "firing")
    }
    try place.write(Given.good, to: "snapshot.json")
    let run = try await place.run(arguments + ["2026-02-25T11:05:00Z"])
    #expect(run.code == 0)
    #expect(run.output.contains("RESOLVED  error_rate"))
  }
}
