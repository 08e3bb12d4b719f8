internal import Delivery
internal import HTTP
internal import Synchronization
internal import Text

/// The world that a run touches, besides files; tests pass their own.
package struct RunEnvironment: Sendable {
  /// The environment variables.
  var variables: [String: String]
  var now: @Sendable () -> Instant
  /// Writes raw bytes to standard output; `false` if that fails.
  ///
  /// For text, use `print`.
  var write: @Sendable ([UInt8]) -> Bool
  /// Whether the reader of standard output is known to be gone.
  var isOutputGone: @Sendable () -> Bool = { false }
  /// Writes one line to standard error.
  var writeError: @Sendable (String) -> Void
  /// Takes diagnostics; `nil` if they go to standard error.
  var onDiagnostic: (@Sendable (Diagnostic) -> Void)?
  /// Reads standard input to its end; `nil` if it is larger than `limit` bytes.
  var readInput: @Sendable (_ limit: Int) -> [UInt8]?
  var isOutputTerminal: Bool
  /// Starts an HTTP client that sees only these variables: one for the fetch, one for deliveries.
  var startClient: @Sendable (_ variables: [String: String]) -> any StoppableHTTPClient
  /// Measures the run's deadline and the pauses of fetches and deliveries.
  var clock: any Clock<Duration> = ContinuousClock()
  /// How long the last lines of a watch wait for a slow reader, by the real clock.
  var lastWait = Duration.seconds(1)
  /// Termination signals from the call on; a second signal of the same kind ends the process.
  var endSignals: @Sendable () -> AsyncStream<Void> = { AsyncStream { $0.finish() } }
  /// The secrets that the run has read, which must not leave it.
  var secrets = RunSecrets()
  /// Ends the process if it hangs for some seconds longer than this, whatever the cause; `nil` for
  /// work without a limit.
  var endBy: @Sendable (Duration?) -> Void = { _ in }
  /// Shows the progress of long tasks; `nil` if standard error is not a terminal.
  var progress: ProgressLine?
  /// The terminal to draw on; `nil` if standard output is not a terminal.
  var terminal: @Sendable () -> (any WatchTerminal)? = { nil }

  init(
    variables: [String: String], now: @escaping @Sendable () -> Instant,
    write: @escaping @Sendable ([UInt8]) -> Bool,
    writeError: @escaping @Sendable (String) -> Void,
    readInput: @escaping @Sendable (_ limit: Int) -> [UInt8]?, isOutputTerminal: Bool,
    startClient: @escaping @Sendable ([String: String]) -> any StoppableHTTPClient
  ) {
    self.variables = variables
    self.now = now
    self.write = write
    self.writeError = writeError
    self.readInput = readInput
    self.isOutputTerminal = isOutputTerminal
    self.startClient = startClient
  }

  /// Starts a client that sees these variables; by default those of the run.
  ///
  /// That starts a process, and may hang: the limit is for this alone.
  func startClient(
    seeing variables: [String: String]? = nil, within limit: Duration
  ) -> any StoppableHTTPClient {
    endBy(limit)
    defer { endBy(nil) }
    return startClient(variables ?? self.variables)
  }

  /// The value of a variable; empty counts as unset, since CI passes missing secrets as empty.
  func variable(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The same environment, but nothing that is shown holds a secret.
  func redacting() -> RunEnvironment {
    var safe = self
    safe.write = { [write, secrets] in write(secrets.known.redact($0)) }
    safe.writeError = { [writeError, secrets] in writeError(secrets.known.redact($0)) }
    return safe
  }

  /// The same world, but no diagnostic is reported twice.
  func withoutRepetition() -> RunEnvironment {
    let seen = SeenDiagnostics()
    var quieter = self
    quieter.onDiagnostic = { diagnostic in
      if seen.insert(diagnostic) { report(diagnostic) }
    }
    return quieter
  }

  func isColored(_ choice: ColorChoice) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: isOutputTerminal && variable("NO_COLOR") == nil && variable("TERM") != "dumb"
    }
  }

  /// Writes text to standard output, with commands to a CI runner defused; `false` if that fails.
  func print(_ text: String) -> Bool { write(Array(inert(text).utf8)) }

  /// Writes the whole output of a command; a failure is an error.
  func say(_ text: String) -> ExitCode { finish(print(text)) }

  /// The end of a command whose output was written, or could not be.
  func finish(_ isWritten: Bool) -> ExitCode {
    if !isWritten { fail(.outputGone) }
    return isWritten ? .success : .state
  }

  func note(_ note: RunNote) { report(.note(note)) }

  func warn(_ warning: RunWarning) { report(.warning(warning)) }

  func fail(_ failure: RunFailure) { report(.error(failure)) }

  func report(_ diagnostic: Diagnostic) {
    if let onDiagnostic { return onDiagnostic(diagnostic) }
    for (index, line) in diagnostic.lines.enumerated() {
      writeError(index == 0 ? "\(Program.name): \(line)" : line)
    }
  }

  /// Shows a text of several lines on standard error, however long they are.
  func show(_ lines: [String]) {
    for (index, line) in lines.joined(separator: "\n").split(separator: "\n").enumerated() {
      let line = printable(String(line), limit: 100_000)
      writeError(inert((index == 0 ? "\(Program.name): " : "  ") + line))
    }
  }
}

/// A client that must be shut down at the end of the run.
protocol StoppableHTTPClient: HTTPClient {
  func shutDown()
}

private final class SeenDiagnostics: Sendable {
  private let diagnostics = Mutex<Set<Diagnostic>>([])

  func insert(_ diagnostic: Diagnostic) -> Bool {
    diagnostics.withLock { $0.insert(diagnostic).inserted }
  }
}
