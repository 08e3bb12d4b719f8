/// One value of a JSON document with its place, for documents that are small enough for a tree.
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
    /// The byte at which the key's opening quote stands.
    package var keyOffset: Int
    package var value: JSONNode

    package init(key: String, keyOffset: Int, value: JSONNode) {
      self.key = key
      self.keyOffset = keyOffset
      self.value = value
    }
  }

  package var value: Value
  /// The byte at which the value begins.
  package var offset: Int

  package init(value: Value, offset: Int) {
    self.value = value
    self.offset = offset
  }
}
