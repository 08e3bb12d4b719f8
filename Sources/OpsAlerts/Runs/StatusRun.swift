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
        return fail(
          .mistake(
            .unknown(.target, name, place: "the state", known: state.targets.keys.sorted())))
      }
      guard let choice = options.deadLetters else { return write(state) }
      return try settle(choice)
    } catch {
      return fail(.state(error))
    }
  }

  private func fail(_ failure: RunFailure) -> ExitCode {
    environment.fail(failure)
    return options.format == .nagios
      ? environment.endPlugin(on: failure) : failure.code ?? .state
  }

  /// Requeues or discards dead letters, under the state's lock.
  private func settle(_ choice: DeadLetterChoice) throws(StateFailure) -> ExitCode {
    let file = try StateFile.lock(
      options.statePath, timeout: EvaluateOptions().lockTimeout,
      onWait: { environment.note(.waitingForLock(path: options.statePath, holder: $0)) }
    ).get()
    guard var state = try file.load() else { return noState() }
    var lines: [String] = []
    for (name, queue) in state.outbox.queues.sorted(by: { $0.key < $1.key })
    where !queue.deadLetters.isEmpty {
      let (back, over) = settled(choice, name, in: &state)
      var line = "receiver \(printable(name)): "
      line += back > 0 ? "\(back.notifications) requeued for the next run" : ""
      line += over > 0 ? "\(back > 0 ? "; " : "")\(over.notifications) discarded" : ""
      lines.append(line + "\n")
    }
    guard !lines.isEmpty else {
      environment.note(.nothingRefused)
      return .success
    }
    state.outbox.tidy()
    try file.save(state)
    return environment.say(lines.joined())
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

  /// No state: an error if it was named, or if there is no configuration either.
  private func noState() -> ExitCode {
    let isLost =
      options.state != nil || !FileManager.default.fileExists(atPath: options.config)
    let folder = FileManager.default.currentDirectoryPath
    guard !isLost else {
      return fail(.noState(path: options.statePath, folder: folder))
    }
    environment.note(.noState(path: options.statePath, folder: folder))
    return write(RunState())
  }

  private var configuration: Configuration? {
    try? ConfigurationFile.load(path: options.config)
  }

  /// The alerts, with the rules and targets of the configuration if it can be read.
  private func alertReport(of state: RunState, at now: Instant) -> StateReport {
    let configuration = configuration
    return StateReport(
      rules: Dictionary((configuration?.rules ?? []).map { ($0.name, $0) }) { one, _ in one },
      configured: Set((configuration?.targets ?? []).map(\.name)),
      isVerbose: options.isVerbose, isColored: environment.isColored(options.color),
      suppressor: Suppressor(configuration, state, at: now))
  }

  private func write(_ state: RunState) -> ExitCode {
    var shown = state
    if !options.targets.isEmpty {
      shown.targets = state.targets.filter { options.targets.contains($0.key) }
    }
    let now = environment.now()
    func export() -> AlertExport {
      AlertExport(
        shown.targets, of: configuration, at: options.config,
        suppressor: Suppressor(configuration, state, at: now), savedAt: state.savedAt, seenAt: now)
    }
    switch options.format {
    case .nagios:
      let export = export()
      let isTold = environment.say(NagiosReport.render(export)) == .success
      return ExitCode(plugin: isTold ? export.level : .unknown)
    case .openmetrics: return environment.say(OpenMetricsReport.render(export()))
    case .junit: return environment.say(AlertJUnitReport.render(export()))
    case .json: return environment.finish(environment.write(shown.encoded()))
    case .text:
      let report = alertReport(of: state, at: now)
      let outbox = OutboxReport(
        isVerbose: options.isVerbose,
        style: TerminalStyle(isOn: environment.isColored(options.color)))
      let alerts = report.render(shown.targets, seenAt: now)
      return environment.say(alerts + outbox.render(shown.outbox, seenAt: now))
    }
  }
}
