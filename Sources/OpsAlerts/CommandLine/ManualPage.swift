internal import Text

/// The manual page, in the man(7) macros, from the table of commands and options.
enum ManualPage {
  /// The page for section 1, with a final newline.
  static func text() -> String {
    let commands = allCommands.map(\.text)
    let lines: [[String]] = [
      [".TH OPS-ALERT-EVAL 1 \"\" \"\(Program.name) \(Program.version)\" \"User Commands\""],
      [
        ".SH NAME",
        "\(roff(Program.name)) \\- decide from a service's metrics who must be woken up",
      ],
      [".SH SYNOPSIS", ".B \(roff(Program.name))", "[\\fICOMMAND\\fR] [\\fIOPTION\\fR…]"],
      [".SH DESCRIPTION", roff(HelpText.purpose), ".SH COMMANDS"],
      commands.flatMap { item(bold($0.name), $0.summary) },
      commands.flatMap(section),
      [".SH FILES"],
      item("config/ops_alert_thresholds.json", "the rules, unless --config names another file"),
      [".SH SEE ALSO", ".BR curl (1),", ".BR jq (1),", ".BR promtool (1)"],
    ]
    return lines.joined().joined(separator: "\n") + "\n"
  }

  private static func section(_ command: CommandText) -> [String] {
    var lines = [".SH \(quoted(command.name.uppercased()))", roff(command.description)]
    if let operands = command.operands {
      lines += item("\\fI\(roff(operands.placeholder))\\fR", operands.summary)
    }
    for (title, options) in command.groups() {
      lines.append(".SS \(quoted(title))")
      lines += options.flatMap { option in
        let value = option.placeholder.map { " \\fI\(roff($0))\\fR" } ?? ""
        return item(
          option.names.map { bold($0) + value }.joined(separator: ", "), HelpText.right(of: option))
      }
    }
    if !command.variables.isEmpty { lines.append(".SS Environment") }
    lines += command.variables.flatMap { item(bold($0.name), $0.meaning) }
    lines.append(".SS \"Exit status\"")
    lines += command.exits.flatMap { item(bold("\($0.code.rawValue)"), $0.meaning) }
    lines.append(".SS Examples")
    return lines + command.examples.flatMap { item(bold($0.line), $0.purpose) }
  }

  /// A term and what it means.
  private static func item(_ term: String, _ meaning: String) -> [String] {
    [".TP", term, roff(meaning)]
  }

  private static func bold(_ text: String) -> String { "\\fB\(roff(text))\\fR" }

  private static func quoted(_ text: String) -> String { "\"\(roff(text))\"" }

  /// A text that roff prints as it is: `\` and `-` escaped, no line that starts like a request.
  static func roff(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&\($0)" : String($0)
    }.joined(separator: "\n")
  }
}
