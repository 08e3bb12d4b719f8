/// A validated string of a document: the range between its quotes.
package struct JSONString {
  /// The offset after the opening quote.
  var start: Int
  /// The offset of the closing quote.
  var end: Int
  var hasEscapes: Bool
  /// Whether it has an unpaired surrogate, which no `String` can hold.
  var hasLoneSurrogate = false

  func raw(in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  /// The string's UTF-8, unescaped.
  func decoded(in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    hasEscapes
      ? Array(IteratorSequence(JSONUnescaper(bytes, from: start))) : Array(raw(in: bytes))
  }

  func text(in bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard hasEscapes else { return String(decoding: raw(in: bytes), as: UTF8.self) }
    return String(decoding: decoded(in: bytes), as: UTF8.self)
  }
}

extension JSONCursor {
  /// Moves over a string, from its opening quote to just after its closing one.
  @inline(__always)
  mutating func string() throws(ScanFailure) -> JSONString {
    offset += 1
    let start = offset
    var hasEscapes = false
    var hasLoneSurrogate = false
    while true {
      skipPlain()
      switch current {
      case UInt8(ascii: "\""):
        offset += 1
        return JSONString(
          start: start, end: offset - 1, hasEscapes: hasEscapes,
          hasLoneSurrogate: hasLoneSurrogate)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        if try !escape() { hasLoneSurrogate = true }
      case 0x80...: try scalars()
      default: throw badInString()
      }
    }
  }

  /// Moves over bytes that need no further check: ASCII without control characters, `"` and `\`.
  @inline(__always)
  package mutating func skipPlain() {
    while let eight = nextEight {
      let special = Self.specials(in: eight)
      guard special == 0 else {
        offset += special.trailingZeroBitCount / 8
        return
      }
      offset += 8
    }
    while (0x20...0x7F).contains(current), current != UInt8(ascii: "\""),
      current != UInt8(ascii: "\\")
    {
      offset += 1
    }
  }

  /// Sets the highest bit of the first of eight bytes that is not plain.
  ///
  /// Later bytes may be flagged wrongly (borrows), so only the lowest flag counts.
  @inline(__always)
  private static func specials(in eight: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = eight ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslash = eight ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let isQuote = (quote &- ones) & ~quote
    let isBackslash = (backslash &- ones) & ~backslash
    let isControl = (eight &- ones &* 0x20) & ~eight
    return (isQuote | isBackslash | isControl | eight) & (ones &* 0x80)
  }

  private func badInString() -> ScanFailure {
    guard !isAtEnd else { return unexpected("the closing quote of a string") }
    return ScanFailure(
      reason:
        "control character U+\(hex(UInt32(current), digits: 4)) in a string: escape it",
      offset: offset)
  }

  /// Moves over a run of non-ASCII scalars; rejects invalid UTF-8.
  package mutating func scalars() throws(ScanFailure) {
    while current >= 0x80 {
      let (length, second): (Int, ClosedRange<UInt8>) =
        switch current {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: throw notUTF8(at: offset)
        }
      for index in 1..<length {
        guard offset + index < bytes.count else {
          offset = bytes.count
          throw unexpected("the rest of a character")
        }
        let isRight =
          index == 1
          ? second.contains(bytes[offset + index])
          : bytes[offset + index] & 0xC0 == 0x80
        guard isRight else { throw notUTF8(at: offset) }
      }
      offset += length
    }
  }

  private func notUTF8(at offset: Int) -> ScanFailure {
    let byte = hex(UInt32(bytes[offset]), digits: 2)
    return ScanFailure(
      reason: "invalid UTF-8 in a string: the byte 0x\(byte)", offset: offset)
  }
}

// MARK: - Escapes

extension JSONCursor {
  /// Moves over one escape; a surrogate pair counts as one.
  ///
  /// - Returns: `false` for half of a pair.
  private mutating func escape() throws(ScanFailure) -> Bool {
    let start = offset
    offset += 1
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 1
    case UInt8(ascii: "u"):
      let first = try codeUnit()
      guard Unicode.Scalar(first) == nil else { return true }
      guard strictness == .strict else {
        guard UTF16.isLeadSurrogate(first) else { return false }
        return try trail()
      }
      guard UTF16.isLeadSurrogate(first) else { throw loneSurrogate(first, at: start) }
      guard !isAtEnd else { throw unexpected("the second half of a surrogate pair") }
      guard current == UInt8(ascii: "\\") else { throw loneSurrogate(first, at: start) }
      offset += 1
      guard !isAtEnd else { throw unexpected("the second half of a surrogate pair") }
      guard current == UInt8(ascii: "u"), UTF16.isTrailSurrogate(try codeUnit()) else {
        throw loneSurrogate(first, at: start)
      }
    default: throw unexpected("one of \"\\/bfnrtu after a '\\'")
    }
    return true
  }

  /// Moves over the second half of a surrogate pair; stays in place if something else follows.
  private mutating func trail() throws(ScanFailure) -> Bool {
    let start = offset
    guard current == UInt8(ascii: "\\") else { return false }
    offset += 1
    guard !isAtEnd else { throw unexpected("the second half of a surrogate pair") }
    if current == UInt8(ascii: "u"), UTF16.isTrailSurrogate(try codeUnit()) { return true }
    offset = start
    return false
  }

  /// Moves over a `u` and four hexadecimal digits.
  private mutating func codeUnit() throws(ScanFailure) -> UInt16 {
    offset += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Unicode.Scalar(current).hexDigitValue else {
        throw unexpected("four hexadecimal digits after '\\u'")
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  private func loneSurrogate(_ unit: UInt16, at offset: Int) -> ScanFailure {
    ScanFailure(
      reason: "\\u\(hex(UInt32(unit), digits: 4)) is an unpaired surrogate",
      offset: offset)
  }
}

/// The bytes of a validated string one by one, unescaped.
package struct JSONUnescaper: IteratorProtocol {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset: Int
  /// The remaining bytes of the current escape.
  private var pending: Unicode.UTF8.EncodedScalar.Iterator?

  /// Starts after a string's opening quote and ends at its closing one.
  init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    self.bytes = bytes
    offset = start
  }

  package mutating func next() -> UInt8? {
    if let byte = pending?.next() { return byte }
    let byte = bytes[offset]
    guard byte != UInt8(ascii: "\"") else { return nil }
    offset += 1
    guard byte == UInt8(ascii: "\\") else { return byte }
    offset += 1
    switch bytes[offset - 1] {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      pending = UTF8.encode(scalar())?.makeIterator()
      return pending?.next()
    case let itself: return itself
    }
  }

  private mutating func scalar() -> Unicode.Scalar {
    let value = codeUnit()
    guard let lead = UInt16(exactly: value), UTF16.isLeadSurrogate(lead) else {
      return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
    // Without its second half it is no character.
    guard bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
      return "\u{FFFD}"
    }
    let start = offset
    offset += 2
    let trail = codeUnit()
    guard UTF16.isTrailSurrogate(UInt16(trail)) else {
      offset = start
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x1_0000 + (value & 0x3FF) << 10 + trail & 0x3FF) ?? "\u{FFFD}"
  }

  private mutating func codeUnit() -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      unit = unit << 4 | UInt32(Unicode.Scalar(bytes[offset]).hexDigitValue ?? 0)
      offset += 1
    }
    return unit
  }
}

extension Unicode.Scalar {
  /// The value of an ASCII hexadecimal digit.
  fileprivate var hexDigitValue: Int? {
    switch self {
    case "0"..."9": Int(value) - 0x30
    case "a"..."f": Int(value) - 0x61 + 10
    case "A"..."F": Int(value) - 0x41 + 10
    default: nil
    }
  }
}
