internal import Foundation
@testable import HTTP
internal import Synchronization
internal import Testing

@Suite("The news of a target, while another is asked again", .inTurn)
struct TargetBatchTests {
  private static let arguments = [
    "--config", "config.json", "--state", "state.json", "--record", "recording.jsonl",
    "--format", "json",
  ]

  /// `east` is bad at once, `west` a second later; both are told of at `/hook`.
  private struct World {
    let server: LoopbackServer
    let place: Workplace

    init(hook status: Int) throws {
      let west = Answers([.response(503, headers: [("Retry-After", "1")], body: [])])
      server = try LoopbackServer { request in
        switch request.path {
        case "/hook": .response(status, body: [])
        case "/west": west.next ?? .json(Given.bad)
        default: .json(Given.bad)
        }
      }
      place = try Workplace()
      let base = "http://127.0.0.1:\(server.port)"
      let targets = """
        , "targets": [
          {"name": "west", "metrics_url": "\(base)/west"},
          {"name": "east", "metrics_url": "\(base)/east"}]
        """
      try place.write(Given.configuration(durationMinutes: 0, more: targets), to: "config.json")
    }

    func run() async throws -> Ended {
      try await place.run(
        TargetBatchTests.arguments,
        variables: ["OPS_ALERT_WEBHOOK_URL": "http://127.0.0.1:\(server.port)/hook"])
    }
  }

  @Test("is delivered before the other is, and in one report with it")
  func pageComesFirst() async throws {
    let world = try World(hook: 200)
    defer { world.server.stop() }
    let run = try await world.run()
    #expect(run.code == 1, "\(run.errors)")
    let asked = world.server.requests.map(\.path)
    #expect(Set(asked.prefix(2)) == ["/west", "/east"])
    #expect(asked.dropFirst(2) == ["/hook", "/west", "/hook"])
    let report = try run.report
    #expect(report.targets?.map(\.target) == ["west", "east"])
    #expect(report.transitions.map(\.to) == ["firing", "firing"])
    #expect(report.notifications.map(\.outcome) == ["delivered", "delivered"])
    #expect(Set(report.notifications.map(\.target)) == ["west", "east"])
    #expect(try world.place.state.phase(of: "error_rate", in: "east") == "firing")
    #expect(try world.place.state.phase(of: "error_rate", in: "west") == "firing")
    // Each sample stands for its own time.
    let lines = try world.place.text(of: "recording.jsonl").split(separator: "\n")
      .map { try decoded(String($0), as: RecordedLine.self) }
    #expect(lines.map(\.target) == ["east", "west"])
    #expect(lines[0].observedAt < lines[1].observedAt)

    let again = try await world.run()
    #expect(again.code == 1)
    #expect(world.server.requests.count { $0.path == "/hook" } == 2, "each is told of once")
  }

  @Test("that cannot be delivered is tried as often as in any run, and deferred once")
  func deferredOnce() async throws {
    let world = try World(hook: 503)
    defer { world.server.stop() }
    let run = try await world.run()
    #expect(run.code == 1, "\(run.errors)")
    #expect(world.server.requests.count { $0.path == "/hook" } == 6)
    #expect(try run.report.notifications.map(\.outcome) == ["deferred", "deferred"])
    // Rows that only one run has left over; nothing of them may have arrived.
    let state = try world.place.text(of: "state.json")
    #expect(state.matches(of: /"deferrals": ?1,/).count == 2)
    #expect(state.matches(of: /"may_have_arrived": ?false/).count == 2)
  }
}
