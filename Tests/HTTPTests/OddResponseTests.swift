@testable import HTTP
internal import TestSupport
internal import Testing

/// A response that is odd but means success, and what becomes of it.
private struct OddResponse {
  enum Verdict: Equatable {
    /// It is used, with this status and body.
    case used(Int, String)
    case named(HTTPFailure)
  }

  let name: String
  let bytes: [UInt8]
  let verdict: Verdict

  /// A response in Latin-1, and what comes of it; `nil` for a used 200 with `{}`.
  init(_ name: String, latin1 text: String, _ verdict: Verdict? = nil) {
    self.name = name
    bytes = text.unicodeScalars.map { UInt8($0.value) }
    self.verdict = verdict ?? .used(200, "{}")
  }

  init(_ name: String, _ failure: HTTPFailure, latin1 text: String) {
    self.init(name, latin1: text, .named(failure))
  }

  /// A 200 with `{}` and these lines in its head.
  init(_ name: String, header lines: String, _ verdict: Verdict? = nil) {
    self.init(
      name, latin1: "HTTP/1.1 200 OK\r\n\(lines)\r\nContent-Length: 2\r\n\r\n{}", verdict)
  }

  /// A response with `{}` and this status line.
  init(_ name: String, status line: String, _ verdict: Verdict? = nil) {
    self.init(name, latin1: "\(line)\r\nContent-Length: 2\r\n\r\n{}", verdict)
  }

  /// A 200 with chunks.
  init(_ name: String, chunks: String, coding: String = "chunked", _ verdict: Verdict? = nil) {
    self.init(
      name, latin1: "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n\(chunks)", verdict)
  }

  private static func unreadable(_ detail: String = "") -> Verdict {
    .named(.unreadableHead(detail: detail))
  }

  private static let end = "2\r\n{}\r\n0\r\n\r\n"

