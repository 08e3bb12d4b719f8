@testable import AlertEngine
@testable import HTTP
@testable import OpsAlerts
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Fetching snapshots")
struct SnapshotFetchTests {
  private let clock = ScriptedClock()
  private let good = ScriptedClient.Answer.success(HTTPResponse(status: 200, body: [0x7B, 0x7D]))
  private let bad = ScriptedClient.Answer.failure(.refused)
  /// Pauses of half a second, one second, two, four.
  private let pause = RetryPause(jitter: { $0 }, now: { Instant(milliseconds: 0) })

  private func targets(_ names: [String]) throws -> [FetchTarget] {
    try names.map { name in
      FetchTarget(name: name, address: try HTTPAddress("http://\(name).example/"))
    }
  }

  private func fetch(
    _ names: [String], _ client: ScriptedClient, _ settings: FetchSettings = FetchSettings()
  ) async throws -> [String] {
    let outcomes = await fetchSnapshots(
      try targets(names), settings: settings, client: client, pause: pause, clock: clock)
    return outcomes.map { fetched in
      switch fetched.outcome {
      case .snapshot(_, _, let latency, let attempts): "snapshot \(attempts) \(latency)"
      case .failed(_, let attempts): "failed \(attempts)"
      case .notAttempted: "not attempted"
      }
    }
  }

  @Test("Every target is asked once before any is asked again, and their order is kept")
  func order() async throws {
    let client = ScriptedClient(clock: clock) { [good, bad] host, attempt in
      host == "b.example" || attempt == 2 ? good : bad
    }
    let outcomes = try await fetch(["a", "b", "c"], client)
    #expect(outcomes.map { $0.prefix(10) } == ["snapshot 3", "snapshot 1", "snapshot 3"])
    #expect(Set(client.asked.prefix(3).map(\.host)).count == 3)
    #expect(client.asked.count == 7)
  }

  @Test("At most 16 targets are asked at once")
  func bounded() async throws {
    let client = ScriptedClient(clock: clock) { [good] _, _ in good }
    let outcomes = try await fetch((0..<50).map { "h\($0)" }, client)
    #expect(outcomes.allSatisfy { $0.hasPrefix("snapshot 1") } && outcomes.count == 50)
    #expect((2...16).contains(client.mostUnderWay))
  }

  @Test("A fetch stops after its retries", arguments: [0, 1, 5])
  func retries(retries: Int) async throws {
    let client = ScriptedClient(clock: clock) { [bad] _, _ in bad }
    let outcomes = try await fetch(["a"], client, FetchSettings(retries: retries))
    #expect(outcomes == ["failed \(retries + 1)"])
    #expect(client.asked.count == retries + 1)
  }

