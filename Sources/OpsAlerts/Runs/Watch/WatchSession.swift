internal import AlertEngine
internal import Delivery
internal import Reports
internal import Text

/// Decides what a watch does about each event, and writes what it shows.
struct WatchSession {
  /// What the loop has to do.
  enum Step {
    case sample, cancelSample
    case end(ExitCode)
  }

  /// Why a watch ends.
  private enum End {
    case quit, signal, duration, decided, usage, outputGone

    var words: String {
      switch self {
      case .quit: "by q"
      case .signal: "by a signal"
      case .duration: "by --for"
      case .decided: "by --until-decided"
      case .usage: "by a usage error"
      case .outputGone: "by a closed output"
      }
    }
  }

  /// How long a cancelled sample may take before the wait is noted.
  private static let patience = Duration.milliseconds(300)
  /// The shortest time between two frames.
  private static let frame = Duration.milliseconds(50)

  let options: WatchOptions
  let environment: RunEnvironment
  private let terminal: (any WatchTerminal)?
  private var schedule: WatchSchedule
  private var record = WatchRecord()
  private var log = DiagnosticLog()
  private var journal: WatchJournal
  private var painter = ScreenPainter()
  private var end: End?
  private var isHelpOpen = false
  /// Whether `r` was pressed.
  private var isSampleRequested = false
  private var isSuspended = false
  private var hasBegun = false
  private var nextHeartbeat = WatchJournal.heartbeat
  /// When the screen is drawn next.
  private var nextFrame = Duration.zero
  private var lastFrame = Duration.seconds(-1)
  /// When the wait for a cancelled sample is noted.
  private var impatientAt: Duration?
  private var isCancelled = false
  /// The exit code of the last sample.
  private var lastCode = ExitCode.success

  init(_ options: WatchOptions, in environment: RunEnvironment, on terminal: (any WatchTerminal)?) {
    self.options = options
    self.environment = environment
    self.terminal = terminal
    schedule = WatchSchedule(every: options.evaluation.interval, for: options.duration)
    journal = WatchJournal(every: options.evaluation.interval)
  }

  /// When the loop has to wake up even if nothing happens, since the start.
  var wakeUp: Duration? {
    if end != nil { return impatientAt }
    // The clock of a test advances only while something waits on it, and not during a sample.
    let screen = terminal == nil || isSuspended ? nil : nextFrame
    let beat = terminal == nil && !schedule.isSampling ? nextHeartbeat : nil
    return [schedule.wakeUp, screen, beat].compactMap(\.self).min()
  }

  /// Takes one event.
  ///
  /// - Parameters:
  ///   - event: what happened.
  ///   - time: since the start.
  /// - Returns: what to do, in this order.
  mutating func take(_ event: WatchEvent, at time: Duration) -> [Step] {
    switch event {
    case .terminal(let event): take(event, at: time)
    case .endSignal:
      terminal?.close()
      guard end == nil else { return [.end(.success)] }
      end = .signal
    case .timer: break
    case .reported(let diagnostic): take(diagnostic)
    case .sampled(let outcome): take(outcome, at: time)
    }
    if end == nil, schedule.isOver(at: time) { end = .duration }
    var isToSample = false
    if end == nil, isSampleRequested || schedule.isDue(at: time) {
      isToSample = true
      schedule.begin(at: time)
    }
    isSampleRequested = false
    beat(at: time)
    draw(at: time)
    if let impatientAt, impatientAt <= time, schedule.isSampling { noteWait() }
    guard let end else { return isToSample ? [.sample] : [] }
    guard schedule.isSampling, !isToSample else { return [.end(finish(end, at: time))] }
    guard !isCancelled else { return [] }
    // This takes effect at once, unless a delivery or a save is under way.
    isCancelled = true
    impatientAt = time + Self.patience
    return [.cancelSample]
  }

  private mutating func beat(at time: Duration) {
    guard terminal == nil, hasBegun, time >= nextHeartbeat, end == nil else { return }
    nextHeartbeat = time + WatchJournal.heartbeat
    write(journal.heartbeat(record, at: time, now: environment.now()))
  }

  private mutating func take(_ event: TerminalEvent, at time: Duration) {
    nextFrame = time
    switch event {
    case .key(let key): press(key, at: time)
    case .resized: painter.forget()
    case .suspended:
      guard end == nil else { return }
      isSuspended = true
      terminal?.suspend()
    case .resumed:
      isSuspended = false
      terminal?.resume()
      painter.forget()
    case .hungUp: end = end ?? .signal
    }
  }

