internal import AlertEngine
internal import HTTP
internal import Text

/// Fetches the snapshot of every target, at most 16 at once, as `FetchSchedule` decides.
///
/// - Parameters:
///   - targets: the endpoints.
///   - order: the indices of the targets in the order in which they are asked; `nil` for their own.
///   - settings: the limits of an attempt and of the whole fetch.
///   - client: sends the requests.
///   - pause: the wait before a retry, and the time of day.
///   - clock: measures deadlines, pauses and latencies.
///   - early: called at most once, with the settled targets, while others are slow or retried.
/// - Returns: one outcome per target, in the order of the targets, including the early ones.
func fetchSnapshots(
  _ targets: [FetchTarget], order: [Int]? = nil, settings: FetchSettings, client: any HTTPClient,
  pause: RetryPause, clock: some Clock<Duration> = ContinuousClock(),
  early: ([FetchedTarget]) -> Void = { _ in }
) async -> [FetchedTarget] {
  var fetch = SnapshotFetch(
    targets: targets, asking: Asking(client: client, pause: pause, clock: clock, begin: clock.now),
    schedule: FetchSchedule(order: order ?? Array(targets.indices), settings: settings))
  return await fetch.run(early: early)
}

/// One attempt at one target.
private struct Asking<Time: Clock>: Sendable where Time.Duration == Duration {
  /// The result of one attempt.
  struct Attempt: Sendable {
    enum Content: Sendable {
      case snapshot([UInt8], ResponseFacts, latency: Duration)
      case failed(FetchFailure)
    }

    let content: Content
    let result: FetchSchedule.Result
    let at: Instant
  }

  let client: any HTTPClient
  let pause: RetryPause
  let clock: Time
  let begin: Time.Instant

  var now: Duration { begin.duration(to: clock.now) }

  /// One request; `number` counts the attempts from 0.
  func ask(_ target: FetchTarget, number: Int, limit: Duration) async -> Attempt {
    let start = now
    func failed(_ failure: FetchFailure, _ result: FetchSchedule.Result) -> Attempt {
      Attempt(content: .failed(failure), result: result, at: pause.now())
    }
    func snapshot(
      _ body: [UInt8], status: Int, bytes: Int?, within elapsed: Duration? = nil
    ) -> Attempt {
      let latency = elapsed ?? now - start
      let response = ResponseFacts(
        status: status, seconds: Double(latency.wholeMilliseconds) / 1_000, bytes: bytes)
      return Attempt(
        content: .snapshot(body, response, latency: latency), result: .final, at: pause.now())
    }
    do throws(HTTPFailure) {
      let response = try await client.response(to: target.request(within: limit))
      guard let failure = target.failure(in: response) else {
        return snapshot(
          response.body, status: response.status, bytes: response.body.count,
          within: response.elapsed)
      }
      guard response.isTransient, !target.acceptedStatuses.contains(response.status) else {
        return failed(failure, .final)
      }
      let wait = pause.pause(
        afterAttempt: number, retryAfter: response.header("Retry-After"))
      return failed(failure, .transient(pause: wait))
    } catch {
      // Its body is never read, but it is a response.
      if case .redirect(let status) = error, target.format == .none {
        return snapshot([], status: status, bytes: nil)
      }
      let wait = pause.pause(afterAttempt: number, retryAfter: nil)
      let result: FetchSchedule.Result =
        switch error {
        case .displaced: .lost
        case .timedOut: .timedOut(pause: wait)
        case _ where error.isTransient: .transient(pause: wait)
        case _: .final
        }
      return failed(target.failure(.noResponse(error)), result)
    }
  }
}

extension FetchTarget {
  fileprivate func request(within limit: Duration) -> HTTPRequest {
    HTTPRequest(
      .get, address,
      headers: [HTTPHeader(.accept, format.mediaTypes)] + credentials.map(\.header),
      deadline: limit)
  }
}

