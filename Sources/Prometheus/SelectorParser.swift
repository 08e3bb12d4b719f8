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

  /// Moves over `"a.b"`, a name that is no word, unless it is the label of a matcher.
  private mutating func quotedName() throws(Mistake) -> String? {
    guard rest.first == "\"" || rest.first == "'" || rest.first == "`" else { return nil }
    let start = rest
    let name = try string()
    skipBlanks()
    if rest.first == "," || rest.first == "}" { return name }
    rest = start
    return nil
  }

  private mutating func matcher() throws(Mistake) -> Matcher {
    let label: String
    if let word = word(allowsColon: false) {
      label = word
    } else if rest.first == "\"" || rest.first == "'" || rest.first == "`" {
      label = try string()
    } else {
      throw expected("a label name")
    }
    skipBlanks()
    let start = rest
    let isNegated = take("!")
    guard isNegated || take("=") else { throw expected("'=', '!=', '=~' or '!~'") }
    let isPattern = take("~")
    if isNegated, !isPattern, !take("=") {
      rest = start
      throw expected("'=', '!=', '=~' or '!~'")
    }
    skipBlanks()
    let value = try string()
    guard isPattern else {
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

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

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
    guard let quote = rest.first, quote == "\"" || quote == "'" || quote == "`" else {
      throw expected("a string in quotes")
    }
    rest.removeFirst()
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
    switch rest.popFirst() {
    case "a": return [0x07]
    case "b": return [0x08]
    case "f": return [0x0C]
    case "n": return [0x0A]
    case "r": return [0x0D]
    case "t": return [0x09]
    case "v": return [0x0B]
    case "\\": return [UInt8(ascii: "\\")]
    case quote: return Array(String(quote).utf8)
    case "x": if let byte = number(digits: 2, radix: 16) { return [UInt8(byte)] }
    case "u":
      if let scalar = number(digits: 4, radix: 16).flatMap(Unicode.Scalar.init) {
        return Array(String(scalar).utf8)
      }
    case "U":
      if let scalar = number(digits: 8, radix: 16).flatMap(Unicode.Scalar.init) {
        return Array(String(scalar).utf8)
      }
    case "0", "1", "2", "3":
      rest = start
      if let byte = number(digits: 3, radix: 8) { return [UInt8(byte)] }
    default: break
    }
    let shown = "\\" + String(start.prefix(1))
    throw Mistake(
      reason: "\(shown.quoted) begins no escape: write \\\\ for a '\\'")
  }

  private mutating func number(digits: Int, radix: Int) -> UInt32? {
    let text = String(rest.prefix(digits))
    guard text.utf8.count == digits, text.utf8.first != UInt8(ascii: "+"),
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
    let next = rest.prefix { $0.properties.isAlphabetic }
    let what: String
    switch rest.first {
    case "("?: what = Self.adviceOnFunction(name ?? "")
    case "["?:
      what = "a selector has no range: use \"measure\" with \"window_minutes\""
    case "/"?: what = "a selector has no operators: use the measure quotient or ratio"
    case ">"?, "<"?, "="?, "!"?:
      what = "a selector has no operators: use \"comparison\" and \"threshold\""
    case "*"?: what = "a selector has no operators: use \"scale\""
    case "@"?: what = "a selector has no time: it selects what the service publishes now"
    case _ where next.elementsEqual("offset".unicodeScalars):
      what = "a selector has no time: it selects what the service publishes now"
    case _ where ["by", "without"].contains(String(next).lowercased()):
      what = "a selector has no functions: use \"aggregate\" with \"instance_by\""
    case _ where name == nil: return expected("a metric name or '{'")
    default: return expected("'{' or the end")
    }
    return Mistake(reason: what)
  }

  private static func adviceOnFunction(_ name: String) -> String {
    let use =
      switch name.lowercased() {
      case "rate", "irate": "the measure rate_per_minute with \"window_minutes\""
      case "increase", "delta", "idelta": "the measure increase with \"window_minutes\""
      case "changes", "resets": "the measure changes with \"window_minutes\""
      case "histogram_quantile": "the measure quantile"
      case "sum", "min", "max", "avg", "count": "\"aggregate\" with \"instance_by\""
      case "absent": "\"on_missing\""
      case "time", "timestamp": "the measure age_seconds"
      default: "\"measure\", \"aggregate\" and \"instance_by\""
      }
    return "a selector has no functions: use \(use)"
  }
}
