internal import Text

/// Consumes a selector from the front of a text.
struct SelectorParser {
  typealias Mistake = MetricSelector.Mistake
  typealias Matcher = MetricSelector.Matcher

  private let text: String
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    self.text = text
    rest = Substring(text).unicodeScalars
  }

  mutating func selector() throws(Mistake) -> (name: String, matchers: [Matcher]) {
    skipBlanks()
    var name = word(allowsColon: true)
    var matchers: [Matcher] = []
    skipBlanks()
    if take("{") {
      skipBlanks()
      while !take("}") {
        if name == nil, matchers.isEmpty, let quoted = try quotedName() {
          name = quoted
        } else {
          let matcher = try self.matcher()
          if matcher.label == "__name__" {
            guard name == nil, !matcher.isNegated, case .equals(let value) = matcher.comparison
            else { throw Self.inexactName }
            name = value
          } else {
            matchers.append(matcher)
          }
        }
        skipBlanks()
        guard take(",") || rest.first == "}" else { throw expected("',' or '}'") }
        skipBlanks()
      }
      skipBlanks()
    }
    guard rest.isEmpty else { throw foreign(after: name) }
    guard let name, !name.isEmpty else { throw Self.inexactName }
    return (name, matchers)
  }

  /// Moves over `"a.b"`, a name that is not a word, unless it is the label of a matcher.
  private mutating func quotedName() throws(Mistake) -> String? {
    guard isAtQuote else { return nil }
    let start = rest
    let name = try string()
    skipBlanks()
    if rest.first == "," || rest.first == "}" { return name }
    rest = start
    return nil
  }

  private mutating func matcher() throws(Mistake) -> Matcher {
    guard let label = try isAtQuote ? string() : word(allowsColon: false) else {
      throw expected("a label name")
    }
    skipBlanks()
    guard let comparison = ["=~", "!~", "!=", "="].first(where: { take($0) }) else {
      throw expected("'=', '!=', '=~' or '!~'")
    }
    skipBlanks()
    let value = try string()
    let isNegated = comparison.hasPrefix("!")
    guard comparison.hasSuffix("~") else {
      return Matcher(label: label, comparison: .equals(value), isNegated: isNegated)
    }
    do {
      let pattern = try Pattern(value, .re2)
      return Matcher(label: label, comparison: .matches(pattern), isNegated: isNegated)
    } catch {
      throw Mistake(reason: "the pattern \(value.quoted): \(error.reason)")
    }
  }
}

// MARK: - Tokens

extension SelectorParser {
  private mutating func skipBlanks() {
    rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
  }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.unicodeScalars) else { return false }
    rest = rest.dropFirst(word.unicodeScalars.count)
    return true
  }

  private var isAtQuote: Bool { rest.first == "\"" || rest.first == "'" || rest.first == "`" }

  /// Moves over a name that needs no quotes.
  private mutating func word(allowsColon: Bool) -> String? {
    let word = rest.prefix { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": true
      case ":": allowsColon
      default: false
      }
    }
    guard let first = word.first, !("0"..."9").contains(first) else { return nil }
    rest = rest.dropFirst(word.count)
    return String(word)
  }

  /// Moves over a string of Go: in `"` or `'` with escapes, or in backquotes as it is.
  private mutating func string() throws(Mistake) -> String {
    guard isAtQuote, let quote = rest.popFirst() else { throw expected("a string in quotes") }
    var bytes: [UInt8] = []
    while let scalar = rest.popFirst() {
      switch scalar {
      case quote:
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw Mistake(reason: "the escapes of a string are not UTF-8")
        }
        return string
      case "\\" where quote != "`": bytes += try escaped(quote)
      case "\n" where quote != "`": throw Mistake(reason: "a string has a line break: write \\n")
      default: bytes += String(scalar).utf8
      }
    }
    throw expected("the closing quote of a string")
  }

  /// Moves over what follows a `\`.
  private mutating func escaped(_ quote: Unicode.Scalar) throws(Mistake) -> [UInt8] {
    let start = rest
    let letters: [Unicode.Scalar: UInt8] = [
      "a": 0x07, "b": 0x08, "t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D, "\\": 0x5C,
    ]
    let letter = rest.popFirst()
    switch letter {
    case quote: return Array(String(quote).utf8)
    case let letter? where letters[letter] != nil: return letters[letter].map { [$0] } ?? []
    case "x": if let byte = number(digits: 2, radix: 16) { return [UInt8(byte)] }
    case "0", "1", "2", "3":
      rest = start
      if let byte = number(digits: 3, radix: 8) { return [UInt8(byte)] }
    case "u", "U":
      if let scalar = number(digits: letter == "u" ? 4 : 8, radix: 16).flatMap(Unicode.Scalar.init)
      {
        return Array(String(scalar).utf8)
      }
    default: break
    }
    let shown = "\\" + String(start.prefix(1))
    throw Mistake(reason: "\(shown.quoted) is not an escape: write \\\\ for a '\\'")
  }

  private mutating func number(digits: Int, radix: Int) -> UInt32? {
    let text = String(rest.prefix(digits))
    guard text.utf8.count == digits, text.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit),
      let number = UInt32(text, radix: radix)
    else { return nil }
    rest = rest.dropFirst(digits)
    return number
  }
}

// MARK: - Mistakes

extension SelectorParser {
  private static let inexactName = Mistake(
    reason: "a selector needs one exact name: write name{label=\"value\"}")

  private func expected(_ expected: String) -> Mistake {
    let found = rest.first.map { String($0).quoted } ?? "the end"
    let column = text.unicodeScalars.count - rest.count + 1
    return Mistake(reason: "expected \(expected) at character \(column), found \(found)")
  }

  /// What is not part of a selector, and what to use instead.
  private func foreign(after name: String?) -> Mistake {
    let advice: String
    let word = String(rest.prefix { $0.properties.isAlphabetic })
    switch rest.first {
    case "("?: advice = "no functions: use \(Self.substitute(for: name ?? ""))"
    case "["?: advice = "no range: use \"measure\" with \"window_minutes\""
    case "/"?: advice = "no operators: use the measure quotient or ratio"
    case "*"?: advice = "no operators: use \"scale\""
    case ">"?, "<"?, "="?, "!"?:
      advice = "no operators: use \"comparison\" and \"threshold\""
    case _ where rest.first == "@" || word == "offset":
      advice = "no time: it selects what the service publishes now"
    case _ where word == "by" || word == "without":
      advice = "no functions: use \(Self.substitute(for: "sum"))"
    default: return expected(name == nil ? "a metric name or '{'" : "'{' or the end")
    }
    return Mistake(reason: "a selector has \(advice)")
  }

  /// What takes the place of a function of PromQL.
  private static func substitute(for function: String) -> String {
    switch function.lowercased() {
    case "rate", "irate": "the measure rate_per_minute with \"window_minutes\""
    case "increase", "delta", "idelta": "the measure increase with \"window_minutes\""
    case "changes", "resets": "the measure changes with \"window_minutes\""
    case "histogram_quantile": "the measure quantile"
    case "sum", "min", "max", "avg", "count": "\"aggregate\" with \"instance_by\""
    case "absent": "\"on_missing\""
    case "time", "timestamp": "the measure age_seconds"
    default: "\"measure\", \"aggregate\" and \"instance_by\""
    }
  }
}
