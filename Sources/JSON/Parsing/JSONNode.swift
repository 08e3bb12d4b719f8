/// One value of a JSON document with its position, for documents that are small enough for a tree.
///
/// The configuration and the state file are read this way; snapshots never are.
package struct JSONNode: Sendable {
  package enum Value: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONNode])
    /// Members in the order of the document; keys are unique.
    case object([Member])
  }

  package struct Member: Sendable {
    package var key: String
    /// The offset of the key's opening quote.
    package var keyOffset: Int
    package var value: JSONNode

    package init(key: String, keyOffset: Int, value: JSONNode) {
      self.key = key
      self.keyOffset = keyOffset
      self.value = value
    }
  }

  package var value: Value
  /// The offset of the value's first byte.
  package var offset: Int

  package init(value: Value, offset: Int) {
    self.value = value
    self.offset = offset
  }
}
