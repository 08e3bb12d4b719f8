internal import Text

/// Which series of a document a rule is about: an instant vector selector of PromQL with one exact
/// name, `http_requests_total{code=~"5..",method!="GET"}`.
package struct MetricSelector: Hashable, Sendable, CustomStringConvertible {
  /// Why a text is not a selector, in lower case: `expected '=', '!=', '=~' or '!~', found '>'`.
  package struct Mistake: Error, Hashable, Sendable {
    package var reason: String
  }

  /// A condition on one label; a label that a series lacks is empty.
  struct Matcher {
    enum Comparison {
      case equals(String)
      /// The whole value must match the pattern.
      case matches(Pattern)
    }

    var label: String
    var comparison: Comparison
    /// Whether the series is selected if the comparison does not hold: `!=`, `!~`.
    var isNegated: Bool
  }

  /// The selector as it was written.
  package let text: String
  /// The name of the samples: the only one that `__name__` may have.
  package let name: String
  /// In the order of the text, without the one for the name.
  let matchers: [Matcher]

  package var description: String { text }

  /// Whether it selects every series of its name.
  package var hasNameOnly: Bool { matchers.isEmpty }

  package static func == (one: Self, other: Self) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Parses a selector.
  ///
  /// - Parameter text: the selector as an operator writes it.
  /// - Throws: a `Mistake` if it is not one, has no exact name, or is longer than 4,096 bytes. If it
  ///   is another expression of PromQL, the mistake says what to use instead.
  package init(_ text: String) throws(Mistake) {
    guard text.utf8.count <= 4_096 else {
      throw Mistake(reason: "a selector has at most 4,096 bytes")
    }
    var parser = SelectorParser(text)
    (name, matchers) = try parser.selector()
    self.text = text
  }

  /// Whether this selects the series of its name that has these labels.
  ///
  /// - Parameters:
  ///   - labels: the labels of the series.
  ///   - steps: reduced by the work that the patterns take.
  /// - Returns: `nil` if the steps were used up.
  package func matches(_ labels: LabelSet, steps: inout Int) -> Bool? {
    for matcher in matchers {
      let value = labels.utf8(of: matcher.label)
      let holds: Bool? =
        switch matcher.comparison {
        case .equals(let expected): value.elementsEqual(expected.utf8)
        case .matches(let pattern):
          value.withUnsafeBufferPointer { pattern.matches($0, whole: true, steps: &steps) }
        }
      guard let holds else { return nil }
      if holds == matcher.isNegated { return false }
    }
    return true
  }
}
