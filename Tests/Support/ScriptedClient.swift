package import HTTP
internal import Synchronization

/// Responds to each host's requests from a script; the last response repeats.
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
    try await clock.whileRequesting { () async throws(HTTPFailure) in try await answer(request) }
  }

  private func answer(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
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
