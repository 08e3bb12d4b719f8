internal import TestSupport
internal import Testing

@Suite("Redirections by a shell", .promptly, .inTurn)
struct RedirectTests {
  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    return place
  }

  @Test(
    "A file at standard input is not overwritten",
    arguments: [
      ["replay", "-", "--config", "config.json", "--output", "snapshot.json"],
      ["replay", "-", "--config", "config.json", "--output", "new/../snapshot.json"],
      [
        "evaluate", "--no-state", "--config", "config.json", "--snapshot", "-", "--html",
        "snapshot.json",
      ],
    ])
  func input(arguments: [String]) async throws {
    let place = try place()
    let run = try await place.run(arguments, input: place.file("snapshot.json"))
    #expect(run.code == 2)
    #expect(run.errors.contains("the same file: "))
    #expect(try place.text(of: "snapshot.json") == Given.bad)
  }

  @Test("A file at standard output is written to, not replaced")
  func output() async throws {
    let place = try place()
    try place.write("", to: "log")
    let run = try await place.run(
      [
        "evaluate", "--no-state", "--config", "config.json", "--snapshot", "snapshot.json",
        "--output", "/dev/stdout",
      ], output: .file(place.file("log")))
    #expect(run.code == 1)
    // The report of --output, followed by that of --format.
    let text = try place.text(of: "log")
    #expect(text.hasPrefix("{") && text.contains("}\nFIRING"))
  }
}
