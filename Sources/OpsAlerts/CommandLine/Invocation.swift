internal import Text

/// A parsed command line.
enum Invocation: Hashable, Sendable {
  case evaluate(EvaluateOptions)
  case initialize(InitOptions)
  case watch(WatchOptions)
  case replay(ReplayOptions)
  case ruleTest(RuleTestOptions)
  case check(CheckOptions)
  case status(StatusOptions)
  case explain(ExplainOptions)
  case history(HistoryOptions)
  case notifyTest(NotifyTestOptions)
  case silence(SilenceOptions)
  case acknowledge(AcknowledgeOptions)
  case demo(DemoOptions)
  case export(ExportOptions)
  /// A text for standard output: help, version, completions.
  case print(String)
}

/// What is wrong with a command line.
struct UsageMistake: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence that ends with a pointer to the help; safe to print, and free of secrets.
  let message: String

  var description: String { message }

  /// A mistake that points to a command's help, or to the overview for `nil`.
  init(_ reason: String, command: String? = nil) {
    let topic = command.map { " \($0)" } ?? ""
    message = "\(reason); see '\(Program.name)\(topic) --help'"
  }
}

/// Parses a command line.
///
/// - Parameter arguments: the words after the program's name. The environment is not read.
/// - Throws: a `UsageMistake` for the first mistake.
/// - Returns: the command and its options.
func parseCommandLine(_ arguments: [String]) throws(UsageMistake) -> Invocation {
  guard let first = arguments.first else { return try evaluateCommand.parse([]) }
  let command = allCommands.first { $0.text.name == first }
  if Set(arguments.dropFirst(command == nil ? 0 : 1)) == ["--version", "--verbose"] {
    return .print(BuildDescription.text)
  }
  switch first {
  case "-h", "--help":
    return .print(HelpText.overview())
  case "help":
    guard arguments.count > 1 else { return .print(HelpText.overview()) }
    return try parseCommandLine([arguments[1], "--help"])
  case _ where first.utf8.starts(with: "-".utf8):
    return try evaluateCommand.parse(arguments[...])
  default:
    guard let command else { throw unknownCommand(first) }
    return try command.parse(arguments.dropFirst())
  }
}

/// All commands, in the order of the help.
let allCommands: [any AnyCommand] = [
  evaluateCommand, initCommand, watchCommand, replayCommand, ruleTestCommand, checkCommand,
  statusCommand, explainCommand, silenceCommand, acknowledgeCommand, historyCommand,
  notifyTestCommand, exportCommand, demoCommand,
]

private func unknownCommand(_ name: String) -> UsageMistake {
  let known = allCommands.map(\.text.name)
  var hint = suggestion(for: name, among: known)
  if hint.isEmpty { hint = fileSuggestion(for: name, of: evaluateCommand.text) }
  return UsageMistake(strayURL(name) ?? "unknown command \(shown(name))\(hint)")
}
