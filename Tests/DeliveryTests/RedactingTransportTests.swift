@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Quoting responses")
struct RedactingTransportTests {
  static let secret = "MARKER-0123456789-abcdefghij"

  private func reason(_ body: String) async throws -> String {
    let transport = ScriptedTransport([.success(HTTPResponse(status: 400, body: Array(body.utf8)))])
    var secrets = Secrets(variables: [:])
    secrets.keep(Self.secret)
    let redacted = RedactingTransport(transport: transport) { [secrets] in secrets.redact($0) }
    let request = HTTPRequest(
      .post, try HTTPAddress("https://hooks.example/"), deadline: .seconds(1))
    return try await redacted.response(to: request).reason.words
  }

  @Test("No part of a secret is quoted, wherever the quote ends", arguments: 0..<260)
  func noPart(before count: Int) async throws {
    let body = String(repeating: "x", count: count) + " " + Self.secret + " and more of it"
    #expect(try await !reason(body).contains("MARK"))
  }

  @Test(
    "Of a web page, only the title is quoted",
    arguments: [
      ("<!DOCTYPE HTML>\n<head><Title a='b'>Error\n response</title><p>x", ", \"Error response\""),
      ("<html><title> </title>Sign in", ""), ("<html>oops</html>", ""), ("<html><title>", ""),
    ])
  func webPage(body: String, title: String) async throws {
    #expect(try await reason(body) == "status 400: a web page\(title)")
  }

  @Test("A response without secrets is quoted as it is")
  func asItIs() async throws {
    #expect(try await reason("invalid_payload") == "status 400: invalid_payload")
  }

  @Test("What follows the searched part is kept")
  func rest() async throws {
    let body = Self.secret + String(repeating: "x", count: RedactingTransport.searchedBytes)
    let transport = ScriptedTransport([.success(HTTPResponse(status: 200, body: Array(body.utf8)))])
    let redacted = RedactingTransport(transport: transport) { $0.replacing(Self.secret, with: "?") }
    let request = HTTPRequest(
      .post, try HTTPAddress("https://hooks.example/"), deadline: .seconds(1))
    let response = try await redacted.response(to: request).body
    #expect(response.count == body.utf8.count - Self.secret.utf8.count + 1)
  }
}
