package import HTTP
internal import Synchronization
package import Text

/// All of the world that a run touches besides files: handed in, so that tests hand in their own.
package struct RunEnvironment: Sendable {
  /// The environment variables.
  package var variables: [String: String]
  package var now: @Sendable () -> Instant
  /// Writes to standard output as it is; `false` when that cannot be written.
  ///
  /// For text there is `print`.
  package var write: @Sendable ([UInt8]) -> Bool
  /// Whether it is known that nobody reads standard output any more.
  package var isOutputGone: @Sendable () -> Bool = { false }
  /// Writes one line to standard error.
  package var tell: @Sendable (String) -> Void
  /// Reads standard input to its end; `nil` when there is more than a snapshot may have.
  package var readInput: @Sendable (_ limit: Int) -> [UInt8]?
  package var isOutputTerminal: Bool
  /// Starts what sends requests; called once before anything is read, and once more where
  /// something is delivered.
  ///
  /// It sees no more of the environment than the variables that it is given.
  package var startClient: @Sendable (_ variables: [String: String]) -> any StoppableHTTPClient
  /// What the run's deadline and the pauses of a fetch and of a delivery are measured with.
  package var clock: any Clock<Duration> = ContinuousClock()
  /// How long the last lines of a watch wait for a reader, by the real clock.
  package var lastWait = Duration.seconds(1)
  /// The signals that ask a run to end, from the call on; only the first of them is kept from
  /// ending the process.
  package var endSignals: @Sendable () -> AsyncStream<Void> = { AsyncStream { $0.finish() } }
  /// The terminal to draw on; `nil` where nobody looks.
  package var terminal: @Sendable () -> (any WatchTerminal)? = { nil }

  package init(
    variables: [String: String], now: @escaping @Sendable () -> Instant,
    write: @escaping @Sendable ([UInt8]) -> Bool, tell: @escaping @Sendable (String) -> Void,
    readInput: @escaping @Sendable (_ limit: Int) -> [UInt8]?, isOutputTerminal: Bool,
    startClient: @escaping @Sendable ([String: String]) -> any StoppableHTTPClient
  ) {
    self.variables = variables
    self.now = now
    self.write = write
    self.tell = tell
    self.readInput = readInput
    self.isOutputTerminal = isOutputTerminal
    self.startClient = startClient
  }

  /// The value of a variable; an empty one counts as unset, as CI leaves a secret that is not there.
  func variable(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The same world, in which no sentence is told twice.
  func sayingOnce() -> RunEnvironment {
    let said = SaidLines()
    var quieter = self
    quieter.tell = { [tell] line in if said.isNew(line) { tell(line) } }
    return quieter
  }

  func isColored(_ choice: ColorChoice) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: isOutputTerminal && variable("NO_COLOR") == nil && variable("TERM") != "dumb"
    }
  }

  /// Writes text to standard output; no line of it is a command to a CI runner.
  ///
  /// - Returns: `false` where standard output cannot be written.
  func print(_ text: String) -> Bool { write(Array(inert(text).utf8)) }

  func note(_ sentence: String) { say(sentence) }

  func warn(_ sentence: String) { say("warning: \(sentence)") }

  func fail(_ sentence: String) { say("error: \(sentence)") }

  /// Shows a text of several lines on standard error, however long they are.
  func show(_ lines: [String]) {
    for (index, line) in lines.joined(separator: "\n").split(separator: "\n").enumerated() {
      let line = printable(String(line), limit: 100_000)
      tell(inert((index == 0 ? "\(Program.name): " : "  ") + line))
    }
  }

  /// Says something on standard error; whatever it quotes cannot steer a terminal or a CI runner.
  private func say(_ text: String) {
    for (index, line) in text.split(separator: "\n").enumerated() {
      let line = printable(String(line), limit: 4_000)
      tell(inert((index == 0 ? "\(Program.name): " : "") + line))
    }
  }
}

/// A client that holds something which must end with the run.
package protocol StoppableHTTPClient: HTTPClient {
  func shutDown()
}

/// Why a run ends before its report.
struct RunFailure: Error {
  let code: ExitCode
  let sentence: String

  static func usage(_ sentence: String) -> RunFailure {
    RunFailure(code: .usage, sentence: sentence)
  }

  static func state(_ error: StateFailure) -> RunFailure {
    RunFailure(code: .state, sentence: error.description)
  }
}

/// What was told before.
private final class SaidLines: Sendable {
  private let lines = Mutex<Set<String>>([])

  func isNew(_ line: String) -> Bool { lines.withLock { $0.insert(line).inserted } }
}
