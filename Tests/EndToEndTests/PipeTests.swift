internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Pipes, owners and odd names", .promptly, .inTurn)
struct PipeTests {
  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.good, to: "good.json")
    try #require(mkfifo(place.file("pipe"), 0o600) == 0)
    return place
  }

  private let patience = ["timeout", "120"]

  @Test(
    "A pipe that nobody writes to, or without end, ends the run at its deadline, with one message",
    arguments: [
      ["--no-state", "--snapshot", "pipe", "--deadline", "1s"],
      [
        "--no-state", "--metrics-url", "http://127.0.0.1:9/", "--bearer-token-file", "pipe",
        "--deadline", "1s",
      ],
      [
        "--state", "s.json", "--snapshot", "good.json", "--deliver", "--deadline", "1s",
        "--config", "receiver.json",
      ],
      ["notify-test", "--deadline", "1s", "--config", "receiver.json"],
    ], [true, false])
  func noEnd(arguments: [String], hasWriter: Bool) async throws {
    let place = try place()
    let receiver = #""receivers": [{"name": "w", "type": "webhook", "url_file": "pipe"}], "rules""#
    try place.write(
      Given.firesAtOnce.replacing("\"rules\"", with: receiver), to: "receiver.json")
    let configuration = arguments.contains("--config") ? [] : ["--config", "config.json"]
    let writer = ["sh", "-c", "{ printf '{'; sleep 9; } >pipe 2>&1 & exec \"$@\"", "sh"]
    let run = try await place.run(
      arguments + configuration, wrapper: patience + (hasWriter ? writer : []))
    #expect(run.code == 2)
    #expect(run.errorLines.count == 1)
    #expect(
      run.errors.contains(
        hasWriter ? "its writer did not finish in time" : "it is a FIFO without a writer"))
    #expect(run.took < .seconds(8))
  }

  @Test("A pipe that something writes to is read to its end", arguments: ["snapshot", "recording"])
  func writer(kind: String) async throws {
    let place = try place()
    let recorded =
      #"{"observed_at": "2026-01-01T00:00:00Z", "target": "a", "snapshot": \#(Given.good)}"#
    try place.write(kind == "snapshot" ? Given.good : recorded, to: "text")
    let arguments =
      kind == "snapshot"
      ? ["--config", "config.json", "--no-state", "--snapshot", "pipe"]
      : ["replay", "--config", "config.json", "pipe"]
    let run = try await place.run(
      arguments, wrapper: patience + ["sh", "-c", "cat text >pipe & exec \"$@\"", "sh"])
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test("A recording into a pipe that nobody reads is an error, and nothing waits")
  func noReader() async throws {
    let run = try await place().run(
      ["--config", "config.json", "--no-state", "--snapshot", "good.json", "--record", "pipe"],
      wrapper: patience)
    #expect(run.code == 4)
    #expect(run.errors.contains("cannot record to pipe: it has no reader"))
  }

  @Test(
    "A recording that root creates belongs to the owner of its folder",
    .enabled(if: geteuid() == 0, "only root can give files away: run as root"))
  func owner() async throws {
    let place = try place()
    try FileManager.default.createDirectory(
      atPath: place.file("theirs"), withIntermediateDirectories: true)
    try #require(chown(place.file("theirs"), 48_211, 48_211) == 0)
    let run = try await place.run([
      "--config", "config.json", "--snapshot", "good.json", "--state", "theirs/state.json",
      "--record", "theirs/recording.jsonl",
    ])
    #expect(run.code == 0)
    for name in ["state.json", "state.json.lock", "recording.jsonl"] {
      var status = stat()
      try #require(lstat(place.file("theirs/\(name)"), &status) == 0)
      #expect(status.st_uid == 48_211 && status.st_gid == 48_211, "\(name)")
    }
  }

  @Test("A name that is not UTF-8 is refused, not turned into another one")
  func names() async throws {
    let place = try place()
    // The shell writes the byte, since no Swift string can hold it.
    let argument = try await place.run(
      ["--config", "config.json", "--snapshot", "good.json", "--state"],
      wrapper: ["sh", "-c", "exec \"$@\" \"$(printf 's\\377.json')\"", "sh"])
    #expect(argument.code == 2)
    #expect(argument.errors.contains("argument") && argument.errors.contains("is not UTF-8"))
    let link = try await place.run(
      [
        "--config", "config.json", "--snapshot", "good.json", "--no-state", "--output", "link.json",
      ],
      wrapper: ["sh", "-c", "ln -s \"$(printf 't\\377.json')\" link.json; exec \"$@\"", "sh"])
    #expect(link.code == 4)
    #expect(link.errors.contains("is not UTF-8"))
    #expect(place.names == ["config.json", "good.json", "link.json", "pipe"])
  }
}
