internal import AlertEngine
internal import Synchronization

/// Takes samples one after the other: each a whole evaluation, all through one client.
final class WatchSampler: Sendable {
  private struct Memory {
    var options: EvaluateOptions
    var client: any StoppableHTTPClient
    /// How many requests the client has sent, retries not counted.
    var requests = 0
    /// The last one that a sample could be taken by.
    var configuration: Configuration?
    var hasSaved = false
  }

  /// A client that has sent so many requests is replaced: URLSession keeps some 170 bytes of each.
  private static let mostRequests = 10_000

  private let environment: RunEnvironment
  private let memory: Mutex<Memory>

  init(_ options: EvaluateOptions, in environment: RunEnvironment) {
    self.environment = environment
    memory = Mutex(Memory(options: options, client: environment.startClient(environment.variables)))
  }

  /// Takes one sample.
  ///
  /// - Parameter tell: takes what it says on standard error, line by line.
  /// - Returns: what it found; where the configuration is broken and was not before, what the
  ///   configuration of before finds.
  func sample(tell: @escaping @Sendable (String) -> Void) async -> RunOutcome {
    var environment = environment
    environment.tell = tell
    let (options, client, older, hasSaved) = memory.withLock { memory in
      (memory.options, memory.client, memory.configuration, memory.hasSaved)
    }
    var run = EvaluationRun(options, in: environment)
    run.hasSaved = hasSaved
    var outcome = await run.outcome(through: client)
    if outcome.isUsageError, let older, !Task.isCancelled {
      environment.warn("the last good configuration goes on counting, until this is mended")
      run.configuration = older
      outcome = await run.outcome(through: client)
    }
    if !outcome.isUsageError, !outcome.isInterrupted {
      run.writeReport(&outcome)
    }
    memory.withLock { memory in
      memory.requests += max(1, outcome.targets.count)
      if memory.requests >= Self.mostRequests, !Task.isCancelled {
        memory.client.shutDown()
        memory.client = environment.startClient(environment.variables)
        memory.requests = 0
      }
      if let configuration = outcome.configuration { memory.configuration = configuration }
      // What was moved aside once is not the next sample's state.
      if !outcome.targets.isEmpty {
        memory.options.resetState = false
        memory.hasSaved = memory.hasSaved || !outcome.isStateLost
      }
    }
    return outcome
  }

  func shutDown() { memory.withLock { $0.client.shutDown() } }
}
