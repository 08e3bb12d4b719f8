internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("The HTTP worker", .promptly)
struct HTTPWorkerTests {
  private static let longEnough = Duration.seconds(600)

  @Test("A request and its response are transferred unchanged")
  func exchange() async throws {
    let everyByte = [UInt8]((0...255).map { $0 })
    let server = try LoopbackServer { request in
      .response(201, headers: [("X-Reply", "yes")], body: request.body.reversed())
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    let response = try await worker.response(
      to: HTTPRequest(
        .post, try server.address("/in?a=%20b"),
        headers: [
          HTTPHeader(.contentType, "application/json"), HTTPHeader(.authorization, " Bearer t\r\n"),
          HTTPHeader(try #require(HTTPHeader.Name(custom: "x-!#$%&'*+.^_`|~")), "y"),
        ], body: everyByte, deadline: Self.longEnough))
    #expect(response.status == 201)
    #expect(response.header("x-rePLY") == "yes")
    #expect(response.body == everyByte.reversed())
    let request = try #require(server.requests.first)
    #expect(request.method == "POST" && request.path == "/in?a=%20b")
    #expect(request.body == everyByte)
    #expect(request.header("Authorization") == "Bearer t")
    #expect(request.header("Content-Type") == "application/json")
    #expect(request.header("x-!#$%&'*+.^_`|~") == "y")
    #expect(request.header("User-Agent") == "ops-alert-eval")
    #expect(request.header("Accept-Encoding") == "identity")
    #expect(request.header("Cookie") == nil)
  }

  @Test("The time of a response lasts from the request to the end of the body")
  func elapsed() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    let server = try LoopbackServer { _ in
      .init([
        .send(Array(head.utf8)),
        .drip([UInt8](repeating: 0x20, count: 5), every: .milliseconds(20)),
      ])
    }
    defer { server.stop() }
    let begin = ContinuousClock.now
    let response = try await HTTPWorker().response(
      to: HTTPRequest(.get, try server.address(), deadline: Self.longEnough))
    let elapsed = try #require(response.elapsed)
    #expect(elapsed >= .milliseconds(100) && elapsed <= begin.duration(to: .now))
  }

  @Test("Many requests are served at once, including a large one")
  func sideBySide() async throws {
    let large = [UInt8](repeating: 0x20, count: 5 << 20)
    let server = try LoopbackServer { request in
      .response(body: request.path == "/0" ? large : Array(request.path.utf8))
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask {
          let address = try server.address("/\(number)")
          let response = try await worker.response(
            to: HTTPRequest(.get, address, deadline: Self.longEnough))
          #expect(response.body == (number == 0 ? large : Array("/\(number)".utf8)))
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("A token never follows a redirect", arguments: 300...308)
  func redirect(status: Int) async throws {
    let elsewhere = try LoopbackServer { _ in .json("{}") }
    defer { elsewhere.stop() }
    let location = "http://127.0.0.1:\(elsewhere.port)/"
    let server = try LoopbackServer { _ in
      .response(status, headers: [("Location", location)], body: [0x20])
    }
    defer { server.stop() }
    let request = HTTPRequest(
      .post, try server.address(), headers: [HTTPHeader(.authorization, "Bearer t")], body: [1],
      deadline: Self.longEnough)
    let worker = HTTPWorker()
    await #expect(throws: HTTPFailure.redirect(status: status)) {
      try await worker.response(to: request)
    }
    #expect(server.requests.count == 1 && elsewhere.requests.isEmpty)
  }

  @Test(
    "A 401 is a whole response whatever its challenge",
    arguments: ["Basic realm=x", "Bearer", "Digest", ""])
  func challenge(challenge: String) async throws {
    let body = [UInt8](repeating: 0x20, count: 1 << 20)
    let server = try LoopbackServer { _ in
      .response(401, headers: [("WWW-Authenticate", challenge)], body: body)
    }
    defer { server.stop() }
    let request = HTTPRequest(.get, try server.address(), deadline: Self.longEnough)
    let response = try await HTTPWorker().response(to: request)
    #expect(response.status == 401 && response.body == body)
    #expect(response.header("WWW-Authenticate") == challenge)
    #expect(server.requests.count == 1)
  }

  @Test("A request ends at its deadline, not before", arguments: [50, 300])
  func deadlines(milliseconds: Int) async throws {
    let server = try LoopbackServer { _ in .init([.hang]) }
    defer { server.stop() }
    let limit = Duration.milliseconds(milliseconds)
    let start = ContinuousClock.now
    await #expect(throws: HTTPFailure.timedOut(after: limit)) {
      try await HTTPWorker().response(to: HTTPRequest(.get, try server.address(), deadline: limit))
    }
    #expect(start.duration(to: .now) >= limit)
  }

  @Test(
    "The other requests finish, whatever one response does to the worker",
    arguments: [
      ("Content-Le", HTTPFailure.unreadableHead(detail: "")),
      ("Content-Encoding: gzip\r\n\r\n", .encoded("gzip")),
      ("Content-Length: 999999999\r\n\r\n", .tooLarge(limit: HTTPRequest.defaultBodyLimit)),
    ])
  func neighbours(response: String, failure: HTTPFailure) async throws {
    let server = try LoopbackServer { request in
      request.path == "/bad"
        ? .raw("HTTP/1.1 200 OK\r\n" + response)
        : .init([.drip(Array("HTTP/1.1 200 OK\r\n\r\n{}".utf8), every: .milliseconds(10))])
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    let bad = HTTPRequest(.get, try server.address("/bad"), deadline: Self.longEnough)
    let slow = HTTPRequest(.get, try server.address("/slow"), deadline: Self.longEnough)
    async let first = worker.response(to: slow)
    async let second = worker.response(to: slow)
    await #expect(throws: failure) { try await worker.response(to: bad) }
    #expect(try await [first.body, second.body] == [Array("{}".utf8), Array("{}".utf8)])
    #expect(server.requests.count { $0.path == "/bad" } <= 2)
  }

  @Test("A request is cancelled with its task, and every request at the end")
  func cancellation() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let server = try LoopbackServer { _ in
      arrival.yield()
      return .init([.hang])
    }
    defer { server.stop() }
    let worker = HTTPWorker()
    let request = HTTPRequest(.get, try server.address(), deadline: Self.longEnough)
    let tasks = (0..<2).map { _ in
      Task {
        _ = await #expect(throws: HTTPFailure.cancelled) { try await worker.response(to: request) }
      }
    }
    var arrived = arrivals.makeAsyncIterator()
    await arrived.next()
    await arrived.next()
    tasks[0].cancel()
    await tasks[0].value
    worker.shutDown()
    await tasks[1].value
    await #expect(throws: HTTPFailure.cancelled) { try await worker.response(to: request) }
  }

  @Test(
    "A header that could inject another one is rejected",
    arguments: ["a\r\nX: y", "\u{0}", "é", " "])
  func headers(value: String) async throws {
    let request = HTTPRequest(
      .get, try HTTPAddress("http://127.0.0.1:9/"), headers: [HTTPHeader(.accept, value)],
      deadline: Self.longEnough)
    await #expect(throws: HTTPFailure.headerRefused(name: "Accept")) {
      try await HTTPWorker().response(to: request)
    }
  }

  @Test("Requests go through a proxy only if one is set")
  func proxy() async throws {
    let proxy = try LoopbackServer { _ in .json("\"proxy\"") }
    defer { proxy.stop() }
    let worker = HTTPWorker(proxies: ["http_proxy": "http://127.0.0.1:\(proxy.port)"])
    let address = try HTTPAddress("http://api.example/ops/metrics")
    _ = try await worker.response(to: HTTPRequest(.get, address, deadline: Self.longEnough))
    #expect(proxy.requests.first?.path == "http://api.example/ops/metrics")
    await #expect(throws: HTTPFailure.refused) {
      try await HTTPWorker().response(
        to: HTTPRequest(.get, try HTTPAddress("http://127.0.0.1:9/"), deadline: Self.longEnough))
    }
  }

