internal import Foundation
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("The worker's process", .promptly)
struct WorkerProcessTests {
  /// A variable that the worker inherits; it distinguishes this test's worker from others.
  private let marker = "TZ=\(UUID())"

  private func worker(_ variables: [String: String] = [:]) -> HTTPWorker {
    HTTPWorker(proxies: variables.merging(["TZ": String(marker.dropFirst(3))]) { $1 })
  }

  private func request(
    _ url: String = "http://127.0.0.1:9/", deadline: Duration = .seconds(600)
  ) throws -> HTTPRequest {
    HTTPRequest(.get, try HTTPAddress(url), deadline: deadline)
  }

  @Test("A worker that misses a deadline is ended")
  func stuck() async throws {
    let worker = worker()
    let process = try await process(of: worker)
    kill(process, SIGSTOP)
    await #expect(throws: HTTPFailure.timedOut(after: .milliseconds(100))) {
      try await worker.response(to: try request(deadline: .milliseconds(100)))
    }
    worker.shutDown()
    #expect(!exists(process))
  }

  @Test(
    "A worker is reaped at the end, however it ended",
    arguments: [SIGSTOP, SIGKILL, SIGTERM, SIGCONT])
  func reaped(signal: Int32) async throws {
    let worker = worker()
    let process = try await process(of: worker)
    kill(process, signal)
    worker.shutDown()
    #expect(!exists(process))
  }

  @Test("A killed worker is replaced")
  func replaced() async throws {
    let worker = worker()
    let process = try await process(of: worker)
    kill(process, SIGKILL)
    await #expect(throws: HTTPFailure.refused) { try await worker.response(to: try request()) }
    await #expect(throws: HTTPFailure.refused) { try await worker.response(to: try request()) }
    worker.shutDown()
    #expect(!exists(process))
  }

  @Test("A POST whose worker dies is not sent again", arguments: [SIGSEGV, SIGILL, SIGKILL])
  func crashed(signal: Int32) async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let server = try LoopbackServer { _ in
      arrival.yield()
      return .init([.hang])
    }
    defer { server.stop() }
    let worker = worker()
    let process = try await process(of: worker)
    let post = HTTPRequest(.post, try server.address(), deadline: .seconds(600))
    let sending = Task {
      _ = await #expect(throws: HTTPFailure.workerDied(signal: signal)) {
        try await worker.response(to: post)
      }
    }
    var arrived = arrivals.makeAsyncIterator()
    await arrived.next()
    kill(process, signal)
    await sending.value
    #expect(server.requests.count == 1)
    worker.shutDown()
  }

  @Test("A worker ends with its owner, even without a shutdown")
  func released() async throws {
    var worker: HTTPWorker? = worker()
    let process = try await process(of: worker)
    worker = nil
    #expect(!exists(process))
  }

  @Test("A worker ends by itself when its owner is gone")
  func orphaned() throws {
    let (process, input) = (Process(), Pipe())
    process.executableURL = URL(filePath: builtExecutable)
    process.arguments = [HTTPWorkerProcess.argument]
    process.standardInput = input
    try process.run()
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
  }

  @Test("Workers leave no socket open")
  func sockets() {
    let before = openSockets()
    for _ in 0..<50 { HTTPWorker(executable: "/bin/false", environment: [:]).shutDown() }
    // Other tests have open sockets, too.
    #expect(openSockets() < before + 40)
  }

  @Test("A worker inherits no secrets, and is limited in memory and core dumps")
  func surroundings() async throws {
    let worker = worker(["OPS_API_BEARER_TOKEN": "secret", "no_proxy": "*"])
    let process = try await process(of: worker)
    func lines(_ name: String, separator: Character) throws -> [Substring] {
      try String(contentsOfFile: "/proc/\(process)/\(name)", encoding: .utf8)
        .split(separator: separator)
    }
    let environment = try lines("environ", separator: "\0").map(String.init).sorted()
    #expect(environment == ["HOME=/dev/null", "SWIFT_BACKTRACE=enable=no", marker, "no_proxy=*"])
    let limited = isSanitized ? ["Max core"] : ["Max core", "Max data"]
    let limits = try lines("limits", separator: "\n").filter { line in
      limited.contains { line.hasPrefix($0) }
    }
    #expect(limits.count == limited.count && !limits.contains { $0.contains("unlimited") })
    worker.shutDown()
  }

  /// The process with the marker; a first request makes sure that it is running.
  private func process(of worker: HTTPWorker?) async throws -> pid_t {
    await #expect(throws: HTTPFailure.refused) { try await worker?.response(to: try request()) }
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
    return try #require(
      names.compactMap { pid_t($0) }.first { id in
        let environment = try? String(contentsOfFile: "/proc/\(id)/environ", encoding: .utf8)
        return environment?.contains(marker) == true
      })
  }

  /// Whether the process exists, even if it only waits to be reaped.
  private func exists(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

  /// The Unix sockets among this process's open files.
  private func openSockets() -> Int {
    (3..<1_024).count { descriptor in
      var address = sockaddr()
      var size = socklen_t(MemoryLayout<sockaddr>.size)
      return getsockname(Int32(descriptor), &address, &size) == 0
        && address.sa_family == sa_family_t(AF_UNIX)
    }
  }
}
