extension JSONPathEvaluation {
  /// What is compared.
  enum Value {
    case nothing
    case null
    case bool(Bool)
    case number(Double)
    case text([UInt8])
    /// A string of the document.
    case string(JSONString)
    case container(Node)
  }

  /// The value at a node; it is read, and paid for, whenever it is looked at.
  mutating func value(at node: Node) throws(JSONPath.Exhausted) -> Value {
    switch document.token(of: node, in: bytes) {
    case nil: return .nothing
    case .null: return .null
    case .bool(let bool): return .bool(bool)
    case .number(let number):
      try spend((number.end - number.start) / Self.bytesPerStep)
      return .number(number.value(in: bytes))
    case .string(let string):
      try spend((string.end - string.start) / Self.bytesPerStep)
      return .string(string)
    case .array, .object: return .container(node)
    }
  }

  /// Reads the UTF-8 of a string; `nil` if the value is another.
  func withText<Result>(
    of value: Value, _ read: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result? {
    switch value {
    case .text(let text): return text.withUnsafeBufferPointer(read)
    case .string(let string):
      guard string.hasEscapes else { return read(string.raw(in: bytes)) }
      return string.decoded(in: bytes).withUnsafeBufferPointer(read)
    case .nothing, .null, .bool, .number, .container: return nil
    }
  }

  /// Compares values as RFC 9535 does (section 2.3.5.2.2).
  ///
  /// Bytes of UTF-8 have the order of their scalars.
  mutating func compare(
    _ one: Value, _ comparison: JSONPath.Comparison, _ other: Value
  ) throws(JSONPath.Exhausted) -> Bool {
    switch comparison {
    case .equal: return try equals(one, other)
    case .notEqual: return try !equals(one, other)
    case .less: return try precedes(one, other)
    case .greater: return try precedes(other, one)
    case .atMost: return try precedes(one, other) ? true : equals(one, other)
    case .atLeast: return try precedes(other, one) ? true : equals(one, other)
    }
  }

  private mutating func precedes(_ one: Value, _ other: Value) throws(JSONPath.Exhausted) -> Bool {
    if case .number(let one) = one, case .number(let other) = other { return one < other }
    let result = withText(of: one) { one in
      withText(of: other) { one.lexicographicallyPrecedes($0) }
    }
    return result == true
  }

  private mutating func equals(_ one: Value, _ other: Value) throws(JSONPath.Exhausted) -> Bool {
    switch (one, other) {
    case (.nothing, .nothing), (.null, .null): return true
    case (.bool(let one), .bool(let other)): return one == other
    case (.number(let one), .number(let other)): return one == other
    case (.container(let one), .container(let other)): return try equals(one, other)
    default:
      let result = withText(of: one) { one in
        withText(of: other) { one.elementsEqual($0) }
      }
      return result == true
    }
  }

  private mutating func equals(_ one: Node, _ other: Node) throws(JSONPath.Exhausted) -> Bool {
    try spend()
    guard document.kind(of: one) == document.kind(of: other) else { return false }
    if one == other { return true }
    switch document.kind(of: one) {
    case .null: return true
    case .bool, .number, .string: return try equals(value(at: one), value(at: other))
    case .array:
      var others = document.children(of: other).makeIterator()
      for element in document.children(of: one) {
        guard let counterpart = others.next(), try equals(element, counterpart) else {
          return false
        }
      }
      return others.next() == nil
    case .object:
      guard try count(of: one) == count(of: other) else { return false }
      for member in document.children(of: one) {
        let name = document.lookUpName(of: member, in: bytes)
        try spend(name.bytes.count / Self.bytesPerStep)
        guard let counterpart = try self.member(of: other, name),
          try equals(member, counterpart)
        else { return false }
      }
      return true
    }
  }
}
