internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("An endpoint without a snapshot", .promptly, .inTurn)
struct BadEndpointTests {
  private static let token = "s3cret-0f-the-end-t0-end-tests"

  @Test(
    "A bad endpoint exits with 3 and one sentence, and proves nothing", arguments: BadEndpoint.all)
  private func withoutAlert(_ endpoint: BadEndpoint) async throws {
    let place = try Workplace()
    let run = try await evaluate(endpoint, in: place)
    #expect(run.code == 3)
    #expect(run.output.contains("UNKNOWN  error_rate"))
    #expect(run.output.contains("PENDING  endpoint_down"))
    #expect(run.output.contains("warn: 1 pending, 1 unknown of 2 checks"))
    #expect(try place.state.phase(of: "error_rate") == "inactive")
    #expect(try place.state.phase(of: "endpoint_down") == "pending")
  }

  @Test(
    "No kind of bad endpoint resolves a firing alert, which exits with 1",
    arguments: BadEndpoint.oneOfEachKind)
  private func withFiringAlert(_ endpoint: BadEndpoint) async throws {
    let place = try Workplace()
    try place.write(try await Self.firing.value, to: "state.json")
    let run = try await evaluate(endpoint, in: place, "--format", "json")
    #expect(run.code == 1)
    let report = try run.report
    #expect(report.status == "fail")
    #expect(report.check("error_rate")?.phase == "firing")
    #expect(report.check("error_rate")?.reason == "unreachable")
    #expect(report.check("endpoint_down")?.status == "pending")
    #expect(report.transitions == [.init(name: "endpoint_down", from: "inactive", to: "pending")])
    #expect(report.errors.count == 1)
    #expect(report.errors.first.map(endpoint.isNamed(in:)) == true)
    #expect(try place.state.phase(of: "error_rate") == "firing")
  }

  /// The state of a run in which the alert fired, the same for every endpoint.
  private static let firing = Task {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write(Given.bad, to: "snapshot.json")
    let run = try await place.run([
      "--config", "config.json", "--snapshot", "snapshot.json", "--state", "state.json",
      "--target-name", "api",
    ])
    try #require(run.code == 1)
    return try place.text(of: "state.json")
  }

  /// One run against the endpoint, and all that holds whether an alert fires or not.
  private func evaluate(
    _ endpoint: BadEndpoint, in place: Workplace, _ more: String...
  ) async throws -> Ended {
    let elsewhere = try LoopbackServer { _ in .json(Given.good) }
    defer { elsewhere.stop() }
    let server = try LoopbackServer { _ in
      endpoint.reply("http://127.0.0.1:\(elsewhere.port)/ops/metrics")
    }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let timeout = endpoint.isEndless ? "1s" : "10m"
    let run = try await place.run(
      [
        "--config", "config.json", "--state", "state.json", "--target-name", "api",
        "--metrics-url", "http://127.0.0.1:\(server.port)/ops/metrics", "--record", "seen.jsonl",
        "--output", "report.json", "--quiet", "--timeout", timeout, "--retries", "0",
      ] + more, variables: ["OPS_API_BEARER_TOKEN": Self.token])

    #expect(run.errorLines.count == 1, "\(run.errors)")
    #expect(run.errors.hasPrefix("ops-alert-eval: error: api: "))
    #expect(endpoint.isNamed(in: run.errors), "\(run.errors)")
    #expect(elsewhere.requests.isEmpty, "a redirect is not followed")
    #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer \(Self.token)" })

    let line: RecordedLine = try decoded(place.text(of: "seen.jsonl"))
    #expect(line.target == "api" && line.snapshot == nil && line.error?.isEmpty == false)
    let report: Report = try decoded(place.text(of: "report.json"))
    #expect(report.status != "pass" && report.checks.allSatisfy { $0.status != "pass" })
    let files = [
      "report.json", "seen.jsonl", "state-history.jsonl", "state.json", "state.json.lock",
    ]
    #expect(place.names.filter { $0 != "config.json" } == files)
    for text in try [run.output, run.errors] + files.map(place.text(of:)) {
      #expect(!text.contains(Self.token))
    }
    return run
  }

  @Test("An endpoint that requires a token is distinguished from one that rejects it")
  func noToken() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .response(401) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try await place.run([
      "--config", "config.json", "--no-state", "--base-url", "http://127.0.0.1:\(server.port)",
    ])
    #expect(run.code == 3)
    #expect(run.errors.contains("requires a token (401): set OPS_API_BEARER_TOKEN"))
    #expect(server.requests.map { $0.header("Authorization") } == [nil])
  }

  @Test("A dead port exits with 3")
  func deadPort() async throws {
    let place = try Workplace()
    try place.write(Given.firesAtOnce, to: "config.json")
    // Only the system's own daemons may listen on port 1.
    let run = try await place.run([
      "--config", "config.json", "--no-state", "--metrics-url", "http://127.0.0.1:1/",
      "--retries", "0", "--format", "json",
    ])
    #expect(run.code == 3)
    #expect(run.errorLines.count == 1)
    #expect(run.errors.contains("cannot connect to 127.0.0.1:1 (connection refused"))
    #expect(try run.report.check("error_rate")?.status == "unknown")
  }

  @Test("An endpoint that fails at first is retried, and a good response counts")
  func retries() async throws {
    let place = try Workplace()
    let answers = Answers([.response(503), .raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")])
    let server = try LoopbackServer { _ in answers.next ?? .json(Given.good) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try await place.run([
      "--config", "config.json", "--state", "state.json",
      "--base-url", "http://127.0.0.1:\(server.port)", "--quiet",
    ])
    #expect(run.code == 0)
    #expect(run.errors.isEmpty && run.output.isEmpty)
    #expect(server.requests.count == 3)
  }
}
