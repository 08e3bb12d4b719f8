/// A text in which a character may be spelled in many ways: as itself, behind any number of
/// backslashes, as `\u0073` or `\n`, as `%73` or `%2573`, as `&lt;` or `&#115;`; and these combined.
struct SpelledText {
  let bytes: UnsafeBufferPointer<UInt8>
  /// Whether a quote ends the text, and no escape of JSON may be split.
  var isString: Bool

  /// A character, and where its spelling says which one it is.
  struct Spelled {
    enum Kind {
      case itself, byte, hexadecimal, decimal, name, control
    }

    /// Of `.itself` and `.byte`, a byte of UTF-8; otherwise a scalar.
    var value: UInt32
    var kind: Kind
    /// Without what only introduces it: of `\u0073`, `0073`.
    var payload: Range<Int>
    var end: Int

    var utf8: [UInt8] {
      switch kind {
      case .itself, .byte: [UInt8(truncatingIfNeeded: value)]
      case .hexadecimal, .decimal, .name, .control:
        Unicode.Scalar(value).map { Array(String($0).utf8) } ?? []
      }
    }
  }

  static let backslash = UInt8(ascii: "\\")
  /// What JSON writes as a letter after a backslash.
  static let controls: [(letter: UInt8, value: UInt32)] = [
    (UInt8(ascii: "b"), 8), (UInt8(ascii: "t"), 9), (UInt8(ascii: "n"), 10),
    (UInt8(ascii: "f"), 12), (UInt8(ascii: "r"), 13),
  ]
  static let names: [(name: String, value: UInt32)] = [
    ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27),
  ]
  /// How many spelled backslashes may stand before a character.
  private static let most = 8

  /// The next character that is no backslash; `nil` at the end.
  func character(at place: Int) -> Spelled? {
    var place = place
    var isEscaped = false
    for _ in 0..<Self.most {
      guard let (at, count) = afterBackslashes(place) else { return nil }
      var found = escape(at, isEscaped: isEscaped || count > 0)
      if found.value == 0x25, let byte = percentEncoded(found.end) { found = byte }
      if found.value == 0x26, let entity = entity(found.end) { found = entity }
      guard found.value == 0x5C else { return found }
      isEscaped = true
      place = found.end
    }
    return nil
  }

  /// The next byte that is no backslash, taken as it is.
  func byte(at place: Int) -> Spelled? {
    guard let (at, count) = afterBackslashes(place) else { return nil }
    if isString, count % 2 == 1, bytes[at] == UInt8(ascii: "u") { return nil }
    return Spelled(value: UInt32(bytes[at]), kind: .itself, payload: at..<(at + 1), end: at + 1)
  }

  /// Where the next spelling may begin if none of a secret begins at a place.
  func next(after place: Int) -> Int {
    guard bytes[place] == Self.backslash else { return place + 1 }
    var at = place
    while at < bytes.count, bytes[at] == Self.backslash { at += 1 }
    guard isString, (at - place) % 2 == 1, at < bytes.count else { return at }
    return at + (bytes[at] == UInt8(ascii: "u") ? 5 : 1)
  }

  /// Whether the text was cut there, perhaps inside an escape.
  func isCut(at place: Int) -> Bool {
    let rest = bytes[place...]
    if rest.first == 0x1B || rest.starts(with: "…".utf8) { return true }
    let escape = rest.prefix { $0 == Self.backslash }
    guard !escape.isEmpty || rest.first == 0x25 || rest.first == 0x26 else { return false }
    let begin = rest.dropFirst(escape.count).prefix(8).prefix { $0.isASCII && $0 > 0x20 }
    return rest.dropFirst(escape.count + begin.count).starts(with: "…".utf8)
  }

  private func afterBackslashes(_ place: Int) -> (place: Int, count: Int)? {
    var at = place
    while at < bytes.count, bytes[at] == Self.backslash { at += 1 }
    guard at < bytes.count else { return nil }
    let count = at - place
    return isString && bytes[at] == UInt8(ascii: "\"") && count % 2 == 0 ? nil : (at, count)
  }

  private func escape(_ at: Int, isEscaped: Bool) -> Spelled {
    if isEscaped {
      let digits = (at + 1)..<(at + 5)
      if bytes[at] == UInt8(ascii: "u"), let value = number(digits, radix: 16) {
        return Spelled(value: value, kind: .hexadecimal, payload: digits, end: digits.upperBound)
      }
      if let control = Self.controls.first(where: { $0.letter == bytes[at] }) {
        return Spelled(value: control.value, kind: .control, payload: at..<(at + 1), end: at + 1)
      }
    }
    return Spelled(value: UInt32(bytes[at]), kind: .itself, payload: at..<(at + 1), end: at + 1)
  }

  /// What follows a `%`.
  private func percentEncoded(_ place: Int) -> Spelled? {
    var digits = place..<(place + 2)
    guard var value = number(digits, radix: 16) else { return nil }
    for _ in 0..<Self.most where value == 0x25 {
      let next = digits.upperBound..<(digits.upperBound + 2)
      guard let inner = number(next, radix: 16) else { break }
      (digits, value) = (next, inner)
    }
    return Spelled(value: value, kind: .byte, payload: digits, end: digits.upperBound)
  }

  /// What follows a `&`.
  private func entity(_ place: Int, depth: Int = 0) -> Spelled? {
    let rest = bytes[place...].prefix(10)
    guard depth < Self.most, let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    if rest.first != UInt8(ascii: "#") {
      guard let named = Self.names.first(where: { rest[..<end].elementsEqual($0.name.utf8) })
      else { return nil }
      if named.value == 0x26, let inner = entity(end + 1, depth: depth + 1) { return inner }
      return Spelled(value: named.value, kind: .name, payload: place..<end, end: end + 1)
    }
    let isDecimal = rest[..<end].dropFirst().first.map { $0 | 0x20 } != UInt8(ascii: "x")
    let digits = min(place + (isDecimal ? 1 : 2), end)..<end
    return number(digits, radix: isDecimal ? 10 : 16).map {
      Spelled(value: $0, kind: isDecimal ? .decimal : .hexadecimal, payload: digits, end: end + 1)
    }
  }

  private func number(_ digits: Range<Int>, radix: UInt32) -> UInt32? {
    guard digits.upperBound <= bytes.count, !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for byte in bytes[digits] {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      value = value * radix + UInt32(digit)
    }
    return value
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }

  fileprivate var isASCII: Bool { self < 0x80 }
}
