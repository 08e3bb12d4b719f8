@testable import AlertEngine
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
      "cannot resolve api.example: check the URL and DNS"
    ),
    (
      .refused,
      "cannot connect to api.example:80 (connection refused, or no route): is the service up?"
    ),
    (
      .timedOut(after: .milliseconds(1_500)),
      "api.example:80 sent no complete response within 1.5 s: is it overloaded, or is --timeout too "
        + "short?"
    ),
    (
      .reset,
      "api.example:80 closed the connection without a response: is the service restarting?"
    ),
    (
      .truncated,
      "the response from api.example:80 ended early: did the service or a proxy restart?"
    ),
    (
      .tls("certificate has expired"),
      "the TLS connection to api.example:80 failed (certificate has expired): check its certificate; "
        + "if it has a private CA, add that to the system's trust store"
    ),
    (
      .tls("no alternative certificate subject name matches"),
      "the TLS connection to api.example:80 failed (no alternative certificate subject name matches): "
        + "check its certificate; if it has a private CA, add that to the system's trust store"
    ),
    (
      .tls("tlsv13 alert certificate required"),
      "the TLS connection to api.example:80 failed (tlsv13 alert certificate required): it requires a "
        + "client certificate, which cannot be sent; use an address that does not"
    ),
    (
      .tls("tlsv1 alert protocol version"),
      "the TLS connection to api.example:80 failed (tlsv1 alert protocol version): it must offer "
        + "TLS 1.2 or newer"
    ),
    (
      .tls("sslv3 alert handshake failure"),
      "the TLS connection to api.example:80 failed (sslv3 alert handshake failure): check the TLS "
        + "settings of the service"
    ),
    (
      .http2("Error in the HTTP2 framing layer"),
      "the HTTP/2 connection to api.example:80 failed (Error in the HTTP2 framing layer): check the "
        + "service, and any proxy in front of it"
    ),
    (
      .tls("SSL_connect: SSL_ERROR_SYSCALL"),
      "api.example:80 does not speak TLS (SSL_connect: SSL_ERROR_SYSCALL): is this plain http?"
    ),
    (
      .tls("wrong version number"),
      "api.example:80 does not speak TLS (wrong version number): is this plain http?"
    ),
    (
      .redirect(status: 302),
      "the endpoint redirects (302), and redirects are not followed: use the final URL"
    ),
    (
      .tooLarge(limit: 16 << 20),
      "the response is larger than 16 MiB: is this the metrics endpoint?"
    ),
    (
      .encoded("gzip"),
      "the response is encoded (gzip), which was not requested: turn compression off for this "
        + "endpoint"
    ),
    (
      .notHTTP,
      "api.example:80 does not speak HTTP: check the port, and http or https in the URL"
    ),
    (
      .unreadableHead(detail: ""),
      "the response's headers cannot be parsed: api.example:80 must send UTF-8, CRLF at the end of "
        + "each line, and a space after the status and after each colon"
    ),
    (
      .unreadableHead(detail: "header without colon"),
      "the response's headers cannot be parsed (header without colon): api.example:80 must send "
        + "UTF-8, CRLF at the end of each line, and a space after the status and after each colon"
    ),
    (.headersTooLarge, "the response has too many headers: is this the metrics endpoint?"),
    (
      .headerRefused(name: "Accept"),
      "the value of the Accept header has invalid characters: check its source"
    ),
    (
      .workerDied(signal: 4),
      "a malformed response from api.example:80 crashed the HTTP worker (signal 4): "
        + "check what is listening there"
    ),
    (
      .workerUnavailable("no memory"),
      "cannot run the HTTP worker (no memory): check the installation and its limits"
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

  static let responses: [(HTTPResponse, String)] = [
    (HTTPResponse(status: 401), "the endpoint requires a token (401): set OPS_API_BEARER_TOKEN"),
    (
      HTTPResponse(status: 403),
      "the endpoint denies access (403): check the permissions of the token in OPS_API_BEARER_TOKEN"
    ),
    (HTTPResponse(status: 404), "nothing found at /ops/metrics (404): check the URL"),
    (
      HTTPResponse(status: 407),
      "the proxy requires credentials (407): check the proxy variables or no_proxy"
    ),
    (HTTPResponse(status: 410), "the endpoint is permanently gone (410): check the URL"),
    (
      HTTPResponse(status: 429),
      "the endpoint is rate-limited (429): run less often, or raise the endpoint's limit"
    ),
    (HTTPResponse(status: 503), "the service returned an error (503): check its log"),
    (
      HTTPResponse(status: 418),
      "the endpoint returned status 418: check the URL and the service"
    ),
    (
      HTTPResponse(status: 204),
      "the response is empty (204): check the service"
    ),
    (
      HTTPResponse(status: 200, body: Array(" \r\n".utf8)),
      "the response is empty (200): check the service"
    ),
    (
      HTTPResponse(status: 200, body: Array("\n<!doctype html>".utf8)),
      "the response is HTML instead of JSON: is this a login page, or the wrong URL?"
    ),
    (
      HTTPResponse(
        status: 200, headers: ["content-TYPE": "Text/HTML; charset=utf-8"], body: [0x4F, 0x4B]),
      "the response is HTML instead of JSON: is this a login page, or the wrong URL?"
    ),
  ]

  @Test("Each failure has a sentence", arguments: failures)
  func sentences(failure: HTTPFailure, sentence: String) async throws {
    #expect(try await self.sentence(for: .failure(failure)) == sentence)
  }

  @Test("Each response without a snapshot has a sentence", arguments: responses)
  func sentences(response: HTTPResponse, sentence: String) async throws {
    #expect(try await self.sentence(for: .success(response)) == sentence)
  }

  @Test("JSON is a snapshot whatever type it is sent as", arguments: ["text/html ", "image/png"])
  func otherTypes(type: String) async throws {
    let response = HTTPResponse(
      status: 200, headers: ["Content-Type": type], body: Array(" {\"a\": 1}".utf8))
    #expect(try await sentence(for: .success(response)) == nil)
  }

  @Test(
    "If a request through a proxy cannot connect, the proxy is named",
    arguments: [
      (
        HTTPFailure.proxy(ProxyFailure(.refused, of: "https_proxy")),
        "cannot connect to the proxy in https_proxy: is it up, or should no_proxy name api.example?"
      ),
      (
        .proxy(ProxyFailure(.notResolved, of: "https_proxy")),
        "cannot resolve the name of the proxy in https_proxy: is it up, or should no_proxy name "
          + "api.example?"
      ),
      (
        .proxy(ProxyFailure(.refusedTunnel(status: 502), of: "https_proxy")),
        "the proxy in https_proxy did not connect to api.example (status 502): is it meant to, or "
          + "should no_proxy name api.example?"
      ),
      (
        .reset,
        "api.example:443 closed the connection without a response: is the service restarting? "
          + "(through the proxy in https_proxy)"
      ),
    ])
  func proxy(failure: HTTPFailure, sentence: String) {
    let failure = FetchFailure(
      reason: .noResponse(failure), endpoint: .init(host: "api.example", port: 443),
      proxyVariable: "https_proxy")
    #expect(failure.sentence == sentence)
  }

  @Test("The sentence names the source of the token")
  func tokenSource() async throws {
    let token = try Credential(.token, "secret", source: "the file /run/token")
    let refused = ScriptedClient.Answer.success(HTTPResponse(status: 401))
    #expect(
      try await sentence(for: refused, credentials: [token])
        == "the endpoint rejects the token (401): check the file /run/token")
  }

  @Test(
    "A refusal names what was refused, and what the endpoint asks for",
    arguments: [
      (
        401, "Basic realm=x", [],
        "the endpoint requires a user and a password (401): see basic_auth_env of targets, or "
          + "--basic-auth-env"
      ),
      (
        401, "Bearer, basic", [],
        "the endpoint requires a user and a password (401): see basic_auth_env of targets, or "
          + "--basic-auth-env"
      ),
      (
        401, "Bearer realm=\"basic\"", [],
        "the endpoint requires a token (401): set OPS_API_BEARER_TOKEN"
      ),
      (
        401, "Basic realm=x", ["login"],
        "the endpoint rejects the user and password (401): check LOGIN"
      ),
      (
        401, "Basic realm=x", ["token"],
        "the endpoint rejects the token (401): check TOKEN; it asks for a user and a password, see "
          + "basic_auth_env or --basic-auth-env"
      ),
      (
        401, "", ["token", "header"],
        "the endpoint rejects the token and the header X-Api-Key (401): check TOKEN and KEY"
      ),
      (
        403, "", ["login"],
        "the endpoint denies access (403): check the permissions of the user and password in LOGIN"
      ),
    ])
  func refusals(
    status: Int, challenge: String, sent: [String], sentence: String
  ) async throws {
    let known = [
      "token": try Credential(.token, "secret", source: "TOKEN"),
      "login": try Credential(.login, "watcher:secret", source: "LOGIN"),
      "header": try Credential(.header("X-Api-Key"), "secret", source: "KEY"),
    ]
    let response = HTTPResponse(status: status, headers: ["WWW-Authenticate": challenge])
    let credentials = sent.compactMap { known[$0] }
    #expect(try await self.sentence(for: .success(response), credentials: credentials) == sentence)
  }

  @Test(
    "A body of an accepted status that is no snapshot is named with its status",
    arguments: [
      (
        SnapshotFormat.json, "<html>",
        "the response (503) is HTML instead of JSON: is this a login page, or the wrong URL?"
      ),
      (
        .prometheus, "\n<html>",
        "the response (503) is HTML instead of Prometheus text: is this a login page, or the wrong URL?"
      ),
      (.prometheus, " ", "the response is empty (503): check the service"),
      (.none, "", nil), (.none, "<html>", nil), (.prometheus, "a 1", nil), (.json, "{}", nil),
    ] as [(SnapshotFormat, String, String?)])
  func acceptedBodies(format: SnapshotFormat, body: String, sentence: String?) async throws {
    let response = HTTPResponse(
      status: 503, headers: ["Content-Type": "text/html"], body: Array(body.utf8))
    #expect(
      try await self.sentence(for: .success(response), format: format, accepted: .any) == sentence)
  }

  private func sentence(
    for answer: ScriptedClient.Answer, credentials: [Credential] = [],
    format: SnapshotFormat = .json, accepted: AcceptedStatuses = .success
  ) async throws -> String? {
    let address = try HTTPAddress("http://api.example/ops/metrics?key=secret")
    let clock = ScriptedClock()
    let outcomes = await fetchSnapshots(
      [
        FetchTarget(
          name: "a", address: address, credentials: credentials, format: format,
          acceptedStatuses: accepted)
      ],
      settings: FetchSettings(retries: 0), client: ScriptedClient(clock: clock) { _, _ in answer },
      pause: RetryPause(now: { .init(milliseconds: 0) }), clock: clock)
    guard case .failed(let failure, _) = outcomes.first?.outcome else { return nil }
    return failure.sentence
  }
}
