internal import Text

/// What a command line asks for.
package enum Invocation: Hashable, Sendable {
  case evaluate(EvaluateOptions)
  case watch(WatchOptions)
  case replay(ReplayOptions)
  case ruleTest(RuleTestOptions)
  case check(CheckOptions)
  case status(StatusOptions)
  case notifyTest(NotifyTestOptions)
  case demo(DemoOptions)
  /// A text that goes to standard output as it is: help, version, completions.
  case print(String)
}

/// Why a command line asks for nothing that there is.
package struct UsageMistake: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence that ends with the help to look at; safe to print, and free of secrets.
  package let message: String

  package var description: String { message }

  /// An error whose reader is pointed at a command's help, or at the overview for `nil`.
  init(_ reason: String, command: String? = nil) {
    let topic = command.map { " \($0)" } ?? ""
    message = "\(reason); see '\(Program.name)\(topic) --help'"
  }
}

/// Reads a command line.
///
/// - Parameter arguments: the words behind the program's name. The environment is not looked at.
/// - Throws: a `UsageMistake` for the first mistake.
/// - Returns: what to do.
package func parseCommandLine(_ arguments: [String]) throws(UsageMistake) -> Invocation {
  guard let first = arguments.first else { return try evaluateCommand.parse([]) }
  switch first {
  case "-h", "--help":
    return .print(HelpText.overview())
  case "help":
    guard arguments.count > 1 else { return .print(HelpText.overview()) }
    return try parseCommandLine([arguments[1], "--help"])
  case _ where first.utf8.starts(with: "-".utf8):
    return try evaluateCommand.parse(arguments[...])
  default:
    guard let command = allCommands.first(where: { $0.text.name == first }) else {
      throw unknownCommand(first)
    }
    return try command.parse(arguments.dropFirst())
  }
}

/// All commands, in the order in which people read of them.
let allCommands: [any AnyCommand] = [
  evaluateCommand, watchCommand, replayCommand, ruleTestCommand, checkCommand, statusCommand,
  notifyTestCommand, demoCommand,
]

private func unknownCommand(_ name: String) -> UsageMistake {
  let known = allCommands.map(\.text.name)
  return UsageMistake(
    lostURL(name) ?? "there is no command \(shown(name))\(suggestion(for: name, among: known))")
}

/// What has its name already and works in a later version.
enum LaterVersions {
  static let formats = ["nagios", "openmetrics", "junit"]
}
