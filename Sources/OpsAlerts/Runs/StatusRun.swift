internal import AlertEngine
internal import Foundation

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
      guard let state = try StateFile.read(options.statePath) else { return noState() }
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

  /// Nothing there: a mistake where the state was named or there is no configuration either.
  private func noState() -> ExitCode {
    let isLost =
      options.state != nil || !FileManager.default.fileExists(atPath: options.config)
    let folder = FileManager.default.currentDirectoryPath
    let sentence =
      "no state at \(options.statePath), seen from \(folder): nothing was evaluated "
      + "here yet; is this the folder that the schedule runs in?"
    guard !isLost else {
      environment.fail(sentence)
      return .state
    }
    environment.note(sentence)
    return write(RunState()) ? .success : .state
  }

  /// The rules that the state is about; none where the configuration cannot be read.
  private var rules: [String: Rule] {
    let configuration = try? ConfigurationFile.load(path: options.config)
    return Dictionary((configuration?.rules ?? []).map { ($0.name, $0) }) { one, _ in one }
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
        rules: rules, isVerbose: options.isVerbose, isColored: environment.isColored(options.color))
      let text = report.render(shown.targets, seenAt: environment.now())
      return environment.write(Array(text.utf8))
    }
  }
}
