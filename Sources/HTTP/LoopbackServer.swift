internal import Files
internal import Foundation
internal import Synchronization

/// A small HTTP server on 127.0.0.1 that replies to each connection once, as its handler decides:
/// properly, or as badly as a network can.
///
/// It stops by itself after its lifetime, whatever happens to its owner.
package final class LoopbackServer: Sendable {
  package typealias Handler = @Sendable (ReceivedRequest) -> Reply

  /// The system's reason why a server could not be started.
  package struct StartFailure: Error, CustomStringConvertible {
    let code: Int32
    package var description: String {
      "cannot listen on 127.0.0.1: \(String(cString: strerror(code)))"
    }
  }

  private struct State {
    var connections: Set<Int32> = []
    var requests: [ReceivedRequest] = []
    var isStopped = false
  }

  private static let mostConnections = 64

  package let port: Int
  private let listener: Int32
  private let end: ContinuousClock.Instant
  private let silence: Duration
  private let handler: Handler
  private let keepsRequests: Bool
  private let state = Mutex(State())

  /// Starts listening.
  ///
  /// - Parameters:
  ///   - port: the port; 0 lets the system choose.
  ///   - lifetime: the server stops after this time.
  ///   - silence: a client that is silent for this long, in whole seconds, is disconnected.
  ///   - keepsRequests: whether `requests` keeps them.
  ///   - handler: called on the connection's own thread.
  /// - Throws: `StartFailure`.
  package init(
    port: Int = 0, lifetime: Duration = .seconds(3_600), silence: Duration = .seconds(3_600),
    keepsRequests: Bool = true, handler: @escaping Handler
  ) throws(StartFailure) {
    let listener = openSocket(AF_INET)
    guard listener >= 0 else { throw StartFailure(code: errno) }
    do throws(StartFailure) {
      self.port = try Self.bindToLoopback(listener, port: port)
    } catch {
      close(listener)
      throw error
    }
    self.listener = listener
    end = .now + lifetime
    self.silence = silence
    self.handler = handler
    self.keepsRequests = keepsRequests
    guard startThread({ self.acceptConnections() }) else {
      close(listener)
      throw StartFailure(code: EAGAIN)
    }
  }

  /// The requests so far, in order of arrival; empty unless requests are kept.
  package var requests: [ReceivedRequest] { state.withLock { $0.requests } }

  /// Stops listening and closes every connection.
  package func stop() {
    state.withLock { state in
      state.isStopped = true
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private static func bindToLoopback(_ listener: Int32, port: Int) throws(StartFailure) -> Int {
    // Allows the port to be reused immediately.
    var isOn: Int32 = 1
    setsockopt(
      listener, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let succeeded = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, 64) == 0
          && getsockname(listener, address, &size) == 0
      }
    }
    guard succeeded else { throw StartFailure(code: errno) }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private func acceptConnections() {
    var poller = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    while !state.withLock({ $0.isStopped }), ContinuousClock.now < end {
      // Short waits, because closing a listener does not end a poll on every system.
      guard poll(&poller, 1, 20) > 0 else { continue }
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      guard admit(connection) else {
        close(connection)
        continue
      }
      if !startThread({ self.serve(connection) }) { close(connection) }
    }
    stop()
    close(listener)
  }

  private func admit(_ connection: Int32) -> Bool {
    isolate(connection)
    var silence = timeval(tv_sec: Int(self.silence / .seconds(1)), tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &silence, socklen_t(MemoryLayout<timeval>.size))
    return state.withLock { state in
      guard !state.isStopped, state.connections.count < Self.mostConnections else { return false }
      state.connections.insert(connection)
      return true
    }
  }

  private func serve(_ connection: Int32) {
    if let request = ReceivedRequest(from: connection) {
      if keepsRequests { state.withLock { $0.requests.append(request) } }
      let steps = handler(request).steps
      for step in steps {
        guard step.take(on: connection) else { break }
      }
      // Also ends it for a child that is being started and has inherited it.
      if steps.last?.isReset != true { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    state.withLock { state in
      state.connections.remove(connection)
      close(connection)
    }
  }
}

extension LoopbackServer {
  /// A request as received.
  package struct ReceivedRequest: Sendable {
    package let method: String
    /// With the query.
    package let path: String
    package let body: [UInt8]
    private let headers: [String: String]

    private static let mostBytes = 32 << 20

    /// The value of a header, whatever the case of its name.
    package func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// Reads one request; nil if the connection ends before, or it is invalid.
    fileprivate init?(from connection: Int32) {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      var bodyStart: Int?
      var bodyEnd = Self.mostBytes
      var lines: [Substring] = []
      while bytes.count < bodyEnd {
        let count = recv(connection, &chunk, chunk.count, 0)
        guard count > 0 else { return nil }
        bytes += chunk[..<count]
        guard bodyStart == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
          continue
        }
        lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        bodyStart = end.upperBound
        let length = Self.fields(lines)["content-length"].flatMap { Int($0) } ?? 0
        bodyEnd = min(Self.mostBytes, end.upperBound + max(0, length))
      }
      let words = lines.first?.split(separator: " ") ?? []
      guard let bodyStart, words.count == 3 else { return nil }
      method = String(words[0])
      path = String(words[1])
      headers = Self.fields(lines)
      body = Array(bytes[bodyStart...])
    }

    private static func fields(_ lines: [Substring]) -> [String: String] {
      var fields: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      return fields
    }
  }

  /// The steps of a reply; the connection is closed after the last.
  package struct Reply: Sendable {
    enum Step: Sendable {
      case send([UInt8])
      /// One byte at a time.
      case drip([UInt8], every: Duration)
      /// The same bytes repeatedly, up to a total number.
      case flood([UInt8], upTo: Int)
      /// Send nothing until the client leaves, or has been silent for too long.
      case hang
      /// Reset the connection instead of closing it.
      case reset
    }

    let steps: [Step]

    init(_ steps: [Step]) {
      self.steps = steps
    }

    /// A valid response.
    package static func response(
      _ status: Int = 200, headers: [(String, String)] = [("Content-Type", "application/json")],
      body: [UInt8] = []
    ) -> Reply {
      let lines =
        ["HTTP/1.1 \(status) Status"] + headers.map { "\($0): \($1)" }
        + ["Content-Length: \(body.count)", "Connection: close", "", ""]
      return Reply([.send(Array(lines.joined(separator: "\r\n").utf8)), .send(body)])
    }

    /// A valid response with JSON.
    package static func json(_ text: String) -> Reply { response(body: Array(text.utf8)) }

    /// Exactly these bytes.
    static func raw(_ text: String) -> Reply { Reply([.send(Array(text.utf8))]) }
  }
}

extension LoopbackServer.Reply.Step {
  fileprivate var isReset: Bool {
    if case .reset = self { true } else { false }
  }

  /// Runs a step; false if the client is gone.
  fileprivate func take(on connection: Int32) -> Bool {
    switch self {
    case .send(let bytes):
      return bytes.withUnsafeBytes { sendAll($0, to: connection) }
    case .drip(let bytes, let pause):
      return bytes.allSatisfy { byte in
        usleep(UInt32(pause / .microseconds(1)))
        return withUnsafeBytes(of: byte) { sendAll($0, to: connection) }
      }
    case .flood(let bytes, let limit):
      return bytes.withUnsafeBytes { bytes in
        stride(from: 0, to: limit, by: bytes.count).allSatisfy { _ in
          sendAll(bytes, to: connection)
        }
      }
    case .hang:
      // Until the client leaves or the server stops.
      var byte: UInt8 = 0
      while true {
        let count = recv(connection, &byte, 1, 0)
        guard count > 0 || count < 0 && [EAGAIN, EINTR].contains(errno) else { return false }
      }
    case .reset:
      var abort = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
      return false
    }
  }
}
