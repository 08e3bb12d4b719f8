internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing
@testable import Text

/// Windows of ten minutes, a thousandth as long.
@Suite("A run with --confirm", .promptly, .inTurn)
struct ConfirmTests {
  /// 600 ms.
  private static let duration = 0.01
  private static let arguments = [
    "--config", "config.json", "--state", "state.json", "--target-name", "api", "--format", "json",
    "--retries", "0", "--confirm", "--interval", "100ms", "--record", "seen.jsonl",
  ]

  private func workplace(durationMinutes: Double = duration) throws -> Workplace {
    let place = try Workplace()
    try place.write(Given.configuration(durationMinutes: durationMinutes), to: "config.json")
    return place
  }

  private func seen(in place: Workplace) throws -> [Instant] {
    try place.text(of: "seen.jsonl").split(separator: "\n").compactMap { line in
      Instant(rfc3339: try decoded(String(line), as: RecordedLine.self).observedAt)
    }
  }

  @Test("A duration over a real endpoint is decided at the first sample that spans it")
  func decides() async throws {
    let place = try workplace()
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    let url = ["--base-url", "http://127.0.0.1:\(server.port)"]
    let run = try await place.run(Self.arguments + url)
    #expect(run.code == 1)
    #expect(try run.report.transitions.map(\.to) == ["pending", "firing"])
    let seen = try seen(in: place)
    let first = try #require(seen.first)
    let spans = seen.map { $0 - first }
    #expect(spans.firstIndex { $0 >= .minutes(Self.duration) } == seen.count - 1)
    #expect(try run.report.check("error_rate")?.evidence?.count == seen.count)
    #expect(try place.state.phase(of: "error_rate") == "firing")
    #expect(run.errors.contains("confirming, ") && run.errors.contains(" left: api: "))
  }

  @Test("A healthy run takes one sample")
  func healthy() async throws {
    let place = try workplace()
    let server = try LoopbackServer { _ in .json(Given.good) }
    defer { server.stop() }
    let run = try await place.run(
      Self.arguments + ["--base-url", "http://127.0.0.1:\(server.port)"])
    #expect(run.code == 0)
    #expect(server.requests.count == 1)
    #expect(run.errorLines.count == 1, "that it is the first run")
  }

  @Test("Another run gets the lock between two samples")
  func byHand() async throws {
    let place = try workplace(durationMinutes: 10)
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    let url = ["--base-url", "http://127.0.0.1:\(server.port)"]
    let confirming = try place.start(
      Self.arguments + ["--confirm-for", "20m"] + url)
    #expect(try await eventually { confirming.errorsSoFar.contains("confirming") })
    let byHand = try await place.run(
      [
        "--config", "config.json", "--state", "state.json", "--target-name", "api",
        "--format", "json", "--retries", "0",
      ] + url)
    #expect(byHand.code == 0)
    #expect(try byHand.report.check("error_rate")?.phase == "pending")
    kill(confirming.id, SIGTERM)
    #expect(await confirming.end().code == 0)
  }

  @Test(
    "A signal ends the run cleanly, with its report and the state",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(number: Int32) async throws {
    let place = try workplace(durationMinutes: 10)
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    let run = try place.start(
      Self.arguments + ["--base-url", "http://127.0.0.1:\(server.port)"])
    #expect(try await eventually { run.errorsSoFar.contains("(sample 3)") })
    kill(run.id, number)
    let ended = await run.end()
    #expect(ended.code == 0)
    let count = try #require(try ended.report.check("error_rate")?.evidence?.count)
    #expect(count >= 3)
    #expect(try seen(in: place).count == count, "what was judged was saved and recorded")
    #expect(try place.state.phase(of: "error_rate") == "pending")
  }

  @Test("A signal ends a hanging fetch, which counts against no target")
  func hanging() async throws {
    let place = try workplace(durationMinutes: 10)
    let answers = Answers([.json(Given.bad)])
    let server = try LoopbackServer { _ in answers.next ?? .init([.hang]) }
    defer { server.stop() }
    let run = try place.start(
      Self.arguments + ["--base-url", "http://127.0.0.1:\(server.port)"])
    #expect(try await eventually { server.requests.count == 2 })
    kill(run.id, SIGINT)
    let ended = await run.end()
    #expect(ended.code == 0)
    #expect(try place.state.phase(of: "endpoint_down") == "inactive")
    #expect(try ended.report.check("error_rate")?.evidence?.count == 1)
  }

  @Test("A signal ends the wait for another run's lock")
  func locked() async throws {
    let place = try workplace(durationMinutes: 10)
    let hanging = try LoopbackServer { _ in .init([.hang]) }
    defer { hanging.stop() }
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    let run = try place.start(
      Self.arguments + ["--base-url", "http://127.0.0.1:\(server.port)"])
    #expect(try await eventually { run.errorsSoFar.contains("confirming") })
    let other = try place.start([
      "--config", "config.json", "--state", "state.json", "--retries", "0", "--base-url",
      "http://127.0.0.1:\(hanging.port)",
    ])
    #expect(try await eventually { run.errorsSoFar.contains("holds the lock") })
    kill(run.id, SIGTERM)
    let ended = await run.end()
    #expect(ended.code == 0)
    kill(other.id, SIGKILL)
    _ = await other.end()
  }
}