extension SnapshotFormat {
  /// What to ask for (RFC 9110, section 12.5.1).
  fileprivate var mediaTypes: String {
    switch self {
    case .json: "application/json"
    // As Prometheus does, so that the names are those that it would store.
    case .prometheus:
      "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    case .none: "*/*"
    }
  }
}

/// A running fetch: asks the targets that the schedule names, and keeps their responses.
private struct SnapshotFetch<Time: Clock> where Time.Duration == Duration {
  private enum Event: Sendable {
    case attempt(Int, Asking<Time>.Attempt)
    case alarm(Duration)
  }

  private let targets: [FetchTarget]
  private let asking: Asking<Time>
  private var schedule: FetchSchedule
  private var attempts: [Int]
  private var last: [Asking<Time>.Attempt?]
  private var hasGivenEarly = false
  /// The time of the next alarm.
  private var alarm: Duration?

  init(targets: [FetchTarget], asking: Asking<Time>, schedule: FetchSchedule) {
    self.targets = targets
    self.asking = asking
    self.schedule = schedule
    attempts = Array(repeating: 0, count: targets.count)
    last = Array(repeating: nil, count: targets.count)
  }

  mutating func run(early: ([FetchedTarget]) -> Void) async -> [FetchedTarget] {
    await withTaskGroup(of: Event.self) { group in
      while true {
        if Task.isCancelled { schedule.stop() }
        let step = schedule.next(at: asking.now)
        switch step {
        case .done:
          group.cancelAll()
          return fetched()
        case .ask(let place, let limit):
          let (target, number) = (targets[place], attempts[place])
          attempts[place] += 1
          group.addTask { [asking] in
            .attempt(place, await asking.ask(target, number: number, limit: limit))
          }
        case .wait(let time):
          giveEarly(early)
          setAlarm(for: [time, timeOfEarly].compactMap(\.self).min(), in: &group)
          if let event = await group.next() { take(event) }
        }
      }
    }
  }

  private mutating func take(_ event: Event) {
    switch event {
    case .attempt(let place, let attempt):
      // A lost attempt does not replace an earlier one.
      if attempt.result != .lost || last[place] == nil { last[place] = attempt }
      schedule.record(attempt.result, of: place, at: asking.now)
    case .alarm(let time):
      if alarm == time { alarm = nil }
    }
  }

  /// When to report settled targets early; `nil` if there are none, or they were reported.
  private var timeOfEarly: Duration? {
    guard !hasGivenEarly, let time = schedule.endOfFirstRound,
      targets.indices.contains(where: { schedule.end(of: $0) != nil })
    else { return nil }
    return time
  }

  private mutating func giveEarly(_ early: ([FetchedTarget]) -> Void) {
    guard let time = timeOfEarly, time <= asking.now else { return }
    hasGivenEarly = true
    early(fetched())
  }

  private mutating func setAlarm(for time: Duration?, in group: inout TaskGroup<Event>) {
    guard let time, alarm.map({ time < $0 }) ?? true else { return }
    alarm = time
    group.addTask { [asking] in
      try? await asking.clock.sleep(
        until: asking.begin.advanced(by: time), tolerance: nil)
      return .alarm(time)
    }
  }

  /// The outcomes of the settled targets.
  private func fetched() -> [FetchedTarget] {
    targets.indices.compactMap { place in
      guard let end = schedule.end(of: place) else { return nil }
      let attempt = last[place]
      let outcome: FetchOutcome
      switch (end, attempt?.content) {
      case (.notAttempted, _), (_, nil): outcome = .notAttempted
      case (.attempted, .snapshot(let bytes, let response, let latency)?):
        outcome = .snapshot(
          bytes: bytes, response: response, latency: latency, attempts: attempts[place])
      case (.attempted, .failed(let failure)?):
        outcome = .failed(failure, attempts: attempts[place])
      }
      let isKnownBefore = end == .attempted
      let at = (isKnownBefore ? attempt?.at : nil) ?? asking.pause.now()
      return FetchedTarget(place: place, outcome: outcome, at: at)
    }
  }
}
