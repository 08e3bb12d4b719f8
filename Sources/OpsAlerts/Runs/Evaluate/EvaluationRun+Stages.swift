internal import AlertEngine
internal import Delivery
internal import Files
internal import HTTP
internal import JSON
internal import Reports
internal import Text

/// The state of earlier runs, and the locked file that this one saves to.
struct RunMemory: Sendable {
  var state: RunState
  /// `nil` for a run without a state, or one that may not write it.
  let file: StateFile?
  /// When the state was saved last; `nil` if there is none.
  ///
  /// If none can be saved either, the begin of this day.
  var lastSave: Instant?
  /// When the state in the file was saved; `nil` if there is none.
  var fileSavedAt: Instant?
  /// Why the state cannot be saved, if that is known before.
  var obstacle: StateFailure?
  /// Whether the last save failed.
  var isUnsaved = false
  /// Whether no run has saved the state: a first run, or the state was lost.
  var isNew = false
  /// Whether this process saved a state that is gone now.
  var isLost = false
}

/// A state that could not be saved, and when the one in the file was.
struct UnsavedState: Sendable {
  let state: RunState
  /// `nil` if there is none.
  let fileSavedAt: Instant?

  /// Whether nobody has saved the file since.
  ///
  /// A save may fail once its file is in place: the file is then a part of this state.
  ///
  /// - Parameter savedAt: when the state in the file was saved.
  /// - Returns: whether this state continues that one.
  func isNewer(thanFileOf savedAt: Instant?) -> Bool {
    savedAt == fileSavedAt || savedAt == state.savedAt
  }
}

extension EvaluationRun {
  /// Locks and reads the state; a dry run only reads it.
  ///
  /// What this process knows and could not save is newer than the file, unless another run has saved
  /// since. What people have changed in the file is newer still.
  func recall() throws(RunFailure) -> RunMemory {
    var memory = try recalled()
    if let unsaved, unsaved.isNewer(thanFileOf: memory.fileSavedAt) {
      let copy = memory.state
      memory.state = unsaved.state
      memory.state.takeOverChanges(from: copy)
      memory.lastSave = unsaved.state.savedAt
    }
    return memory
  }

  private func recalled() throws(RunFailure) -> RunMemory {
    guard let path = options.statePath else { return RunMemory(state: RunState(), file: nil) }
    let owner = options.owner.names(from: path)
    let secrets = environment.secrets.known
    do throws(StateFailure) {
      guard !options.dryRun else {
        let known =
          try StateFile.read(path, secrets: secrets)
          ?? (options.state == .standard
            ? try? StateFile.read(options.owner.formerPath, secrets: secrets) : nil)
        return RunMemory(state: try own(known ?? RunState(), as: owner, path), file: nil)
      }
      let file: StateFile
      switch StateFile.lock(
        path, timeout: options.lockTimeout, secrets: secrets,
        onWait: { note(.waitingForLock(path: path, holder: $0)) })
      {
      case .success(let locked): file = locked
      case .failure(.file(let failure)) where !options.resetState:
        // A read-only file system must not silence pages.
        let state = try StateFile.read(path, secrets: secrets)
        return RunMemory(
          state: try own(state ?? RunState(), as: owner, path), file: nil,
          lastSave: state?.savedAt ?? beginOfDay, fileSavedAt: state?.savedAt,
          obstacle: .file(failure), isNew: state?.savedAt == nil,
          isLost: state?.savedAt == nil && hasSaved)
      case .failure(let failure): throw failure
      }
      if options.resetState, let aside = try file.moveAside(at: environment.now()) {
        environment.warn(.stateMovedAside(path: path, to: aside))
      }
      if options.state == .standard {
        try file.takeOverFormer(of: options.owner, timeout: options.lockTimeout)
      }
      guard let state = try file.load() else {
        if !hasSaved, !options.resetState, HistoryFile.exists(beside: path) {
          environment.warn(.stateGone(path: path))
        } else if !hasSaved {
          note(.firstRun(statePath: path))
        }
        return RunMemory(
          state: RunState(configuration: owner), file: file,
          lastSave: file.isInWritableFolder ? nil : beginOfDay, isNew: true, isLost: hasSaved)
      }
      return RunMemory(
        state: try own(state, as: owner, path), file: file, lastSave: state.savedAt,
        fileSavedAt: state.savedAt, isNew: state.savedAt == nil,
        isLost: state.savedAt == nil && hasSaved)
    } catch {
      throw .state(error)
    }
  }

  /// Stands for the last save where there was none and this run cannot save.
  ///
  /// The next run then gives its events the same ids; an episode of another day has another one.
  private var beginOfDay: Instant {
    let now = options.at ?? environment.now()
    let day: Int64 = 86_400_000
    return Instant(milliseconds: now.milliseconds - (now.milliseconds % day + day) % day)
  }

