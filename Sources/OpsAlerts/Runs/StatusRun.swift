internal import AlertEngine

/// Shows what the state file holds, without the network and without a lock.
struct StatusRun {
  let options: StatusOptions
  let environment: RunEnvironment

  init(_ options: StatusOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    do throws(StateError) {
      guard let state = try StateFile.read(options.statePath) else {
        environment.note(
          "no state at \(printable(options.statePath)): nothing was evaluated yet")
        return write(RunState()) ? .success : .state
      }
      for name in options.targets where state.targets[name] == nil {
        let hint =
          nearest(to: name, among: state.targets.keys.sorted())
          .map { "; did you mean \(printable($0))?" } ?? ""
        environment.fail(
          "the state holds no target \"\(printable(name, limit: 60))\"\(hint)")
        return .usage
      }
      return write(state) ? .success : .state
    } catch {
      environment.fail("\(error)")
      return .state
    }
  }

  private func write(_ state: RunState) -> Bool {
    var shown = state
    if !options.targets.isEmpty {
      shown.targets = state.targets.filter { options.targets.contains($0.key) }
    }
    switch options.format {
    case .json: return environment.write(shown.encoded())
    case .text:
      let report = StateReport(
        isVerbose: options.isVerbose, isColored: environment.isColored(options.color))
      let text = report.render(shown.targets, seenAt: environment.now())
      return environment.write(Array(text.utf8))
    }
  }
}
