internal import AlertEngine
internal import Files
internal import Foundation
package import HTTP
internal import Synchronization
package import Text

/// Sends requests for as long as the run has time.
package final class RunTransport<Time: Clock>: Transport where Time.Duration == Duration {
  private let startClient: @Sendable () -> any HTTPClient
  private let client = Mutex<(any HTTPClient)?>(nil)
  private let lack = Mutex(false)
  private let clock: Time
  private let begin: Time.Instant
  private let end: Time.Instant
  private let beginTime: Instant

  /// A transport that starts its client with the first request.
  ///
  /// - Parameters:
  ///   - timeLeft: how long the run may still take.
  ///   - now: the time of the run; the clock counts from there.
  ///   - clock: measures pauses and deadlines.
  ///   - startClient: starts the client; called at most once.
  package init(
    timeLeft: Duration, from now: Instant, clock: Time,
    startClient: @escaping @Sendable () -> any HTTPClient
  ) {
    self.startClient = startClient
    self.clock = clock
    begin = clock.now
    end = begin.advanced(by: timeLeft)
    beginTime = now
  }

  package var now: Instant { beginTime + begin.duration(to: clock.now) }

  var timeLeft: Duration { max(.zero, clock.now.duration(to: end)) }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    guard timeLeft > .zero else { throw .cancelled }
    var limited = request
    limited.deadline = min(request.deadline, timeLeft)
    do throws(HTTPFailure) {
      return try await startedClient().response(to: limited)
    } catch {
      if case .workerUnavailable = error { lack.withLock { $0 = true } }
      throw error
    }
  }

  package var isLacking: Bool { lack.withLock(\.self) }

  package func pause(_ duration: Duration) async -> Bool {
    guard duration < timeLeft else { return false }
    guard duration > .zero else { return true }
    return (try? await clock.sleep(for: duration)) != nil
  }

  package func run(_ program: String, _ arguments: [String], input: [UInt8]) async -> MailEnd {
    let limit = min(DeliveryLimits.mail, timeLeft)
    guard limit > .zero else { return .notHandedOver(reason: .outOfTime) }
    let end = clock.now.advanced(by: limit)
    return await withCheckedContinuation { continuation in
      let isStarted = startThread { [clock] in
        let result = MailProgram.run(program, arguments, input: input, limit: limit) {
          clock.now >= end
        }
        continuation.resume(returning: result)
      }
      if !isStarted {
        continuation.resume(
          returning: .notHandedOver(reason: .noResponse("the system refused another thread")))
      }
    }
  }

  private func startedClient() -> any HTTPClient {
    client.withLock { client in
      if let client { return client }
      let started = startClient()
      client = started
      return started
    }
  }
}