  /// The state, marked as that of this configuration; refused if it belongs to another.
  private func own(
    _ state: RunState, as owner: [String], _ path: String
  ) throws(StateFailure) -> RunState {
    guard !owner.isEmpty else { return state }
    guard [[], owner].contains(state.configuration) || options.adoptState else {
      throw .foreign(
        path: path, owner: state.configuration.joined(separator: "/"),
        configuration: owner.joined(separator: "/"))
    }
    var owned = state
    owned.configuration = owner
    return owned
  }

  /// Evaluates every result, each target with its own state and time.
  func evaluate(
    _ answers: [TargetAnswer], by evaluator: Evaluator, from state: inout RunState,
    _ batch: inout TargetBatch, into outcome: inout RunOutcome
  ) {
    for answer in answers {
      let name = answer.source.name
      let (reading, problem) = read(answer, by: evaluator)
      let before = state.targets.removeValue(forKey: name) ?? TargetState()
      var evaluation = evaluator.evaluate(
        reading, of: name, as: answer.source.format, from: before, at: answer.at)
      if case .snapshot(let bytes, _) = answer.content, problem == nil {
        evaluation.explain(by: bytes, answer.source.format)
      }
      state.targets[name] = evaluation.state
      for warning in evaluation.warnings {
        batch.warnings.add(.warning(warning), about: name)
      }
      let error = problem?.sentence ?? answer.reasonForNoAttempt
      if let problem { batch.errors.add(problem, about: name) }
      if answer.content == .notAttempted { batch.errors.addNotAttempted(name) }
      if problem?.isOfThisMachine == true { outcome.add(.state) }
      let report = TargetReport(
        name: name, metricsURL: answer.source.display, evaluation: evaluation,
        errors: error.map { [$0] } ?? [], latency: answer.latency)
      batch.reports.append(report)
      outcome.targets.append(report)
    }
    state.savedAt = outcome.now
    state.silences.prune(at: outcome.now)
  }

  /// Reports what is wrong with the targets of a batch.
  func reportProblems(of batch: TargetBatch) {
    for target in batch.warnings.diagnostics { environment.warn(.target(target)) }
    for target in batch.errors.diagnostics { environment.fail(.target(target)) }
  }

  /// Saves before anything is printed, so that what was printed is never forgotten.
  ///
  /// - Returns: `false` on failure.
  func save(_ memory: inout RunMemory, into outcome: inout RunOutcome) -> Bool {
    do throws(StateFailure) {
      if let obstacle = memory.obstacle { throw obstacle }
      try memory.file?.save(memory.state)
      memory.lastSave = memory.state.savedAt
      memory.fileSavedAt = memory.state.savedAt
      memory.isUnsaved = false
      return true
    } catch {
      if !memory.isUnsaved { fail(.state(error), &outcome) }
      outcome.isStateLost = true
      memory.isUnsaved = true
      return false
    }
  }

  /// Saves what `--quiet` has printed, once all of it is known: even that the report, which is
  /// written at the end, cannot be written.
  func keepTold(_ memory: inout RunMemory, _ outcome: inout RunOutcome) {
    guard let quiet else { return }
    var early = outcome
    writeReport(&early)
    let told = quiet.end()
    guard told != memory.state.told, !outcome.isStateLost else { return }
    memory.state.told = told
    _ = save(&memory, into: &outcome)
  }

  /// Names the rules that lose evidence or recovery since the state is not saved.
  func reportUndecided(_ outcome: inout RunOutcome) {
    var rules: Set<String> = []
    for target in outcome.targets.indices {
      for index in outcome.targets[target].evaluation.checks.indices {
        let check = outcome.targets[target].evaluation.checks[index]
        guard check.decidingEvidence != nil || check.reason?.reason == .warmingUp else {
          continue
        }
        outcome.targets[target].evaluation.checks[index].isRemembered = false
        rules.insert(check.key.rule)
      }
    }
    if !rules.isEmpty { warn(.undecidedWithoutState(rules: rules.sorted()), &outcome) }
  }

  /// Appends the results to the recording.
  func record(_ answers: [TargetAnswer], into outcome: inout RunOutcome) {
    guard let path = options.record, !options.dryRun else { return }
    do throws(FileFailure) {
      let lines = answers.map { answer in
        RecordingLine(
          observedAt: answer.at, target: answer.source.name, response: answer.response,
          content: answer.recorded)
      }
      try Recording.append(lines, to: path, without: environment.secrets.known)
    } catch {
      fail(.file(error), &outcome)
    }
  }

  func note(_ note: RunNote) {
    if options.verbosity != .quiet { environment.note(note) }
  }

  /// Reports a warning that the report lists as an error.
  func warn(_ warning: RunWarning, _ outcome: inout RunOutcome) {
    environment.warn(warning)
    outcome.add(warning)
  }

  func fail(_ failure: RunFailure, _ outcome: inout RunOutcome) {
    environment.fail(failure)
    outcome.add(failure)
  }
}
