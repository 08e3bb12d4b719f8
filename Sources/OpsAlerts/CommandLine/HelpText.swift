internal import Text

/// Help for a terminal: at most 80 columns, grouped, aligned.
enum HelpText {
  static let width = 80
  /// Where the right column starts.
  static let column = 26

  /// The help of one command.
  static func of(_ command: CommandText) -> String {
    let isDefault = command.name == evaluateCommand.text.name
    let name = isDefault ? "[\(command.name)]" : command.name
    let operands = command.operands.map { " \($0.placeholder)" } ?? ""
    var sections = [
      "Usage: \(Program.name) \(name)\(operands) [OPTION…]",
      command.description.wrapped(to: width).joined(separator: "\n"),
    ]
    if let operands = command.operands {
      sections.append(section("Operands", [row(operands.placeholder, operands.summary)]))
    }
    sections += command.groups().map { title, options in
      section(title, options.map { row(left(of: $0), right(of: $0)) })
    }
    if !command.variables.isEmpty {
      sections.append(section("Environment", command.variables.map { row($0.name, $0.meaning) }))
    }
    sections.append(
      section("Exit codes", command.exits.map { row("\($0.code.rawValue)", $0.meaning, at: 5) }))
    sections.append(section("Examples", command.examples.map(example)))
    if isDefault { sections.append(grammar) }
    return sections.joined(separator: "\n\n") + "\n"
  }

  /// The help of the whole program.
  static func overview() -> String {
    let commands = allCommands.map(\.text)
    return [
      "Usage: \(Program.name) [COMMAND] [OPTION…]",
      purpose.wrapped(to: width).joined(separator: "\n"),
      section("Commands", commands.map { row($0.name, $0.summary, at: 15) }),
      section("Examples", commands.compactMap(\.examples.first).map(example)),
      "Run '\(Program.name) COMMAND --help' for its options, variables and exit codes.\n",
    ].joined(separator: "\n\n")
  }

  static let purpose = """
    Evaluates alert rules against what a service publishes, as JSON or Prometheus text, and \
    tracks from run to run which alerts are pending, firing or resolved.
    """

  private static let grammar = """
    A duration D is 500ms, 90s, 10m, 2h or plain seconds; a TIME is RFC 3339. Write --name value \
    or --name=value; -- ends the options.
    """.wrapped(to: width).joined(separator: "\n")

  private static func section(_ title: String, _ rows: [String]) -> String {
    "\(title):\n\(rows.joined(separator: "\n"))"
  }

  private static func left(of option: OptionText) -> String {
    let value = option.placeholder.map { " \($0)" } ?? ""
    return option.names.map { $0 + value }.joined(separator: ", ")
  }

  /// What an option does, with its variable and default.
  static func right(of option: OptionText) -> String {
    var remarks: [String] = []
    if option.mayRepeat { remarks.append("may be repeated") }
    if let variable = option.environment { remarks.append("environment: \(variable)") }
    if let text = option.defaultText { remarks.append("default: \(text)") }
    return option.summary + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "; ")))")
  }

  private static func example(_ example: CommandText.Example) -> String {
    "  \(example.line)\n      \(example.purpose)"
  }

  /// Two columns; the right one is wrapped, and starts on the next line if the left one is too wide.
  private static func row(_ left: String, _ right: String, at column: Int = column) -> String {
    let indent = String(repeating: " ", count: column)
    let head = "  \(left)"
    var lines = right.wrapped(to: width - column).map { indent + $0 }
    if head.count + 2 <= column {
      lines[0] = head + lines[0].dropFirst(head.count)
    } else {
      lines.insert(head, at: 0)
    }
    return lines.joined(separator: "\n")
  }
}
