/// A pattern that texts at a key of a receiver must match.
package struct TextPattern: Sendable {
  /// A regular expression in the syntax that JSON Schema, Python and Swift share.
  package let pattern: String
  /// What is expected, for errors.
  let expectation: String

  /// One or more items, separated by spaces.
  ///
  /// - Parameters:
  ///   - pattern: a regular expression for one item.
  ///   - examples: the allowed items, for people: `<!here>, <@U…>`.
  /// - Returns: a pattern for the whole text.
  package static func oneOrMore(_ pattern: String, of examples: String) -> TextPattern {
    TextPattern(
      pattern: "^(?:\(pattern))(?: +(?:\(pattern)))*$",
      expectation: "one or more of \(examples), separated by spaces")
  }

  func matches(_ text: String) -> Bool {
    guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
    return text.wholeMatch(of: regex) != nil
  }
}
