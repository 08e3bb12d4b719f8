@testable import HTTP
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Failures of a fetch")
struct FetchFailureTests {
  /// Every way a request can fail, with its sentence.
  static let failures: [(HTTPFailure, String)] = [
    (
      .nameNotResolved,
      "the name api.example cannot be resolved: check the URL, the DNS and any proxy"
    ),
    (
      .refused,
      "nothing listens on api.example:80 (connection refused, or no route): is the service up?"
    ),
    (
      .timedOut(after: .milliseconds(1_500)),
      "api.example:80 gave no whole answer within 1.5 s: is it overloaded, or --timeout too short?"
    ),
    (
      .reset,
      "api.example:80 closed the connection without an answer: is the service restarting?"
    ),
    (
      .truncated,
      "the answer of api.example:80 broke off: did the service or a proxy before it restart?"
    ),
    (
      .tls("certificate has expired"),
      "no trusted connection to api.example:80 (certificate has expired): check its certificate; "
        + "a private CA belongs in the system's store"
    ),
    (
      .redirect(status: 302),
      "the endpoint answers with a redirect (302), which is not followed: set the final URL"
    ),
    (
      .tooLarge(limit: 16 << 20),
      "the answer is larger than 16 MiB: is this the metrics endpoint?"
    ),
    (
      .encoded("gzip"),
      "the answer is compressed (gzip) though plain was asked for: turn compression off for this "
        + "endpoint"
    ),
    (
      .notHTTP,
      "what listens on api.example:80 does not speak HTTP: check the port and http or https"
    ),
    (.headersTooLarge, "the answer has too many headers: is this the metrics endpoint?"),
    (
      .headerRefused(name: "Accept"),
      "the value for the Accept header has forbidden characters: check where it comes from"
    ),
    (
      .workerDied(signal: 4),
      "the answer of api.example:80 is so malformed that it ends the HTTP worker (signal 4): "
        + "check what listens there"
    ),
    (
      .workerUnavailable("no memory"),
      "the HTTP worker does not run (no memory): check the installation and its limits"
    ),
    (.cancelled, "the fetch was cancelled: run again"),
    (
      .other(code: -1, text: "weird"),
      "the request to api.example:80 failed (weird, code -1): check the URL and the network"
    ),
    (
      .other(code: -1, text: ""),
      "the request to api.example:80 failed (code -1): check the URL and the network"
    ),
  ]

  static let answers: [(HTTPResponse, String)] = [
    (HTTPResponse(status: 401), "the endpoint asks for a token (401): set OPS_API_BEARER_TOKEN"),
    (
      HTTPResponse(status: 403),
      "the endpoint forbids access (403): check the rights of the token in OPS_API_BEARER_TOKEN"
    ),
    (HTTPResponse(status: 404), "there is nothing at /ops/metrics (404): check the URL"),
    (
      HTTPResponse(status: 407),
      "the proxy asks for credentials (407): check the proxy variables or no_proxy"
    ),
    (HTTPResponse(status: 410), "the endpoint is gone for good (410): check the URL"),
    (
      HTTPResponse(status: 429),
      "the endpoint is asked too often (429): run less often or raise its limit"
    ),
    (HTTPResponse(status: 503), "the service fails (503): look at its log"),
    (
      HTTPResponse(status: 418),
      "the endpoint answers with status 418: check the URL and the service"
    ),
    (
      HTTPResponse(status: 204),
      "the endpoint answered with an empty body (204): check the service"
    ),
    (
      HTTPResponse(status: 200, body: Array(" \r\n".utf8)),
      "the endpoint answered with an empty body (200): check the service"
    ),
    (
      HTTPResponse(status: 200, body: Array("\n<!doctype html>".utf8)),
      "HTML came instead of JSON: is this a login page, or the wrong URL?"
    ),
    (
      HTTPResponse(
        status: 200, headers: ["content-TYPE": "Text/HTML; charset=utf-8"], body: [0x7B]),
      "HTML came instead of JSON: is this a login page, or the wrong URL?"
    ),
  ]

  @Test("Each failure has a sentence", arguments: failures)
  func sentences(failure: HTTPFailure, sentence: String) async throws {
    #expect(try await self.sentence(for: .failure(failure)) == sentence)
  }

  @Test("Each answer without a snapshot has a sentence", arguments: answers)
  func sentences(answer: HTTPResponse, sentence: String) async throws {
    #expect(try await self.sentence(for: .success(answer)) == sentence)
  }

  @Test("The sentence names the source of the token")
  func tokenSource() async throws {
    let token = try BearerToken("secret", source: "the file /run/token")
    let refused = ScriptedClient.Answer.success(HTTPResponse(status: 401))
    #expect(
      try await sentence(for: refused, token: token)
        == "the endpoint refuses the token (401): check the file /run/token")
  }

  private func sentence(
    for answer: ScriptedClient.Answer, token: BearerToken? = nil
  ) async throws -> String? {
    let address = try HTTPAddress("http://api.example/ops/metrics?key=secret")
    let clock = ScriptedClock()
    let outcomes = await fetchSnapshots(
      [FetchTarget(name: "a", address: address, token: token)],
      settings: FetchSettings(retries: 0), client: ScriptedClient(clock: clock) { _, _ in answer },
      pause: RetryPause(now: { .init(milliseconds: 0) }), clock: clock)
    guard case .failed(let failure) = outcomes.first?.outcome else { return nil }
    return failure.sentence
  }
}
