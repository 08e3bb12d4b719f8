internal import AlertEngine
internal import Files
internal import Foundation
internal import Reports
internal import Text

/// Shows what the state file holds, without the network and without a lock.
struct StatusRun {
  let options: StatusOptions
  let environment: RunEnvironment

  init(_ options: StatusOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    do throws(StateFailure) {
      guard let state = try StateFile.read(options.statePath) else { return noState() }
      for name in options.targets where state.targets[name] == nil {
        let hint =
          didYouMean(name, among: state.targets.keys.sorted()).map { "; \($0)" } ?? ""
        environment.fail(
          "the state holds no target \"\(printable(name, limit: 60))\"\(hint)")
        return .usage
      }
      guard let choice = options.deadLetters else { return write(state) ? .success : .state }
      return try settle(choice)
    } catch {
      environment.fail("\(error)")
      return .state
    }
  }

  /// Puts dead letters back or forgets them, under the state's lock.
  private func settle(_ choice: DeadLetterChoice) throws(StateFailure) -> ExitCode {
    let file = try StateFile.lock(
      options.statePath, timeout: EvaluateOptions().lockTimeout,
      onWait: { _ in environment.note("waiting for a run that holds the lock on the state") }
    ).get()
    guard var state = try file.load() else { return noState() }
    var lines: [String] = []
    for (name, queue) in state.outbox.queues.sorted(by: { $0.key < $1.key })
    where !queue.deadLetters.isEmpty {
      let (back, over) = settled(choice, name, in: &state)
      var line = "receiver \(printable(name)): "
      line += back > 0 ? "\(back.notifications) put back, the next run sends them" : ""
      line += over > 0 ? "\(back > 0 ? "; " : "")\(over.notifications) forgotten" : ""
      lines.append(line + "\n")
    }
    guard !lines.isEmpty else {
      environment.note("no receiver has refused anything")
      return .success
    }
    state.outbox.tidy()
    try file.save(state)
    return environment.print(lines.joined()) ? .success : .state
  }

  private func settled(
    _ choice: DeadLetterChoice, _ name: String, in state: inout RunState
  ) -> (back: Int, over: Int) {
    switch choice {
    case .retry: return state.outbox.queues[name]?.retryDeadLetters() ?? (0, 0)
    case .dismiss:
      defer { state.outbox.queues[name]?.deadLetters = [] }
      return (0, state.outbox.queues[name]?.deadLetters.count ?? 0)
    }
  }

  /// Nothing there: a mistake where the state was named or there is no configuration either.
  private func noState() -> ExitCode {
    let isLost =
      options.state != nil || !FileManager.default.fileExists(atPath: options.config)
    let folder = FileManager.default.currentDirectoryPath
    let sentence =
      "no state at \(options.statePath.quotedPath), seen from \(folder.quotedPath): nothing was evaluated "
      + "here yet; is this the folder that the schedule runs in?"
    guard !isLost else {
      environment.fail(sentence)
      return .state
    }
    environment.note(sentence)
    return write(RunState()) ? .success : .state
  }

  /// What is written of alerts, with the rules and targets of the configuration where that can be
  /// read.
  private var alertReport: StateReport {
    let configuration = try? ConfigurationFile.load(path: options.config)
    return StateReport(
      rules: Dictionary((configuration?.rules ?? []).map { ($0.name, $0) }) { one, _ in one },
      configured: Set((configuration?.targets ?? []).map(\.name)),
      isVerbose: options.isVerbose, isColored: environment.isColored(options.color))
  }

  private func write(_ state: RunState) -> Bool {
    var shown = state
    if !options.targets.isEmpty {
      shown.targets = state.targets.filter { options.targets.contains($0.key) }
    }
    switch options.format {
    case .json: return environment.write(shown.encoded())
    case .text:
      let report = alertReport
      let now = environment.now()
      let outbox = OutboxReport(
        isVerbose: options.isVerbose,
        style: TerminalStyle(isOn: environment.isColored(options.color)))
      let alerts = report.render(shown.targets, seenAt: now)
      return environment.print(alerts + outbox.render(shown.outbox, seenAt: now))
    }
  }
}
