internal import Text

enum FishCompletion {
  static func script(for commands: [CommandText]) -> String {
    let isDefault =
      "not __fish_seen_subcommand_from "
      + commands.dropFirst().map(\.name).joined(separator: " ")
    var lines = [
      "# fish completion for \(Program.name). To load it:",
      "#   \(Program.name) --completions fish | source",
      "complete -c \(Program.name) -f",
    ]
    lines += commands.map { command in
      "complete -c \(Program.name) -n __fish_use_subcommand -a \(command.name)"
        + " -d \(Shell.quoted(command.summary))"
    }
    for (index, command) in commands.enumerated() {
      let condition = index == 0 ? isDefault : "__fish_seen_subcommand_from \(command.name)"
      let operands = "complete -c \(Program.name) -n \(Shell.quoted(condition))"
      switch command.operands?.completion {
      case .files?: lines.append("\(operands) -F")
      case .words(let words)?:
        lines.append("\(operands) -a \(Shell.quoted(words.joined(separator: " ")))")
      case .nothing?, nil: break
      }
      lines += command.options.map { line($0, condition) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ option: OptionText, _ condition: String) -> String {
    let names = option.names.map { name in
      name.utf8.starts(with: "--".utf8) ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst())"
    }
    let words = ["complete -c \(Program.name) -n \(Shell.quoted(condition))"] + names
    return (words + value(option) + ["-d \(Shell.quoted(option.summary))"]).joined(separator: " ")
  }

  private static func value(_ option: OptionText) -> [String] {
    guard option.placeholder != nil else { return [] }
    return switch option.completion {
    case .nothing: ["-x"]
    case .files: ["-r -F"]
    case .words(let words): ["-x -a \(Shell.quoted(words.joined(separator: " ")))"]
    }
  }
}
