package import Text

/// Writes a JSON document of a known shape, byte by byte, in the order of the calls.
///
/// A complete document is a `JSONText`; whoever writes one in pieces opens and closes its
/// containers here.
package struct JSONWriter: Sendable {
  /// How a document is laid out.
  package enum Layout: Sendable {
    /// Two spaces per level, one member or element per line.
    case pretty
    /// All on one line.
    case compact
  }

  private var buffer = JSONBuffer()
  private var layout: Layout
  private var depth = 0
  /// The next value or key is the first of its container.
  private var isFirst = true
  /// The next value follows its key.
  private var followsKey = false

  package init(_ layout: Layout) {
    self.layout = layout
  }

  package var bytes: [UInt8] { buffer.bytes }

  /// Ends the document: returns it without a copy.
  package mutating func finish() -> [UInt8] { buffer.finish() }

  /// Returns what was written since the last call; the document continues after it.
  package mutating func take() -> [UInt8] {
    defer { buffer.removeAll() }
    return buffer.bytes
  }

  package mutating func newline() { buffer.append(UInt8(ascii: "\n")) }
}

// MARK: - Texts

extension JSONWriter {
  mutating func write(_ text: JSONText) {
    switch text.form {
    case .omitted: break
    case .null: null()
    case .bool(let bool): self.bool(bool)
    case .integer(let integer): self.integer(integer)
    case .number(let number): self.number(number)
    case .string(let string): self.string(string)
    case .instant(let instant): self.instant(instant)
    case .list(let elements):
      if elements.allSatisfy(\.isLeaf) {
        onOneLine { $0.array(elements) { $0.write($1) } }
      } else {
        array(elements) { $0.write($1) }
      }
    case .object:
      open(.object)
      write(membersOf: text)
      close(.object)
    case .line(let texts): for text in texts { write(line: text) }
    case .written(let write): write(&self)
    }
  }

  /// Writes the members of an object into the one that is open.
  package mutating func write(membersOf text: JSONText) {
    guard case .object(let members) = text.form else { return }
    for (name, value) in members {
      if case .omitted = value.form { continue }
      key(name)
      write(value)
    }
  }

  /// Writes a value on one line, even in a pretty document.
  package mutating func write(line text: JSONText) { onOneLine { $0.write(text) } }

  /// Writes everything that `content` writes on one line, even in a pretty document.
  package mutating func onOneLine(_ content: (inout JSONWriter) -> Void) {
    let outer = layout
    if !followsKey { separate() }
    followsKey = true
    layout = .compact
    content(&self)
    layout = outer
  }
}

// MARK: - Containers

extension JSONWriter {
  package enum Container: Sendable {
    case object, array
  }

  package mutating func open(_ container: Container) {
    value()
    switch container {
    case .object: buffer.append(UInt8(ascii: "{"))
    case .array: buffer.append(UInt8(ascii: "["))
    }
    depth += 1
    isFirst = true
  }

  package mutating func close(_ container: Container) {
    depth -= 1
    if !isFirst, layout == .pretty { indent() }
    isFirst = false
    switch container {
    case .object: buffer.append(UInt8(ascii: "}"))
    case .array: buffer.append(UInt8(ascii: "]"))
    }
  }

  package mutating func object(_ members: (inout JSONWriter) -> Void) {
    open(.object)
    members(&self)
    close(.object)
  }

  package mutating func array<Elements: Sequence>(
    _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
  ) {
    open(.array)
    for element in elements { write(&self, element) }
    close(.array)
  }

  package mutating func key(_ key: String) {
    separate()
    buffer.append(key: key)
    followsKey = true
  }

  mutating func key(_ key: StaticString) { self.key("\(key)") }

  private mutating func value() {
    if followsKey { followsKey = false } else { separate() }
  }

  /// Writes what belongs between two members or elements, or before the first.
  private mutating func separate() {
    if !isFirst {
      if layout == .compact { buffer.appendComma() } else { buffer.append(UInt8(ascii: ",")) }
    }
    isFirst = false
    if layout == .pretty, depth > 0 { indent() }
  }

  private mutating func indent() { buffer.appendLine(indentedBy: depth * 2) }
}

// MARK: - Leaves

extension JSONWriter {
  package mutating func string(_ string: String) {
    value()
    buffer.appendQuoted(string)
  }

  /// Writes a number, without a fraction if it is whole; JSON has only finite ones, so
  /// an infinite one is the string `+Inf` or `-Inf`, as in Prometheus, and NaN is `null`.
  package mutating func number(_ number: Double) {
    guard number.isFinite else {
      return number.isNaN ? null() : string(number > 0 ? "+Inf" : "-Inf")
    }
    value()
    if number.magnitude < 9_007_199_254_740_992, number == number.rounded(.towardZero) {
      buffer.append(Int64(number))
    } else {
      buffer.append(number.description)
    }
  }

  package mutating func integer(_ integer: some BinaryInteger) {
    value()
    buffer.append(Int64(integer))
  }

  package mutating func bool(_ bool: Bool) {
    value()
    buffer.append(bool ? "true" : "false")
  }

  package mutating func null() {
    value()
    buffer.append("null")
  }

  /// Writes a value that is JSON already.
  mutating func document(_ json: [UInt8]) {
    value()
    json.withUnsafeBufferPointer { buffer.append($0) }
  }

  package mutating func instant(_ instant: Instant) {
    value()
    buffer.append(instant)
  }

  mutating func scalar(_ scalar: Scalar) {
    switch scalar {
    case .number(let number): self.number(number)
    case .string(let string): self.string(string)
    case .bool(let bool): self.bool(bool)
    }
  }

  /// Writes an optional value; `null` if there is none.
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
}
