/// Asks every target for its snapshot; the outcomes come in the order of the targets.
///
/// At most 16 targets are asked at once, and all are asked a first time before any is asked again,
/// so that a few broken ones cannot use up the deadline of the others.
///
/// - Parameters:
///   - targets: whom to ask.
///   - settings: the limits of an attempt and of the whole fetch.
///   - client: who sends the requests.
///   - pause: how long to wait before another attempt.
///   - clock: what deadlines, pauses and latencies are measured with.
/// - Returns: one outcome for each target.
package func fetchSnapshots(
  _ targets: [FetchTarget], settings: FetchSettings, client: any HTTPClient, pause: RetryPause,
  clock: some Clock<Duration> = ContinuousClock()
) async -> [FetchOutcome] {
  let fetch = SnapshotFetch(
    settings: settings, client: client, pause: pause, clock: clock,
    end: clock.now.advanced(by: settings.deadline))
  let first = await sideBySide(targets) { target in
    await fetch.attempt(target, number: 0)
  }
  return await sideBySide(Array(zip(targets, first))) { target, result in
    await fetch.outcome(of: target, after: result)
  }
}

private struct SnapshotFetch<Time: Clock>: Sendable where Time.Duration == Duration {
  /// What one attempt brought.
  enum Result: Sendable {
    case snapshot([UInt8], latency: Duration)
    case failed(String)
    case mayRecover(String, notBefore: Time.Instant)
    case noTimeLeft
  }

  let settings: FetchSettings
  let client: any HTTPClient
  let pause: RetryPause
  let clock: Time
  let end: Time.Instant

  /// One request to `target`; `number` counts from 0.
  func attempt(_ target: FetchTarget, number: Int) async -> Result {
    let start = clock.now
    let left = start.duration(to: end)
    guard left > .zero else { return .noTimeLeft }
    let request = HTTPRequest(
      .get, target.address,
      headers: [HTTPHeader(.accept, "application/json")] + (target.token.map { [$0.header] } ?? []),
      deadline: min(settings.timeout, left))
    do throws(HTTPFailure) {
      let response = try await client.response(to: request)
      guard let sentence = target.sentence(for: response) else {
        return .snapshot(response.body, latency: start.duration(to: clock.now))
      }
      guard response.isTransient else { return .failed(sentence) }
      return later(sentence, number, retryAfter: response.header("Retry-After"))
    } catch {
      let sentence = target.sentence(for: error)
      return error.isTransient ? later(sentence, number, retryAfter: nil) : .failed(sentence)
    }
  }

  /// Repeats the first attempt for as long as that may help and time allows.
  func outcome(of target: FetchTarget, after first: Result) async -> FetchOutcome {
    var attempts = 1
    var result = first
    while true {
      switch result {
      case .snapshot(let bytes, let latency):
        return .snapshot(bytes: bytes, latency: latency, attempts: attempts)
      case .failed(let sentence):
        return .failed(FetchFailure(sentence: sentence, attempts: attempts))
      case .noTimeLeft:
        return .notAttempted
      case .mayRecover(let sentence, let notBefore):
        let last = FetchOutcome.failed(FetchFailure(sentence: sentence, attempts: attempts))
        guard attempts <= settings.retries, notBefore < end else { return last }
        do { try await clock.sleep(until: notBefore, tolerance: nil) } catch { return last }
        let next = await attempt(target, number: attempts)
        guard case .noTimeLeft = next else {
          result = next
          attempts += 1
          continue
        }
        return last
      }
    }
  }

  private func later(_ sentence: String, _ number: Int, retryAfter: String?) -> Result {
    let wait = pause.pause(afterAttempt: number, retryAfter: retryAfter)
    return .mayRecover(sentence, notBefore: clock.now.advanced(by: wait))
  }
}

/// Runs `work` for all items, at most 16 at once; the results come in the order of the items.
private func sideBySide<Item: Sendable, Result: Sendable>(
  _ items: [Item], _ work: @escaping @Sendable (Item) async -> Result
) async -> [Result] {
  await withTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: items.count)
    for (index, item) in items.enumerated() {
      if index >= 16, let (done, result) = await group.next() { results[done] = result }
      group.addTask { (index, await work(item)) }
    }
    for await (done, result) in group { results[done] = result }
    return results.compactMap(\.self)
  }
}
