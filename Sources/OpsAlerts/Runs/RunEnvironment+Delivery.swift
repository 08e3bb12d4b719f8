internal import Delivery
internal import HTTP
internal import Synchronization
internal import Text

extension RunEnvironment {
  /// Opens the way to the receivers for as long as something is delivered over it.
  ///
  /// Its client is another one than that of the fetch, starts with the first request, and ends with
  /// the delivery.
  ///
  /// - Parameters:
  ///   - timeLeft: how long the run may still take.
  ///   - now: the time of the run.
  ///   - deliver: what sends.
  /// - Returns: what `deliver` returns.
  func withTransport<Result>(
    for timeLeft: Duration, from now: Instant, _ deliver: (any Transport) async -> Result
  ) async -> Result {
    let client = Mutex<(any StoppableHTTPClient)?>(nil)
    defer { client.withLock { $0?.shutDown() } }
    let start = { @Sendable () -> any HTTPClient in
      let started = startClient(variables)
      client.withLock { $0 = started }
      return started
    }
    return await deliver(Self.line(timeLeft, now, clock, start))
  }

  private static func line(
    _ timeLeft: Duration, _ now: Instant, _ clock: some Clock<Duration>,
    _ startClient: @escaping @Sendable () -> any HTTPClient
  ) -> any Transport {
    RunTransport(timeLeft: timeLeft, from: now, clock: clock, startClient: startClient)
  }
}
