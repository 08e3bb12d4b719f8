package import Text

/// Writes a JSON document of a known shape, byte by byte, in the order of the calls.
package struct JSONWriter: Sendable {
  /// How a document is laid out.
  package enum Layout: Sendable {
    /// Two spaces a level, one member or element a line.
    case pretty
    /// All on one line.
    case compact
  }

  package private(set) var bytes: [UInt8] = []
  private var layout: Layout
  private var depth = 0
  /// The next value or key is the first of its container.
  private var isFirst = true
  /// The next value follows its key.
  private var followsKey = false

  package init(_ layout: Layout) {
    self.layout = layout
  }

  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    container("{", "}", members)
  }

  package mutating func array<Elements: Sequence>(
    _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
  ) {
    container("[", "]") { writer in
      for element in elements { write(&writer, element) }
    }
  }

  /// Writes all that `content` writes on one line, also in a pretty document.
  package mutating func onOneLine(_ content: (inout JSONWriter) -> Void) {
    let outer = layout
    if !followsKey { separate() }
    followsKey = true
    layout = .compact
    content(&self)
    layout = outer
  }

  package mutating func key(_ key: StaticString) {
    separate()
    key.withUTF8Buffer { quote($0) }
    colon()
  }

  package mutating func key(_ key: String) {
    separate()
    quote(key)
    colon()
  }

  package mutating func string(_ string: String) {
    value()
    quote(string)
  }

  /// Writes a number, a whole one without a fraction; `null` for what is not finite.
  package mutating func number(_ number: Double) {
    guard number.isFinite else { return null() }
    value()
    if number.magnitude < 9_007_199_254_740_992, number == number.rounded() {
      bytes.append(contentsOf: "\(Int64(number))".utf8)
    } else {
      bytes.append(contentsOf: "\(number)".utf8)
    }
  }

  package mutating func integer(_ integer: some BinaryInteger) {
    value()
    bytes.append(contentsOf: "\(integer)".utf8)
  }

  package mutating func bool(_ bool: Bool) {
    value()
    bytes.append(contentsOf: (bool ? "true" : "false").utf8)
  }

  package mutating func null() {
    value()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes a value that is JSON already.
  package mutating func document(_ json: [UInt8]) {
    value()
    bytes.append(contentsOf: json)
  }

  package mutating func instant(_ instant: Instant) { string(instant.rfc3339) }

  package mutating func scalar(_ scalar: Scalar) {
    switch scalar {
    case .number(let number): self.number(number)
    case .string(let string): self.string(string)
    case .bool(let bool): self.bool(bool)
    }
  }

  /// Writes a value that may lack, as `null` where it does.
  package mutating func optional<Value>(
    _ value: Value?, _ write: (inout JSONWriter, Value) -> Void
  ) {
    guard let value else { return null() }
    write(&self, value)
  }

  /// Writes an object of strings, its keys sorted.
  package mutating func strings(_ strings: [String: String]) {
    object { writer in
      for (key, value) in strings.sorted(by: { $0.key < $1.key }) {
        writer.key(key)
        writer.string(value)
      }
    }
  }

  package mutating func newline() { bytes.append(0x0A) }
}

extension JSONWriter {
  private mutating func container(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ content: (inout JSONWriter) -> Void
  ) {
    value()
    bytes.append(UInt8(ascii: open))
    depth += 1
    isFirst = true
    content(&self)
    depth -= 1
    if !isFirst, layout == .pretty { indent() }
    isFirst = false
    bytes.append(UInt8(ascii: close))
  }

  private mutating func value() {
    if followsKey { followsKey = false } else { separate() }
  }

  /// Stands between two members or elements, and before the first.
  private mutating func separate() {
    if !isFirst {
      bytes.append(UInt8(ascii: ","))
      if layout == .compact { bytes.append(UInt8(ascii: " ")) }
    }
    isFirst = false
    if layout == .pretty, depth > 0 { indent() }
  }

  private mutating func colon() {
    bytes.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")])
    followsKey = true
  }

  private mutating func indent() {
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private mutating func quote(_ string: String) {
    var string = string
    string.withUTF8 { quote($0) }
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    if text.allSatisfy({
      $0 >= 0x20 && $0 != 0x22 && $0 != 0x23 && $0 != 0x5C && $0 != 0x7F && $0 != 0xC2
    }) {
      bytes.append(contentsOf: text)
    } else {
      var isControl = false
      for (index, byte) in text.enumerated() {
        // U+0080 to U+009F are C2 80 to C2 9F: control characters to some terminals.
        let next = index + 1 < text.count ? text[index + 1] : 0
        if byte == 0xC2, (0x80...0x9F).contains(next) {
          isControl = true
        } else {
          // No CI runner shall take a string for its command.
          let isMark = byte == 0x23 && isCommandMark(at: index, in: text)
          escape(byte, isControl: isControl || isMark)
          isControl = false
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8, isControl: Bool) {
    switch byte {
    case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
    case 0x0A: bytes.append(contentsOf: [0x5C, UInt8(ascii: "n")])
    case 0x0D: bytes.append(contentsOf: [0x5C, UInt8(ascii: "r")])
    case 0x09: bytes.append(contentsOf: [0x5C, UInt8(ascii: "t")])
    case ..<0x20, 0x7F,
      _ where isControl:
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    default: bytes.append(byte)
    }
  }
}
