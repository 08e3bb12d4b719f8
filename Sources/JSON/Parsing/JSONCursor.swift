/// A position in the bytes of a JSON document (RFC 8259) that moves forward over one value at a
/// time.
///
/// The whole grammar is in this type and its extensions; the tree, the extraction and `skip` only
/// decide what to keep. Everything that a cursor moves over is validated.
package struct JSONCursor {
  /// How a cursor treats what RFC 8259 allows but programs disagree on: a number beyond the range of
  /// a double, an unpaired surrogate, a duplicate key, and more than 128 levels.
  package enum Strictness {
    /// Refuses it: the documents are this program's own.
    case strict
    /// Skips it, up to 512 levels: others wrote it, and it may be irrelevant.
    case lenient

    /// How deep arrays and objects may nest.
    var maximumDepth: Int {
      switch self {
      case .strict: 128
      case .lenient: 512
      }
    }
  }

  /// The document; must outlive the cursor.
  package let bytes: UnsafeBufferPointer<UInt8>
  package var offset = 0
  let strictness: Strictness
  private var depth = 0
  private var keys = JSONKeys()

  package init(_ bytes: UnsafeBufferPointer<UInt8>, _ strictness: Strictness = .strict) {
    self.bytes = bytes
    self.strictness = strictness
  }

  /// Reads a whole document: one value with only white space around it.
  ///
  /// - Parameters:
  ///   - bytes: the document.
  ///   - strictness: whether oddities are refused.
  ///   - depth: how many additional levels it may nest.
  ///   - value: moves the cursor from the value's first byte to just after its last.
  /// - Returns: what `value` made of it.
  /// - Throws: a `JSONFailure` if the bytes are not JSON, or are odd and that is refused.
  package static func read<Value>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ strictness: Strictness = .strict,
    deeperBy depth: Int = 0,
    _ value: (inout JSONCursor) throws(ScanFailure) -> Value
  ) throws(JSONFailure) -> Value {
    do throws(ScanFailure) {
      var cursor = JSONCursor(bytes, strictness)
      cursor.depth = -depth
      try cursor.begin()
      let result = try value(&cursor)
      cursor.skipWhitespace()
      guard cursor.isAtEnd else { throw cursor.unexpected("the end of the document") }
      return result
    } catch {
      throw error.located(in: bytes)
    }
  }

  private mutating func begin() throws(ScanFailure) {
    guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
      throw ScanFailure(
        reason: "the document begins with a byte order mark: save it as UTF-8 without one",
        offset: 0)
    }
    skipWhitespace()
    guard !isAtEnd else {
      throw ScanFailure(reason: "the document is empty", offset: offset, isTruncation: true)
    }
  }
}

// MARK: - Values

/// What is at the cursor: a scalar that it has moved over, or the start of a container.
package enum JSONToken {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(JSONString)
  /// The cursor is at the bracket; `elements` comes next.
  case array
  /// The cursor is at the brace; `members` comes next.
  case object
}

