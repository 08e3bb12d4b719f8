internal import Text

/// A word of the command line as an error message may show it.
///
/// A URL can carry a password or a token, so nothing that could be one is ever repeated.
func shown(_ word: String) -> String {
  let mayHoldSecret = word.utf8.contains(UInt8(ascii: "@")) || word.utf8.contains("://".utf8)
  return mayHoldSecret
    ? "\"…\" (not shown, it may hold a secret)" : "\"\(printable(word, limit: 60))\""
}

/// What is wrong with a URL that stands alone; `nil` for a word that is no URL.
func lostURL(_ word: String) -> String? {
  word.utf8.contains("://".utf8) ? "a URL goes behind --base-url or --metrics-url" : nil
}

/// ` (did you mean X?)`, or nothing where no known word is near.
func suggestion(for word: String, among known: [String]) -> String {
  didYouMean(word, among: known).map { " (\($0))" } ?? ""
}

/// `a, b and c`.
func listing(_ words: [String], _ conjunction: String = "and") -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
