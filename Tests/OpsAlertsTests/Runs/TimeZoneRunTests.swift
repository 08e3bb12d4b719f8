internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Runs in a time zone")
struct TimeZoneRunTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    world.answer(#"{"a": 9}"#)
    try configure("")
  }

  private func configure(_ notifications: String) throws {
    try folder.write(
      "{\"rules\": [\(World.rule("a"))], \"notifications\": {\(notifications)}}", to: "c.json")
  }

  /// Runs at 2026-11-18 UTC with a state of its own, and returns standard output.
  private func output(_ options: String, tz: String? = nil, state: String = "s.json") async
    -> String
  {
    world.set("TZ", tz)
    _ = await world.run(
      "--config \(folder.file("c.json")) --state \(folder.file(state)) --retries 0 "
        + "--metrics-url https://api.example/m \(options)")
    return world.output
  }

  @Test(
    "The option takes precedence over the configuration, and that over TZ",
    arguments: [
      ("", "", nil, "UTC"),
      ("", "", "Europe/Berlin", "UTC+1"),
      ("", "", ":Europe/Berlin", "UTC+1"),
      ("", "", "nonsense", "UTC"),
      ("", "", "", "UTC"),
      ("", "\"time_zone\": \"Asia/Kolkata\"", "Europe/Berlin", "UTC+5:30"),
      (
        "--time-zone America/St_Johns", "\"time_zone\": \"Asia/Kolkata\"", "Europe/Berlin",
        "UTC-3:30"
      ),
      ("--time-zone UTC", "\"time_zone\": \"Asia/Kolkata\"", "Europe/Berlin", "UTC"),
    ] as [(String, String, String?, String)])
  func precedence(option: String, key: String, tz: String?, label: String) async throws {
    try configure(key)
    let output = await output(option, tz: tz)
    let times = output.matches(of: /\d\d:\d\d (UTC[-+:0-9]*)/).map { String($0.output.1) }
    #expect(times.count >= 3 && times.allSatisfy { $0 == label }, "\(output)")
  }

  @Test("JSON, the state and what receivers get as data are the same in every zone")
  func programs() async throws {
    world.setUpWebhook()
    var seen: Set<[String]> = []
    for (place, tz) in ["UTC", "Asia/Kolkata", "America/New_York"].enumerated() {
      world.memory.withLock { $0.requests = [] }
      let output = await output("--format json", tz: tz, state: "s\(place).json")
      let bodies = world.memory.withLock(\.requests).filter { $0.url.host == "hook.example" }
        .map { String(decoding: $0.body, as: UTF8.self) }
      let fields = bodies.joined().matches(of: /"(?:startsAt|active_at|fired_at)": *"([^"]+)"/)
        .map { String($0.output.1) }
      #expect(!fields.isEmpty)
      seen.insert([output, try folder.read("s\(place).json")] + fields)
    }
    #expect(seen.count == 1)
  }

  @Test("A zone that does not exist is a mistake, in the option and in the configuration")
  func mistakes() async throws {
    #expect(await world.run("--time-zone Mars/Olympus") == .usage)
    #expect(world.told.joined().contains("such as Europe/Berlin or UTC, found \"Mars/Olympus\""))
    try configure("\"time_zone\": \"Mars/Olympus\"")
    #expect(await world.run("check --config \(folder.file("c.json"))") == .usage)
    #expect(
      world.told.joined().contains("time_zone: this machine has no time zone \"Mars/Olympus\""))
    try configure("\"time_zone\": \"../etc/passwd\"")
    #expect(await world.run("check --config \(folder.file("c.json"))") == .usage)
    #expect(world.told.joined().contains("expected the name of a time zone"))
  }

  @Test("The page names its zone, and its days begin there")
  func page() async throws {
    _ = await output("--html \(folder.file("p.html"))", tz: "Asia/Kolkata")
    let page = try folder.read("p.html")
    #expect(page.contains("All times are in Asia/Kolkata."))
    #expect(!page.contains(" UTC<") && !page.contains(" UTC:"))
  }
}
