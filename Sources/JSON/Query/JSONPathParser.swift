internal import Text

/// Reads the text of a query (RFC 9535, appendix A).
struct JSONPathParser {
  private let bytes: [UInt8]
  var offset = 0
  private var segmentCount = 0
  private var level = 0

  /// What is wrong with literal patterns.
  var patternMistakes: [String] = []

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func query() throws(JSONPath.Mistake) -> [JSONPath.Segment] {
    guard take("$") else { throw expected("'$'") }
    let segments = try segments()
    guard isAtEnd else { throw expected("'.', '[' or the end") }
    return segments
  }

  // MARK: - Characters

  var isAtEnd: Bool { offset >= bytes.count }

  /// The byte at the offset; a NUL at the end.
  var current: UInt8 { isAtEnd ? 0 : bytes[offset] }

  /// Moves over an ASCII text, if it is next.
  mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    offset += text.utf8.count
    return true
  }

  func isNext(_ text: String) -> Bool {
    bytes[min(offset, bytes.count)...].starts(with: text.utf8)
  }

  /// Moves over bytes for as long as they belong.
  mutating func take(while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = offset
    while !isAtEnd, belongs(bytes[offset]) { offset += 1 }
    return bytes[start..<offset]
  }

  mutating func skipBlanks() {
    _ = take { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  mutating func require(_ text: String) throws(JSONPath.Mistake) {
    guard take(text) else { throw expected("'\(text)'") }
  }

  /// The mistake of finding anything else at the offset.
  func expected(_ what: String, hint: String? = nil) -> JSONPath.Mistake {
    let rest = String(decoding: bytes[min(offset, bytes.count)...].prefix(4), as: UTF8.self)
    let found = rest.unicodeScalars.first.map { "'\(printable(String($0)))'" } ?? "the end"
    return mistake("expected \(what)", "found \(found)" + (hint.map { ": \($0)" } ?? ""))
  }

  func mistake(_ reason: String, _ more: String? = nil) -> JSONPath.Mistake {
    let position = 1 + bytes[..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
    return JSONPath.Mistake(
      reason: "\(reason) at character \(position)" + (more.map { ", \($0)" } ?? ""),
      position: position)
  }

  /// Runs a part of the parser one level deeper.
  mutating func nested<Part>(
    _ part: (inout Self) throws(JSONPath.Mistake) -> Part
  ) throws(JSONPath.Mistake) -> Part {
    guard level < JSONPath.mostLevels else {
      throw mistake("filters nest deeper than \(JSONPath.mostLevels) levels")
    }
    level += 1
    defer { level -= 1 }
    return try part(&self)
  }

  // MARK: - Segments

  /// Reads segments; stays before blanks that no segment follows.
  mutating func segments() throws(JSONPath.Mistake) -> [JSONPath.Segment] {
    var segments: [JSONPath.Segment] = []
    while true {
      let start = offset
      skipBlanks()
      let isDescendant = take("..")
      if current == UInt8(ascii: "[") {
        segments.append(JSONPath.Segment(try selectors(), isDescendant: isDescendant))
      } else if isDescendant || take(".") {
        segments.append(JSONPath.Segment([try shorthand()], isDescendant: isDescendant))
      } else {
        offset = start
        return segments
      }
      segmentCount += 1
      guard segmentCount <= JSONPath.mostSegments else {
        throw mistake("a query has at most \(JSONPath.mostSegments) segments")
      }
    }
  }

  /// A name or a `*` after a dot.
  private mutating func shorthand() throws(JSONPath.Mistake) -> JSONPath.Selector {
    if take("*") { return .wildcard }
    guard current.isNameStart else {
      let isIndex = current.isDigit || current == UInt8(ascii: "-")
      throw expected("a name or '*'", hint: isIndex ? "write an index as [0]" : nil)
    }
    let name = Array(take { $0.isNameStart || $0.isDigit })
    if current == UInt8(ascii: "-") {
      throw expected("'.' or '['", hint: "write a name with other characters as ['a-b']")
    }
    if current == UInt8(ascii: "(") {
      throw expected("'.' or '['", hint: "functions belong in filters: $[?length(@) > 1]")
    }
    return .name(JSONName(name))
  }

  private mutating func selectors() throws(JSONPath.Mistake) -> [JSONPath.Selector] {
    var selectors: [JSONPath.Selector] = []
    repeat {
      offset += 1
      skipBlanks()
      selectors.append(try selector())
      skipBlanks()
    } while current == UInt8(ascii: ",")
    guard take("]") else { throw expected("',' or ']'") }
    return selectors
  }

  private mutating func selector() throws(JSONPath.Mistake) -> JSONPath.Selector {
    if let name = try string() { return .name(JSONName(name)) }
    if take("*") { return .wildcard }
    if take("?") {
      return try nested { parser throws(JSONPath.Mistake) in
        parser.skipBlanks()
        return .filter(try parser.test())
      }
    }
    let start = try integer()
    let end = offset
    skipBlanks()
    guard take(":") else {
      guard let start else {
        throw expected(
          "a name in quotes, an index, a slice, '*' or '?'",
          hint: current == UInt8(ascii: "(") ? "a filter begins with '?'" : nil)
      }
      offset = end
      return .index(start)
    }
    skipBlanks()
    let upper = try integer()
    skipBlanks()
    var step: Int?
    if take(":") {
      skipBlanks()
      step = try integer()
    }
    return .slice(start: start, end: upper, step: step ?? 1)
  }

  /// An integer of 53 bits, without leading zeros; `nil` if there is none.
  private mutating func integer() throws(JSONPath.Mistake) -> Int? {
    let start = offset
    let isNegative = take("-")
    let digits = take(while: \.isDigit)
    guard !digits.isEmpty else {
      guard !isNegative else { throw expected("a digit") }
      return nil
    }
    let number = Int(String(decoding: digits, as: UTF8.self)) ?? .max
    guard digits.first != UInt8(ascii: "0") || digits.count == 1 && !isNegative else {
      offset = start
      throw mistake("an index with a leading zero")
    }
    guard number < 1 << 53 else {
      offset = start
      throw mistake("an index beyond 9007199254740991")
    }
    return isNegative ? -number : number
  }
}

// MARK: - Literals

extension JSONPathParser {
  /// A string in single or double quotes, as UTF-8; `nil` if there is none.
  mutating func string() throws(JSONPath.Mistake) -> [UInt8]? {
    let quote = current
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    offset += 1
    var text: [UInt8] = []
    while !isAtEnd {
      switch current {
      case quote:
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        offset += 1
        text += UTF8.encode(try escape(in: quote)) ?? UTF8.encodedReplacementCharacter
      case 0..<0x20: throw expected("a character", hint: "write a control character as \\u0009")
      case let byte:
        text.append(byte)
        offset += 1
      }
    }
    throw expected("the closing quote")
  }

  private mutating func escape(in quote: UInt8) throws(JSONPath.Mistake) -> Unicode.Scalar {
    let start = offset
    offset += 1
    switch bytes.indices.contains(start) ? bytes[start] : 0 {
    case quote: return Unicode.Scalar(quote)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "u"):
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      if UTF16.isLeadSurrogate(first), take("\\u") {
        let second = try codeUnit()
        let value = 0x1_0000 + UInt32(first & 0x3FF) << 10 + UInt32(second & 0x3FF)
        if UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(value) { return scalar }
      }
      offset = start
      throw mistake("half of a surrogate pair")
    default:
      offset = start
      throw expected("an escape: one of \(Unicode.Scalar(quote))\\/bfnrtu")
    }
  }

  private mutating func codeUnit() throws(JSONPath.Mistake) -> UInt16 {
    let digits = bytes[offset...].prefix(4)
    guard digits.count == 4, digits.allSatisfy(\.isHexDigit),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw expected("four hexadecimal digits") }
    offset += 4
    return unit
  }

  /// A number of JSON; `nil` if there is none.
  mutating func number() throws(JSONPath.Mistake) -> Double? {
    let start = offset
    guard take("-") || current.isDigit else { return nil }
    let digits = take(while: \.isDigit)
    guard !digits.isEmpty else { throw expected("a digit") }
    guard digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      offset = start
      throw mistake("a number with a leading zero")
    }
    if take("."), take(while: \.isDigit).isEmpty { throw expected("a digit") }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      if take(while: \.isDigit).isEmpty { throw expected("a digit") }
    }
    return Double(String(decoding: bytes[start..<offset], as: UTF8.self)) ?? .infinity
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isHexDigit: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }
  /// Whether a name may begin with it; every byte of a non-ASCII character may.
  fileprivate var isNameStart: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
      || self >= 0x80
  }
}