extension JSONCursor {
  /// Moves over a scalar, or looks at the start of a container.
  @inline(__always)
  package mutating func token() throws(ScanFailure) -> JSONToken {
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"):
      try word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try word("null")
      return .null
    default: throw unexpected("a value")
    }
  }

  /// Moves over an array.
  ///
  /// - Parameter element: moves the cursor over the element with the given index.
  /// - Throws: the failure that ends the scan.
  @inline(__always)
  mutating func elements(
    _ element: (inout JSONCursor, _ index: Int) throws(ScanFailure) -> Void
  ) throws(ScanFailure) {
    try open()
    var index = 0
    if current != UInt8(ascii: "]") {
      while true {
        try element(&self, index)
        index += 1
        skipWhitespace()
        if current != UInt8(ascii: ",") { break }
        offset += 1
        skipWhitespace()
      }
      guard current == UInt8(ascii: "]") else { throw unexpected("',' or ']'") }
    }
    close()
  }

  /// Moves over an object.
  ///
  /// - Parameter member: moves the cursor over the value of the given key.
  /// - Returns: every occurrence of a key but its first.
  /// - Throws: the failure that ends the scan, including a duplicate key if that is refused.
  @inline(__always)
  @discardableResult
  package mutating func members(
    _ member: (inout JSONCursor, _ key: JSONKey) throws(ScanFailure) -> Void
  ) throws(ScanFailure) -> [JSONKey] {
    try open()
    let mark = keys.count
    if current != UInt8(ascii: "}") {
      while true {
        guard current == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
        let key = JSONKey(try string(), in: bytes)
        keys.append(key)
        skipWhitespace()
        guard current == UInt8(ascii: ":") else { throw unexpected("':'") }
        offset += 1
        skipWhitespace()
        try member(&self, key)
        skipWhitespace()
        if current != UInt8(ascii: ",") { break }
        offset += 1
        skipWhitespace()
      }
      guard current == UInt8(ascii: "}") else { throw unexpected("',' or '}'") }
    }
    let repeated = keys.remove(from: mark, in: bytes)
    if strictness == .strict, let first = repeated.first { throw first.isRepeated(in: bytes) }
    close()
    return repeated
  }

  /// Moves over a value that is not needed; it is validated nevertheless.
  package mutating func skip() throws(ScanFailure) {
    switch try token() {
    case .null, .bool, .number, .string: break
    case .array: try elements { cursor, _ throws(ScanFailure) in try cursor.skip() }
    case .object: try members { cursor, _ throws(ScanFailure) in try cursor.skip() }
    }
  }

  private mutating func open() throws(ScanFailure) {
    guard depth < strictness.maximumDepth else {
      throw ScanFailure(
        reason: "arrays and objects nest deeper than \(strictness.maximumDepth) levels",
        offset: offset)
    }
    depth += 1
    offset += 1
    skipWhitespace()
  }

  private mutating func close() {
    offset += 1
    depth -= 1
  }

  private mutating func word(_ word: StaticString) throws(ScanFailure) {
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else { throw unexpected("\"\(word)\"") }
      offset += 1
    }
  }
}

// MARK: - Bytes

extension JSONCursor {
  package var isAtEnd: Bool { offset >= bytes.count }

  /// The byte at the cursor; after the last one a NUL, which is not allowed anywhere.
  @inline(__always)
  var current: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  /// The next eight bytes, the first one lowest; `nil` near the end.
  @inline(__always)
  package var nextEight: UInt64? {
    guard bytes.count - offset >= 8 else { return nil }
    return UInt64(
      littleEndian: UnsafeRawBufferPointer(bytes)
        .loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  mutating func skipWhitespace() {
    if current <= UInt8(ascii: " ") { skipWhitespaceRun() }
  }

  private mutating func skipWhitespaceRun() {
    while true {
      switch current {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
        offset += 1
      default: return
      }
      while nextEight == 0x2020_2020_2020_2020 { offset += 8 }
    }
  }

  /// The failure of finding anything but `expected` at the cursor.
  package func unexpected(_ expected: String) -> ScanFailure {
    ScanFailure(
      reason: "expected \(expected), found \(found)", offset: offset, isTruncation: isAtEnd)
  }

  /// What is at the cursor, safe to print.
  private var found: String {
    guard !isAtEnd else { return "the end of the document" }
    if (0x20...0x7E).contains(current) { return "'\(Unicode.Scalar(current))'" }
    var decoder = UTF8()
    var rest = UnsafeBufferPointer(rebasing: bytes[offset...]).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&rest) else {
      return "the byte 0x\(hex(UInt32(current), digits: 2)), which is not UTF-8"
    }
    return "U+\(hex(scalar.value, digits: 4))"
  }
}

/// A number in uppercase hexadecimal, with at least this many digits.
func hex(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