  @Test("Pauses grow, and the latency is that of the last attempt")
  func pauses() async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(2)) { [good, bad] _, attempt in
      attempt < 2 ? bad : good
    }
    #expect(try await fetch(["a"], client) == ["snapshot 3 2.0 seconds"])
    #expect(client.asked.map(\.at) == [.zero, .milliseconds(2_500), .milliseconds(5_500)])
  }

  @Test("No attempt gets more time than the deadline leaves")
  func deadlines() async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(3)) { [bad] _, _ in bad }
    let settings = FetchSettings(timeout: .seconds(4), retries: 9, deadline: .seconds(9))
    #expect(try await fetch(["a"], client, settings) == ["failed 3"])
    #expect(
      client.asked.map(\.request.deadline)
        == [.seconds(4), .seconds(4), .milliseconds(1_500)])
  }

  @Test("A target is not attempted if the deadline comes first")
  func notAttempted() async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(90)) { [bad] _, _ in bad }
    let outcomes = try await fetch((0..<17).map { "h\($0)" }, client)
    #expect(outcomes.last == "not attempted")
    #expect(outcomes.first == "failed 1")
  }

  @Test(
    "A fetch waits as long as the server asks, if that is before the deadline",
    arguments: [("20", ["failed 3"], 40), ("61", ["failed 1"], 0)])
  func retryAfter(header: String, outcomes: [String], lastAt: Int) async throws {
    let client = ScriptedClient(clock: clock) { _, _ in
      .success(HTTPResponse(status: 503, headers: ["retry-after": header]))
    }
    #expect(try await fetch(["a"], client) == outcomes)
    #expect(client.asked.last?.at == .seconds(lastAt))
  }

  @Test("Only transient failures are retried")
  func transience() async throws {
    func attempts(_ answer: ScriptedClient.Answer) async throws -> Int {
      let client = ScriptedClient(clock: ScriptedClock()) { _, _ in answer }
      _ = try await fetch(["a"], client)
      return client.asked.count
    }
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
      #expect(try await attempts(.success(HTTPResponse(status: status))) == 3, "\(status)")
    }
    for status in [200, 204, 400, 401, 403, 404, 410, 422] {
      #expect(try await attempts(.success(HTTPResponse(status: status))) == 1, "\(status)")
    }
    for (failure, _) in FetchFailureTests.failures {
      let expected = failure.isTransient ? 3 : 1
      #expect(try await attempts(.failure(failure)) == expected, "\(failure)")
    }
  }

  @Test("Targets that need no retry are reported early, with the times of receipt")
  func early() async throws {
    let client = ScriptedClient(clock: clock) { [good, bad] host, attempt in
      host == "a.example" || attempt == 2 ? good : bad
    }
    let clock = clock
    let pause = RetryPause(jitter: { $0 }) {
      .init(milliseconds: clock.now.offset.wholeMilliseconds)
    }
    var early: [[Int]] = []
    let all = await fetchSnapshots(
      try targets(["b", "a", "c"]), settings: FetchSettings(), client: client, pause: pause,
      clock: clock, early: { early.append($0.map(\.place)) })
    #expect(early == [[1]])
    #expect(all.map(\.place) == [0, 1, 2])
    #expect(all.map { $0.at.milliseconds >= 1_500 } == [true, false, true])
  }

  @Test("Nothing is reported early if no target is retried or none is finished")
  func notEarly() async throws {
    for names in [["a", "b", "c"], ["bad"]] {
      let client = ScriptedClient(clock: ScriptedClock()) { [good, bad] host, _ in
        host == "bad.example" ? bad : good
      }
      var isEarly = false
      _ = await fetchSnapshots(
        try targets(names), settings: FetchSettings(), client: client, pause: pause,
        clock: ScriptedClock(), early: { _ in isEarly = true })
      #expect(!isEarly)
    }
  }

  @Test("Targets are asked in the given order, and outcomes keep the order of the targets")
  func givenOrder() async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(90)) { [bad] _, _ in bad }
    let names = (0..<17).map { "h\($0)" }
    let all = await fetchSnapshots(
      try targets(names), order: Array((0..<17).reversed()), settings: FetchSettings(),
      client: client, pause: pause, clock: clock)
    #expect(all.map(\.place) == Array(0..<17))
    guard case .notAttempted? = all.first?.outcome else {
      Issue.record("the last to be asked had its turn")
      return
    }
  }

  @Test(
    "A target whose later requests were displaced reports its earlier failure",
    arguments: FetchFailureTests.failures.filter { $0.0.isTransient && $0.0 != .displaced })
  func displacedLater(failure: HTTPFailure, sentence: String) async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(12)) { _, attempt in
      .failure(attempt == 0 ? failure : .displaced)
    }
    let all = await fetchSnapshots(
      [FetchTarget(name: "a", address: try HTTPAddress("http://api.example/"))],
      settings: FetchSettings(), client: client, pause: pause, clock: clock)
    #expect(client.asked.count > 1)
    guard case .failed(let reported, _)? = all.first?.outcome else {
      Issue.record("\(all)")
      return
    }
    #expect(reported.sentence == sentence)
  }

  @Test("A target whose every request was displaced counts as not attempted")
  func alwaysDisplaced() async throws {
    let client = ScriptedClient(clock: clock, latency: .seconds(12)) { _, _ in .failure(.displaced)
    }
    #expect(try await fetch(["a"], client) == ["not attempted"])
    #expect(client.asked.count > 1)
  }

  @Test(
    "A request carries the credentials and asks for the target's format",
    arguments: [
      (SnapshotFormat.json, "application/json"),
      (
        .prometheus,
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
      ),
      (.none, "*/*"),
    ])
  func request(format: SnapshotFormat, accepted: String) async throws {
    let client = ScriptedClient(clock: clock) { [good] _, _ in good }
    let target = FetchTarget(
      name: "a", address: try HTTPAddress("http://a/"),
      credentials: [
        try Credential(.login, "Aladdin:open sesame\n", source: "L"),
        try Credential(.header("X-Api-Key"), " k3y-value ", source: "K"),
      ], format: format)
    _ = await fetchSnapshots(
      [target], settings: FetchSettings(), client: client, pause: pause, clock: clock)
    let headers = client.asked.first?.request.headers.map { "\($0.name.text): \($0.value)" }
    // The value is the example of RFC 7617, section 2.
    #expect(
      headers == [
        "Accept: \(accepted)", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "X-Api-Key: k3y-value",
      ])
  }

  @Test(
    "A status that the target accepts carries a snapshot, and is never retried",
    arguments: [
      (AcceptedStatuses.success, SnapshotFormat.json, 503, false),
      (.alsoThese([503]), .json, 503, true), (.alsoThese([503]), .json, 200, true),
      (.alsoThese([503]), .json, 429, false), (.any, .json, 429, true), (.any, .json, 404, true),
      (.any, .prometheus, 500, true), (.success, .none, 500, true), (.success, .none, 404, true),
    ])
  func acceptedStatuses(
    accepted: AcceptedStatuses, format: SnapshotFormat, status: Int, isSnapshot: Bool
  ) async throws {
    let body = Array((format == .json ? "{}" : "a 1").utf8)
    let client = ScriptedClient(clock: clock) { _, _ in
      .success(HTTPResponse(status: status, body: body))
    }
    let target = FetchTarget(
      name: "a", address: try HTTPAddress("http://a/"), format: format, acceptedStatuses: accepted)
    let outcome = await fetchSnapshots(
      [target], settings: FetchSettings(), client: client, pause: pause, clock: clock)[0].outcome
    guard case .snapshot(_, let response, let latency, let attempts) = outcome else {
      #expect(!isSnapshot)
      #expect(client.asked.count == 3)
      return
    }
    #expect(isSnapshot && attempts == 1)
    let seconds = Double(latency.wholeMilliseconds) / 1_000
    #expect(response == ResponseFacts(status: status, seconds: seconds, bytes: body.count))
  }

  @Test("A redirect is a response of the format none, and a failure otherwise")
  func redirect() async throws {
    let formats = SnapshotFormat.allCases
    let client = ScriptedClient(clock: clock) { _, _ in .failure(.redirect(status: 302)) }
    let address = try HTTPAddress("http://a/")
    let outcomes = await fetchSnapshots(
      formats.map {
        FetchTarget(name: $0.rawValue, address: address, format: $0, acceptedStatuses: .any)
      }, settings: FetchSettings(), client: client, pause: pause, clock: clock)
    let statuses = outcomes.map { fetched -> Int? in
      guard case .snapshot(let bytes, let response, _, _) = fetched.outcome else { return nil }
      #expect(bytes.isEmpty && response.bytes == nil)
      return response.status
    }
    #expect(statuses == formats.map { $0 == .none ? 302 : nil })
  }
}
