internal import Text

/// A command-line argument as error messages show it: a URL may carry a password or a token, so
/// anything that could be one is hidden.
func shown(_ word: String) -> String {
  let mayHoldSecret = word.utf8.contains(UInt8(ascii: "@")) || word.utf8.contains("://".utf8)
  return mayHoldSecret
    ? "\"…\" (not shown, may hold a secret)" : "\"\(printable(word, limit: 60))\""
}

/// The mistake of a URL without an option; `nil` for any other word.
func strayURL(_ word: String) -> String? {
  word.utf8.contains("://".utf8) ? "pass a URL with --base-url or --metrics-url" : nil
}

/// ` (did you mean X?)`, or nothing if no known word is close.
func suggestion(for word: String, among known: [String]) -> String {
  didYouMean(word, among: known).map { " (\($0))" } ?? ""
}

/// `a, b and c`.
func listing(_ words: [String], _ conjunction: String = "and") -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
