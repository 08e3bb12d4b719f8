internal import Foundation
@testable import Reports

@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("A run that watches")
struct WatchRunTests {
  let folder: Folder
  let world = World()

  private static let bad = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":9}"#))
  private static let good = Result<HTTPResponse, HTTPFailure>.success(World.response(#"{"v":1}"#))
  private static let down = Result<HTTPResponse, HTTPFailure>.failure(.refused)
  private static let rules = """
    {"rules": [{"name": "r", "metric_path": "v", "comparison": "gt", "threshold": 5,
      "duration_minutes": 1}], "endpoint": {"duration_minutes": 5}}
    """

  init() throws {
    folder = try Folder()
    try folder.write(Self.rules, to: "c.json")
  }

  var base: String {
    "watch --config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/ops/metrics "
  }

  var samples: Int { world.memory.withLock { $0.requests.count } }

  /// The printed lines without their times.
  var words: [String] {
    world.output.split(separator: "\n").map { line in
      String(line.drop { $0 != " " }.dropFirst())
    }
  }

  @Test(
    "A journal has a first line, one line per change, and a last one; the code is the last sample's"
  )
  func journal() async {
    world.answer(inTurn: [Self.good, Self.bad, Self.bad, Self.bad, Self.down, Self.bad])
    #expect(await world.run(base + "--for 4m --interval 30s") == .alerts)
    #expect(samples == 9)
    let begins = words.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
    #expect(
      begins == [
        "WATCHING api.example: pass:", "PENDING api.example r", "FIRING api.example r",
        "NO EVIDENCE api.example", "PENDING api.example endpoint_down",
        "EVIDENCE BACK api.example", "CANCELLED api.example endpoint_down",
        "ENDED by --for,",
      ])
    // The sentence of a fetch that failed stands in the journal already.
    #expect(world.told.count == 1 && world.told[0].contains("this is the first run"))
  }

  @Test("No line of a journal is a command to a CI runner")
  func commands() async throws {
    try folder.write(
      Self.rules.replacing("\"v\"", with: "\"v.*\""), to: "c.json")
    world.answer(inTurn: [
      .success(World.response(###"{"v": {"##vso[task.setvariable]x": 9, "##[error]y": 9}}"###))
    ])
    #expect(await world.run(base + "--for 4m --interval 30s") == .alerts)
    let shown = world.output + world.told.joined(separator: "\n")
    #expect(shown.contains("PENDING"))
    #expect(!shown.contains("##vso[") && !shown.contains("##[error]"))
  }

  @Test("With --until-decided it ends as soon as nothing is pending")
  func untilDecided() async {
    world.answer(inTurn: [Self.bad])
    #expect(await world.run(base + "--until-decided --interval 20s") == .alerts)
    #expect(samples == 4)
    #expect(words.last?.hasPrefix("ENDED by --until-decided") == true)
    world.answer(inTurn: [Self.good])
    #expect(await world.run(base + "--until-decided", atMinute: 10) == .success)
  }

  @Test("A signal ends it with 0, even while an alert fires")
  func signal() async {
    world.answer(inTurn: [Self.bad])
    world.memory.withLock { memory in
      memory.onRequest = { [world] number in
        guard number == 8 else { return }
        world.memory.withLock { _ = $0.end?.yield() }
        await untilCancelled()
      }
    }
    #expect(await world.run(base + "--interval 30s") == .success)
    #expect(words.last?.hasPrefix("ENDED by a signal, after 3 m 30 s and 7 samples") == true)
    #expect(words.contains { $0.hasPrefix("FIRING") })
  }

  @Test("A mistake before the first sample is a usage error, and nothing is printed")
  func usage() async throws {
    try folder.write("{", to: "c.json")
    #expect(await world.run(base) == .usage)
    #expect(world.output.isEmpty && samples == 0)
    #expect(world.told.contains { $0.contains("error:") && !$0.contains("last valid") })
  }

  @Test("A configuration that becomes invalid is reported once, and the last valid one is used")
  func brokenConfiguration() async throws {
    world.answer(inTurn: [Self.bad])
    let file = folder.file("c.json")
    world.memory.withLock { memory in
      memory.onRequest = { number in
        let text = number == 2 ? "{" : number == 5 ? Self.rules : nil
        if let text { try? Data(text.utf8).write(to: URL(filePath: file)) }
      }
    }
    #expect(await world.run(base + "--for 4m --interval 30s") == .alerts)
    #expect(samples == 9 && words.contains { $0.hasPrefix("FIRING") })
    let said = world.told.filter { $0.contains("last valid configuration") }
    #expect(said.count == 2 && said[1].contains(" over: "))
  }

  @Test("A state that cannot be saved does not end it, is reported once, and shows in the code")
  func state() async throws {
    world.answer(inTurn: [Self.good])
    try FileManager.default.createDirectory(
      atPath: folder.file("s.json"), withIntermediateDirectories: false)
    let folder = folder
    #expect(await world.run(base + "--for 2m --interval 30s") == .state)
    #expect(world.told.count { $0.contains("error:") } == 1)
    world.memory.withLock { memory in
      memory.onRequest = { _ in }
    }
    try FileManager.default.removeItem(atPath: folder.file("s.json"))
    #expect(await world.run(base + "--for 2m --interval 30s", atMinute: 9) == .success)
  }

  @Test("There is a heartbeat every hour")
  func heartbeat() async {
    world.answer(inTurn: [Self.good])
    #expect(await world.run(base + "--for 3h --interval 10m") == .success)
    let beats = words.filter { $0.hasPrefix("HEARTBEAT") }
    #expect(beats.count == 3 || beats.count == 2)
    #expect(beats.allSatisfy { $0.contains(" samples since the last heartbeat") })
  }

  @Test("A closed pipe ends it with 4")
  func brokenPipe() async {
    world.answer(inTurn: [Self.good])
    world.memory.withLock { $0.isOutputBroken = true }
    #expect(await world.run(base) == .state)
    #expect(samples == 1)
  }

  @Test("A state is moved aside once, not with every sample")
  func resetState() async throws {
    world.answer(inTurn: [Self.good])
    try folder.write("rubbish", to: "s.json")
    #expect(await world.run(base + "--for 2m --interval 30s --reset-state") == .success)
    #expect(folder.names.count { $0.contains("corrupt") } == 1)
  }

  @Test("The requested report is that of the last sample")
  func output() async throws {
    world.answer(inTurn: [Self.good, Self.good, Self.bad])
    _ = await world.run(base + "--for 1m --interval 30s --output \(folder.file("r.json"))")
    #expect(try folder.read("r.json").contains("\"pending\""))
  }

  @Test("In a terminal, it draws, samples on request, and restores the screen on q")
  func terminal() async throws {
    world.answer(inTurn: [Self.good])
    let seen = "a snapshot was read"
    let terminal = ScriptedTerminal([
      (seen, "p"), ("PAUSED", "?"), ("any key closes it", "x"), (seen, "r"), ("sampling…", "z"),
      ("no samples", "q"),
    ])
    world.memory.withLock { $0.terminal = terminal }
    let code = await world.run(base + "--interval 1h")
    #expect(code == .success)
    #expect(terminal.isClosed && terminal.isPlayed)
    #expect(words.count == 1 && words[0].hasPrefix("ENDED by q"))
    #expect(world.told.isEmpty)
  }
}

/// A terminal that presses each key as soon as a text appears.
private final class ScriptedTerminal: WatchTerminal {
  let isBehind = false
  private struct State {
    var script: ArraySlice<(String, Unicode.Scalar)>
    var isClosed = false
  }

  private let state: Mutex<State>
  private let events: AsyncStream<TerminalEvent>
  private let feed: AsyncStream<TerminalEvent>.Continuation

  init(_ script: [(String, Unicode.Scalar)]) {
    state = Mutex(State(script: script[...]))
    (events, feed) = AsyncStream.makeStream()
  }

  var isClosed: Bool { state.withLock(\.isClosed) }
  var isPlayed: Bool { state.withLock(\.script.isEmpty) }

  func open() -> AsyncStream<TerminalEvent> { events }
  var size: ScreenSize { ScreenSize(columns: 80, rows: 24) }
  func write(_ bytes: [UInt8]) -> Bool {
    let key = state.withLock { state -> Unicode.Scalar? in
      guard let (text, key) = state.script.first,
        String(decoding: bytes, as: UTF8.self).contains(text)
      else { return nil }
      state.script.removeFirst()
      return key
    }
    if let key { feed.yield(.key(key)) }
    return true
  }
  func suspend() {}
  func resume() {}
  func close() { state.withLock { $0.isClosed = true } }
}
