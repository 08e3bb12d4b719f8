@testable import HTTP
internal import TestSupport
internal import Testing

/// A bad response, and the failure that it causes.
private struct Hazard: CustomTestStringConvertible, Sendable {
  let name: String
  let reply: LoopbackServer.Reply
  let expected: HTTPFailure

  var testDescription: String { name }

  init(_ name: String, _ reply: LoopbackServer.Reply, _ expected: HTTPFailure) {
    self.name = name
    self.reply = reply
    self.expected = expected
  }

  init(_ name: String, _ raw: String, _ expected: HTTPFailure) {
    self.init(name, .raw(raw), expected)
  }

  private static let okay = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
  private static let deadline = HTTPFailure.timedOut(after: shortest)
  private static let shortest = Duration.milliseconds(700)
  fileprivate static let longEnough = Duration.seconds(600)

  /// Short if the deadline is under test.
  var attempt: Duration { expected == Self.deadline ? Self.shortest : Self.longEnough }

  static let all = [
    Hazard(
      "a redirect with trailers",
      "HTTP/1.1 302 Found\r\nLocation: /\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n",
      .unreadableHead(detail: "")),
    Hazard(
      "a redirect to a broken URL",
      "HTTP/1.1 302 Found\r\nLocation: //[bad\r\nContent-Length: 0\r\n\r\n", .redirect(status: 302)),
    Hazard(
      "a redirect without a place",
      "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", .redirect(status: 302)),
    Hazard(
      "a redirect that never ends",
      Reply([
        .send(Array("HTTP/1.1 307 Temporary\r\nLocation: http://localhost/\r\n\r\n".utf8)),
        .flood([UInt8](repeating: 0x20, count: 1 << 16), upTo: 1 << 28),
      ]), deadline),
    Hazard("not modified", "HTTP/1.1 304 Not Modified\r\n\r\n", .redirect(status: 304)),
    Hazard(
      "a byte a tenth",
      Reply([
        .send(Array("HTTP/1.1 200 OK\r\nX: ".utf8)),
        .drip([UInt8](repeating: 0x61, count: 9_999), every: .milliseconds(100)),
      ]), deadline),
    Hazard(
      "a body a byte a tenth",
      Reply([.send(okay), .drip([UInt8](repeating: 0x20, count: 9_999), every: .milliseconds(100))]
      ),
      deadline),
    Hazard(
      "an endless body",
      Reply([.send(okay), .flood([UInt8](repeating: 0x20, count: 1 << 16), upTo: 1 << 28)]),
      .tooLarge(limit: HTTPRequest.defaultBodyLimit)),
    Hazard(
      "a body announced too large",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
      .tooLarge(limit: HTTPRequest.defaultBodyLimit)),
    Hazard(
      "a gzip bomb",
      Reply([
        .send(Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".utf8)),
        .send(gzipStart), .flood(gzipRepeat, upTo: 4 << 20),
      ]), .encoded("gzip")),
    Hazard(
      "20,000 headers, which take seconds to read",
      "HTTP/1.1 200 OK\r\n" + (0..<20_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n{}",
      deadline),
    Hazard(
      "headers of 80 kB",
      "HTTP/1.1 200 OK\r\n"
        + (0..<40).map { "X-\($0): " + String(repeating: "a", count: 2_000) + "\r\n" }.joined()
        + "Content-Length: 2\r\n\r\n{}", .headersTooLarge),
    Hazard(
      "an endless header",
      Reply([
        .send(Array("HTTP/1.1 200 OK\r\nX: ".utf8)),
        .flood([UInt8](repeating: 0x61, count: 1 << 16), upTo: 1 << 28),
      ]), .headersTooLarge),
    Hazard(
      "half a body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", .truncated),
    Hazard(
      "half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{", .truncated),
    Hazard(
      "a broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{", .truncated),
    Hazard("half a head", "HTTP/1.1 200 OK\r\nContent-Le", .unreadableHead(detail: "")),
    Hazard(
      "half a head after 100", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le",
      .unreadableHead(detail: "")),
    Hazard("nothing after 103", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", .reset),
    Hazard(
      "silence after 100", Reply([.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)), .hang]),
      deadline),
    Hazard("another protocol", "SSH-2.0-OpenSSH_9.6\r\n", .notHTTP),
    Hazard("a wrong version", "HTTP/9.9 200 OK\r\n\r\n{}", .notHTTP),
    Hazard("a wrong status", "HTTP/1.1 abc OK\r\n\r\n{}", .notHTTP),
    Hazard("silence", Reply([.hang]), deadline),
    Hazard("an immediate end", Reply([]), .reset),
    Hazard("a reset", Reply([.reset]), .reset),
    Hazard(
      "a reset in the body",
      Reply([.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".utf8)), .reset]),
      .truncated),
  ]

  private typealias Reply = LoopbackServer.Reply

  /// A gzip header and a deflate block that begins with one zero byte.
  private static let gzipStart: [UInt8] =
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + packed("010" + "00110000" + "11000101" + "00000")
  /// "258 bytes more of the same", 4,000 times: 6.5 kB for a MB.
  private static let gzipRepeat: [UInt8] = Array(
    repeatElement(packed(String(repeating: "1100010100000", count: 8)), count: 500).joined())

  /// Bits as deflate packs them: the first is the lowest of its byte.
  private static func packed(_ bits: String) -> [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      bits.dropFirst(start).prefix(8).reversed().reduce(0) { $0 << 1 | ($1 == "1" ? 1 : 0) }
    }
  }
}

@Suite("A hostile server", .promptly)
struct HazardTests {
  @Test(
    "A hostile response fails with a cause, and harms no other request", arguments: Hazard.all)
  private func hazard(_ hazard: Hazard) async throws {
    let server = try LoopbackServer { request in
      request.path == "/good" ? .json("{}") : hazard.reply
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    let bad = HTTPRequest(.get, try server.address("/bad"), deadline: hazard.attempt)
    await #expect(throws: hazard.expected) { try await worker.response(to: bad) }
    let good = HTTPRequest(.get, try server.address("/good"), deadline: Hazard.longEnough)
    #expect(try await worker.response(to: good).body == Array("{}".utf8))
  }

  @Test(
    "An interim response confirms no POST",
    arguments: [
      ("100 Continue", [.hang]), ("103 Early Hints\r\nLink: </a>", []),
      ("103 Early Hints", [.send(Array("HTTP/1.1 200 OK\r\nServer:x\r\n\r\n".utf8))]),
      ("100 Continue", [.send(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8))]),
    ] as [(String, [LoopbackServer.Reply.Step])])
  func interim(head: String, rest: [LoopbackServer.Reply.Step]) async throws {
    let server = try LoopbackServer { _ in
      .init([.send(Array("HTTP/1.1 \(head)\r\n\r\n".utf8))] + rest)
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    let request = HTTPRequest(
      .post, try server.address("/hook"), body: [0x7B, 0x7D], deadline: .milliseconds(700))
    await #expect(throws: HTTPFailure.self) { try await worker.response(to: request) }
    #expect(server.requests.count == 1)
  }

  @Test("A tunnel that a proxy opens confirms no POST")
  func tunnel() async throws {
    let proxy = try LoopbackServer { _ in
      .init([.send(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)), .hang])
    }
    defer { proxy.stop() }
    let worker = HTTPWorker(proxies: ["https_proxy": "http://127.0.0.1:\(proxy.port)"])
    defer { worker.shutDown() }
    let request = HTTPRequest(
      .post, try HTTPAddress("https://hook.example/"), body: [0x7B, 0x7D],
      deadline: .milliseconds(700))
    await #expect(throws: HTTPFailure.timedOut(after: .milliseconds(700))) {
      try await worker.response(to: request)
    }
  }

  @Test("A POST is sent once, whatever happens to the requests beside it")
  func beside() async throws {
    let server = try LoopbackServer { request in
      switch request.path {
      case "/trailers":
        .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n")
      case "/half": .raw("HTTP/1.1 200 OK\r\nContent-Le")
      case "/large": .raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{")
      case "/encoded": .raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{")
      case _:
        .init([.drip(Array("HTTP/1.1 200 OK\r\n\r\n{}".utf8), every: .milliseconds(10))])
      }
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    let posts = ["/trailers", "/half", "/large", "/encoded", "/slow/1", "/slow/2", "/slow/3"]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for path in posts {
        let (post, get) = (try server.address(path), try server.address("/get" + path))
        group.addTask {
          let request = HTTPRequest(.post, post, body: [0x7B, 0x7D], deadline: Hazard.longEnough)
          let status = try? await worker.response(to: request).status
          #expect(status == (path == "/half" ? nil : 200), "\(path)")
        }
        group.addTask {
          _ = try await worker.response(to: HTTPRequest(.get, get, deadline: Hazard.longEnough))
        }
      }
      try await group.waitForAll()
    }
    for path in posts { #expect(server.requests.count { $0.path == path } == 1, "\(path)") }
  }

  @Test(
    "A POST has arrived once its response begins, whatever is wrong with the rest",
    arguments: [
      "Content-Encoding: gzip\r\n\r\n\u{1F}", "Content-Length: 99999999999\r\n\r\n{",
      "Content-Length: 100\r\n\r\n{\"half\":",
    ])
  func posted(rest: String) async throws {
    let server = try LoopbackServer { _ in .raw("HTTP/1.1 202 Accepted\r\n" + rest) }
    defer { server.stop() }
    let worker = HTTPWorker()
    defer { worker.shutDown() }
    let request = HTTPRequest(
      .post, try server.address("/hook"), body: [0x7B, 0x7D], deadline: Hazard.longEnough)
    #expect(try await worker.response(to: request).status == 202)
    #expect(server.requests.count == 1)
  }
}
