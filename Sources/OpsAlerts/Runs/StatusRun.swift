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
      guard let state = try StateFile.read(options.place.statePath) else { return noState() }
      for name in options.targets where state.targets[name] == nil {
        return fail(
          .mistake(
            .unknown(.target, name, place: "the state", known: state.targets.keys.sorted())))
      }
      guard let choice = options.deadLetters else { return write(state) }
      guard options.format != .nagios else {
        return fail(mistake("--format nagios cannot be used with --retry-dead or --dismiss-dead"))
      }
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
      options.place.statePath, timeout: EvaluateOptions().lockTimeout,
      onWait: { environment.note(.waitingForLock(path: options.place.statePath, holder: $0)) }
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
    guard options.place.awaitsFirstRun else { return fail(options.place.noState) }
    return write(RunState())
  }

  private func write(_ state: RunState) -> ExitCode {
    if state.savedAt == nil { environment.note(options.place.noStateNote) }
    var shown = state
    if !options.targets.isEmpty {
      shown.targets = state.targets.filter { options.targets.contains($0.key) }
    }
    let now = environment.now()
    let configuration = try? ConfigurationFile.load(path: options.place.config)
    let suppressor = Suppressor(configuration, state, at: now)
    let export = AlertExport(
      shown.targets, of: configuration, at: options.place.config, suppressor: suppressor,
      savedAt: state.savedAt, seenAt: now)
    func report(_ format: StatusFormat, isColored: Bool = false) -> [UInt8] {
      let text: String
      switch format {
      case .nagios: text = NagiosReport.render(export)
      case .openmetrics: text = OpenMetricsReport.render(export)
      case .junit: text = AlertJUnitReport.render(export)
      case .json: return shown.encoded()
      case .text:
        let alerts = StateReport(
          of: configuration, isVerbose: options.isVerbose, isColored: isColored,
          suppressor: suppressor)
        let outbox = OutboxReport(
          isVerbose: options.isVerbose, style: TerminalStyle(isOn: isColored))
        let queued = shown.outbox.held(by: suppressor, configuration, state, environment, at: now)
        text = alerts.render(shown.targets, seenAt: now) + outbox.render(queued, seenAt: now)
      }
      return Array(inert(text).utf8)
    }
    do throws(RunFailure) { try writeFiles { report($0) } } catch { return fail(error) }
    let printed = report(options.format, isColored: environment.isColored(options.color))
    let code = environment.finish(environment.write(printed))
    guard options.format == .nagios else { return code }
    return ExitCode(plugin: code == .success ? export.level : .unknown)
  }

  /// Writes the files of `--output`.
  private func writeFiles(_ report: (StatusFormat) -> [UInt8]) throws(RunFailure) {
    let state = options.place.statePath
    var others = [
      ("--config", options.place.config), ("--state", state),
      ("the lock of --state", StateFile.lockPath(state)),
      ("the history of --state", HistoryFile.path(of: state)),
    ]
    for file in options.outputs {
      guard let format = StatusFormat(rawValue: file.format.rawValue) else {
        throw mistake("--output of status cannot be \(file.format.rawValue)")
      }
      try ReportSink.keep(file.path, apartFrom: others)
      others.append(("--output", file.path))
      var sink = try ReportSink(to: file.path, in: environment)
      try sink.write(report(format))
      try sink.finish()
    }
  }

  private func mistake(_ reason: String) -> RunFailure {
    .mistake(.commandLine(UsageMistake(reason, command: statusCommand.text.name)))
  }
}