  @Test(
    "A proxy that cannot be used is named, whatever is sent through it",
    arguments: [HTTPMethod.get, .post],
    [
      (
        "http_proxy", "http://127.0.0.1:9",
        HTTPFailure.proxy(ProxyFailure(.refused, of: "http_proxy"))
      ),
      ("https_proxy", "http://127.0.0.1:9", .proxy(ProxyFailure(.refused, of: "https_proxy"))),
      (
        "all_proxy", "http://nowhere.invalid:9", .proxy(ProxyFailure(.notResolved, of: "all_proxy"))
      ),
    ])
  func deadProxy(method: HTTPMethod, proxy: (String, String, HTTPFailure)) async throws {
    let (variable, place, failure) = proxy
    let scheme = variable == "https_proxy" ? "https" : "http"
    let worker = HTTPWorker(proxies: [variable: place])
    let request = HTTPRequest(
      method, try HTTPAddress("\(scheme)://api.example/"), deadline: Self.longEnough)
    await #expect(throws: failure) { try await worker.response(to: request) }
  }

  @Test(
    "A proxy that opens no tunnel is named", arguments: [HTTPMethod.get, .post],
    [(nil, .refused), (407, .refusedTunnel(status: 407)), (502, .refusedTunnel(status: 502))]
      as [(Int?, ProxyFailure.Cause)])
  func noTunnel(method: HTTPMethod, answer: (status: Int?, cause: ProxyFailure.Cause)) async throws
  {
    let proxy = try LoopbackServer { _ in
      answer.status.map { .response($0, body: Array("no".utf8)) } ?? .init([])
    }
    defer { proxy.stop() }
    let worker = HTTPWorker(proxies: ["https_proxy": "http://127.0.0.1:\(proxy.port)"])
    let request = HTTPRequest(
      method, try HTTPAddress("https://api.example/"), deadline: Self.longEnough)
    let failure = HTTPFailure.proxy(ProxyFailure(answer.cause, of: "https_proxy"))
    await #expect(throws: failure) { try await worker.response(to: request) }
  }

  @Test("A worker that cannot be started is a failure, not a crash")
  func unavailable() async throws {
    let request = HTTPRequest(
      .get, try HTTPAddress("http://127.0.0.1:9/"), deadline: Self.longEnough)
    await #expect(
      throws: HTTPFailure.workerUnavailable(
        "/nonexistent cannot be started: No such file or directory")
    ) {
      try await HTTPWorker(executable: "/nonexistent").response(to: request)
    }
    await #expect(throws: HTTPFailure.workerUnavailable("it ended with status 1")) {
      try await HTTPWorker(executable: "/bin/false").response(to: request)
    }
  }
}
