internal import Text

/// A query of JSONPath (RFC 9535), or a dotted path as such a query.
package struct JSONPath: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is not a query, in lower case: `expected ']' at character 4, found the end`.
  package struct Mistake: Error, Hashable, Sendable {
    package var reason: String
    /// The character at which it is wrong, counted from 1 in Unicode scalars.
    package var position: Int
  }

  /// How many segments a query may have, those in filters included.
  package static let mostSegments = 256
  /// How deep filters, parentheses and functions may nest.
  package static let mostLevels = 32

  /// How many steps one query should take on one document: a second at most.
  package static let budget = 10_000_000

  /// The query as it was written.
  package let text: String
  /// What is wrong with patterns in it, in lower case: the RFC allows them, but they match
  /// nothing.
  package let patternMistakes: [String]
  let segments: [Segment]
  /// How many segments there are up to the last that may select several nodes.
  let openCount: Int
  /// The first descendant segment: from its level on, every level counts as open.
  let firstDescendant: Int?

  package var description: String { text }

  /// Whether it selects one node at most, by its syntax (RFC 9535, section 2.3.5.1).
  package var isSingular: Bool { openCount == 0 }

  /// Parses a query.
  ///
  /// - Parameter text: the query, which begins with `$`.
  /// - Throws: a `Mistake` if it is not well-formed or not valid, has more than 256 segments, or
  ///   nests filters, parentheses and functions deeper than 32 levels.
  package init(_ text: String) throws(Mistake) {
    var parser = JSONPathParser(text)
    self.init(text, try parser.query(), parser.patternMistakes)
  }

  /// The query that selects what a dotted path selects.
  package init(_ path: MetricPath) {
    let segments = path.segments.map { segment in
      switch segment {
      case .wildcard: Segment([.wildcard])
      case .key(let key, let index): Segment([.member(JSONName(key), index: index)])
      }
    }
    self.init(path.text, segments)
  }

  private init(_ text: String, _ segments: [Segment], _ patternMistakes: [String] = []) {
    self.text = text
    self.patternMistakes = patternMistakes
    self.segments = segments
    openCount = (segments.lastIndex(where: \.isOpen) ?? -1) + 1
    firstDescendant = segments.firstIndex(where: \.isDescendant)
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

// MARK: - Structure

extension JSONPath {
  /// What a query selects from each node that the segments before it selected.
  struct Segment: Sendable {
    var selectors: [Selector]
    /// Whether it selects from all descendants, and from the node itself.
    var isDescendant: Bool

    init(_ selectors: [Selector], isDescendant: Bool = false) {
      self.selectors = selectors
      self.isDescendant = isDescendant
    }

    /// Whether it may select several nodes.
    var isOpen: Bool {
      if isDescendant || selectors.count > 1 { return true }
      switch selectors[0] {
      case .name, .index, .member: return false
      case .wildcard, .slice, .filter: return true
      }
    }
  }

  enum Selector: Sendable {
    case name(JSONName)
    /// Counted from the end if it is negative.
    case index(Int)
    /// The segment of a dotted path: a member, or the element of an array.
    case member(JSONName, index: Int?)
    case wildcard
    case slice(start: Int?, end: Int?, step: Int)
    case filter(Test)
  }

  /// A query in a filter.
  struct Subquery: Sendable {
    /// Whether it begins at the current node (`@`), not at the root (`$`).
    var isRelative: Bool
    var segments: [Segment]

    var isSingular: Bool { !segments.contains(where: \.isOpen) }
  }

  /// A logical expression.
  indirect enum Test: Sendable {
    case any([Test])
    case all([Test])
    case not(Test)
    case exists(Subquery)
    case comparison(Operand, Comparison, Operand)
    /// `match` if the whole text must match, else `search`.
    case matches(Operand, PatternSource, whole: Bool)
  }

  /// In the order in which they are tried.
  enum Comparison: String, CaseIterable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case less = "<"
    case greater = ">"
  }

  /// What has a value, or nothing.
  indirect enum Operand: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    /// A singular query.
    case query(Subquery)
    case length(Operand)
    case count(Subquery)
    case value(Subquery)
  }

  enum PatternSource: Sendable {
    /// Known when the query was parsed; `nil` if it is not an I-Regexp, so that nothing matches.
    case literal(Pattern?)
    case operand(Operand)
  }
}
