/// The shells for which there are completions.
enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// A script to be sourced by this shell.
  func completionScript() -> String {
    let commands = allCommands.map(\.text)
    return switch self {
    case .bash: BashCompletion.script(for: commands)
    case .zsh: ZshCompletion.script(for: commands)
    case .fish: FishCompletion.script(for: commands)
    }
  }

  /// A text between single quotes, as all three shells read it.
  static func quoted(_ text: String) -> String {
    "'\(escaping(text, ["'": "'\\''"]))'"
  }

  /// A text with some of its characters replaced.
  static func escaping(_ text: String, _ replacements: [Character: String]) -> String {
    text.map { replacements[$0] ?? String($0) }.joined()
  }
}
