internal import AlertEngine
internal import Files
internal import Reports
internal import Text

/// A change that a person makes to the state, under its lock.
struct StateChange {
  let place: StatePlace
  let environment: RunEnvironment

  private static let lockTimeout = EvaluateOptions().lockTimeout

  /// How long a change may take: it may wait for the locks of this state and of a former one.
  static let limit = lockTimeout * 2

  /// What was done, for standard output and for the history.
  struct Result {
    var text = ""
    var entries: [HistoryEntry] = []
  }

  /// Loads the state, changes it, saves it, and prints what was done.
  ///
  /// - Parameters:
  ///   - mayBeFirst: whether it makes sense before the first run.
  ///   - change: changes the state; a mistake changes nothing.
  /// - Returns: the exit code.
  func make(
    mayBeFirst: Bool = true, _ change: (inout RunState) throws(UsageMistake) -> Result
  ) -> ExitCode {
    var saved: (state: RunState, text: String)?
    let code = save(&saved, mayBeFirst, change)
    // Whoever reads this may take their time: by now, the lock is free.
    guard let saved else { return code }
    noteFirst(saved.state)
    return environment.say(saved.text)
  }

  private func save(
    _ saved: inout (state: RunState, text: String)?, _ mayBeFirst: Bool,
    _ change: (inout RunState) throws(UsageMistake) -> Result
  ) -> ExitCode {
    environment.endBy(Self.limit)
    defer { environment.endBy(nil) }
    do throws(StateFailure) {
      guard place.hasState || mayBeFirst && place.awaitsFirstRun else { return noState() }
      let file = try StateFile.lock(
        place.statePath, timeout: Self.lockTimeout,
        onWait: { environment.note(.waitingForLock(path: place.statePath, holder: $0)) }
      ).get()
      if place.state == nil {
        try file.takeOverFormer(
          of: StateOwner(configuration: place.config), timeout: Self.lockTimeout)
      }
      guard var state = try file.load() ?? first else { return noState() }
      guard mayBeFirst || state.savedAt != nil else { return noState() }
      let result: Result
      do throws(UsageMistake) { result = try change(&state) } catch {
        environment.fail(.mistake(.commandLine(error)))
        return .usage
      }
      state.silences.prune(at: environment.now())
      try file.save(state)
      do throws(FileFailure) {
        try HistoryFile.append(result.entries, to: HistoryFile.path(of: place.statePath))
      } catch {
        environment.warn(.history(error))
      }
      saved = (state, result.text)
      return .success
    } catch {
      environment.fail(.state(error))
      return .state
    }
  }

  /// The state as it is, without a lock.
  func read(_ show: (RunState) -> String) -> ExitCode {
    do throws(StateFailure) {
      guard let state = try StateFile.read(place.statePath) ?? first else { return noState() }
      noteFirst(state)
      return environment.say(show(state))
    } catch {
      environment.fail(.state(error))
      return .state
    }
  }

  /// The state before the first run; `nil` in a folder without the configuration.
  private var first: RunState? {
    guard place.awaitsFirstRun else { return nil }
    return RunState(
      configuration: StateOwner(configuration: place.config).names(from: place.statePath))
  }

  private func noState() -> ExitCode {
    environment.fail(place.noState)
    return .state
  }

  /// Says that no run has saved the state: it may be in the wrong folder.
  private func noteFirst(_ state: RunState) {
    if state.savedAt == nil { environment.note(place.noStateNote) }
  }

  /// Who changes it, unless the command line says who.
  var author: String {
    let names = ["GITHUB_ACTOR", "USER"].compactMap(environment.variable)
    return names.first { TextForm.line.matches($0) && $0.utf8.count <= 100 } ?? "somebody"
  }
}
