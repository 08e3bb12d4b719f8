internal import Synchronization

/// A clock that advances only by sleeps and by the scripted durations of requests.
///
/// A sleep takes no real time, but waits for the requests in progress: whichever thread is delayed,
/// a response that takes no time arrives before a sleep ends.
package final class ScriptedClock: Clock {
  package struct Instant: InstantProtocol {
    package var offset: Duration

    package init(offset: Duration) {
      self.offset = offset
    }

    package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    package func duration(to other: Instant) -> Duration { other.offset - offset }
    package static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
  }

  private struct State {
    var now = Instant(offset: .zero)
    var requests = 0
    var sleeps = 0
    /// Sleeps that wait for the requests in progress, by number.
    var sleeping: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  private let onSleep: @Sendable () -> Void

  /// - Parameter onSleep: called at the start of each sleep.
  package init(onSleep: @escaping @Sendable () -> Void = {}) { self.onSleep = onSleep }

  package var now: Instant { state.withLock { $0.now } }
  package var minimumResolution: Duration { .zero }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    onSleep()
    let number = state.withLock { state in
      state.sleeps += 1
      return state.sleeps
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isAtOnce = state.withLock { state in
          let isAtOnce = state.requests == 0 || Task.isCancelled
          if !isAtOnce { state.sleeping[number] = continuation }
          return isAtOnce
        }
        if isAtOnce { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.sleeping.removeValue(forKey: number) }?.resume()
    }
    try Task.checkCancellation()
    state.withLock { $0.now = max($0.now, deadline) }
  }

  package func advance(by duration: Duration) {
    state.withLock { $0.now = $0.now.advanced(by: duration) }
  }

  /// Makes a request, which sleeps wait for.
  package func whileRequesting<Result, Failure>(
    _ request: () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    state.withLock { $0.requests += 1 }
    defer {
      let woken = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        state.requests -= 1
        guard state.requests == 0 else { return [] }
        defer { state.sleeping = [:] }
        return Array(state.sleeping.values)
      }
      for sleeper in woken { sleeper.resume() }
    }
    return try await request()
  }
}
