extension PatternParser {
  /// What a letter stands for after a backslash in RE2, in ASCII only; RFC 9485 has `n`, `r`, `t`.
  private static let escapes: [Unicode.Scalar: ScalarSet] = [
    "n": ScalarSet([10...10]), "r": ScalarSet([13...13]), "t": ScalarSet([9...9]),
    "a": ScalarSet([7...7]), "f": ScalarSet([12...12]), "v": ScalarSet([11...11]),
    "d": ScalarSet(digits), "D": ScalarSet(digits, isNegated: true),
    "s": ScalarSet(spaces), "S": ScalarSet(spaces, isNegated: true),
    "w": ScalarSet(words), "W": ScalarSet(words, isNegated: true),
  ]

  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let spaces: [ClosedRange<UInt32>] = [9...10, 12...13, 32...32]
  private static let letters: [ClosedRange<UInt32>] = [0x41...0x5A, 0x61...0x7A]
  private static let words = digits + letters + [0x5F...0x5F]

  /// The names between `[:` and `:]` in RE2.
  private static let named: [String: [ClosedRange<UInt32>]] = [
    "alnum": digits + letters, "alpha": letters, "ascii": [0...0x7F], "blank": [9...9, 32...32],
    "cntrl": [0...0x1F, 0x7F...0x7F], "digit": digits, "graph": [0x21...0x7E],
    "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "space": [9...13, 32...32],
    "upper": [0x41...0x5A], "word": words, "xdigit": digits + [0x41...0x46, 0x61...0x66],
  ]

  /// What follows a `\`: one scalar, or a set of them.
  mutating func escape() throws(Pattern.Mistake) -> ScalarSet {
    guard let scalar = next() else { throw mistake(#"a single '\'"#) }
    if scalar == "p" || scalar == "P" { return try category(isNegated: scalar == "P") }
    if let set = Self.escapes[scalar], dialect == .re2 || "nrt".unicodeScalars.contains(scalar) {
      return set
    }
    if dialect == .re2, scalar == "x" {
      let digits = take("{") ? try text(upTo: "}") : text(next(), next())
      guard let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil else {
        throw mistake(#"expected the number of a character, as in \x41 or \x{1F600},"#)
      }
      return ScalarSet([value...value])
    }
    let isItself =
      switch dialect {
      case .iRegexp: #"()*+-.?[\]^{|}"#.unicodeScalars.contains(scalar)
      case .re2: scalar.isASCII && scalar.isPrintable && !Self.words.contains(scalar)
      }
    guard isItself else {
      offset -= 1
      throw mistake("unknown escape: \\\(printable(String(scalar)))")
    }
    return ScalarSet([scalar.value...scalar.value])
  }

  private mutating func category(isNegated: Bool) throws(Pattern.Mistake) -> ScalarSet {
    let isShort = dialect == .re2 && current != "{"
    guard isShort || take("{") else { throw mistake("expected '{'") }
    let name = isShort ? text(next()) : try text(upTo: "}")
    guard var set = ScalarSet(category: name) else {
      throw mistake("\(name.quoted) is not a general category of Unicode, such as L or Lu,")
    }
    set.isNegated = isNegated
    return set
  }

  /// A class, after its opening bracket.
  mutating func characterClass(ignoresCase: Bool) throws(Pattern.Mistake) -> ScalarSet {
    var set = ScalarSet(isNegated: take("^"))
    set.ignoresCase = ignoresCase
    var isFirst = true
    while isFirst || current != "]" {
      let isHyphen = current == "-"
      let low = try element(isFirst: isFirst)
      if current == "-", following != "]", dialect == .iRegexp || low.only != nil {
        guard let start = low.only, !isHyphen || dialect == .re2 else {
          throw mistake(#"a '-' that is not part of a range: write \- for the character"#)
        }
        offset += 1
        guard let end = try element(isFirst: false).only, start <= end else {
          throw mistake("expected a range that ends after it begins, as in a-z,")
        }
        set.add(ScalarSet([start.value...end.value]))
      } else {
        set.add(low)
      }
      isFirst = false
    }
    offset += 1
    return set
  }

  /// A scalar of a class, or a class in it.
  private mutating func element(isFirst: Bool) throws(Pattern.Mistake) -> ScalarSet {
    guard let scalar = current else { throw mistake("expected ']'") }
    switch (dialect, scalar) {
    case (_, "\\"):
      offset += 1
      return try escape()
    case (.re2, "[") where following == ":":
      offset += 2
      let isNegated = take("^")
      let name = try text(upTo: ":")
      guard let ranges = Self.named[name], take("]") else {
        throw mistake("there is no class \(name.quoted)")
      }
      return ScalarSet(ranges, isNegated: isNegated)
    case (.iRegexp, "["), (.iRegexp, "]"):
      throw mistake("a '\(scalar)' in a class: write \\\(scalar) for the character")
    case (.iRegexp, "-") where !isFirst && following != "]":
      throw mistake(#"a '-' that is not part of a range: write \- for the character"#)
    default:
      offset += 1
      return ScalarSet([scalar.value...scalar.value])
    }
  }
}

extension [ClosedRange<UInt32>] {
  func contains(_ scalar: Unicode.Scalar) -> Bool { contains { $0.contains(scalar.value) } }
}
