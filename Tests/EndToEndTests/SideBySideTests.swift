internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Two runs at once", .promptly, .inTurn)
struct SideBySideTests {
  private static func arguments(_ server: LoopbackServer, _ more: String...) -> [String] {
    [
      "--config", "config.json", "--state", "state.json", "--target-name", "api", "--format",
      "json", "--retries", "0", "--base-url",
      "http://127.0.0.1:\(server.port)",
    ] + more
  }

  @Test("The second run waits for the first, and both transitions are kept in order")
  func waits() async throws {
    let place = try Workplace()
    let gate = DispatchSemaphore(value: 0)
    let slow = try LoopbackServer { _ in
      gate.wait()
      return .json(Given.bad)
    }
    defer { slow.stop() }
    let quick = try LoopbackServer { _ in .json(Given.good) }
    defer { quick.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let first = try place.start(Self.arguments(slow))
    #expect(try await eventually { slow.requests.count == 1 })
    let second = try place.start(Self.arguments(quick))
    #expect(try await eventually { second.errorsSoFar.contains("holds the lock") })
    #expect(second.errorsSoFar.contains("waiting for another run (process \(first.id))"))
    #expect(quick.requests.isEmpty, "nothing is fetched before the lock is had")
    gate.signal()

    let (one, two) = (await first.end(), await second.end())
    #expect(one.code == 1 && two.code == 0)
    #expect(try one.report.transitions.map(\.to) == ["firing"])
    #expect(try two.report.transitions.map(\.to) == ["resolved"])
    #expect(try place.state.phase(of: "error_rate") == "inactive")
    #expect(try place.state.savedAt == two.report.generatedAt)
  }

  @Test("However many runs there are at once, none loses another's alerts")
  func many() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    try place.write(Given.configuration(durationMinutes: 10), to: "config.json")
    let runs = try (1...5).map { _ in try place.start(Self.arguments(server)) }
    var counts: [Int?] = []
    for run in runs {
      let ended = await run.end()
      #expect(ended.code == 0)
      counts.append(try ended.report.check("error_rate")?.evidence?.count)
    }
    #expect(Set(counts) == [1, 2, 3, 4, 5], "each begins where another ended")
  }

  @Test("The second run exits with 4 at the end of its lock timeout and names the first")
  func givesUp() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .init([.hang]) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let first = try place.start(Self.arguments(server))
    #expect(try await eventually { server.requests.count == 1 })
    let second = try await place.run(Self.arguments(server, "--lock-timeout", "200ms", "--quiet"))
    #expect(second.code == 4)
    #expect(second.errorLines.count == 1)
    let sentence = "error: another run (process \(first.id)) held the lock on state.json for 200 ms"
    #expect(second.errors.contains(sentence))
    #expect(server.requests.count == 1)
    let status = try await place.run(["status", "--state", "state.json"])
    #expect(status.errors.contains("no state at state.json"), "to look needs no lock")
    server.stop()
    #expect(await first.end().code == 3)
  }

  @Test("Runs with two state files do not wait for each other")
  func apart() async throws {
    let place = try Workplace()
    let slow = try LoopbackServer { _ in .init([.hang]) }
    defer { slow.stop() }
    let quick = try LoopbackServer { _ in .json(Given.good) }
    defer { quick.stop() }
    for name in ["one.json", "two.json"] { try place.write(Given.firesAtOnce, to: name) }
    let first = try place.start([
      "--config", "one.json", "--base-url", "http://127.0.0.1:\(slow.port)", "--retries", "0",
    ])
    #expect(try await eventually { slow.requests.count == 1 })
    let second = try await place.run([
      "--config", "two.json", "--base-url", "http://127.0.0.1:\(quick.port)",
      "--lock-timeout", "1ms",
    ])
    #expect(second.code == 0)
    slow.stop()
    #expect(await first.end().code == 3)
    let states = place.names.filter { $0.hasSuffix("-state.json") }
    #expect(states == ["artifacts/ops/one-state.json", "artifacts/ops/two-state.json"])
  }
}
