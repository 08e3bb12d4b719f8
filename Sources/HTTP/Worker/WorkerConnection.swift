internal import Files
internal import Foundation
internal import Synchronization
internal import Text

/// The parent's end of one worker process, which handles concurrent requests until it ends.
final class WorkerConnection: Sendable {
  private typealias Reply = Result<HTTPResponse, HTTPFailure>

  private struct State {
    var lastID = 0
    var waiting: [Int: CheckedContinuation<Reply, Never>] = [:]
    /// The failure of all requests once the worker has ended or is being ended.
    var end: HTTPFailure?
    /// Whether this process ended the worker.
    var isKilled = false
    var hasCrashed = false
    /// Whether the worker ends with its last request.
    var isRetired = false
  }

  /// How late a worker may be with its own deadline before it counts as stuck.
  private static let grace: Duration = .seconds(2)

  private let child: ChildProcess
  private let socket: Int32
  private let state = Mutex(State())
  private let writing = DispatchQueue(label: "http-worker.requests")
  private let reading = DispatchGroup()

  /// Starts a worker.
  ///
  /// - Throws: `.workerUnavailable`.
  init(executable: String, environment: [String: String]) throws(HTTPFailure) {
    guard let (parentEnd, workerEnd) = openSocketPair() else {
      throw .workerUnavailable(String(cString: strerror(errno)))
    }
    defer { close(workerEnd) }
    do throws(SpawnFailure) {
      child = try ChildProcess(
        executable, arguments: [HTTPWorkerProcess.argument], environment: environment,
        socket: workerEnd)
    } catch {
      close(parentEnd)
      throw .workerUnavailable("\(executable) cannot be started: \(error.text)")
    }
    socket = parentEnd
    reading.enter()
    guard startThread({ self.readReplies() }) else {
      reading.leave()
      child.kill()
      _ = child.reap()
      close(parentEnd)
      throw .workerUnavailable("\(MachineLack.threads)")
    }
  }

  /// Whether it ended by itself because of a response.
  var hasCrashed: Bool { state.withLock(\.hasCrashed) }

  /// Whether this worker may take more requests.
  var isUsable: Bool { state.withLock { $0.end == nil && !$0.isRetired } }

  /// Sends a request and waits for its response, its deadline, or the end of the worker.
  func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let head = try RequestHead(request, id: id)
    let reply = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let end = state.withLock { state in
          if state.end == nil { state.waiting[id] = continuation }
          return state.end
        }
        // It was not sent: the end says nothing about it.
        if let end { return continuation.resume(returning: .failure(end.ofLateRequest)) }
        send(head, request)
        if Task.isCancelled { finish(id, .failure(.cancelled)) }
      }
    } onCancel: {
      finish(id, .failure(.cancelled))
    }
    return try reply.get()
  }

  /// Ends the worker and reaps it, unless the system cannot end it in time; pending requests are
  /// cancelled.
  func shutDown() {
    state.withLock { state in
      if state.end == nil { state.end = .cancelled }
    }
    child.kill()
    _ = reading.wait(timeout: .now() + Self.grace.inSeconds)
  }

  private func send(_ head: RequestHead, _ request: HTTPRequest) {
    // A failed write means that the worker is gone; the reader then fails every request.
    writing.async { [socket] in _ = sendMessage(head, body: request.body, to: socket) }
    let limit = head.deadline + Self.grace
    DispatchQueue.global().asyncAfter(deadline: .now() + limit.inSeconds) { [weak self] in
      guard let self, finish(head.id, .failure(.timedOut(after: request.deadline))) else { return }
      kill()
    }
  }

  private func readReplies() {
    var reader = MessageReader(descriptor: socket)
    while let head = reader.head(ReplyHead.self), let body = reader.body(count: head.bodyCount) {
      switch head.outcome {
      case .response(let status, let headers, let isWhole, let elapsed):
        var response = HTTPResponse(
          status: status, headers: headers, body: body, isWhole: isWhole)
        response.elapsed = elapsed
        finish(head.id, .success(response))
      case .failure(let failure):
        finish(head.id, .failure(failure))
      }
    }
    end()
  }

  /// Completes a request unless it already is; returns whether it did.
  @discardableResult
  private func finish(_ id: Int, _ reply: Reply) -> Bool {
    let residue = reply.residue
    let (continuation, isIdle) = state.withLock { state in
      let continuation = state.waiting.removeValue(forKey: id)
      // A deadline that passes after the response says nothing about the worker.
      if continuation != nil, residue != .none { state.isRetired = true }
      return (continuation, state.waiting.isEmpty)
    }
    guard let continuation else { return false }
    if residue == .flooding || isIdle && !isUsable { kill() }
    continuation.resume(returning: reply)
    return true
  }

  /// Ends the worker; its other requests are retried elsewhere.
  private func kill() {
    state.withLock { $0.isKilled = true }
    child.kill()
  }

  private func end() {
    let end = child.reap()
    let (waiting, reason) = state.withLock { state in
      let failure: HTTPFailure
      switch end {
      case .killed where state.isKilled: failure = .displaced
      case .killed(let signal):
        state.hasCrashed = true
        failure = state.waiting.count > 1 ? .displaced : .workerDied(signal: signal)
      case .exited(HTTPWorkerProcess.statusAfterTrap):
        state.hasCrashed = true
        failure = .displaced
      case .exited(HTTPWorkerProcess.statusWithoutLibcurl):
        failure = .workerUnavailable(
          "libcurl.so.4 cannot be loaded; on Debian, install libcurl4t64 or libcurl4")
      case .exited(let status):
        failure = .workerUnavailable(
          MachineLack(rawValue: status)?.description ?? "it ended with status \(status)")
      }
      let reason = state.end ?? failure
      state.end = reason
      defer { state.waiting = [:] }
      return (state.waiting, reason)
    }
    // After all writes, so that no request goes to another file with this descriptor.
    writing.sync { _ = close(socket) }
    for continuation in waiting.values { continuation.resume(returning: .failure(reason)) }
    reading.leave()
  }
}

extension HTTPFailure {
  /// The failure of a request that came after a worker ended in this way.
  fileprivate var ofLateRequest: HTTPFailure {
    if case .workerDied = self { .displaced } else { self }
  }
}

/// What a request leaves behind in its worker.
private enum Residue {
  case none
  /// A hanging connection or name lookup, which may slow down other requests: the worker gets no more.
  case hanging
  /// Endless data, which may keep libcurl busy for seconds: the worker is ended, and its other requests
  /// go elsewhere.
  case flooding
}

extension Result<HTTPResponse, HTTPFailure> {
  fileprivate var residue: Residue {
    switch self {
    // The rest of a body may still arrive.
    case .success(let response): response.isWhole ? .none : .hanging
    case .failure(.timedOut), .failure(.cancelled): .hanging
    case .failure(.tooLarge), .failure(.encoded), .failure(.headersTooLarge): .flooding
    case .failure: .none
    }
  }
}
