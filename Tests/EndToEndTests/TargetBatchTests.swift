internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Delivery while another target is retried", .promptly, .inTurn, .undisturbed)
struct TargetBatchTests {
  private static let arguments = [
    "--config", "config.json", "--state", "state.json", "--record", "recording.jsonl",
    "--format", "json",
  ]

  /// `east` is bad at once, `west` only when it is retried after the notification of `east` has reached
  /// `/hook`, which is notified of both.
  private struct World {
    let server: LoopbackServer
    let place: Workplace

    init(hook status: Int) throws {
      let west = Answers([.response(503, headers: [("Retry-After", "1")], body: [])])
      let news = DispatchSemaphore(value: 0)
      server = try LoopbackServer { request in
        switch request.path {
        case "/hook":
          news.signal()
          return .response(status, body: [])
        case "/west":
          if let first = west.next { return first }
          // With a limit, in case it never comes.
          let hasCome = news.wait(timeout: .now() + 30) == .success
          news.signal()
          return hasCome ? .json(Given.bad) : .response(500)
        default: return .json(Given.bad)
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

  @Test("One target's notifications are delivered before another's retry, and reported together")
  func pageComesFirst() async throws {
    let world = try World(hook: 200)
    defer { world.server.stop() }
    let run = try await world.run()
    #expect(run.code == 1, "\(run.errors)")
    let asked = world.server.requests.map(\.path)
    #expect(Set(asked.prefix(2)) == ["/west", "/east"])
    #expect(asked.dropFirst(2).sorted() == ["/hook", "/hook", "/west"])
    let report = try run.report
    #expect(report.targets?.map(\.target) == ["west", "east"])
    #expect(report.transitions.map(\.to) == ["firing", "firing"])
    #expect(report.notifications.map(\.outcome) == ["delivered", "delivered"])
    #expect(Set(report.notifications.map(\.target)) == ["west", "east"])
    #expect(try world.place.state.phase(of: "error_rate", in: "east") == "firing")
    #expect(try world.place.state.phase(of: "error_rate", in: "west") == "firing")
    // Each sample has its own time.
    let lines = try world.place.text(of: "recording.jsonl").split(separator: "\n")
      .map { try decoded(String($0), as: RecordedLine.self) }
    #expect(lines.map(\.target) == ["east", "west"])
    #expect(lines[0].observedAt < lines[1].observedAt)

    let again = try await world.run()
    #expect(again.code == 1)
    #expect(world.server.requests.count { $0.path == "/hook" } == 2, "each is told of once")
  }

  @Test("A failing delivery is attempted as often as in any run, and deferred once")
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
