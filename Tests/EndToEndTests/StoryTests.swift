internal import Foundation
@testable import HTTP
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite("An incident", .promptly, .inTurn)
struct StoryTests {
  /// One evaluation on the way through an incident.
  private struct Step: Sendable {
    let minute: Int
    let errorRate: Double
    let code: Int32
    let status: String
    let transition: String?
  }

  private static let story = [
    Step(minute: 0, errorRate: 0.01, code: 0, status: "pass", transition: nil),
    Step(minute: 6, errorRate: 0.09, code: 0, status: "pending", transition: "pending"),
    Step(minute: 12, errorRate: 0.08, code: 0, status: "pending", transition: nil),
    Step(minute: 18, errorRate: 0.07, code: 1, status: "fail", transition: "firing"),
    Step(minute: 24, errorRate: 0.06, code: 1, status: "fail", transition: nil),
    Step(minute: 30, errorRate: 0.01, code: 0, status: "pass", transition: "resolved"),
    Step(minute: 36, errorRate: 0.01, code: 0, status: "pass", transition: nil),
    Step(minute: 42, errorRate: 0.09, code: 0, status: "pending", transition: "pending"),
    Step(minute: 48, errorRate: 0.01, code: 0, status: "pass", transition: "cancelled"),
  ]

  @Test("An alert goes from pending to firing to resolved, run by run")
  func snapshots() async throws {
    let place = try Workplace()
    try place.write(Given.configuration(durationMinutes: 10), to: "config.json")
    for step in Self.story {
      try place.write(Given.snapshot(errorRate: step.errorRate), to: "snapshot.json")
      let minute = step.minute < 10 ? "0\(step.minute)" : "\(step.minute)"
      let run = try await place.run([
        "--config", "config.json", "--snapshot", "snapshot.json", "--state", "state.json",
        "--target-name", "api", "--at", "2026-02-25T12:\(minute):00Z", "--format", "json",
        "--quiet",
      ])
      let report = try run.report
      #expect(run.code == step.code, "minute \(step.minute)")
      #expect(report.check("error_rate")?.status == step.status, "minute \(step.minute)")
      #expect(report.transitions.map(\.to) == (step.transition.map { [$0] } ?? []))
      #expect(run.errors.isEmpty)
    }
  }

  @Test(
    "An alert goes through the same phases over HTTP, for a rule and for the endpoint itself",
    arguments: [503, 200])
  func overHTTP(badStatus: Int) async throws {
    let place = try Workplace()
    let isBad = Mutex(false)
    let server = try LoopbackServer { _ in
      guard isBad.withLock(\.self) else { return .json(Given.good) }
      return badStatus == 200 ? .json(Given.bad) : .response(badStatus)
    }
    defer { server.stop() }
    let alert = badStatus == 200 ? "error_rate" : "endpoint_down"
    // 3 ms, which no two runs are apart less: two samples are sustained.
    try place.write(
      Given.configuration(
        durationMinutes: 0.00005, more: #", "endpoint": {"duration_minutes": 0.00005}"#),
      to: "config.json")
    let pendingCode: Int32 = badStatus == 200 ? 0 : 3
    let steps: [(isBad: Bool, code: Int32, to: [String])] = [
      (false, 0, []), (true, pendingCode, ["pending"]), (true, 1, ["firing"]),
      (false, 0, ["resolved"]), (false, 0, []),
    ]
    for step in steps {
      isBad.withLock { $0 = step.isBad }
      let run = try await place.run(
        [
          "--config", "config.json", "--state", "state.json", "--format", "json", "--retries", "0",
        ], variables: ["OPS_API_BASE_URL": "http://127.0.0.1:\(server.port)/api/"])
      #expect(run.code == step.code)
      let transitions = try run.report.transitions.filter { $0.name == alert }
      #expect(transitions.map(\.to) == step.to)
      #expect(try run.report.target == "127.0.0.1:\(server.port)")
    }
    #expect(Set(server.requests.map(\.path)) == ["/ops/metrics"])
  }

  @Test("The report shows firing alerts first, with value, threshold, evidence and a summary line")
  func text() async throws {
    let place = try Workplace()
    try place.write(Given.configuration(durationMinutes: 10), to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    var last: Ended?
    for minute in ["00", "06", "12"] {
      last = try await place.run([
        "--config", "config.json", "--snapshot", "snapshot.json", "--state", "state.json",
        "--target-name", "api", "--at", "2026-02-25T12:\(minute):00Z",
      ])
    }
    let lines = try #require(last).output.split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("FIRING  error_rate") == true)
    #expect(lines.first?.contains("9 % (limit > 5 %)") == true)
    #expect(lines.contains { $0.contains("since 12:00 UTC (12 m, 3 samples, longest gap 6 m)") })
    #expect(lines.last?.hasPrefix("fail: 1 firing") == true)
    #expect(last?.output.contains("\u{1b}") == false, "no colours in a pipe")
  }

  @Test("A firing alert persists through snapshots that cannot be evaluated")
  func silence() async throws {
    let place = try Workplace()
    try place.write(
      Given.configuration(durationMinutes: 0, rule: #", "on_missing": "hold""#), to: "config.json")
    let snapshots = [
      Given.bad, "{}", #"{"errors": {"rate": null}}"#, #"{"errors": {"rate": "0"}}"#,
    ]
    for (minute, snapshot) in snapshots.enumerated() {
      try place.write(snapshot, to: "snapshot.json")
      let run = try await place.run([
        "--config", "config.json", "--snapshot", "snapshot.json", "--state", "state.json",
        "--target-name", "api", "--at", "2026-02-25T12:0\(minute):00Z",
      ])
      #expect(run.code == 1)
      #expect(try place.state.phase(of: "error_rate") == "firing")
    }
  }
}
