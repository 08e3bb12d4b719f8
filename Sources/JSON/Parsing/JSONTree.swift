extension JSONNode {
  /// Reads a whole document into a tree.
  ///
  /// - Parameter bytes: the document, UTF-8 without a byte order mark.
  /// - Returns: its value.
  /// - Throws: a `JSONFailure` at the first violation of RFC 8259, duplicate key in an object,
  ///   number beyond the range of a double, or 129th level.
  package static func parse(_ bytes: [UInt8]) throws(JSONFailure) -> JSONNode {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
      try JSONCursor.read(bytes) { cursor throws(ScanFailure) in try JSONNode(from: &cursor) }
    }
  }

  private init(from cursor: inout JSONCursor) throws(ScanFailure) {
    let offset = cursor.offset
    self.init(value: try Value(from: &cursor), offset: offset)
  }
}

extension JSONNode.Value {
  fileprivate init(from cursor: inout JSONCursor) throws(ScanFailure) {
    switch try cursor.token() {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let number): self = .number(number.value(in: cursor.bytes))
    case .string(let string): self = .string(string.text(in: cursor.bytes))
    case .array:
      var elements: [JSONNode] = []
      try cursor.elements { cursor, _ throws(ScanFailure) in
        elements.append(try JSONNode(from: &cursor))
      }
      self = .array(elements)
    case .object:
      var members: [JSONNode.Member] = []
      try cursor.members { cursor, key throws(ScanFailure) in
        let value = try JSONNode(from: &cursor)
        members.append(
          JSONNode.Member(
            key: key.string.text(in: cursor.bytes), keyOffset: key.offset, value: value))
      }
      self = .object(members)
    }
  }
}
