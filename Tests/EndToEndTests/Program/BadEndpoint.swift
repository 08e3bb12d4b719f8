@testable import HTTP
internal import Testing

/// A way in which an endpoint fails to return a snapshot, and words of the message.
struct BadEndpoint: CustomTestStringConvertible, Sendable {
  let name: String
  /// Its response; the argument is the address of another server, which must get no request.
  let reply: @Sendable (_ elsewhere: String) -> LoopbackServer.Reply
  /// Words of the message; several if it is a race which cause comes first.
  let causes: [String]
  /// Whether the deadline of the attempt ends it; it is then a short one.
  let isEndless: Bool

  var testDescription: String { name }

  private init(
    _ name: String, says cause: String, or other: String? = nil, isEndless: Bool = false,
    _ reply: @autoclosure @escaping @Sendable () -> LoopbackServer.Reply
  ) {
    self.name = name
    self.reply = { _ in reply() }
    causes = [cause] + (other.map { [$0] } ?? [])
    self.isEndless = isEndless
  }

  private init(
    _ name: String, says cause: String,
    redirecting reply: @escaping @Sendable (_ elsewhere: String) -> LoopbackServer.Reply
  ) {
    self.name = name
    self.reply = reply
    causes = [cause]
    isEndless = false
  }

  /// Whether a sentence names the cause.
  func isNamed(in sentence: String) -> Bool { causes.contains(where: sentence.contains) }

  private typealias Reply = LoopbackServer.Reply

  private static let kinds = [refusals, redirects, brokenAnswers, floods, silences, bodies]
  static let all = kinds.flatMap(\.self)
  static let oneOfEachKind = kinds.compactMap(\.first)

  private static let refusals = [
    BadEndpoint("a wrong token", says: "rejects the token (401)", .response(401)),
    BadEndpoint(
      "a 401 that asks for Basic", says: "rejects the token (401)",
      .response(401, headers: [("WWW-Authenticate", "Basic realm=\"ops\"")])),
    BadEndpoint(
      "a 401 that asks for Digest", says: "rejects the token (401)",
      .response(401, headers: [("WWW-Authenticate", "Digest realm=\"ops\", nonce=\"1\"")])),
    BadEndpoint("no rights", says: "denies access (403)", .response(403)),
    BadEndpoint("nothing there", says: "nothing found at /ops/metrics (404)", .response(404)),
    BadEndpoint("a failing service", says: "the service returned an error (500)", .response(500)),
    BadEndpoint("a busy service", says: "the service returned an error (503)", .response(503)),
  ]

  private static let redirects =
    [301, 302, 303, 307, 308].map { status in
      BadEndpoint(
        "a redirect to another port, \(status)", says: "the endpoint redirects (\(status))"
      ) {
        .response(status, headers: [("Location", $0)])
      }
    } + [
      BadEndpoint(
        "a redirect to a broken URL", says: "the endpoint redirects (302)",
        .response(302, headers: [("Location", "//[bad")]))
    ]

  private static let brokenAnswers = [
    BadEndpoint(
      "half a head", says: "headers cannot be parsed", .raw("HTTP/1.1 200 OK\r\nContent-Le")),
    BadEndpoint(
      "a compressed body", says: "encoded (gzip)",
      .response(headers: [("Content-Encoding", "gzip")], body: [0x1F, 0x8B, 8, 0])),
    BadEndpoint(
      "half of a body with its length", says: "ended early",
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"errors\": {\"rate\"")),
    BadEndpoint(
      "half of a body without its length", says: "may be truncated",
      .raw("HTTP/1.1 200 OK\r\n\r\n{\"errors\": {\"rate\"")),
    BadEndpoint(
      "half of a chunk", says: "ended early",
      .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"errors\"")),
    // Foundation takes seconds for this many: its time grows with the square of their number.
    BadEndpoint(
      "20,000 headers", says: "too many headers", or: "no complete response within 1 s",
      isEndless: true,
      .raw("HTTP/1.1 200 OK\r\n" + (0..<20_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n{}")),
    BadEndpoint("another protocol", says: "does not speak HTTP", .raw("220 ready\r\n")),
    BadEndpoint("an end without an answer", says: "closed the connection", Reply([])),
    BadEndpoint("a reset", says: "closed the connection", Reply([.reset])),
  ]

  private static let floods = [
    BadEndpoint(
      "an endless body", says: "larger than 16 MiB",
      Reply([.send(okay), .flood([UInt8](repeating: 0x20, count: 1 << 16), upTo: 1 << 34)])),
    BadEndpoint(
      "an endless header", says: "too many headers",
      Reply([
        .send(Array("HTTP/1.1 200 OK\r\nX: ".utf8)),
        .flood([UInt8](repeating: 0x61, count: 1 << 16), upTo: 1 << 34),
      ])),
    BadEndpoint(
      "a gzip bomb", says: "encoded (gzip)",
      Reply([
        .send(Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".utf8)),
        .send([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]),
        .flood([UInt8](repeating: 0, count: 1 << 16), upTo: 1 << 34),
      ])),
  ]

  private static let silences = [
    BadEndpoint(
      "silence", says: "no complete response within 1 s", isEndless: true, Reply([.hang])),
    BadEndpoint(
      "silence after the head", says: "no complete response within 1 s", isEndless: true,
      Reply([.send(okay), .hang])),
    BadEndpoint(
      "a byte a second", says: "no complete response within 1 s", isEndless: true,
      Reply([.send(okay), .drip([UInt8](repeating: 0x20, count: 60), every: .seconds(1))])),
  ]

  private static let bodies = [
    BadEndpoint("no body", says: "the response is empty (200)", .response()),
    BadEndpoint("no content", says: "the response is empty (204)", .response(204)),
    BadEndpoint("blanks", says: "the response is empty (200)", .json(" \r\n")),
    BadEndpoint(
      "a login page", says: "the response is HTML instead of JSON",
      .response(
        headers: [("Content-Type", "text/html")], body: Array("<!doctype html>Log in".utf8))),
    BadEndpoint(
      "plain text", says: "not a JSON snapshot (line 1, column 1", .json("upstream is away")),
    BadEndpoint(
      "600 levels", says: "not a JSON snapshot (line 1, column 513",
      .json(String(repeating: "[", count: 600) + String(repeating: "]", count: 600))),
    BadEndpoint(
      "a broken character", says: "not a JSON snapshot (line 1, column",
      .response(body: Array(#"{"errors": {"rate": 0.01}, "x": ""#.utf8) + [0xFF, 0x22, 0x7D])),
    BadEndpoint(
      "text after the end", says: "not a JSON snapshot (line 2", .json(Given.good + "\nOK")),
    BadEndpoint(
      "two snapshots", says: "not a JSON snapshot (line 1", .json(Given.good + Given.good)),
    BadEndpoint(
      "no number", says: "not a JSON snapshot (line 1", .json(#"{"errors": {"rate": NaN}}"#)),
    BadEndpoint(
      "a byte order mark", says: "not a JSON snapshot (line 1", .json("\u{FEFF}" + Given.good)),
  ]

  private static let okay = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
}
