/// The part of `docs/cli.md` that is generated from the table of commands and options.
enum CommandLineReference {
  static let start = "<!-- generated: command line reference, by `make generate` -->"
  static let end = "<!-- generated: end -->"

  /// The reference in Markdown, from its first marker to its last, with a final newline.
  static func markdown() -> String {
    let texts = allCommands.map(\.text)
    let overview = table(
      ["command", ""], texts.map { ["[`\($0.name)`](#\($0.name))", $0.summary] })
    return ([start, "## Commands", overview] + texts.map(section) + [end]).joined(separator: "\n\n")
      + "\n"
  }

  private static func section(_ command: CommandText) -> String {
    var parts = ["## \(command.name)", command.description]
    if let operands = command.operands {
      parts.append("### \(command.name): operands")
      parts.append(table(["operand", ""], [[code(operands.placeholder), operands.summary]]))
    }
    for (title, options) in command.groups() {
      parts.append("### \(command.name): \(title.lowercased())")
      parts.append(
        table(["option", "environment", "default", ""], options.map { cells($0, of: command) }))
    }
    if !command.variables.isEmpty {
      parts.append("### \(command.name): environment variables")
      parts.append(table(["variable", ""], command.variables.map { [code($0.name), $0.meaning] }))
    }
    parts.append("### \(command.name): exit codes")
    parts.append(
      table(["code", "meaning"], command.exits.map { ["\($0.code.rawValue)", $0.meaning] }))
    parts.append("### \(command.name): examples")
    let lines = command.examples.map { "# \($0.purpose)\n\($0.line)" }
    parts.append("```sh\n\(lines.joined(separator: "\n"))\n```")
    return parts.joined(separator: "\n\n")
  }

  private static func cells(_ option: OptionText, of command: CommandText) -> [String] {
    let value = option.placeholder.map { " \($0)" } ?? ""
    var remarks = [option.summary]
    if option.mayRepeat { remarks.append("may be repeated") }
    if let needed = option.requires { remarks.append("only with `\(needed)`") }
    let others = command.conflicts(of: option)
    if !others.isEmpty { remarks.append("not with \(listing(others.map(code), "or"))") }
    return [
      option.names.map { code($0 + value) }.joined(separator: ", "),
      option.environment.map(code) ?? "", option.defaultText.map(code) ?? "",
      remarks.joined(separator: "; "),
    ]
  }

  private static func code(_ text: String) -> String { "`\(text)`" }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(escaped) }
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }

  /// A `|` would end the cell, even in code.
  private static func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
