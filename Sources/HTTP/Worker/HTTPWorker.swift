internal import Foundation
internal import Synchronization

/// Sends requests through a child process of the same executable, because a response can crash the
/// process that reads it (see docs/architecture.md).
///
/// When the worker dies, each of its requests is sent once more, in a worker of its own: a hostile
/// endpoint harms only itself, and a POST may arrive twice. The same applies when this process ends
/// the worker because of one request; the others continue in a new worker.
package final class HTTPWorker: HTTPClient {
  private struct Workers {
    var shared: WorkerConnection?
    var alone: [WorkerConnection] = []
    var areShutDown = false
  }

  /// The variables that the worker inherits: none of them is a secret.
  private static let inherited = [
    "PATH", "TZ", "LANG", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
    "no_proxy", "NO_PROXY",
  ]

  private let executable: String
  private let environment: [String: String]
  private let workers = Mutex(Workers())

  /// Starts the worker, so that it boots while the caller reads its files.
  ///
  /// - Parameters:
  ///   - executable: a program that calls `HTTPWorkerProcess.run()` for its hidden argument.
  ///   - environment: the source of the worker's few variables.
  package init(
    executable: String = "/proc/self/exe",
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.executable = executable
    // URLSession creates folders under HOME even with an ephemeral configuration.
    self.environment = environment.filter { Self.inherited.contains($0.key) }
      .merging(["HOME": "/dev/null"]) { _, fixed in fixed }
    // If this fails, the first request tries again and reports it.
    _ = try? sharedWorker()
  }

  deinit {
    shutDown()
  }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let end = ContinuousClock.now + request.deadline
    var again = request
    var isDisplaced = false
    while true {
      do throws(HTTPFailure) {
        return try await sharedWorker().response(to: again)
      } catch .timedOut where isDisplaced {
        // The time left was too short for a verdict, but a POST may have arrived.
        throw request.method == .get ? .displaced : .timedOut(after: request.deadline)
      } catch .displaced {
        isDisplaced = true
        again.deadline = ContinuousClock.now.duration(to: end)
        guard again.deadline > .zero else { throw .displaced }
      } catch .workerDied {
        again.deadline = ContinuousClock.now.duration(to: end)
        // Which response it was is only known once each request is sent alone.
        guard again.deadline > .zero else { throw .displaced }
        return try await responseAlone(to: again)
      }
    }
  }

  /// Ends and reaps every worker; pending and later requests fail as cancelled.
  package func shutDown() {
    let ended = workers.withLock { workers in
      defer { workers = Workers(areShutDown: true) }
      return workers.alone + [workers.shared].compactMap(\.self)
    }
    for worker in ended { worker.shutDown() }
  }

  private func responseAlone(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let worker = try workers.withLock { workers throws(HTTPFailure) in
      let worker = try launch(unless: workers.areShutDown)
      workers.alone.append(worker)
      return worker
    }
    defer {
      workers.withLock { $0.alone.removeAll { $0 === worker } }
      worker.shutDown()
    }
    return try await worker.response(to: request)
  }

  private func sharedWorker() throws(HTTPFailure) -> WorkerConnection {
    try workers.withLock { workers throws(HTTPFailure) in
      if let shared = workers.shared, shared.isUsable { return shared }
      let fresh = try launch(unless: workers.areShutDown)
      workers.shared = fresh
      return fresh
    }
  }

  private func launch(unless isShutDown: Bool) throws(HTTPFailure) -> WorkerConnection {
    guard !isShutDown else { throw .cancelled }
    return try WorkerConnection(executable: executable, environment: environment)
  }
}
