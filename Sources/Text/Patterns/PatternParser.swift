/// Reads the text of a pattern.
struct PatternParser {
  private static let mostGroups = 100
  private static let mostRepeats = 1_000

  private let scalars: [Unicode.Scalar]
  let dialect: Pattern.Dialect
  var offset = 0
  private var groups = 0
  private var ignoresCase = false

  static func parse(_ text: String, _ dialect: Pattern.Dialect) throws(Pattern.Mistake)
    -> PatternNode
  {
    var parser = Self(text, dialect)
    let node = try parser.choice()
    guard parser.current == nil else {
      throw parser.mistake(#"a ')' without its '(': write \) for the character"#)
    }
    return node
  }

  private init(_ text: String, _ dialect: Pattern.Dialect) {
    scalars = Array(text.unicodeScalars)
    self.dialect = dialect
  }

  // MARK: - Characters

  var current: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }
  var following: Unicode.Scalar? { offset + 1 < scalars.count ? scalars[offset + 1] : nil }

  mutating func next() -> Unicode.Scalar? {
    defer { offset += 1 }
    return current
  }

  /// Moves over a text, if it is next.
  mutating func take(_ text: String) -> Bool {
    let wanted = text.unicodeScalars
    guard scalars[min(offset, scalars.count)...].starts(with: wanted) else { return false }
    offset += wanted.count
    return true
  }

  /// The text up to a scalar; moves over both.
  mutating func text(upTo end: Unicode.Scalar) throws(Pattern.Mistake) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = next() {
      if scalar == end { return String(text) }
      text.append(scalar)
    }
    throw mistake("expected '\(end)'")
  }

  func text(_ scalars: Unicode.Scalar?...) -> String {
    scalars.reduce(into: "") { text, scalar in scalar.map { text.unicodeScalars.append($0) } }
  }

  func mistake(_ reason: String) -> Pattern.Mistake {
    let place = current == nil ? "at the end" : "at character \(offset + 1)"
    return Pattern.Mistake(reason: "\(reason) \(place)")
  }

  // MARK: - Structure

  private mutating func choice() throws(Pattern.Mistake) -> PatternNode {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(Pattern.Mistake) -> PatternNode {
    var parts: [PatternNode] = []
    while current != nil, current != "|", current != ")" {
      if let part = try atom() { parts.append(try quantified(part)) }
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private func plain(_ scalar: Unicode.Scalar) -> PatternNode {
    var set = ScalarSet([scalar.value...scalar.value])
    set.ignoresCase = ignoresCase && scalar.properties.isCased
    return .scalar(set)
  }

  /// One part without its quantifier; `nil` for a group that only sets flags.
  private mutating func atom() throws(Pattern.Mistake) -> PatternNode? {
    guard let scalar = current else { return nil }
    switch scalar {
    case "(": return try group()
    case "[":
      offset += 1
      return .scalar(try characterClass(ignoresCase: ignoresCase))
    case ".":
      offset += 1
      return .scalar(
        dialect == .re2
          ? ScalarSet([0...0x10FFFF]) : ScalarSet([10...10, 13...13], isNegated: true))
    case "^":
      offset += 1
      return .start
    case "$":
      offset += 1
      return .end
    case "*", "+", "?":
      throw mistake("nothing to repeat before '\(scalar)': write \\\(scalar) for the character")
    case "{" where dialect == .iRegexp, "}" where dialect == .iRegexp,
      "]" where dialect == .iRegexp:
      throw mistake("a '\(scalar)' on its own: write \\\(scalar) for the character")
    case "\\":
      offset += 1
      if dialect == .re2, take("A") { return .start }
      if dialect == .re2, take("z") { return .end }
      var set = try escape()
      set.ignoresCase = ignoresCase
      return .scalar(set)
    default:
      offset += 1
      return plain(scalar)
    }
  }

  private mutating func group() throws(Pattern.Mistake) -> PatternNode? {
    offset += 1
    let outer = ignoresCase
    if dialect == .re2, take("?"), !take(":") {
      if take("P<") || take("<") {
        _ = try text(upTo: ">")
      } else {
        while let flag = current, flag == "i" || flag == "s" {
          offset += 1
          if flag == "i" { ignoresCase = true }
        }
        if take(")") { return nil }
        guard take(":") else {
          throw mistake("expected a group that begins with (?:, (?i: or (?s:")
        }
      }
    }
    groups += 1
    guard groups <= Self.mostGroups else { throw mistake("groups nest deeper than 100 levels") }
    let node = try choice()
    guard take(")") else { throw mistake("expected ')'") }
    groups -= 1
    ignoresCase = outer
    return node
  }

  // MARK: - Quantifiers

  private mutating func quantified(_ part: PatternNode) throws(Pattern.Mistake) -> PatternNode {
    let start = offset
    guard let (atLeast, atMost) = try quantifier() else { return part }
    // Whether it prefers fewer makes no difference to what matches.
    if dialect == .re2 { _ = take("?") }
    let end = offset
    guard try quantifier() == nil else {
      offset = end
      throw mistake("a second quantifier: put the part before it in a group")
    }
    if let atMost, atMost < atLeast {
      offset = start
      throw mistake("a repetition of at least \(atLeast) and at most \(atMost)")
    }
    return .repeated(part, atLeast: atLeast, atMost: atMost)
  }

  private mutating func quantifier() throws(Pattern.Mistake) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = offset
    guard take("{") else { return nil }
    if let atLeast = try count() {
      if take("}") { return (atLeast, atLeast) }
      if take(",") {
        if take("}") { return (atLeast, nil) }
        if let atMost = try count(), take("}") { return (atLeast, atMost) }
      }
    }
    if dialect == .iRegexp { throw mistake("expected a count such as {2}, {2,} or {2,3}") }
    // In RE2, a brace that begins no count is a character.
    offset = start
    return nil
  }

  private mutating func count() throws(Pattern.Mistake) -> Int? {
    var number: Int?
    while let digit = current, ("0"..."9").contains(digit) {
      number = (number ?? 0) * 10 + Int(digit.value - 0x30)
      guard number ?? 0 <= Self.mostRepeats else {
        throw mistake("a repetition of more than 1,000")
      }
      offset += 1
    }
    return number
  }
}
