internal import Text

/// The bytes of a document that is being written: JSON's tokens go straight into it.
struct JSONBuffer: Sendable {
  /// Zeros from `count` on.
  private var storage: [UInt8] = []
  private(set) var count = 0

  var bytes: [UInt8] { Array(storage[..<count]) }

  /// Returns the bytes without a copy, and begins anew.
  mutating func finish() -> [UInt8] {
    var bytes: [UInt8] = []
    swap(&bytes, &storage)
    bytes.removeLast(bytes.count - count)
    count = 0
    return bytes
  }

  /// Removes the bytes and keeps the capacity.
  mutating func removeAll() { count = 0 }

  mutating func append(_ byte: UInt8) {
    append(atMost: 1) { end in
      end.pointee = byte
      return 1
    }
  }

  /// Appends the separator of two members or elements on one line.
  mutating func appendComma() {
    append(atMost: 2) { end in
      end[0] = UInt8(ascii: ",")
      end[1] = UInt8(ascii: " ")
      return 2
    }
  }

  mutating func append(_ text: StaticString) {
    append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    append(atMost: bytes.count) { end in
      end.update(from: start, count: bytes.count)
      return bytes.count
    }
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Appends a line feed and `count` spaces.
  mutating func appendLine(indentedBy count: Int) {
    append(atMost: count + 1) { end in
      end.pointee = UInt8(ascii: "\n")
      (end + 1).update(repeating: UInt8(ascii: " "), count: count)
      return count + 1
    }
  }

  mutating func append(_ integer: Int64) {
    append(atMost: 20) { end in
      var rest = integer.magnitude
      var place = integer < 0 ? 1 : 0
      if place > 0 { end.pointee = UInt8(ascii: "-") }
      var power = rest
      repeat {
        place += 1
        power /= 10
      } while power > 0
      let length = place
      repeat {
        place -= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        end[place] = UInt8(truncatingIfNeeded: digit) | 0x30
        rest = quotient
      } while rest > 0
      return length
    }
  }

  /// Appends an RFC 3339 time in quotes.
  mutating func append(_ instant: Instant) {
    guard instant.isWritable else { return appendQuoted(instant.rfc3339) }
    append(atMost: Instant.longestText + 2) { end in
      end.pointee = UInt8(ascii: "\"")
      let length = instant.write(to: end + 1)
      end[length + 1] = UInt8(ascii: "\"")
      return length + 2
    }
  }

  /// Makes room for `write`, and advances by the number of bytes that it returns.
  @inline(__always)
  private mutating func append(
    atMost length: Int, _ write: (_ end: UnsafeMutablePointer<UInt8>) -> Int
  ) {
    if storage.count - count < length { grow(by: length) }
    let start = count
    let written = storage.withUnsafeMutableBufferPointer { storage in
      storage.baseAddress.map { write($0 + start) } ?? 0
    }
    count += written
  }

  @inline(never)
  private mutating func grow(by length: Int) {
    // A long document is not to take twice its size.
    let size = max(count + length, storage.count + min(storage.count, 1 << 24), 512)
    storage = [UInt8](unsafeUninitializedCapacity: size) { grown, length in
      let end = grown.initialize(fromContentsOf: storage)
      grown[end...].initialize(repeating: 0)
      length = size
    }
  }
}

// MARK: - Strings

extension JSONBuffer {
  /// Appends a key with its colon.
  mutating func append(key: String) {
    var key = key
    key.withUTF8 { appendQuoted($0, isKey: true) }
  }

  mutating func appendQuoted(_ text: String) {
    var text = text
    text.withUTF8 { appendQuoted($0, isKey: false) }
  }

  /// Appends a string.
  ///
  /// Escapes what RFC 8259 requires, and what a terminal or a CI runner that shows the document
  /// could take for a command.
  @inline(__always)
  private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
    var place = 0
    append(atMost: text.count + 12) { end in
      end.pointee = UInt8(ascii: "\"")
      place = Self.copyPlain(text, from: 0, to: end + 1)
      guard place == text.count else { return place + 1 }
      return place + 1 + Self.closeQuotes(at: end + 1 + place, isKey: isKey)
    }
    if place < text.count { appendRest(of: text, from: place, isKey: isKey) }
  }

