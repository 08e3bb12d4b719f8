internal import Files

/// Evaluates again and again, for somebody who looks on or for a journal.
///
/// All that happens is one stream of events, and one loop takes them one after the other; samples
/// are taken beside it, one at a time.
struct WatchRun {
  let options: WatchOptions
  var environment: RunEnvironment

  init(_ options: WatchOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() async -> ExitCode {
    // A journal that is not read for a while holds up no sample.
    let output = PatientOutput(environment.write)
    let errors = PatientOutput { [tell = environment.tell] line in
      tell(String(decoding: line, as: UTF8.self))
      return true
    }
    var patient = self
    patient.environment.write = output.write
    patient.environment.tell = { line in _ = errors.write(Array(line.utf8)) }
    let code = await patient.run(by: environment.clock)
    errors.finish(within: environment.lastWait)
    let isWritten = output.finish(within: environment.lastWait)
    return isWritten || code != .success ? code : .state
  }

  private func run(by clock: some Clock<Duration>) async -> ExitCode {
    let begin = clock.now
    let (events, feed) = AsyncStream.makeStream(of: WatchEvent.self)
    // Before the screen is taken, so that no signal finds it taken and nobody to put it back.
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
            let outcome = await sampler.sample { feed.yield(.told($0)) }
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

/// What a watch has to deal with.
enum WatchEvent: Sendable {
  case terminal(TerminalEvent)
  /// Somebody asks the program to end.
  case endSignal
  /// The time that was waited for has come.
  case timer
  /// A line that a sample under way says on standard error.
  case told(String)
  case sampled(RunOutcome)
}
