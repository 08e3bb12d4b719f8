/// A form of text that the texts at one key of a receiver have.
package struct TextPattern: Sendable {
  /// A regular expression of the kind that JSON Schema, Python and Swift share.
  package let pattern: String
  /// What was expected, for errors.
  let expectation: String

  /// One or more of something, separated by spaces.
  ///
  /// - Parameters:
  ///   - pattern: a regular expression of one of them.
  ///   - examples: what people may write: `<!here>, <@U…>`.
  /// - Returns: a pattern of the whole text.
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
