internal import Files

/// Evaluates repeatedly, for a terminal or a journal.
///
/// One loop handles one stream of events; samples are taken outside it, one at a time.
struct WatchRun {
  let options: WatchOptions
  var environment: RunEnvironment

  init(_ options: WatchOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
    // It has a screen of its own.
    self.environment.progress = nil
  }

  func run() async -> ExitCode {
    // A slow reader does not delay samples.
    let output = PatientOutput(environment.write)
    let errors = PatientOutput { [writeError = environment.writeError] line in
      writeError(String(decoding: line, as: UTF8.self))
      return true
    }
    var patient = self
    patient.environment.write = output.write
    patient.environment.writeError = { line in _ = errors.write(Array(line.utf8)) }
    let code = await patient.run(by: environment.clock)
    errors.finish(within: environment.lastWait)
    guard !output.finish(within: environment.lastWait) else { return code }
    // A session that saw it has said so.
    if code != .state { environment.fail(.outputGone) }
    return code == .usage ? .usage : .state
  }

  private func run(by clock: some Clock<Duration>) async -> ExitCode {
    let begin = clock.now
    let (events, feed) = AsyncStream.makeStream(of: WatchEvent.self)
    // Before the terminal is opened, so that a signal at any time restores it.
    let endSignals = environment.endSignals()
    let listening = Task {
      for await _ in endSignals { feed.yield(.endSignal) }
    }
    let sampler = WatchSampler(options.evaluation, in: environment)
    let terminal = environment.terminal()
    let terminalEvents = terminal?.open()
    let looking = Task {
      guard let terminalEvents else { return }
      for await event in terminalEvents { feed.yield(.terminal(event)) }
    }
    var timer: (at: Duration, task: Task<Void, Never>)?
    defer {
      terminal?.close()
      for task in [listening, looking] + [timer?.task].compactMap(\.self) { task.cancel() }
      sampler.shutDown()
    }
    var session = WatchSession(options, in: environment, on: terminal)
    var sampling: Task<Void, Never>?
    var next: WatchEvent? = .timer
    var iterator = events.makeAsyncIterator()
    while let event = next {
      for step in session.take(event, at: begin.duration(to: clock.now)) {
        switch step {
        case .sample:
          sampling = Task { @concurrent in
            let outcome = await sampler.sample { feed.yield(.reported($0)) }
            feed.yield(.sampled(outcome))
          }
        case .cancelSample: sampling?.cancel()
        case .end(let code):
          return code
        }
      }
      if timer?.at != session.wakeUp {
        timer?.task.cancel()
        timer = session.wakeUp.map { wakeUp in
          let task = Task {
            guard (try? await clock.sleep(until: begin.advanced(by: wakeUp), tolerance: nil)) != nil
            else { return }
            feed.yield(.timer)
          }
          return (wakeUp, task)
        }
      }
      next = await iterator.next()
      if case .timer? = next { timer = nil }
    }
    return .success
  }
}

/// What a watch reacts to.
enum WatchEvent: Sendable {
  case terminal(TerminalEvent)
  /// A signal asks the program to end.
  case endSignal
  /// The session's `wakeUp` has come.
  case timer
  /// A diagnostic of the sample under way.
  case reported(Diagnostic)
  case sampled(RunOutcome)
}
