/// A regular expression that is matched in one pass over a text, whatever the two are.
///
/// The standard library's `Regex` backtracks: a pattern of eighteen characters can keep it busy for
/// seconds. Here, all ways to match are followed at once, one Unicode scalar at a time.
package struct Pattern: Hashable, Sendable, CustomStringConvertible {
  /// What the characters of a pattern mean.
  package enum Dialect: Hashable, Sendable {
    /// RFC 9485, and nothing else. `^` and `$` are anchors, as in section 5's other languages.
    case iRegexp
    /// What of RE2 is used in selectors of PromQL. `.` matches a line feed, as in Prometheus 3.
    case re2
  }

  /// Why a text is not a pattern, in lower case: `expected ']' at character 3, found the end`.
  package struct Mistake: Error, Hashable, Sendable {
    package var reason: String
  }

  private static let mostBytes = 16_384

  /// The pattern as it was written.
  package let text: String
  package let dialect: Dialect
  private let automaton: PatternAutomaton

  package var description: String { text }

  /// Parses a pattern.
  ///
  /// - Parameters:
  ///   - text: the pattern as an operator writes it.
  ///   - dialect: what its characters mean.
  /// - Throws: a `Mistake` if the dialect does not allow it, or if it is too large: it has more than
  ///   16,384 bytes, groups nest deeper than 100 levels, or its repetitions, written out, have more
  ///   than 4,096 characters.
  package init(_ text: String, _ dialect: Dialect) throws(Mistake) {
    var steps = Int.max
    try self.init(text, dialect, steps: &steps)
  }

  /// Parses a pattern that an untrusted document contains.
  ///
  /// - Parameters:
  ///   - text: the pattern.
  ///   - dialect: what its characters mean.
  ///   - steps: reduced by the work this took, even if it is invalid; below 0 if it was too much.
  /// - Throws: a `Mistake` if the dialect does not allow it, or if the steps are used up.
  package init(_ text: String, _ dialect: Dialect, steps: inout Int) throws(Mistake) {
    self.text = text
    self.dialect = dialect
    guard text.utf8.count <= Self.mostBytes else {
      throw Mistake(reason: "a pattern has at most 16,384 bytes")
    }
    steps -= text.utf8.count
    automaton = try PatternAutomaton(PatternParser.parse(text, dialect), steps: &steps)
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.dialect == other.dialect && one.text.utf8.elementsEqual(other.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Whether a text matches.
  ///
  /// - Parameters:
  ///   - bytes: the text, as valid UTF-8.
  ///   - whole: whether the whole text must match, rather than some part of it.
  ///   - steps: reduced by one for each scalar and each way to match that is followed.
  /// - Returns: `nil` if the steps were used up.
  package func matches(
    _ bytes: UnsafeBufferPointer<UInt8>, whole: Bool, steps: inout Int
  ) -> Bool? {
    automaton.matches(bytes, whole: whole, steps: &steps)
  }

  /// Whether a text matches, without a limit.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - whole: whether the whole text must match, rather than some part of it.
  /// - Returns: whether it does.
  package func matches(_ text: String, whole: Bool = true) -> Bool {
    var text = text
    var steps = Int.max
    return text.withUTF8 { matches($0, whole: whole, steps: &steps) } ?? false
  }
}
