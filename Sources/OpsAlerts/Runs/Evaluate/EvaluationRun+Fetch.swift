internal import AlertEngine
internal import HTTP
internal import Synchronization
internal import Text

/// The result of fetching from one target.
struct TargetAnswer: Sendable {
  enum Content: Equatable, Sendable {
    case snapshot([UInt8], ResponseFacts)
    case failed(FetchFailure)
    case notAttempted
  }

  let source: TargetSource
  let content: Content
  /// The time of receipt, at which it is evaluated.
  let at: Instant
  /// The duration of the successful attempt.
  var latency: Duration?
}

extension EvaluationRun {
  /// Fetches from every target, or takes the saved snapshot.
  ///
  /// The targets evaluated longest ago are asked first, so that none is starved run after run.
  ///
  /// - Parameters:
  ///   - sources: the targets.
  ///   - state: when earlier runs saw them.
  ///   - client: sends the requests.
  ///   - deadline: for all requests together.
  /// - Returns: all results at once, or first those that need not wait for others; ends early if the
  ///   task is cancelled.
  func fetch(
    _ sources: [TargetSource], after state: RunState, through client: (any HTTPClient)?,
    within deadline: Duration
  ) -> AsyncStream<FetchedAnswers> {
    let targets = sources.compactMap { source -> FetchTarget? in
      if case .endpoint(let target) = source { target } else { nil }
    }
    let saved = sources.compactMap { source -> TargetAnswer? in
      guard case .saved(_, let bytes, _) = source else { return nil }
      let at = options.at ?? environment.now()
      return TargetAnswer(source: source, content: .snapshot(bytes, ResponseFacts()), at: at)
    }
    let order = order(of: targets, in: state)
    let settings = FetchSettings(
      timeout: options.timeout, retries: options.retries, deadline: deadline)
    return AsyncStream { parts in
      guard let client, !targets.isEmpty else {
        parts.yield(FetchedAnswers(answers: saved, isOvertaken: nil))
        return parts.finish()
      }
      let rest = RestOfFetch()
      let fetching = Task {
        var early: Set<Int> = []
        let all = await fetchSnapshots(
          targets, order: order, settings: settings, client: client,
          pause: RetryPause(now: environment.now), clock: environment.clock
        ) { fetched in
          early = Set(fetched.map(\.place))
          let answers = fetched.map { answer(of: sources[$0.place], $0) }
          parts.yield(FetchedAnswers(answers: answers) { rest.hasCome })
        }
        rest.hasCome = true
        let late = all.filter { !early.contains($0.place) }
        let answers = late.map { answer(of: sources[$0.place], $0) }
        parts.yield(FetchedAnswers(answers: answers, isOvertaken: nil))
        parts.finish()
      }
      parts.onTermination = { _ in fetching.cancel() }
    }
  }

  /// The indices of the targets, the one evaluated longest ago first.
  private func order(of targets: [FetchTarget], in state: RunState) -> [Int] {
    let seen = targets.map { state.targets[$0.name]?.lastObservation?.milliseconds ?? .min }
    return targets.indices.sorted { (seen[$0], $0) < (seen[$1], $1) }
  }

  private func answer(of source: TargetSource, _ fetched: FetchedTarget) -> TargetAnswer {
    let content: TargetAnswer.Content
    var latency: Duration?
    switch fetched.outcome {
    case .snapshot(let bytes, let response, let took, let attempts):
      latency = took
      if options.verbosity == .verbose {
        note(
          .fetched(target: source.name, bytes: bytes.count, latency: took, attempts: attempts))
      }
      content = .snapshot(bytes, response)
    case .failed(var failure, _):
      failure.proxyVariable = proxyVariable(of: source)
      content = .failed(failure)
    case .notAttempted: content = .notAttempted
    }
    return TargetAnswer(source: source, content: content, at: fetched.at, latency: latency)
  }

  /// The variable that names the proxy of a request: the proxy may be what failed.
  private func proxyVariable(of source: TargetSource) -> String? {
    guard case .endpoint(let target) = source else { return nil }
    return ProxyRules(environment: environment.variables).proxyVariable(for: target.address)
  }
}

/// Whether a fetch is complete.
private final class RestOfFetch: Sendable {
  private let state = Mutex(false)

  var hasCome: Bool {
    get { state.withLock(\.self) }
    set { state.withLock { $0 = newValue } }
  }
}
