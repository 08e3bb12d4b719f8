internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// What earlier runs remember, and the locked file that this one saves to.
struct RunMemory: Sendable {
  var state: RunState
  /// `nil` for a run that keeps no state or may not write it.
  let file: StateFile?
  /// Whether there was no state: this is a first run, or one after the state was lost.
  var isNew = false
  /// That a state was there before and is gone, as a sentence.
  var loss: String?
}

extension EvaluationRun {
  /// Locks and reads the state; a dry run only reads it.
  func recall() throws(RunFailure) -> RunMemory {
    guard let path = options.statePath else { return RunMemory(state: RunState(), file: nil) }
    do throws(StateFailure) {
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
        if hasSaved {
          let sentence =
            "the state at \(printable(path)) is gone: durations count anew, and what is still bad "
            + "is told again"
          environment.fail(sentence)
          return RunMemory(state: RunState(), file: file, isNew: true, loss: sentence)
        }
        note("no state at \(printable(path)): this is a first run")
        return RunMemory(state: RunState(), file: file, isNew: true)
      }
      return RunMemory(state: state, file: file)
    } catch {
      throw .state(error)
    }
  }

  /// Judges every answer by the rules, each target by its own state and as of its own time.
  func evaluate(
    _ answers: [TargetAnswer], by evaluator: Evaluator, from state: inout RunState,
    _ batch: inout TargetBatch, into outcome: inout RunOutcome
  ) {
    for answer in answers {
      let name = answer.source.name
      let reading = read(answer, by: evaluator)
      let before = state.targets.removeValue(forKey: name) ?? TargetState()
      let evaluation = evaluator.evaluate(reading, from: before, at: answer.at)
      state.targets[name] = evaluation.state
      for warning in evaluation.warnings {
        batch.warnings.add(warning.sentence(seenAt: answer.at), about: name)
      }
      let error = reading.errorSentence
      if let error {
        switch answer.content {
        case .failed(_, let cause): batch.errors.add(error, cause: cause, about: name)
        case .snapshot: batch.errors.add(error, about: name)
        case .notAttempted: batch.errors.addNotAttempted(name)
        }
        outcome.add(.noEvidence)
      }
      let report = TargetReport(
        name: name, metricsURL: answer.source.display, evaluation: evaluation,
        errors: error.map { [$0] } ?? [], latency: answer.latency)
      batch.reports.append(report)
      outcome.targets.append(report)
    }
    state.savedAt = outcome.now
  }

  /// Says on standard error what is wrong with the targets of a batch.
  func complain(of batch: TargetBatch) {
    for line in batch.warnings.lines { environment.warn(line) }
    for line in batch.errors.lines { environment.fail(line) }
  }

  /// Saves before anything is said: what was printed is never forgotten.
  ///
  /// - Returns: `false` where it could not be saved.
  func save(_ memory: RunMemory, into outcome: inout RunOutcome) -> Bool {
    guard let file = memory.file else { return true }
    do throws(StateFailure) {
      try file.save(memory.state)
      return true
    } catch {
      environment.fail("\(error)")
      outcome.lose(error)
      return false
    }
  }

  /// Appends what was seen to the recording.
  func record(_ answers: [TargetAnswer], into outcome: inout RunOutcome) {
    guard let path = options.record, !options.dryRun else { return }
    do throws(FileFailure) {
      let lines = answers.map { answer in
        RecordingLine(
          observedAt: answer.at, target: answer.source.name, content: answer.recorded)
      }
      try Recording.append(lines, to: path)
    } catch {
      environment.fail("\(error)")
      outcome.stop(RunFailure(code: .state, sentence: "\(error)"))
    }
  }

  func note(_ sentence: String) {
    guard options.verbosity != .quiet else { return }
    environment.note(sentence)
  }

  private func read(_ answer: TargetAnswer, by evaluator: Evaluator) -> Reading {
    switch answer.content {
    case .failed(let sentence, _): return .unreachable(cause: sentence)
    case .notAttempted: return .notAttempted
    case .snapshot(let bytes):
      do throws(JSONFailure) {
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
    case .failed(let sentence, _): .error(sentence)
    case .notAttempted: .error("not attempted")
    }
  }
}
