internal import Foundation
internal import Synchronization
internal import Text

/// The pending requests of the worker.
///
/// Each gets exactly one reply: the first of response, failure
/// and deadline. Later callbacks of URLSession are ignored.
final class Exchanges: Sendable {
  typealias Send = @Sendable (ReplyHead, [UInt8]) -> Void
  /// The request's number.
  typealias ID = Int

  private struct Exchange {
    let request: RequestHead
    /// The variable that names its proxy.
    let proxy: String?
    /// Whether the proxy opens a tunnel for it, which it confirms with a head of its own.
    let isTunnelled: Bool
    private let begin = ContinuousClock.now
    var head: (status: Int, headers: [String: String])?
    /// Whether the head is the server's.
    var isAnswered = false
    var body: [UInt8] = []

    var elapsed: Duration { begin.duration(to: .now) }

    /// Takes the head of the response; returns why it is rejected, if it is.
    mutating func begin(status: Int, headers: [String: String], length: Int64) -> HTTPFailure? {
      // A switch to another protocol, which no request asks for.
      guard status != 101 else { return .notHTTP }
      // The response itself is still to come.
      guard status >= 200 else { return nil }
      isAnswered = head != nil || !isTunnelled || !(200...299).contains(status)
      head = (status, headers)
      guard !(300...399).contains(status) else { return .redirect(status: status) }
      let size = headers.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
      guard size <= Exchanges.mostHeaderBytes else {
        head?.headers = [:]
        return .headersTooLarge
      }
      if let coding = headers.unrequestedCoding { return .encoded(harmless(coding)) }
      guard length <= request.bodyLimit else { return .tooLarge(limit: request.bodyLimit) }
      body.reserveCapacity(Int(max(0, length)))
      return nil
    }

    /// The failure, which is the proxy's if there is one: it is all that the request connects to.
    func named(_ failure: HTTPFailure) -> HTTPFailure {
      guard let proxy else { return failure }
      return switch failure {
      case .refused:
        .proxy(
          ProxyFailure(head.map { .refusedTunnel(status: $0.status) } ?? .refused, of: proxy))
      case .nameNotResolved: .proxy(ProxyFailure(.notResolved, of: proxy))
      case _: failure
      }
    }

    /// Takes a part of the body; returns why it is rejected, if it is.
    mutating func append(_ data: Data) -> HTTPFailure? {
      isAnswered = true
      guard body.count + data.count <= request.bodyLimit else {
        return .tooLarge(limit: request.bodyLimit)
      }
      body.append(contentsOf: data)
      return nil
    }
  }

  private struct State {
    var open: [ID: Exchange] = [:]
    /// The number of requests that URLSession has not finished, open or not.
    var transfers = 0
  }

  private static let mostHeaderBytes = 64 << 10
  private let send: Send
  private let state = Mutex(State())
  private let replies = DispatchQueue(label: "http-worker.replies")
  private let deadlines = DispatchQueue(label: "http-worker.deadlines")

  /// - Parameter send: called serially on one queue.
  init(send: @escaping Send) {
    self.send = send
  }

  /// Registers a request that is about to be sent, and starts its deadline.
  ///
  /// - Parameters:
  ///   - request: its limits.
  ///   - proxy: the variable that names its proxy, if it has one.
  ///   - isTunnelled: whether a proxy would open a tunnel for it.
  func begin(_ request: RequestHead, through proxy: String?, isTunnelled: Bool) {
    state.withLock {
      $0.transfers += 1
      $0.open[request.id] = Exchange(
        request: request, proxy: proxy, isTunnelled: isTunnelled && proxy != nil)
    }
    deadlines.asyncAfter(deadline: .now() + request.deadline.inSeconds) {
      self.fail(request.id, .timedOut(after: request.deadline))
    }
  }

  /// Takes the head of a response; `length` is negative if it is unknown.
  func receive(_ id: ID, status: Int, headers: [String: String], length: Int64) {
    let refusal = state.withLock {
      $0.open[id]?.begin(status: status, headers: headers, length: length) ?? nil
    }
    if let refusal { fail(id, refusal) }
  }

  /// Takes a part of the body.
  func receive(_ id: ID, _ data: Data) {
    let refusal = state.withLock { $0.open[id]?.append(data) ?? nil }
    if let refusal { fail(id, refusal) }
  }

  /// URLSession has finished with a request.
  func end() {
    state.withLock { $0.transfers -= 1 }
  }

  /// The response is complete.
  func complete(_ id: ID) {
    guard let exchange = take(id) else { return }
    guard let head = exchange.head else {
      return reply(to: exchange.request, .failure(.notHTTP))
    }
    let outcome = ReplyHead.Outcome.response(
      status: head.status, headers: head.headers, isWhole: true, elapsed: exchange.elapsed)
    reply(to: exchange.request, outcome, body: exchange.body)
  }

  /// There will be no response.
  ///
  /// The transfer may continue. It is not cancelled, since that waits for name lookups and floods: the
  /// parent ends the worker instead.
  func fail(_ id: ID, _ failure: HTTPFailure) {
    guard let exchange = take(id) else { return }
    if let head = exchange.head, exchange.isAnswered, exchange.request.method != .get,
      failure.isAboutTheBody
    {
      // The request has arrived, whatever is wrong with the rest of the response.
      let outcome = ReplyHead.Outcome.response(
        status: head.status, headers: head.headers, isWhole: false, elapsed: exchange.elapsed)
      return reply(to: exchange.request, outcome, body: exchange.body)
    }
    reply(to: exchange.request, .failure(exchange.named(failure)))
  }

  /// A transfer is complete, but its last header is not one of a head: it is a trailer, or the head
  /// ends early.
  ///
  /// - Returns: whether the reply was sent; `false` if it is not known which transfer it was.
  func endLast() -> Bool {
    let last = state.withLock { $0.transfers == 1 && $0.open.count == 1 ? $0.open.first : nil }
    guard let (id, exchange) = last else { return false }
    if exchange.isAnswered {
      complete(id)
    } else {
      fail(id, .unreadableHead(detail: ""))
    }
    replies.sync {}
    return true
  }

  /// Whether the head of the response was received.
  func isAnswered(_ id: ID) -> Bool { state.withLock { $0.open[id]?.isAnswered ?? false } }

  private func take(_ id: ID) -> Exchange? {
    state.withLock { $0.open.removeValue(forKey: id) }
  }

  private func reply(
    to request: RequestHead, _ outcome: ReplyHead.Outcome, body: [UInt8] = []
  ) {
    let head = ReplyHead(id: request.id, outcome: outcome, bodyCount: body.count)
    replies.async { [send] in send(head, body) }
  }
}

/// A short external text that is safe to show: printable ASCII, without anything that may hold a URL
/// or a password.
func harmless(_ text: String) -> String {
  let printable = text.utf8.filter { (0x20...0x7E).contains($0) }
  let isRevealing =
    printable.contains(UInt8(ascii: "@")) || printable.firstRange(of: "://".utf8) != nil
  guard !isRevealing else { return "" }
  return String(decoding: printable.prefix(120), as: UTF8.self).trimmingCharacters(in: .whitespaces)
}

extension [String: String] {
  /// The first content or transfer coding that changes the body; chunks are put together by libcurl.
  fileprivate var unrequestedCoding: String? {
    let names = ["content-encoding", "transfer-encoding"]
    return filter { names.contains($0.key.lowercased()) }.values
      .flatMap { $0.split(separator: ",") }
      .map { String($0.drop(while: \.isWhitespace).prefix { !$0.isWhitespace }) }
      .first { !["", "identity", "chunked"].contains($0.lowercased()) }
  }
}
