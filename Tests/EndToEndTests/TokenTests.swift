internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("The token", .promptly, .inTurn)
struct TokenTests {
  private static let secret = "s3cret-t0ken.of~the+tests/=="

  @Test("A token reaches the endpoint and nothing else")
  func sound() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.bad) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    for format in ["text", "json"] {
      let run = try await place.run(
        [
          "--config", "config.json", "--base-url", "http://127.0.0.1:\(server.port)",
          "--state", "state.json", "--output", "report.json", "--record", "seen.jsonl",
          "--format", format, "--verbose",
        ], variables: ["OPS_API_BEARER_TOKEN": " \(Self.secret)\n"])
      #expect(run.code == 1)
      for text in try [run.output, run.errors] + place.names.map(place.text(of:)) {
        #expect(!text.contains(Self.secret))
      }
    }
    let expected = ["Bearer \(Self.secret)", "Bearer \(Self.secret)"]
    #expect(server.requests.map { $0.header("Authorization") } == expected)
  }

  @Test("A token file takes precedence over the variable")
  func file() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.good) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    try place.write("\(Self.secret)\r\n", to: "token")
    let run = try await place.run(
      [
        "--config", "config.json", "--base-url", "http://127.0.0.1:\(server.port)", "--no-state",
        "--bearer-token-file", "token",
      ], variables: ["OPS_API_BEARER_TOKEN": "another"])
    #expect(run.code == 0)
    #expect(server.requests.map { $0.header("Authorization") } == ["Bearer \(Self.secret)"])
  }

  @Test("The token is in no command line and in no worker's environment during a request")
  func processes() async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .init([.hang]) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try place.start(
      [
        "--config", "config.json", "--base-url", "http://127.0.0.1:\(server.port)", "--no-state",
      ], variables: ["OPS_API_BEARER_TOKEN": Self.secret, "PASSWORD": Self.secret])
    #expect(try await eventually { server.requests.count == 1 })
    let workers = ProcessTable.children(of: run.id)
    #expect(workers.count == 1)
    for worker in workers {
      #expect(ProcessTable.commandLine(of: worker).contains("__http-worker"))
      let environment = ProcessTable.environment(of: worker)
      #expect(environment.contains("PATH="))
      #expect(!environment.contains(Self.secret))
      #expect(!ProcessTable.commandLine(of: worker).contains(Self.secret))
    }
    #expect(!ProcessTable.commandLine(of: run.id).contains(Self.secret))
    server.stop()
    _ = await run.end()
  }

  @Test(
    "An invalid token is refused unseen, before anything is sent",
    arguments: ["two words", "line\nbreak", "t\u{F6}ken", "null\u{1}byte"])
  func broken(token: String) async throws {
    let place = try Workplace()
    let server = try LoopbackServer { _ in .json(Given.good) }
    defer { server.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try await place.run(
      ["--config", "config.json", "--base-url", "http://127.0.0.1:\(server.port)"],
      variables: ["OPS_API_BEARER_TOKEN": token])
    #expect(run.code == 2)
    #expect(run.errors.contains("the token in OPS_API_BEARER_TOKEN has a space, or a character"))
    #expect(!run.errors.contains(token))
    #expect(server.requests.isEmpty)
    #expect(place.names == ["config.json"])
  }

  @Test("A token is not given to a proxy that could read it")
  func proxy() async throws {
    let place = try Workplace()
    let proxy = try LoopbackServer { _ in .json(Given.good) }
    defer { proxy.stop() }
    try place.write(Given.firesAtOnce, to: "config.json")
    let run = try await place.run(
      ["--config", "config.json", "--base-url", "http://127.0.0.1:1"],
      variables: [
        "OPS_API_BEARER_TOKEN": Self.secret, "http_proxy": "http://127.0.0.1:\(proxy.port)",
      ])
    #expect(run.code == 2)
    #expect(run.errors.contains("http_proxy would send the token"))
    #expect(proxy.requests.isEmpty)
    #expect(place.names == ["config.json"])
  }
}
