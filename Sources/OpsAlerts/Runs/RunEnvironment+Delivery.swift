internal import Delivery
internal import HTTP
internal import Synchronization
internal import Text

extension RunEnvironment {
  /// Provides a transport to the receivers.
  ///
  /// It has its own HTTP client, apart from that of the fetch, which starts with the first request and
  /// ends with `deliver`.
  ///
  /// - Parameters:
  ///   - timeLeft: the rest of the run's time.
  ///   - now: the time of the run.
  ///   - deliver: uses the transport.
  /// - Returns: the result of `deliver`.
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
    return await deliver(Self.transport(timeLeft, now, clock, start))
  }

  private static func transport(
    _ timeLeft: Duration, _ now: Instant, _ clock: some Clock<Duration>,
    _ startClient: @escaping @Sendable () -> any HTTPClient
  ) -> any Transport {
    RunTransport(timeLeft: timeLeft, from: now, clock: clock, startClient: startClient)
  }
}
