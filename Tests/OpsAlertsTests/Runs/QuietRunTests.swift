internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("What --quiet prints")
struct QuietRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.setUpReceivers()
    try configure()
  }

  private func configure(receivers: [String] = [], reminderHours: Double = 4) throws {
    try folder.write(
      """
      {"rules": [\(World.rule("a")), \(World.rule("b", more: #", "on_missing": "hold""#))],
       "receivers": [\(receivers.joined(separator: ", "))],
       "notifications": {"reminder_hours": \(reminderHours)}}
      """.replacing("\"receivers\": [],", with: ""), to: "c.json")
  }

  private enum Seen {
    case nothing
    /// Standard output, standard error, or both have this.
    case output(String), error(String)
  }

  /// Runs with `--quiet` at a minute, and checks what was printed.
  private func run(_ minute: Double, _ options: String = "", prints seen: Seen) async {
    let line =
      "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 --quiet "
      + "--metrics-url https://api.example/m \(options)"
    _ = await world.run(line, atMinute: minute)
    let told = world.told.joined(separator: "\n")
    switch seen {
    case .nothing:
      #expect(world.output.isEmpty && told.isEmpty, "\(minute): \(world.output)\(told)")
    case .output(let text): #expect(world.output.contains(text), "\(minute): \(world.output)")
    case .error(let text): #expect(told.contains(text), "\(minute): \(told)")
    }
  }

  private static let good = #"{"a": 1, "b": 1}"#
  private static let bad = #"{"a": 9, "b": 1}"#

  @Test("An alert is printed when it changes, and again after each reminder interval")
  func alerts() async {
    world.answer(Self.good)
    await run(0, prints: .nothing)
    world.answer(Self.bad)
    await run(2, prints: .output("FIRING  a"))
    for minute in [4.0, 6, 60, 241] { await run(minute, prints: .nothing) }
    await run(242, prints: .output("FIRING  a"))
    await run(244, prints: .nothing)
    world.answer(#"{"a": 9, "b": 9}"#)
    await run(246, prints: .output("FIRING  b"))
    // Everything was printed then, so nothing is due before the interval has passed again.
    await run(485, prints: .nothing)
    await run(486, prints: .output("FIRING  a"))
    world.answer(Self.good)
    await run(488, prints: .output("RESOLVED  a"))
    await run(490, prints: .nothing)
  }

  @Test("A report that cannot be written is an error once", arguments: ["--output", "--html"])
  func report(option: String) async {
    let options = "\(option) \(folder.file("c.json"))/report"
    world.answer(Self.good)
    await run(0, options, prints: .error("cannot write"))
    #expect(world.told.count == 1)
    for minute in [2.0, 4] { await run(minute, options, prints: .nothing) }
    await run(240, options, prints: .error("cannot write"))
  }

  @Test("A receiver that is not set up is said to be so once, whether or not the run delivers")
  func neverSetUp() async throws {
    try configure(receivers: [#"{"name": "pager", "type": "webhook", "url_env": "UNSET"}"#])
    world.answer(Self.bad)
    for options in ["--no-deliver", "--deliver"] {
      try? FileManager.default.removeItem(atPath: folder.file("s.json"))
      await run(0, options, prints: .output("skipped: the receiver is not set up"))
      #expect(world.output.split(separator: "NOT NOTIFIED").count == 2, "\(world.output)")
      await run(2, options, prints: .nothing)
    }
  }

  @Test("Without reminders, an alert that persists is not printed again")
  func withoutReminders() async throws {
    try configure(reminderHours: 0)
    world.answer(Self.bad)
    await run(0, prints: .output("FIRING  a"))
    for minute in [10.0, 1_000, 100_000] { await run(minute, prints: .nothing) }
  }

  @Test("An error is printed when it is new, again after each interval, and when it comes back")
  func errors() async {
    world.answer(Self.good)
    await run(0, prints: .nothing)
    world.fail(.refused)
    await run(2, prints: .error("api.example"))
    for minute in [4.0, 6, 8] { await run(minute, prints: .nothing) }
    world.answer(Self.good)
    await run(10, prints: .output("CANCELLED"))
    world.fail(.refused)
    await run(12, prints: .error("api.example"))
    await run(14, prints: .nothing)
    await run(12 + 241, prints: .error("api.example"))
  }

  @Test("A rule that loses its value is printed once")
  func unknown() async {
    world.answer(Self.good)
    await run(0, prints: .nothing)
    world.answer(#"{"a": 1}"#)
    await run(2, prints: .output("UNKNOWN"))
    await run(4, prints: .nothing)
  }

  @Test("A clock that was ahead and is right again silences nothing")
  func clock() async {
    world.answer(Self.bad)
    await run(100_000, prints: .output("FIRING  a"))
    await run(2, prints: .output("a"))
  }

  @Test("A skipped receiver is noted once, and again after it has been set up in between")
  func skipped() async throws {
    try configure(receivers: [World.hook])
    world.answer(Self.good)
    world.set("HOOK", nil)
    await run(0, prints: .error("receiver hook is skipped"))
    await run(2, prints: .nothing)
    world.set("HOOK", "https://hook.example/")
    await run(4, prints: .nothing)
    world.set("HOOK", nil)
    await run(6, prints: .error("receiver hook is skipped"))
    await run(8, prints: .nothing)
  }

  @Test("A refused notification is an error until it is dismissed, printed at the same intervals")
  func deadLetter() async throws {
    try configure(receivers: [World.hook])
    world.answer("no", status: 400, from: "hook.example")
    world.answer(Self.bad)
    await run(0, prints: .error("refused 1 notification"))
    await run(2, prints: .nothing)
    await run(241, prints: .error("refused"))
  }

  @Test("Without a state, every run is the first one")
  func withoutState() async {
    world.answer(Self.bad)
    let line =
      "--config \(folder.file("c.json")) --no-state --quiet --metrics-url https://api.example/m"
    for minute in [0.0, 2] {
      _ = await world.run(line, atMinute: minute)
      #expect(world.output.contains("FIRING  a"))
    }
  }

  @Test("A mistake in the configuration is printed in every run")
  func mistake() async throws {
    try folder.write("{", to: "c.json")
    for minute in [0.0, 2] { await run(minute, prints: .error("this is not JSON")) }
  }

  @Test("A confirming run is just as quiet")
  func confirming() async {
    world.answer(Self.bad)
    await run(0, "--confirm", prints: .output("FIRING  a"))
    await run(2, "--confirm", prints: .nothing)
    world.fail(.refused)
    await run(4, "--confirm --interval 10s --confirm-for 30s", prints: .error("api.example"))
    await run(6, "--confirm --interval 10s --confirm-for 30s", prints: .nothing)
  }
}
