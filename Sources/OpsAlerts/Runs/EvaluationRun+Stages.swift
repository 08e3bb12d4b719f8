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
  var content: Content
  /// How long the attempt took that brought the snapshot; `nil` where none was fetched.
  var latency: Duration?
}

/// What earlier runs remember, and the locked file that this one saves to.
struct RunMemory: Sendable {
  var state: RunState
  /// `nil` for a run that keeps no state or may not write it.
  let file: StateFile?
  /// Whether there was no state: this is a first run, or one after the state was lost.
  var isNew = false
}

extension EvaluationRun {
  /// Locks and reads the state; a dry run only reads it.
  func recall() throws(RunStop) -> RunMemory {
    guard let path = options.statePath else { return RunMemory(state: RunState(), file: nil) }
    do throws(StateError) {
      guard !options.dryRun else {
        return RunMemory(state: try StateFile.read(path) ?? RunState(), file: nil)
      }
      let file = try StateFile.lock(
        path, timeout: options.lockTimeout,
        onWait: { holder in
          let run = holder.map { "another run (process \($0))" } ?? "another run"
          note("waiting for \(run), which holds the lock on \(printable(path))")
        }
      ).get()
      if options.resetState, let aside = try file.moveAside(at: environment.now()) {
        environment.warn("moved \(printable(path)) aside to \(printable(aside))")
      }
      guard let state = try file.load() else {
        note("no state at \(printable(path)): this is a first run")
        return RunMemory(state: RunState(), file: file, isNew: true)
      }
      return RunMemory(state: state, file: file)
    } catch {
      throw .state(error)
    }
  }

  /// Asks every target, or reads the saved snapshot.
  func fetch(
    _ sources: [TargetSource], through client: (any HTTPClient)?, within deadline: Duration
  ) async -> [TargetAnswer] {
    if case .saved(_, let bytes)? = sources.first {
      return [TargetAnswer(source: sources[0], content: .snapshot(bytes))]
    }
    guard let client else { return [] }
    let targets = sources.compactMap { source -> FetchTarget? in
      if case .endpoint(let target) = source { target } else { nil }
    }
    let settings = FetchSettings(
      timeout: options.timeout, retries: options.retries, deadline: deadline)
    let outcomes = await fetchSnapshots(
      targets, settings: settings, client: client, pause: RetryPause(now: environment.now))
    return zip(sources, outcomes).map { source, outcome in
      switch outcome {
      case .snapshot(let bytes, let latency, let attempts):
        if options.verbosity == .verbose {
          note(
            "\(source.name): \(bytes.count) bytes in \(latency.wholeMilliseconds) ms, "
              + (attempts == 1 ? "at once" : "\(attempts) attempts"))
        }
        return TargetAnswer(source: source, content: .snapshot(bytes), latency: latency)
      case .failed(let failure):
        return TargetAnswer(source: source, content: .failed(failure.sentence + proxyNote(source)))
      case .notAttempted: return TargetAnswer(source: source, content: .notAttempted)
      }
    }
  }

  /// Names the proxy that a failed request went through: it may be the one that fails.
  private func proxyNote(_ source: TargetSource) -> String {
    guard case .endpoint(let target) = source,
      let variable = ProxyRules(environment: environment.variables)
        .proxyVariable(for: target.address)
    else { return "" }
    return "; the request goes through the proxy in \(variable)"
  }

  /// Judges every answer by the rules, each target by its own state.
  func evaluate(
    _ answers: [TargetAnswer], by evaluator: Evaluator, from state: inout RunState,
    into outcome: inout RunOutcome
  ) {
    for answer in answers {
      let name = answer.source.name
      let reading = read(answer, by: evaluator)
      let before = state.targets.removeValue(forKey: name) ?? TargetState()
      let evaluation = evaluator.evaluate(reading, from: before, at: outcome.now)
      state.targets[name] = evaluation.state
      for warning in evaluation.warnings {
        environment.warn("\(printable(name)): \(warning.sentence(seenAt: outcome.now))")
      }
      var errors: [String] = []
      if let error = reading.errorSentence {
        environment.fail("\(printable(name)): \(error)")
        errors.append(error)
        outcome.add(.noEvidence)
      }
      outcome.targets.append(
        TargetReport(
          name: name, metricsURL: answer.source.display, evaluation: evaluation, errors: errors,
          latency: answer.latency))
    }
    state.savedAt = outcome.now
  }

  /// Saves before anything is said: what was printed is never forgotten.
  ///
  /// - Returns: `false` where it could not be saved.
  func save(_ memory: RunMemory, into outcome: inout RunOutcome) -> Bool {
    guard let file = memory.file else { return true }
    do throws(StateError) {
      try file.save(memory.state)
      return true
    } catch {
      environment.fail("\(error)")
      outcome.stop(.state(error))
      return false
    }
  }

  /// Appends what was seen to the recording.
  func record(_ answers: [TargetAnswer], into outcome: inout RunOutcome) {
    guard let path = options.record, !options.dryRun else { return }
    do throws(FileError) {
      let lines = answers.map { answer in
        RecordingLine(
          observedAt: outcome.now, target: answer.source.name, content: answer.recorded)
      }
      try Recording.append(lines, to: path)
    } catch {
      environment.fail("\(error)")
      outcome.stop(RunStop(code: .state, sentence: "\(error)"))
    }
  }

  private func note(_ sentence: String) {
    guard options.verbosity != .quiet else { return }
    environment.note(sentence)
  }

  private func read(_ answer: TargetAnswer, by evaluator: Evaluator) -> Reading {
    switch answer.content {
    case .failed(let sentence): return .unreachable(cause: sentence)
    case .notAttempted: return .notAttempted
    case .snapshot(let bytes):
      do throws(JSONError) {
        return .snapshot(try evaluator.read(bytes))
      } catch {
        let cut = error.isTruncation ? "; the body may be truncated" : ""
        return .unreachable(cause: "the answer is not JSON (\(error))\(cut)")
      }
    }
  }
}

extension Reading {
  /// Why there is no snapshot.
  fileprivate var errorSentence: String? {
    switch self {
    case .snapshot: nil
    case .unreachable(let cause): cause
    case .notAttempted: "not attempted: the run's deadline came first"
    }
  }
}

extension TargetAnswer {
  fileprivate var recorded: RecordingLine.Content {
    switch content {
    case .snapshot(let bytes): .snapshot(bytes)
    case .failed(let sentence): .error(sentence)
    case .notAttempted: .error("not attempted")
    }
  }
}
