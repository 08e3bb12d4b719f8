internal import Files
internal import Foundation
internal import Synchronization

/// Sends requests through child processes of the same executable, because a response can crash the
/// process that reads it (see docs/architecture.md).
///
/// GETs share a worker. If it ends because of one of several, the others are sent once more, each in a
/// worker of its own if the worker crashed: a hostile endpoint harms only itself. Any other request
/// has a worker of its own for as long as it takes, so that it is sent once, whatever happens to the
/// others.
package final class HTTPWorker: HTTPClient {
  private struct Member {
    let worker: WorkerConnection
    /// The number of requests that it has now.
    var requests = 1
    /// Whether it takes no other request for now.
    var isReserved: Bool
  }

  private struct Workers {
    var members: [Member] = []
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
    executable: String = ownExecutable,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.executable = executable
    // URLSession creates folders under HOME even with an ephemeral configuration; a toolchain's
    // backtracer takes seconds while the parent waits for the end.
    self.environment = environment.filter { Self.inherited.contains($0.key) }
      .merging(["HOME": "/dev/null", "SWIFT_BACKTRACE": "enable=no"]) { _, fixed in fixed }
    // If this fails, the first request tries again and reports it.
    if let worker = try? worker(reserved: false) { release(worker) }
  }

  deinit {
    shutDown()
  }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let end = ContinuousClock.now + request.deadline
    var again = request
    var isAlone = request.method != .get
    var isDisplaced = false
    while true {
      let worker = try worker(reserved: isAlone)
      defer { release(worker) }
      do throws(HTTPFailure) {
        return try await worker.response(to: again)
      } catch .timedOut where isDisplaced {
        // The time left was too short for a verdict.
        throw .displaced
      } catch .displaced {
        // Which response crashed it is only known once each request is sent alone.
        isAlone = isAlone || worker.hasCrashed
      } catch .workerDied(SIGKILL) where !isAlone {
        // It was killed from outside.
        isAlone = true
      }
      isDisplaced = true
      again.deadline = ContinuousClock.now.duration(to: end)
      guard again.deadline > .zero else { throw .displaced }
    }
  }

  /// Ends and reaps every worker; pending and later requests fail as cancelled.
  package func shutDown() {
    let ended = workers.withLock { workers in
      defer { workers = Workers(areShutDown: true) }
      return workers.members.map(\.worker)
    }
    for worker in ended { worker.shutDown() }
  }

  /// A worker for one more request; the caller releases it.
  ///
  /// - Parameter isReserved: whether the request is to be its only one.
  /// - Returns: one that runs, or a new one.
  /// - Throws: `.workerUnavailable`, or `.cancelled` after the end.
  private func worker(reserved isReserved: Bool) throws(HTTPFailure) -> WorkerConnection {
    try workers.withLock { workers throws(HTTPFailure) in
      guard !workers.areShutDown else { throw .cancelled }
      let free = workers.members.firstIndex {
        $0.worker.isUsable && !$0.isReserved && (!isReserved || $0.requests == 0)
      }
      if let free {
        workers.members[free].requests += 1
        workers.members[free].isReserved = isReserved
        return workers.members[free].worker
      }
      let worker = try WorkerConnection(executable: executable, environment: environment)
      workers.members.append(Member(worker: worker, isReserved: isReserved))
      return worker
    }
  }

  /// Gives a worker back, and ends one that nobody uses and nobody can use.
  private func release(_ worker: WorkerConnection) {
    let isOver = workers.withLock { workers in
      guard let index = workers.members.firstIndex(where: { $0.worker === worker }) else {
        return false
      }
      workers.members[index].requests -= 1
      guard workers.members[index].requests == 0 else { return false }
      workers.members[index].isReserved = false
      guard !worker.isUsable else { return false }
      workers.members.remove(at: index)
      return true
    }
    if isOver { worker.shutDown() }
  }
}
