internal import AlertEngine

/// What a target answered.
struct TargetAnswer: Sendable {
  enum Content: Sendable {
    case snapshot([UInt8])
    /// One sentence that says what to do.
    case failed(String)
    case notAttempted
  }

  let source: TargetSource
  let content: Content
  /// The time that the answer stands for: that of its own receipt.
  let at: Instant
}

extension EvaluationRun {
  /// Asks every target, or reads the saved snapshot.
  ///
  /// Those that were seen longest ago are asked first, so that no target is left over in every run.
  func fetch(
    _ sources: [TargetSource], after state: RunState, through client: (any HTTPClient)?,
    within deadline: Duration
  ) async -> [TargetAnswer] {
    if case .saved(_, let bytes)? = sources.first {
      let at = options.at ?? environment.now()
      return [TargetAnswer(source: sources[0], content: .snapshot(bytes), at: at)]
    }
    guard let client else { return [] }
    let targets = sources.compactMap { source -> FetchTarget? in
      if case .endpoint(let target) = source { target } else { nil }
    }
    let settings = FetchSettings(
      timeout: options.timeout, retries: options.retries, deadline: deadline)
    let fetched = await fetchSnapshots(
      targets, order: order(of: targets, in: state), settings: settings, client: client,
      pause: RetryPause(now: environment.now))
    return fetched.map { answer(of: sources[$0.place], $0) }
  }

  /// The places of the targets, the one that was seen longest ago first.
  private func order(of targets: [FetchTarget], in state: RunState) -> [Int] {
    let seen = targets.map { state.targets[$0.name]?.lastObservation?.milliseconds ?? .min }
    return targets.indices.sorted { (seen[$0], $0) < (seen[$1], $1) }
  }

  private func answer(of source: TargetSource, _ fetched: FetchedTarget) -> TargetAnswer {
    let content: TargetAnswer.Content
    switch fetched.outcome {
    case .snapshot(let bytes, let latency, let attempts):
      if options.verbosity == .verbose {
        note(
          "\(source.name): \(bytes.count) bytes in \(latency.wholeMilliseconds) ms, "
            + (attempts == 1 ? "at once" : "\(attempts) attempts"))
      }
      content = .snapshot(bytes)
    case .failed(let failure): content = .failed(failure.sentence + proxyNote(source))
    case .notAttempted: content = .notAttempted
    }
    return TargetAnswer(source: source, content: content, at: fetched.at)
  }

  /// Names the proxy that a failed request went through: it may be the one that fails.
  private func proxyNote(_ source: TargetSource) -> String {
    guard case .endpoint(let target) = source,
      let variable = ProxyRules(environment: environment.variables)
        .proxyVariable(for: target.address)
    else { return "" }
    return "; the request goes through the proxy in \(variable)"
  }
}
