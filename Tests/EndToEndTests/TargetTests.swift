internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Several targets", .promptly, .inTurn)
struct TargetTests {
  private static let arguments = [
    "--config", "config.json", "--state", "state.json", "--retries", "0", "--format", "json",
  ]

  /// A place with a configuration of two targets, `east` and `west`.
  private func place(_ east: LoopbackServer, _ west: LoopbackServer) throws -> Workplace {
    let place = try Workplace()
    let targets = """
      , "targets": [
        {"name": "east", "base_url": "http://127.0.0.1:\(east.port)/"},
        {"name": "west", "metrics_url": "http://127.0.0.1:\(west.port)/here",
          "bearer_token_env": "WEST_TOKEN"}
      ]
      """
    try place.write(Given.configuration(durationMinutes: 0, more: targets), to: "config.json")
    return place
  }

  @Test("Each target is evaluated on its own", arguments: [Given.good, Given.bad])
  func oneFails(snapshot: String) async throws {
    let east = try LoopbackServer { _ in .response(500) }
    defer { east.stop() }
    let west = try LoopbackServer { _ in .json(snapshot) }
    defer { west.stop() }
    let place = try place(east, west)
    let run = try await place.run(
      Self.arguments, variables: ["WEST_TOKEN": "for-west", "OPS_API_BEARER_TOKEN": "for-all"])
    #expect(run.code == (snapshot == Given.bad ? 1 : 3))
    #expect(run.errors.contains("error: east: the service returned an error (500)"))
    let report = try run.report
    #expect(report.status == (snapshot == Given.bad ? "fail" : "warn"))
    #expect(report.target == nil && report.checks.isEmpty)
    let targets = try #require(report.targets)
    #expect(targets.map(\.target) == ["east", "west"])
    #expect(targets[0].check("error_rate")?.status == "unknown")
    #expect(targets[0].check("endpoint_down")?.status == "pending")
    #expect(targets[0].errors.count == 1)
    #expect(targets[1].check("error_rate")?.status == (snapshot == Given.bad ? "fail" : "pass"))
    #expect(targets[1].errors.isEmpty)
    // Each gets its own token and path, and no other.
    #expect(east.requests.map(\.path) == ["/ops/metrics"])
    #expect(west.requests.map(\.path) == ["/here"])
    #expect(east.requests.map { $0.header("Authorization") } == ["Bearer for-all"])
    #expect(west.requests.map { $0.header("Authorization") } == ["Bearer for-west"])
  }

  @Test("Targets that were not selected are not asked and keep their alerts")
  func chosen() async throws {
    let east = try LoopbackServer { _ in .json(Given.bad) }
    defer { east.stop() }
    let west = try LoopbackServer { _ in .json(Given.bad) }
    defer { west.stop() }
    let place = try place(east, west)
    let variables = ["WEST_TOKEN": "for-west"]
    #expect(try await place.run(Self.arguments, variables: variables).code == 1)
    let before = try place.state
    west.stop()
    let run = try await place.run(Self.arguments + ["--target", "east"])
    #expect(run.code == 1 && run.errors.isEmpty)
    #expect(try run.report.target == "east")
    #expect(west.requests.count == 1 && east.requests.count == 2)
    let after = try place.state
    #expect(before.phase(of: "error_rate", in: "west") == "firing")
    #expect(after.phase(of: "error_rate", in: "west") == "firing")
    #expect(after.phase(of: "endpoint_down", in: "west") == "inactive")

    let unknown = try await place.run(Self.arguments + ["--target", "eats"])
    #expect(unknown.code == 2)
    #expect(unknown.errors.contains("has no target \"eats\"; did you mean east?"))
  }

  @Test("A target without its token exits with 2 before any fetch")
  func tokenNotSet() async throws {
    let east = try LoopbackServer { _ in .json(Given.good) }
    defer { east.stop() }
    let place = try place(east, east)
    let run = try await place.run(Self.arguments)
    #expect(run.code == 2)
    #expect(
      run.errors.contains("target west takes its token from WEST_TOKEN, which is not set"))
    #expect(east.requests.isEmpty)
    #expect(place.names == ["config.json"])
  }
}
