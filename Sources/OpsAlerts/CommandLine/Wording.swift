internal import Text

/// A command-line argument as error messages show it: a URL may carry a password or a token, so
/// anything that could be one is hidden.
func shown(_ word: String) -> String {
  mayHoldSecret(word)
    ? "\"…\" (not shown, may hold a secret)" : "\"\(printable(word, limit: 60))\""
}

private func mayHoldSecret(_ word: String) -> Bool {
  word.utf8.contains(UInt8(ascii: "@")) || word.utf8.contains("://".utf8)
}

/// The mistake of a URL without an option; `nil` for any other word.
func strayURL(_ word: String) -> String? {
  word.utf8.contains("://".utf8) ? "pass a URL with --base-url or --metrics-url" : nil
}

/// ` (did you mean X?)`, or nothing if no known word is close.
func suggestion(for word: String, among known: [String]) -> String {
  didYouMean(word, among: known).map { " (\($0))" } ?? ""
}

/// ` (did you mean --config c.json?)` for the path of a file without an option; nothing for any other
/// word, or for a command that reads no such file.
func fileSuggestion(for word: String, of command: CommandText) -> String {
  guard !mayHoldSecret(word) else { return "" }
  let name = printable(word, limit: 60)
  if word.hasSuffix(".jsonl") {
    return " (did you mean '\(Program.name) \(replayCommand.text.name) \(name)'?)"
  }
  guard [".json", ".yaml", ".yml", ".toml"].contains(where: word.hasSuffix),
    command.options.contains(where: { $0.name == "--config" })
  else { return "" }
  return " (did you mean --config \(name)?)"
}

/// `a, b and c`.
func listing(_ words: [String], _ conjunction: String = "and") -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
