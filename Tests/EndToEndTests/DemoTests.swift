internal import Foundation
internal import TestSupport
internal import Testing

@Suite("The demo", .promptly, .inTurn)
struct DemoTests {
  @Test("The demo plays an incident in seconds and leaves nothing behind")
  func demo() async throws {
    let place = try Workplace()
    // The environment must not matter: an endpoint, a token, a proxy.
    let run = try await place.run(
      ["demo"],
      variables: [
        "OPS_API_BASE_URL": "http://127.0.0.1:1", "OPS_API_BEARER_TOKEN": "s3cret-of-the-user",
      ])
    #expect(run.code == 0)
    #expect(run.errors.isEmpty)
    for words in [
      "PENDING   error_rate", "FIRING    error_rate", "RESOLVED  error_rate",
      "FIRING    endpoint_down", "RESOLVED  endpoint_down",
    ] { #expect(run.output.contains(words)) }
    #expect(run.output.contains("No alert resolved while the endpoint was down"))
    #expect(!run.output.contains("s3cret-of-the-user"))
    #expect(place.names.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.temporary).isEmpty)
  }

  @Test("demo --serve serves its endpoint for the given time and then ends")
  func serveForATime() async throws {
    let ended = try await Workplace().run(["demo", "--serve", "100ms"])
    #expect(ended.code == 0)
    #expect(ended.output.hasSuffix("/ops/metrics\n"))
  }

  @Test("demo --serve prints an address that can be evaluated, and needs the port for itself")
  func serve() async throws {
    let place = try Workplace()
    let server = try place.start(["demo", "--serve", "1h"])
    #expect(try await eventually { server.outputSoFar.hasSuffix("\n") })
    let address = String(server.outputSoFar.dropLast())
    let port = try #require(address.wholeMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\/ops\/metrics/)?.1)
    try place.write(Given.firesAtOnce, to: "config.json")
    let options = ["--config", "config.json", "--no-state", "--retries", "0"]
    let run = try await place.run(options + ["--base-url", "http://127.0.0.1:\(port)"])
    #expect(run.output.contains("endpoint_down"))
    #expect(run.code != 3 && !run.errors.contains("404"))
    let elsewhere = try await place.run(options + ["--metrics-url", address + "/more"])
    #expect(elsewhere.code == 3)
    #expect(elsewhere.errors.contains("404"))

    let second = try await place.run(["demo", "--serve", "1h", "--port", String(port)])
    #expect(second.code == 4)
    #expect(second.errors.contains("cannot listen on 127.0.0.1"))
    kill(server.id, SIGTERM)
    #expect(await server.end().output == address + "\n")
  }
}
