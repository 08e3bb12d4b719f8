internal import Text

extension JSONPathParser {
  /// What stands at one place of a logical expression.
  private enum Part {
    case operand(JSONPath.Operand)
    case query(JSONPath.Subquery)
    case test(JSONPath.Test)
  }

  /// A logical expression, and the blanks after it.
  mutating func test() throws(JSONPath.Mistake) -> JSONPath.Test {
    var tests = [try conjunction()]
    while take("||") {
      skipBlanks()
      tests.append(try conjunction())
    }
    return tests.count == 1 ? tests[0] : .any(tests)
  }

  private mutating func conjunction() throws(JSONPath.Mistake) -> JSONPath.Test {
    var tests: [JSONPath.Test] = []
    repeat {
      skipBlanks()
      tests.append(try basic())
      skipBlanks()
    } while take("&&")
    switch current {
    case UInt8(ascii: "&"): throw expected("'&&'")
    case UInt8(ascii: "|") where !isNext("||"): throw expected("'||'")
    default: return tests.count == 1 ? tests[0] : .all(tests)
    }
  }

  private mutating func basic() throws(JSONPath.Mistake) -> JSONPath.Test {
    if take("!") {
      skipBlanks()
      if let test = try parenthesized() { return .not(test) }
      return .not(try condition(part()))
    }
    if let test = try parenthesized() { return test }
    let start = self
    let left = try part()
    let end = offset
    skipBlanks()
    guard let comparison = try comparison() else {
      offset = end
      return try condition(left)
    }
    skipBlanks()
    return .comparison(try start.operand(left), comparison, try operand())
  }

  private mutating func parenthesized() throws(JSONPath.Mistake) -> JSONPath.Test? {
    guard take("(") else { return nil }
    return try nested { parser throws(JSONPath.Mistake) in
      parser.skipBlanks()
      let test = try parser.test()
      try parser.require(")")
      return test
    }
  }

  private mutating func comparison() throws(JSONPath.Mistake) -> JSONPath.Comparison? {
    for comparison in JSONPath.Comparison.allCases where take(comparison.rawValue) {
      return comparison
    }
    if isNext("=~") { throw expected("'=='", hint: "for a pattern, write match(@.a, 'b.*')") }
    if current == UInt8(ascii: "=") { throw expected("'=='") }
    return nil
  }

  // MARK: - Types (RFC 9535, section 2.4.3)

  /// A part as a test of its own.
  private func condition(_ part: Part) throws(JSONPath.Mistake) -> JSONPath.Test {
    switch part {
    case .query(let query): return .exists(query)
    case .test(let test): return test
    case .operand: throw expected("a comparison", hint: "a value is neither true nor false")
    }
  }

  /// A part as a value.
  private func operand(_ part: Part) throws(JSONPath.Mistake) -> JSONPath.Operand {
    switch part {
    case .operand(let operand): return operand
    case .query(let query):
      guard query.isSingular else {
        throw mistake(
          "a query that may select several nodes has no value", "use count(…) or value(…)")
      }
      return .query(query)
    case .test:
      throw mistake("match and search are true or false, not values", "write them alone")
    }
  }

  private mutating func operand() throws(JSONPath.Mistake) -> JSONPath.Operand {
    let start = self
    return try start.operand(part())
  }

  // MARK: - Parts

  private mutating func part() throws(JSONPath.Mistake) -> Part {
    if take("@") { return .query(JSONPath.Subquery(isRelative: true, segments: try segments())) }
    if take("$") { return .query(JSONPath.Subquery(isRelative: false, segments: try segments())) }
    if let text = try string() { return .operand(.string(text)) }
    if let number = try number() { return .operand(.number(number)) }
    let start = self
    let word = String(
      decoding: take { $0.isDigit || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") },
      as: UTF8.self)
    guard take("(") else {
      switch word {
      case "null": return .operand(.null)
      case "true": return .operand(.bool(true))
      case "false": return .operand(.bool(false))
      default:
        throw start.expected(
          "'@', '$', a literal or a function",
          hint: word.isEmpty ? nil : "write a member of the element as @.\(word)")
      }
    }
    return try nested { parser throws(JSONPath.Mistake) in
      parser.skipBlanks()
      let part = try parser.call(word, start)
      parser.skipBlanks()
      try parser.require(")")
      return part
    }
  }

  /// A function with its arguments.
  private mutating func call(_ name: String, _ start: Self) throws(JSONPath.Mistake) -> Part {
    switch name {
    case "length": return .operand(.length(try operand()))
    case "count": return .operand(.count(try nodes()))
    case "value": return .operand(.value(try nodes()))
    case "match", "search":
      let subject = try operand()
      skipBlanks()
      try require(",")
      skipBlanks()
      return .test(.matches(subject, patternSource(try operand()), whole: name == "match"))
    default:
      throw start.mistake(
        "there is no function \(name.quoted)",
        didYouMean(name, among: ["length", "count", "match", "search", "value"]))
    }
  }

  /// A literal pattern is compiled now; if it is invalid, it matches nothing (section 2.4.6).
  private mutating func patternSource(_ operand: JSONPath.Operand) -> JSONPath.PatternSource {
    guard case .string(let bytes) = operand else { return .operand(operand) }
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(Pattern.Mistake) {
      return .literal(try Pattern(text, .iRegexp))
    } catch {
      patternMistakes.append(
        "\(text.quoted) matches nothing, since it is not an I-Regexp: \(error.reason)")
      return .literal(nil)
    }
  }

  private mutating func nodes() throws(JSONPath.Mistake) -> JSONPath.Subquery {
    guard case .query(let query) = try part() else { throw expected("a query such as @.a") }
    return query
  }
}