  static let statusLines = [
    OddResponse("no phrase", status: "HTTP/1.1 200 "),
    OddResponse("neither a phrase nor the space before it", status: "HTTP/1.1 200", unreadable()),
    OddResponse("HTTP/1.0 without a phrase", status: "HTTP/1.0 200 "),
    OddResponse("HTTP/1.0", status: "HTTP/1.0 200 OK"),
    OddResponse("HTTP/2 in the text", status: "HTTP/2 200 OK"),
    OddResponse("HTTP/1.2", status: "HTTP/1.2 200 OK", .named(.notHTTP)),
    OddResponse("lower case", status: "http/1.1 200 OK"),
    OddResponse("a phrase in UTF-8", status: "HTTP/1.1 200 Tr\u{C3}\u{A8}s bien"),
    OddResponse("a phrase in Latin-1", status: "HTTP/1.1 200 Tr\u{E8}s bien", unreadable()),
    OddResponse("a failure in Latin-1", status: "HTTP/1.1 503 Indispon\u{ED}vel", unreadable()),
    OddResponse("a colon in the phrase", status: "HTTP/1.1 200 OK: fine"),
    OddResponse("control characters as phrase", status: "HTTP/1.1 200 \u{1}\u{2}"),
    OddResponse("NUL in the phrase", status: "HTTP/1.1 200 O\0K", unreadable("nul byte in header")),
    OddResponse("a phrase of 5 kB", status: "HTTP/1.1 200 " + String(repeating: "a", count: 5_000)),
    OddResponse("two spaces before the status", status: "HTTP/1.1  200 OK", unreadable()),
    OddResponse("tabs", status: "HTTP/1.1\t200\tOK", .named(.notHTTP)),
    OddResponse("an unknown success", status: "HTTP/1.1 299 Odd", .used(299, "{}")),
    OddResponse("a status of four digits", status: "HTTP/1.1 2000 OK", .named(.notHTTP)),
    OddResponse("a status of two digits", status: "HTTP/1.1 20 OK", .named(.notHTTP)),
    OddResponse("status 999", status: "HTTP/1.1 999 Odd", .used(999, "{}")),
    OddResponse("an empty line first", status: "\r\nHTTP/1.1 200 OK", .named(.notHTTP)),
    OddResponse("Shoutcast", status: "ICY 200 OK", .named(.notHTTP)),
    OddResponse("100 first", status: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"),
    OddResponse("102 first", status: "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK"),
    OddResponse(
      "103 first", status: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK"),
    OddResponse(
      "100 twice",
      status: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"),
    OddResponse(
      "a switch of protocols", .notHTTP, latin1: "HTTP/1.1 101 Switching\r\nUpgrade: a\r\n\r\n"),
    OddResponse("201 with a place", status: "HTTP/1.1 201 OK\r\nLocation: /a", .used(201, "{}")),
    OddResponse(
      "201 with a broken place", status: "HTTP/1.1 201 OK\r\nLocation: //[bad", .used(201, "{}")),
    OddResponse("206", status: "HTTP/1.1 206 OK\r\nContent-Range: bytes 0-1/2", .used(206, "{}")),
  ]

  static let headers = [
    OddResponse("a value in UTF-8", header: "X: caf\u{C3}\u{A9}"),
    OddResponse("a value in Latin-1", header: "X: caf\u{E9}", unreadable()),
    OddResponse("a name in Latin-1", header: "X\u{E9}: a", unreadable()),
    OddResponse("no space after the colon", header: "Server:x", unreadable()),
    OddResponse("a space before the colon", header: "X-A : 1", unreadable()),
    OddResponse("a space in the name", header: "X Y: 1", unreadable()),
    OddResponse("no name", header: ": x", unreadable()),
    OddResponse("no colon", header: "garbage", unreadable("header without colon")),
    OddResponse("no value", header: "X-A:"),
    OddResponse("a space as value", header: "X-A: "),
    OddResponse("a tab after the colon", header: "X-A:\tb"),
    OddResponse("two spaces after the colon", header: "X-A:  b"),
    OddResponse("colons as value", header: "X: ::"),
    OddResponse("a lone LF", header: "X: 1\nY: 2", unreadable()),
    OddResponse("a lone CR", header: "X: a\rb"),
    OddResponse("control characters", header: "X: a\u{1}b\u{7F}"),
    OddResponse("NUL in a value", header: "X: a\0b", unreadable("nul byte in header")),
    OddResponse("a folded header", header: "X: a\r\n b"),
    OddResponse("a folded header with a tab", header: "X: a\r\n\tb"),
    OddResponse("a fold of nothing", header: " b", unreadable("header without colon")),
    OddResponse("the same header twice", header: "X: 1\r\nX: 2"),
    OddResponse("the same length twice", header: "Content-Length: 2"),
    OddResponse("a length with a sign", header: "Content-Length: +2"),
    OddResponse(
      "a negative length", header: "Content-Length: -2",
      unreadable("invalid content-length: value")),
    OddResponse(
      "a length that is a word", header: "Content-Length: two",
      unreadable("invalid content-length: value")),
    OddResponse(
      "2,000 headers", header: (0..<2_000).map { "X-\($0): 1" }.joined(separator: "\r\n")),
    OddResponse("a header of 60 kB", header: "X: " + String(repeating: "a", count: 60_000)),
    OddResponse(
      "a header of 70 kB", header: "X: " + String(repeating: "a", count: 70_000),
      .named(.headersTooLarge)),
    OddResponse(
      "a header of 110 kB", header: "X: " + String(repeating: "a", count: 110_000),
      .named(.headersTooLarge)),
    OddResponse(
      "headers of 350 kB",
      header: (0..<39).map { "X-\($0): " + String(repeating: "a", count: 9_000) }
        .joined(separator: "\r\n"), .named(.headersTooLarge)),
    OddResponse("broken cookies", header: "Set-Cookie: ;;;\r\nSet-Cookie: a=1"),
    OddResponse("a date that is none", header: "Date: never"),
    OddResponse("a broken type", header: "Content-Type: \"application/json"),
    OddResponse("another charset", header: "Content-Type: application/json; charset=utf-16"),
    OddResponse("a download", header: "Content-Disposition: attachment; filename=\"a.json\""),
    OddResponse("an offer to upgrade", header: "Upgrade: h2c\r\nConnection: Upgrade"),
    OddResponse("another service", header: "Alt-Svc: h3=\":443\""),
    OddResponse("a place that is not a redirect", header: "Location: http://127.0.0.1:1/"),
    OddResponse("no encoding", header: "Content-Encoding: identity"),
    OddResponse("no encoding and a space", header: "Content-Encoding: identity  "),
    OddResponse("an empty encoding", header: "Content-Encoding: "),
    OddResponse(
      "a charset as encoding", header: "Content-Encoding: utf-8", .named(.encoded("utf-8"))),
    OddResponse(
      "an encoding that no decoder has", header: "Content-Encoding: identity, aws-chunked",
      .named(.encoded("aws-chunked"))),
  ]

  static let bodies = [
    OddResponse("lone LFs", latin1: "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", unreadable()),
    OddResponse("no length", latin1: "HTTP/1.1 200 OK\r\n\r\n{}"),
    OddResponse(
      "more than announced", latin1: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more"),
    OddResponse(
      "zeros before the length", latin1: "HTTP/1.1 200 OK\r\nContent-Length: 02\r\n\r\n{}"),
    OddResponse(
      "a space after the length", latin1: "HTTP/1.1 200 OK\r\nContent-Length: 2 \r\n\r\n{}"),
    OddResponse(
      "no space before the length", latin1: "HTTP/1.1 200 OK\r\nContent-Length:2\r\n\r\n{}",
      unreadable()),
    OddResponse(
      "a body with a mark", latin1: "HTTP/1.1 200 OK\r\n\r\n\u{EF}\u{BB}\u{BF}{}",
      .used(200, "\u{FEFF}{}")),
    OddResponse("no body", latin1: "HTTP/1.1 204 No Content\r\n\r\n", .used(204, "")),
    OddResponse(
      "a body of nothing", latin1: "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", .used(204, "")),
    OddResponse("chunks", chunks: end),
    OddResponse("chunks in capitals", chunks: end, coding: "Chunked"),
    OddResponse("a chunk with an extension", chunks: "2;a=b\r\n{}\r\n0\r\n\r\n"),
    OddResponse("a chunk size with zeros", chunks: "0002\r\n{}\r\n0\r\n\r\n"),
    OddResponse("chunks and a length", chunks: end, coding: "chunked\r\nContent-Length: 7"),
    OddResponse(
      "no transfer coding",
      latin1:
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"),
    OddResponse(
      "compressed chunks", chunks: end, coding: "gzip, chunked", .named(.encoded("gzip"))),
    OddResponse("no last chunk", chunks: "2\r\n{}\r\n", .named(.truncated)),
    OddResponse("an unfinished last chunk", chunks: "2\r\n{}\r\n0\r\n", .named(.truncated)),
    OddResponse("a status line alone", .reset, latin1: "HTTP/1.1 200 OK"),
    OddResponse("a body alone", .notHTTP, latin1: "{}\n"),
    OddResponse("a TLS alert", .notHTTP, latin1: "\u{15}\u{3}\u{1}\0\u{2}\u{2}("),
  ]

  /// URLSession ends the process that reads some of these.
  static let trailers = [
    OddResponse("a trailer", chunks: "2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    OddResponse("two trailers", chunks: "2\r\n{}\r\n0\r\nX: 1\r\nY: 2\r\n\r\n"),
    OddResponse("a trailer after nothing", chunks: "0\r\nX: 1\r\n\r\n", .used(200, "")),
    OddResponse("a trailer in Latin-1", chunks: "2\r\n{}\r\n0\r\nX: caf\u{E9}\r\n\r\n"),
    OddResponse("a trailer without a space", chunks: "2\r\n{}\r\n0\r\nX:1\r\n\r\n"),
    OddResponse(
      "an announced trailer", chunks: "2\r\n{}\r\n0\r\nX: 1\r\n\r\n",
      coding: "chunked\r\nTrailer: X"),
    OddResponse("half a trailer", chunks: "2\r\n{}\r\n0\r\nX", .named(.truncated)),
    OddResponse("an unfinished trailer", chunks: "2\r\n{}\r\n0\r\nX: 1\r\n", .named(.truncated)),
    OddResponse(
      "a failure with a trailer",
      latin1: "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: 1\r\n\r\n",
      .used(503, "{}")),
    OddResponse(
      "half a head", .unreadableHead(detail: ""), latin1: "HTTP/1.1 200 OK\r\nContent-Le"),
  ]
}

@Suite("An odd response", .promptly)
struct OddResponseTests {
  private static let all =
    OddResponse.statusLines + OddResponse.headers + OddResponse.bodies + OddResponse.trailers

  private static func server() throws -> LoopbackServer {
    try LoopbackServer { request in
      let number = Int(request.path.dropFirst()) ?? 0
      return LoopbackServer.Reply([.send(all[number].bytes)])
    }
  }

  private static let deadline = Duration.seconds(25)

  /// The response to a request; one that URLSession never sends, as it rarely does after a connection
  /// was closed, is sent again.
  private static func response(
    to request: HTTPRequest, from server: LoopbackServer, by worker: HTTPWorker
  ) async throws(HTTPFailure) -> HTTPResponse {
    do throws(HTTPFailure) {
      return try await worker.response(to: request)
    } catch .timedOut where !server.requests.contains(where: { $0.path == request.url.path }) {
      return try await worker.response(to: request)
    }
  }

  @Test(
    "A text of libcurl is shown unless it may hold a URL or a password",
    arguments: [
      ("SSL: no alternative name", "SSL: no alternative name"),
      ("bad line \u{1B}[31m\u{301}", "bad line [31m"),
      ("at user:pass@host", ""), ("at user:pass@\u{301}host", ""),
      ("at http://host", ""), ("at http:/\u{301}/host", ""),
      (String(repeating: "a", count: 200) + "@", ""),
    ])
  func harmlessText(text: String, shown: String) { #expect(harmless(text) == shown) }

  @Test("An odd response is used, or fails with the actual cause", .timeLimit(.minutes(2)))
  func fetched() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    for (number, odd) in Self.all.enumerated() {
      let request = HTTPRequest(
        .get, try server.address("/\(number)"), deadline: Self.deadline)
      let verdict: OddResponse.Verdict
      do throws(HTTPFailure) {
        let response = try await Self.response(to: request, from: server, by: worker)
        verdict = .used(response.status, String(decoding: response.body, as: UTF8.self))
      } catch {
        verdict = .named(error)
      }
      #expect(verdict == odd.verdict, "\(odd.name)")
      #expect(server.requests.count { $0.path == "/\(number)" } == 1, "\(odd.name)")
    }
  }

  @Test(
    "A POST is sent once, whatever the response; a readable head confirms it",
    .timeLimit(.minutes(2)))
  func posted() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    for (number, odd) in Self.all.enumerated() {
      let request = HTTPRequest(
        .post, try server.address("/\(number)"), body: [0x7B, 0x7D], deadline: Self.deadline)
      let status = try? await Self.response(to: request, from: server, by: worker).status
      switch odd.verdict {
      case .used(let expected, _): #expect(status == expected, "\(odd.name)")
      case .named(.encoded), .named(.truncated): #expect(status == 200, "\(odd.name)")
      case .named(.headersTooLarge): break
      case .named: #expect(status == nil, "\(odd.name)")
      }
      let sends = server.requests.count { $0.path == "/\(number)" }
      #expect(sends == 1, "\(odd.name)")
    }
  }
}
