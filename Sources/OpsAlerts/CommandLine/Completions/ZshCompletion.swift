internal import Text

enum ZshCompletion {
  static func script(for commands: [CommandText]) -> String {
    """
    #compdef \(Program.name)
    # zsh completion for \(Program.name). To load it, after compinit:
    #   source <(\(Program.name) --completions zsh)
    # or save it as _\(Program.name) in a folder of $fpath.
    _\(Program.name)() {
      local command=evaluate
      if (( CURRENT == 2 )); then
        local -a commands=(
    \(commands.map(describe).joined(separator: "\n"))
        )
        _describe command commands
      else
        case ${words[2]} in
          \(commands.map(\.name).joined(separator: "|")))
            command=${words[2]}
            shift words
            (( CURRENT-- ))
            ;;
        esac
      fi
      case $command in
    \(commands.map(arguments).joined(separator: "\n"))
      esac
    }
    if [[ $funcstack[1] == _\(Program.name) ]]; then
      _\(Program.name) "$@"
    else
      compdef _\(Program.name) \(Program.name)
    fi

    """
  }

  private static func describe(_ command: CommandText) -> String {
    "      " + Shell.quoted("\(command.name):\(Shell.escaping(command.summary, [":": "\\:"]))")
  }

  private static func arguments(_ command: CommandText) -> String {
    let specs = command.options.flatMap { option in option.names.map { spec(option, $0) } }
    let operands = command.operands.map { ["*:\($0.noun):\(action($0.completion))"] } ?? []
    let lines = (specs + operands).map { "        " + Shell.quoted($0) }
      .joined(separator: " \\\n")
    return "    \(command.name))\n      _arguments \\\n\(lines)\n      ;;"
  }

  /// One option as `_arguments` wants it: `(other names)--name=[summary]:placeholder:action`.
  private static func spec(_ option: OptionText, _ name: String) -> String {
    let others = option.mayRepeat ? "*" : "(\(option.names.joined(separator: " ")))"
    let summary = Shell.escaping(option.summary, ["[": "\\[", "]": "\\]", ":": "\\:"])
    guard let placeholder = option.placeholder else { return "\(others)\(name)[\(summary)]" }
    return "\(others)\(name)=[\(summary)]:\(placeholder):\(action(option.completion))"
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    }
  }
}
