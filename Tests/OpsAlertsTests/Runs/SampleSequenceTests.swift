@testable import AlertEngine
internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("Consecutive samples of one run")
struct SampleSequenceTests {
  let folder: Folder
  let world = World()

  init() throws {
    folder = try Folder()
    // One rule fires at once, the other keeps the run sampling: at 0, 30 and 60 s.
    let rules = [("fast", 0), ("slow", 1)].map {
      World.rule($0, minutes: $1, more: #", "min_request_count": 1"#)
    }
    try folder.write("{\"rules\": [\(rules.joined(separator: ", "))]}", to: "c.json")
    world.setUpWebhook()
  }

  private var options: String {
    "--config \(folder.file("c.json")) --state \(folder.file("s.json")) --retries 0 "
      + "--metrics-url https://api.example/m --interval 30s --deadline 1h "
  }

  private static func sample(_ fast: Int, _ slow: Int) -> Result<HTTPResponse, HTTPFailure> {
    .success(World.response(#"{"fast": \#(fast), "slow": \#(slow)}"#))
  }

  /// Calls back with the number of each request to a host, before the response.
  private func onRequest(
    to host: String, _ act: @escaping @Sendable (_ number: Int) async -> Void
  ) {
    world.memory.withLock { memory in
      memory.onRequest = { [world] number in
        let hosts = world.memory.withLock { $0.requests.prefix(number).map(\.url.host) }
        guard hosts.last == host else { return }
        await act(hosts.count { $0 == host })
      }
    }
  }

  // MARK: - From sample to sample

  private static let whenARecordingFails: [(failing: Set<Int>, code: ExitCode)] = [
    ([], .success), ([1], .state), ([2], .state), ([3], .state), ([1, 2, 3], .state),
  ]

  @Test(
    "A recording that failed in any sample makes the run exit with 4",
    arguments: whenARecordingFails.indices)
  func recording(row: Int) async throws {
    let (failing, code) = Self.whenARecordingFails[row]
    let place = folder.file("records")
    world.answer(inTurn: [Self.sample(1, 9), Self.sample(1, 9), Self.sample(1, 1)])
    onRequest(to: "api.example") { number in
      // A file in the folder's place makes the recording fail.
      try? FileManager.default.removeItem(atPath: place)
      if failing.contains(number) { try? Data().write(to: URL(filePath: place)) }
    }
    let line = options + "--confirm --record \(place)/r.jsonl"
    #expect(await world.run(line) == code)
    #expect(world.count("api.example") == 3)
  }

  @Test("Only the last sample decides whether the run exits with 3")
  func recoveredEvidence() async {
    world.answer(inTurn: [Self.sample(1, 9), .failure(.refused), Self.sample(1, 1)])
    #expect(await world.run(options + "--confirm") == .success)
    #expect(world.count("api.example") == 3)
    world.answer(inTurn: [Self.sample(1, 9), .failure(.refused)])
    #expect(await world.run(options + "--confirm --confirm-for 1m", atMinute: 60) == .noEvidence)
  }

  @Test("A receiver that recovers within the run is notified once and causes no exit code 5")
  func recoveredReceiver() async throws {
    world.answer(inTurn: [Self.sample(9, 9), Self.sample(9, 9), Self.sample(9, 1)])
    world.answer(
      inTurn: [.success(World.response("gone", status: 404)), .success(World.response("ok"))],
      from: "hook.example")
    let line = options + "--confirm --fail-on never --format json"
    #expect(await world.run(line) == .success)
    #expect(try notifications() == ["fast firing delivered"])
    #expect(world.count("hook.example") == 2)
  }

  @Test("The final report includes notifications from earlier samples")
  func notificationsStay() async throws {
    world.answer(inTurn: [Self.sample(9, 9), Self.sample(1, 9), Self.sample(1, 1)])
    #expect(await world.run(options + "--confirm --format json") == .success)
    #expect(try notifications() == ["fast firing delivered", "fast resolved delivered"])
  }

  /// `NAME EVENT OUTCOME` of each notification of the report.
  private func notifications() throws -> [String] {
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let list = try #require(report["notifications"] as? [[String: Any]])
    return list.map { one in
      ["name", "event", "outcome"].map { one[$0] as? String ?? "?" }.joined(separator: " ")
    }
  }

  @Test(
    "A usage error in a later sample exits with 4 and keeps the report of the sample before")
  func laterMistake() async throws {
    let token = try folder.write("a-t0ken", to: "token")
    world.answer(inTurn: [Self.sample(1, 9)])
    onRequest(to: "api.example") { _ in try? FileManager.default.removeItem(atPath: token) }
    let line = options + "--confirm --bearer-token-file \(token)"
    #expect(await world.run(line) == .state)
    #expect(world.count("api.example") == 1)
    #expect(world.output.hasPrefix("PENDING"))
  }

  @Test("A warning that every sample repeats is printed once")
  func saidOnce() async {
    world.answer(inTurn: [Self.sample(1, 9), Self.sample(1, 9), Self.sample(1, 1)])
    #expect(await world.run(options + "--confirm") == .success)
    #expect(world.count("api.example") == 3)
    #expect(world.told.count { $0.contains("min_request_count") } == 1)
  }

  // MARK: - A state lost between samples

  @Test(
    "A state that disappears between two samples is an error, not a first run",
    arguments: ["--confirm", "watch --for 1m"], [nil, RunState().encoded()])
  func lost(command: String, silenced: [UInt8]?) async throws {
    world.answer(inTurn: [Self.sample(1, 9)])
    let state = folder.file("s.json")
    let isGone = Mutex(false)
    world.memory.withLock { memory in
      memory.onSleep = {
        let isFirst = isGone.withLock { isGone in
          defer { isGone = true }
          return !isGone
        }
        guard isFirst else { return }
        try? FileManager.default.removeItem(atPath: state)
        // As somebody leaves it who adds a silence then.
        if let silenced { try? Data(silenced).write(to: URL(filePath: state)) }
      }
    }
    let parts = command.split(separator: " ", maxSplits: 1).map(String.init)
    let isWatch = parts[0] == "watch"
    let line = isWatch ? "watch \(options)\(parts[1])" : options + command
    _ = await world.run(line + " --output \(folder.file("r.json"))")
    let lines = world.told.filter { $0.contains("s.json") && !$0.contains("over:") }
    #expect(lines.count { $0.contains("error:") } == 1, "\(lines)")
    // Evidence restarts with the second sample, so a fourth one is needed.
    if !isWatch { #expect(world.count("api.example") == 4) }
  }

  @Test("The report names the state that was lost")
  func lossIsReported() async throws {
    world.answer(inTurn: [Self.sample(1, 9), Self.sample(1, 1)])
    let state = folder.file("s.json")
    world.memory.withLock { memory in
      memory.onSleep = { try? FileManager.default.removeItem(atPath: state) }
    }
    #expect(await world.run(options + "--confirm --format json") == .success)
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(world.output.utf8)) as? [String: Any])
    let errors = try #require(report["errors"] as? [String])
    #expect(errors.count == 1 && errors[0].contains("s.json"))
  }

  // MARK: - The end

  @Test("A signal during delivery interrupts no request: results are delivered and saved")
  func signalWhileDelivering() async throws {
    world.answer(inTurn: [Self.sample(9, 9)])
    let isCut = Mutex<Bool?>(nil)
    onRequest(to: "hook.example") { [world] _ in
      let before = world.told.count
      world.memory.withLock { memory in
        _ = memory.end?.yield()
        _ = memory.end?.yield()
      }
      // Once the second signal is seen, the first has taken effect.
      for _ in 0..<1_000_000 where world.told.count < before + 2 { await Task.yield() }
      isCut.withLock { $0 = Task.isCancelled }
    }
    #expect(await world.run(options + "--confirm") == .alerts)
    #expect(isCut.withLock(\.self) == false)
    #expect(world.count("api.example") == 1)
    let queue = try #require(
      try StateFile.read(folder.file("s.json"))?.outbox.queues["webhook"])
    #expect(queue.rows.isEmpty)
    #expect(queue.threads.values.map(\.notifiedAt) == [World.begin])
  }
}
