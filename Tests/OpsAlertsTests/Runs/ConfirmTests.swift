@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("A run that confirms pending alerts")
struct ConfirmTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    try configure(Self.rule(#""duration_minutes": 10"#))
  }

  func configure(_ rules: String...) throws {
    try folder.write(
      #"{"rules": [\#(rules.joined(separator: ","))], "endpoint": {"duration_minutes": 5}}"#,
      to: "c.json")
  }

  /// A rule for the value that is `good` or `bad`.
  private static func rule(_ keys: String, named name: String = "r") -> String {
    #"{"name": "\#(name)", "metric_path": "v", "comparison": "gt", "threshold": 5, \#(keys)}"#
  }

  var base: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 --confirm "
      + "--metrics-url https://api.example/ops/metrics "
  }

  private static let bad = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":9}"#))
  private static let good = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":1}"#))
  private static let down = Result<HTTPResponse, HTTPFailure>.failure(.refused)

  var samples: Int { world.memory.withLock { $0.requests.count } }

  func alert(_ rule: String = "r") throws -> Alert? {
    try StateFile.read(folder.file("s.json"))?.targets["api.example"]?.alerts[AlertKey(rule: rule)]
  }

  @Test("A duration of ten minutes is decided in one run, to the millisecond")
  func fires() async throws {
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base) == .alerts)
    // The first sample and one every 30 s for 10 minutes.
    #expect(samples == 21)
    let episode = try #require(try alert()?.phase.episode)
    #expect(episode.firedAt - World.begin == .minutes(10))
    #expect(world.output.contains("FIRING") && world.output.contains("fires now"))
  }

  @Test("The report has the transitions of all samples: pending, then firing")
  func transitions() async throws {
    world.answer(inTurn: [Self.bad])
    _ = await world.run(base + "--format json")
    let places = ["\"to\": \"pending\"", "\"to\": \"firing\""].map {
      world.output.range(of: $0)?.lowerBound
    }
    let (pending, firing) = (try #require(places[0]), try #require(places[1]))
    #expect(pending < firing)
  }

  @Test("One good sample also decides a pending alert")
  func goesBack() async throws {
    world.answer(inTurn: [Self.bad, Self.bad, Self.bad, Self.good])
    #expect(await world.run(base) == .success)
    #expect(samples == 4)
    #expect(try alert()?.phase.kind == .inactive)
  }

  @Test("A healthy run takes one sample and does not mention confirming")
  func healthy() async {
    world.answer(inTurn: [Self.good])
    #expect(await world.run(base) == .success)
    #expect(samples == 1)
    #expect(world.told.allSatisfy { !$0.contains("confirm") })
  }

  @Test("Samples follow --interval, and one is taken at the moment that decides")
  func interval() async throws {
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--interval 6m") == .alerts)
    // At 0, 6 and 10 minutes: the third is due at 12, but 10 is what decides.
    #expect(samples == 3)
    #expect(try alert()?.phase.episode?.firedAt == World.begin + .minutes(10))
  }

  @Test("A run does not wait for a rule that cannot be decided in time, which stays pending")
  func tooLong() async throws {
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--confirm-for 9m") == .success)
    #expect(samples == 1)
    #expect(try alert()?.phase.kind == .pending)
    #expect(
      world.told.contains {
        $0.contains("r stays undecided: cannot be decided within --confirm-for 9 m")
      })
  }

  @Test(
    "A rule as long as the limit, or that fires between the last points of the grid, is decided",
    arguments: [("10m", "30s", 21), ("11m", "4m", 4), ("12m", "7m", 3), ("10m", "20m", 2)])
  func atTheEnd(limit: String, interval: String, count: Int) async throws {
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--confirm-for \(limit) --interval \(interval)") == .alerts)
    #expect(samples == count)
    #expect(try alert()?.phase.episode?.firedAt == World.begin + .minutes(10))
  }

  @Test("Samples further apart than max_gap also decide")
  func sparse() async throws {
    try configure(Self.rule(#""duration_minutes": 10, "max_gap_minutes": 2"#))
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--interval 5m") == .alerts)
    #expect(samples == 3)
    #expect(try alert()?.phase.episode?.firedAt == World.begin + .minutes(10))
  }

  @Test("A run waits for a recovery that can be decided in time")
  func recovery() async throws {
    try configure(Self.rule(#""duration_minutes": 0, "recovery_minutes": 4"#))
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--interval 1m") == .alerts)
    world.answer(inTurn: [Self.good])
    #expect(await world.run(base + "--interval 1m", atMinute: 1) == .success)
    #expect(samples == 6)
    #expect(try alert()?.phase.kind == .inactive)
  }

  @Test("A state is moved aside once, not before every sample")
  func resetState() async throws {
    try folder.write("no state", to: "s.json")
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--reset-state") == .alerts)
    #expect(folder.names.count { $0.contains("corrupt") } == 1)
  }

  @Test(
    "A file that cannot be written exits with 4, and everything is still decided",
    arguments: ["--output", "--record"])
  func unwritable(option: String) async throws {
    world.answer(inTurn: [Self.bad])
    try folder.write("", to: "file")
    #expect(await world.run(base + "\(option) \(folder.file("file/x.json"))") == .state)
    #expect(try alert()?.phase.kind == .firing)
    #expect(world.told.allSatisfy { !$0.contains("stays pending") })
  }

  @Test("Editing the configuration during a run does not end it")
  func editedMeanwhile() async throws {
    world.answer(inTurn: [Self.bad])
    world.memory.withLock { memory in
      memory.onRequest = { [path = folder.file("c.json")] number in
        if number == 2 { try? Data("{".utf8).write(to: URL(filePath: path)) }
      }
    }
    #expect(await world.run(base) == .alerts)
  }

  @Test("A signal before the first evaluation is not evidence, and leaves no trace")
  func signalAtOnce() async throws {
    world.answer(inTurn: [Self.bad])
    world.memory.withLock { memory in
      memory.onRequest = { [world] _ in
        world.memory.withLock(\.end)?.yield()
        await untilCancelled()
      }
    }
    #expect(await world.run(base) == .noEvidence)
    #expect(try alert() == nil)
    #expect(world.output.contains("nothing was evaluated · 2026-11-18"))
  }

  @Test(
    "An alert that ended in an earlier sample does not hide the current state",
    arguments: ["text", "markdown", "github", "json"])
  func endedAndBlind(format: String) async throws {
    try configure(
      #"{"name": "a", "metric_path": "a", "comparison": "gt", "threshold": 5, "duration_minutes": 0, "on_missing": "hold"}"#,
      Self.rule(#""duration_minutes": 1"#)
    )
    world.answer(
      inTurn: [#"{"a":9,"v":9}"#, #"{"a":1,"v":9}"#, #"{"v":1}"#].map {
        .success(World.response($0))
      })
    #expect(await world.run(base + "--format \(format)") == .success)
    switch format {
    case "json": #expect(world.output.contains(#""unknown_checks": 1"#))
    case "github": #expect(world.output.contains("::warning title=UNKNOWN a on"))
    default: #expect(world.output.contains("UNKNOWN") && !world.output.contains("RESOLVED"))
    }
  }

  @Test("A longer rule does not keep a shorter one from being decided")
  func twoRules() async throws {
    try configure(
      Self.rule(#""duration_minutes": 2"#),
      Self.rule(#""duration_minutes": 60"#, named: "slow")
    )
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base) == .alerts)
    #expect(samples == 5)
    #expect(try alert("slow")?.phase.kind == .pending)
  }

  @Test("Three samples in a row without evidence end the wait")
  func unknown() async throws {
    world.answer(inTurn: [Self.bad, .success(World.response(#"{"v":"x"}"#))])
    try configure(Self.rule(#""duration_minutes": 10, "on_missing": "hold""#))
    _ = await world.run(base)
    #expect(samples == 4)
    #expect(try alert()?.phase.kind == .pending)
    #expect(world.told.contains { $0.contains("no evidence in 3 samples in a row") })
  }

  @Test("An endpoint that goes down is confirmed as endpoint_down")
  func endpointDown() async throws {
    world.answer(inTurn: [Self.bad, Self.down])
    #expect(await world.run(base) == .alerts)
    // Bad for endpoint_down from the second sample on, for five minutes.
    #expect(samples == 12)
    #expect(try alert()?.phase.kind == .pending)
    let down = try #require(try alert("endpoint_down")?.phase.episode)
    #expect(down.firedAt == World.begin + .seconds(330))
  }

  @Test("The lock is free between two samples, and the state is saved")
  func lock() async throws {
    world.answer(inTurn: [Self.bad])
    let seen = Mutex<[Bool]>([])
    let state = folder.file("s.json")
    world.memory.withLock { memory in
      memory.onRequest = { number in
        // The sample under way holds it; the one before has saved.
        let count = (try? StateFile.read(state))??.targets["api.example"]?
          .alerts[AlertKey(rule: "r")]?.phase.breach?.evidence.count
        seen.withLock { $0.append((count ?? 0) == number - 1) }
      }
    }
    _ = await world.run(base + "--confirm-for 11m")
    #expect(seen.withLock { $0.count == 21 && $0.allSatisfy(\.self) })
    let lock = try StateFile.lock(state, timeout: .zero).get()
    _ = lock
  }

  @Test("A signal ends the run cleanly: the current sample is not evaluated, earlier ones are kept")
  func signal() async throws {
    world.answer(inTurn: [Self.bad])
    world.memory.withLock { memory in
      memory.onRequest = { [world] number in
        guard number == 3 else { return }
        world.memory.withLock(\.end)?.yield()
        // A separate task receives it.
        await untilCancelled()
      }
    }
    #expect(await world.run(base) == .success)
    #expect(samples == 3)
    #expect(try alert()?.phase.breach?.evidence.count == 2)
    #expect(world.output.hasPrefix("PENDING"))
  }

  @Test("A progress line names the pending check and the time left")
  func progress() async {
    world.answer(inTurn: [Self.bad, Self.bad, Self.good])
    _ = await world.run(base)
    let lines = world.told.filter { $0.contains("confirming") }
    #expect(lines.count == 2)
    #expect(
      lines.first?.contains("at most 20 m left: api.example: r 9 (limit > 5), fires at") == true)
    #expect(lines.last?.contains("19 m 30 s left") == true, "\(lines)")
    #expect(await world.run(base + "--quiet") == .success)
    #expect(world.told.allSatisfy { !$0.contains("confirming") })
  }

  @Test("A line of progress names the alert that fires first, whatever the order of the rules")
  func firstToFire() async throws {
    try configure(
      Self.rule(#""duration_minutes": 15"#, named: "late"),
      Self.rule(#""duration_minutes": 10"#, named: "soon")
    )
    world.answer(inTurn: [Self.bad, Self.good])
    _ = await world.run(base)
    let line = try #require(world.told.first { $0.contains("confirming") })
    #expect(line.contains("api.example: soon 9") && line.contains("1 more"), "\(line)")
  }
}
