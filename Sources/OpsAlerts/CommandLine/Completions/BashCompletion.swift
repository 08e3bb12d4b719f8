internal import Text

enum BashCompletion {
  static func script(for commands: [CommandText]) -> String {
    let names = commands.map(\.name)
    let takingFiles = commands.filter { $0.operands?.completion == .files }.map(\.name)
    return """
      # bash completion for \(Program.name). To load it:
      #   source <(\(Program.name) --completions bash)
      _ops_alert_eval() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local command=evaluate words= line
        COMPREPLY=()
        # Bash splits --name=value into three words.
        if [[ $current == "=" ]]; then
          current=
        elif [[ $previous == "=" ]]; then
          previous=${COMP_WORDS[COMP_CWORD-2]}
        fi
        case ${COMP_WORDS[1]} in
          \(names.joined(separator: "|"))) command=${COMP_WORDS[1]} ;;
        esac
        case "$command $previous" in
      \(valueCases(commands).joined(separator: "\n"))
          *)
            case $command in
      \(commands.map(optionCase).joined(separator: "\n"))
            esac
            if (( COMP_CWORD == 1 )); then words+=" \(names.joined(separator: " "))"; fi
            ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        case $command in
          \(takingFiles.joined(separator: "|")))
            # Files as well as options.
            if [[ $current != -* && ${#COMPREPLY[@]} -eq 0 ]]; then
              compopt -o filenames 2>/dev/null
              while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
            fi
            ;;
        esac
      }
      complete -F _ops_alert_eval \(Program.name)

      """
  }

  /// What is offered after an option of a command.
  private static func valueCases(_ commands: [CommandText]) -> [String] {
    var patterns: [Completion: Set<String>] = [:]
    for command in commands {
      for option in command.options where option.placeholder != nil {
        for name in option.names {
          patterns[option.completion, default: []].insert("\"\(command.name) \(name)\"")
        }
      }
    }
    let cases = patterns.map { completion, patterns in
      "    \(patterns.sorted().joined(separator: "|")))\n\(offer(completion))\n      ;;"
    }
    return cases.sorted()
  }

  private static func offer(_ completion: Completion) -> String {
    switch completion {
    case .nothing: "      return"
    case .words(let words): "      words=\"\(words.joined(separator: " "))\""
    case .files:
      """
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
            return
      """
    }
  }

  private static func optionCase(_ command: CommandText) -> String {
    var words = command.options.flatMap(\.names)
    if case .words(let operands)? = command.operands?.completion { words = operands + words }
    return "        \(command.name)) words=\"\(words.joined(separator: " "))\" ;;"
  }
}
