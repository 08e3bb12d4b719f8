internal import AlertEngine
internal import Synchronization

/// Takes samples: each is a whole evaluation, and they share an HTTP client.
final class WatchSampler: Sendable {
  private struct Memory {
    var options: EvaluateOptions
    var client: any StoppableHTTPClient
    /// The number of requests that the client has sent, not counting retries.
    var requests = 0
    /// The last valid one.
    var configuration: Configuration?
    var hasSaved = false
    var unsaved: UnsavedState?
  }

  /// A client is replaced after this many requests: URLSession keeps some 170 bytes of each.
  private static let mostRequests = 10_000

  private let environment: RunEnvironment
  private let memory: Mutex<Memory>

  init(_ options: EvaluateOptions, in environment: RunEnvironment) {
    self.environment = environment
    memory = Mutex(
      Memory(options: options, client: environment.startClient(within: options.deadline)))
  }

  /// Takes one sample.
  ///
  /// - Parameter report: takes its diagnostics.
  /// - Returns: the outcome; if the configuration has become invalid, that of the last valid one.
  func sample(report: @escaping @Sendable (Diagnostic) -> Void) async -> RunOutcome {
    var environment = environment
    environment.onDiagnostic = report
    let (options, client, older, hasSaved, unsaved) = memory.withLock { memory in
      (memory.options, memory.client, memory.configuration, memory.hasSaved, memory.unsaved)
    }
    var run = EvaluationRun(options, in: environment)
    run.hasSaved = hasSaved
    run.unsaved = unsaved
    run.remembersUnsaved = true
    var outcome = await run.outcome(through: client)
    if outcome.isUsageError, let older, !Task.isCancelled {
      environment.warn(.usingLastConfiguration)
      run.configuration = older
      outcome = await run.outcome(through: client)
    }
    if !outcome.isUsageError, !outcome.isInterrupted {
      run.writeReportInTime(&outcome)
    }
    memory.withLock { memory in
      memory.requests += max(1, outcome.targets.count)
      if memory.requests >= Self.mostRequests, !Task.isCancelled {
        memory.client.shutDown()
        memory.client = environment.startClient(within: options.deadline)
        memory.requests = 0
      }
      if let configuration = outcome.configuration { memory.configuration = configuration }
      // Later samples move no state aside.
      if !outcome.targets.isEmpty {
        memory.options.resetState = false
        memory.hasSaved = memory.hasSaved || !outcome.isStateLost
        memory.unsaved = outcome.unsaved
      }
    }
    return outcome
  }

  func shutDown() { memory.withLock { $0.client.shutDown() } }
}
