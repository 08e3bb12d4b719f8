package import HTTP
internal import Synchronization

/// A clock that stands still but for sleeps and for what a script says that a request takes.
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

  private let time = Mutex(Instant(offset: .zero))

  package init() {}

  package var now: Instant { time.withLock { $0 } }
  package var minimumResolution: Duration { .zero }

  package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    time.withLock { $0 = max($0, deadline) }
  }

  package func advance(by duration: Duration) {
    time.withLock { $0 = $0.advanced(by: duration) }
  }
}

/// Answers each host's requests by its script; the last answer repeats.
package final class ScriptedClient: HTTPClient {
  package typealias Answer = Result<HTTPResponse, HTTPFailure>

  package struct Asked {
    package let host: String
    package let at: Duration
    package let request: HTTPRequest
  }

  private struct State {
    var asked: [Asked] = []
    var underWay = 0
    var mostUnderWay = 0
  }

  private let script: @Sendable (_ host: String, _ attempt: Int) -> Answer
  private let clock: ScriptedClock
  private let latency: Duration
  private let state = Mutex(State())

  package init(
    clock: ScriptedClock, latency: Duration = .zero,
    script: @escaping @Sendable (_ host: String, _ attempt: Int) -> Answer
  ) {
    self.script = script
    self.clock = clock
    self.latency = latency
  }

  package var asked: [Asked] { state.withLock { $0.asked } }
  package var mostUnderWay: Int { state.withLock { $0.mostUnderWay } }

  package func response(to request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let host = request.url.host
    let attempt = state.withLock { state in
      state.underWay += 1
      state.mostUnderWay = max(state.mostUnderWay, state.underWay)
      state.asked.append(Asked(host: host, at: clock.now.offset, request: request))
      return state.asked.count { $0.host == host } - 1
    }
    for _ in 0..<20 { await Task.yield() }
    clock.advance(by: latency)
    state.withLock { $0.underWay -= 1 }
    return try script(host, attempt).get()
  }
}