  /// Appends a string from its first special byte on.
  @inline(never)
  private mutating func appendRest(
    of text: UnsafeBufferPointer<UInt8>, from start: Int, isKey: Bool
  ) {
    var place = start
    while place < text.count {
      place += appendSpecial(text, at: place)
      append(atMost: text.count - place + 8) { end in
        let start = place
        place = Self.copyPlain(text, from: start, to: end)
        return place - start
      }
    }
    append(atMost: 3) { Self.closeQuotes(at: $0, isKey: isKey) }
  }

  /// Returns how many bytes it wrote.
  @inline(__always)
  private static func closeQuotes(at end: UnsafeMutablePointer<UInt8>, isKey: Bool) -> Int {
    end[0] = UInt8(ascii: "\"")
    guard isKey else { return 1 }
    end[1] = UInt8(ascii: ":")
    end[2] = UInt8(ascii: " ")
    return 3
  }

  /// Copies bytes up to the next one that may need an escape, eight at a time; may write up to
  /// seven bytes more after them.
  ///
  /// - Returns: the position of that byte.
  @inline(__always)
  private static func copyPlain(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: UnsafeMutablePointer<UInt8>
  ) -> Int {
    let source = UnsafeRawBufferPointer(text)
    let target = UnsafeMutableRawPointer(end)
    var place = start
    /// Copies the eight bytes at `place`; returns the position of the first special one among them.
    func copyEight(at place: Int) -> Int? {
      let eight = source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      target.storeBytes(of: eight, toByteOffset: place - start, as: UInt64.self)
      let special = specials(in: UInt64(littleEndian: eight))
      return special == 0 ? nil : place + special.trailingZeroBitCount / 8
    }
    while text.count - place >= 8 {
      if let special = copyEight(at: place) { return special }
      place += 8
    }
    // The last eight bytes, some of them again: faster than byte by byte.
    let last = text.count - 8
    if last >= start, place < text.count { return copyEight(at: last) ?? text.count }
    while place < text.count, !isSpecial(text[place]) {
      end[place - start] = text[place]
      place += 1
    }
    return place
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "\\"), 0x7F, 0xC2: true
    default: false
    }
  }

  /// Sets the highest bit of the first of eight bytes that is special.
  ///
  /// Later bytes may be flagged wrongly (borrows), so only the lowest flag counts.
  @inline(__always)
  private static func specials(in eight: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func isEqual(_ byte: UInt64) -> UInt64 {
      let difference = eight ^ (ones &* byte)
      return (difference &- ones) & ~difference
    }
    let isControl = (eight &- ones &* 0x20) & ~eight
    let isMark = isEqual(0x22) | isEqual(0x23) | isEqual(0x5C)
    return (isControl | isMark | isEqual(0x7F) | isEqual(0xC2)) & (ones &* 0x80)
  }

  /// Appends the special byte at `place`, escaped if needed; returns how many bytes it consumed.
  private mutating func appendSpecial(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
    let byte = text[place]
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\t"): append("\\t")
    case 0xC2:
      // U+0080 to U+009F are C2 80 to C2 9F: control characters to some terminals.
      if place + 1 < text.count, (0x80...0x9F).contains(text[place + 1]) {
        appendEscape(of: text[place + 1])
        return 2
      }
      append(byte)
    case UInt8(ascii: "#"):
      // A CI runner must not take a string for its command.
      if isCommandMark(at: place, in: text) { appendEscape(of: byte) } else { append(byte) }
    default: appendEscape(of: byte)
    }
    return 1
  }

  private mutating func appendEscape(of byte: UInt8) {
    append("\\u00")
    for digit in [byte >> 4, byte & 15] {
      append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
