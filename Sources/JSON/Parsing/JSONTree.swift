extension JSONNode {
  /// Takes an element of an array at the end of these keys, none of which is in an array itself.
  ///
  /// Returns whether the tree shall not keep it.
  package typealias Take = (_ keys: [String], _ element: JSONNode) -> Bool

  /// Reads a whole document into a tree.
  ///
  /// - Parameters:
  ///   - bytes: the document, UTF-8 without a byte order mark.
  ///   - take: gets each element as soon as it is read, so that a long array need not be in memory.
  /// - Returns: its value.
  /// - Throws: a `JSONFailure` at the first violation of RFC 8259, duplicate key in an object,
  ///   number beyond the range of a double, or 129th level.
  package static func parse(
    _ bytes: [UInt8], taking take: Take = { _, _ in false }
  ) throws(JSONFailure) -> JSONNode {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
      try JSONCursor.read(bytes) { cursor throws(ScanFailure) in
        try JSONNode(from: &cursor, under: [], take)
      }
    }
  }

  private init(
    from cursor: inout JSONCursor, under keys: [String]?, _ take: Take
  ) throws(ScanFailure) {
    let offset = cursor.offset
    self.init(value: try Value(from: &cursor, under: keys, take), offset: offset)
  }
}

extension JSONNode.Value {
  fileprivate init(
    from cursor: inout JSONCursor, under keys: [String]?, _ take: JSONNode.Take
  ) throws(ScanFailure) {
    switch try cursor.token() {
    case .null: self = .null
    case .bool(let bool): self = .bool(bool)
    case .number(let number): self = .number(number.value(in: cursor.bytes))
    case .string(let string): self = .string(string.text(in: cursor.bytes))
    case .array:
      var elements: [JSONNode] = []
      try cursor.elements { cursor, _ throws(ScanFailure) in
        let element = try JSONNode(from: &cursor, under: nil, take)
        if let keys, take(keys, element) { return }
        elements.append(element)
      }
      self = .array(elements)
    case .object:
      var members: [JSONNode.Member] = []
      try cursor.members { cursor, key throws(ScanFailure) in
        let name = key.string.text(in: cursor.bytes)
        let value = try JSONNode(from: &cursor, under: keys.map { $0 + [name] }, take)
        members.append(JSONNode.Member(key: name, keyOffset: key.offset, value: value))
      }
      self = .object(members)
    }
  }
}
