internal import Foundation
@testable import HTTP
@testable import OpsAlerts
internal import Synchronization
internal import TestSupport
@testable import Text

/// A world for runs: a clock that stands still, scripted responses, captured outputs.
final class World: Sendable {
  struct Memory {
    /// The responses of each host, or of a URL without its query, in turn; the last one repeats.
    var answers: [String: [Result<HTTPResponse, HTTPFailure>]] = [:]
    var requests: [HTTPRequest] = []
    var output: [UInt8] = []
    var told: [String] = []
    var minute = 0.0
    var variables: [String: String] = [:]
    var isOutputBroken = false
    /// Whether standard error is a terminal that shows progress.
    var hasProgress = false
    /// After which time the process would be ended if it hung.
    var limit: Duration?
    /// The limits under which clients were started, and requests made.
    var limits: (ofClients: [Duration?], ofRequests: [Duration?]) = ([], [])
    /// What was written to the line of progress.
    var progress: [String] = []
    /// Called with each request, before the response.
    var onRequest: @Sendable (_ number: Int) async -> Void = { _ in }
    /// Called at the start of each pause, such as the one between two samples.
    var onSleep: @Sendable () -> Void = {}
    /// Ends the run, as a signal does.
    var end: AsyncStream<Void>.Continuation?
    /// What a watch draws on.
    var terminal: (any WatchTerminal)?
  }

  static let begin = Instant(milliseconds: 1_795_000_000_000)

  let memory = Mutex(Memory())

  var output: String { memory.withLock { String(decoding: $0.output, as: UTF8.self) } }
  var told: [String] { memory.withLock(\.told) }

  /// Sets the response of a host's endpoint from now on.
  func answer(_ body: String, status: Int = 200, from host: String = "api.example") {
    answer(inTurn: [.success(Self.response(body, status: status))], from: host)
  }

  /// Sets its responses in turn; the last one repeats.
  func answer(
    inTurn answers: [Result<HTTPResponse, HTTPFailure>], from host: String = "api.example"
  ) {
    memory.withLock { $0.answers[host] = answers }
  }

  func fail(_ failure: HTTPFailure, from host: String = "api.example") {
    answer(inTurn: [.failure(failure)], from: host)
  }

  static func response(_ body: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["content-type": "application/json"], body: Array(body.utf8))
  }

  /// Runs a command line at a minute of the clock and forgets what was printed before.
  func run(
    _ line: String, atMinute minute: Double = 0, onWrite: @escaping @Sendable () -> Void = {}
  ) async -> ExitCode {
    memory.withLock {
      $0.minute = minute
      $0.output = []
      $0.told = []
    }
    let clock = ScriptedClock { self.memory.withLock(\.onSleep)() }
    var environment = RunEnvironment(
      variables: memory.withLock(\.variables),
      now: { Self.begin + .minutes(self.memory.withLock(\.minute)) + clock.now.offset },
      write: { bytes in
        onWrite()
        return self.memory.withLock {
          $0.output += bytes
          return !$0.isOutputBroken
        }
      },
      writeError: { line in self.memory.withLock { $0.told.append(line) } },
      readInput: { _ in Array(#"{"v":0}"#.utf8) }, isOutputTerminal: false,
      startClient: { _ in
        self.memory.withLock { $0.limits.ofClients.append($0.limit) }
        return Client(world: self, clock: clock)
      })
    environment.endBy = { limit in self.memory.withLock { $0.limit = limit } }
    environment.clock = clock
    if memory.withLock(\.hasProgress) {
      environment.progress = ProgressLine(columns: { 60 }) { text in
        self.memory.withLock { $0.progress.append(text) }
      }
    }
    // All output is read here, however late.
    environment.lastWait = .seconds(3_600)
    environment.isOutputGone = { self.memory.withLock(\.isOutputBroken) }
    // What is drawn every second would be drawn without end by a clock that never waits.
    if memory.withLock({ $0.terminal != nil }) { environment.clock = ContinuousClock() }
    environment.endSignals = {
      AsyncStream { continuation in self.memory.withLock { $0.end = continuation } }
    }
    environment.terminal = { self.memory.withLock(\.terminal) }
    return await runCommand(line.split(separator: " ").map(String.init), in: environment)
  }

  private struct Client: StoppableHTTPClient {
    let world: World
    let clock: ScriptedClock

    func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      try await clock.whileRequesting { () async throws(HTTPFailure) in try await answer(request) }
    }

    private func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      let (onRequest, number) = world.memory.withLock { memory in
        memory.requests.append(request)
        memory.limits.ofRequests.append(memory.limit)
        return (memory.onRequest, memory.requests.count)
      }
      await onRequest(number)
      let answer = world.memory.withLock { memory in
        let url = request.url.display
        let host = memory.answers[url] == nil ? request.url.host : url
        guard let answers = memory.answers[host], answers.count > 1 else {
          return memory.answers[host]?.first
        }
        return memory.answers[host]?.removeFirst()
      }
      switch answer {
      case .success(let response): return response
      case .failure(let failure): throw failure
      case nil: throw .refused
      }
    }

    func shutDown() {}
  }
}

/// Waits until this task is cancelled.
func untilCancelled() async {
  let (never, source) = AsyncStream.makeStream(of: Never.self)
  for await _ in never {}
  source.finish()
}