  private mutating func press(_ key: Unicode.Scalar, at time: Duration) {
    guard !isHelpOpen else {
      isHelpOpen = false
      return
    }
    switch key {
    case "q", "Q": end = end ?? .quit
    case "p", "P": schedule.togglePause()
    case "r", "R": isSampleRequested = schedule.maySampleNow(at: time)
    case "?", "h": isHelpOpen = true
    default: break
    }
  }

  private mutating func noteWait() {
    impatientAt = nil
    terminal?.close()
    environment.note(.finishing)
  }

  private mutating func finish(_ end: End, at time: Duration) -> ExitCode {
    terminal?.close()
    switch end {
    case .usage: return .usage
    case .outputGone:
      environment.fail(.outputGone)
      return .state
    case .quit, .signal, .duration, .decided: break
    }
    guard write(journal.end(end.words, record, at: time, now: environment.now())) else {
      environment.fail(.outputGone)
      return .state
    }
    return end == .quit || end == .signal ? .success : lastCode
  }
}

extension WatchSession {
  private mutating func take(_ outcome: RunOutcome, at time: Duration) {
    let now = environment.now()
    let isGivenUp = outcome.isInterrupted || end != nil && outcome.targets.isEmpty
    guard !isGivenUp else {
      schedule.finish(WatchSample(at: now, targets: []), at: time, now: now)
      return
    }
    let sample = WatchSample(outcome)
    schedule.finish(sample, at: time, now: now)
    if outcome.isUsageError, !hasBegun {
      end = end ?? .usage
      terminal?.close()
      for diagnostic in log.arriving { environment.report(diagnostic) }
      return
    }
    lastCode = outcome.isUsageError ? .state : outcome.exitCode(failOn: options.evaluation.failOn)
    let news = record.add(sample, at: time)
    let changes = log.finishSample()
    nextFrame = max(time, lastFrame + Self.frame)
    if terminal == nil {
      if environment.isOutputGone() { end = end ?? .outputGone }
      write(news, changes, at: now)
    }
    hasBegun = true
    if options.untilDecided, record.isDecided { end = end ?? .decided }
  }

  /// Writes the changes, and the diagnostics that are new or over.
  private mutating func write(
    _ news: [WatchChange], _ diagnostics: (new: [Diagnostic], over: [Diagnostic]), at now: Instant
  ) {
    if !hasBegun { write(journal.begin(record, at: now)) }
    for change in news { write(change.journalLine) }
    for diagnostic in diagnostics.new {
      for line in diagnostic.lines { environment.writeError("\(now.rfc3339) \(line)") }
    }
    for diagnostic in diagnostics.over {
      environment.writeError("\(now.rfc3339) over: \(diagnostic.headline)")
    }
  }

  private mutating func take(_ diagnostic: Diagnostic) {
    log.add(diagnostic)
    nextFrame = min(nextFrame, lastFrame + Self.frame)
  }

  @discardableResult
  private mutating func write(_ line: String) -> Bool {
    let isWritten = environment.print(line + "\n")
    if !isWritten, end == nil { end = .outputGone }
    return isWritten
  }

  private mutating func draw(at time: Duration) {
    guard let terminal, !isSuspended, nextFrame <= time, end == nil else { return }
    guard !terminal.isBehind else {
      nextFrame = time + Self.frame
      return
    }
    let size = terminal.size
    let view = WatchView(size, isColored: environment.isColored(options.evaluation.color))
    let moment = WatchView.Moment(
      now: environment.now(), time: time, schedule: schedule, notices: log.notices,
      underWay: log.underWay, isHelpOpen: isHelpOpen, delivers: options.evaluation.delivers)
    let lines = view.lines(record, moment).map(environment.secrets.known.redact)
    let bytes = painter.update(to: lines, on: size)
    lastFrame = time
    // Once a second, for the countdowns.
    nextFrame = time + .seconds(1)
    if !bytes.isEmpty, !terminal.write(bytes), end == nil { end = .outputGone }
  }
}

extension WatchSample {
  init(_ outcome: RunOutcome) {
    self.init(
      at: outcome.now,
      targets: outcome.targets.map { target in
        WatchedTarget(
          name: target.name, status: target.status, checks: target.evaluation.checks,
          transitions: target.evaluation.transitions, error: target.errors.first,
          latency: target.latency)
      }, notifications: outcome.notifications)
  }
}
