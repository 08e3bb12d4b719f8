/// The members of an object in a tree.
package struct JSONObject {
  package let members: [JSONNode.Member]
  private let offset: Int

  /// - Throws: a `ScanFailure` if the value is not an object.
  package init(_ node: JSONNode) throws(ScanFailure) {
    guard case .object(let members) = node.value else { throw node.expected("an object") }
    self.members = members
    self.offset = node.offset
  }

  /// The member with that key; `nil` if there is none or it is `null`.
  package func optional(_ key: String) -> JSONNode? {
    guard let node = members.first(where: { $0.key == key })?.value else { return nil }
    return node.isNull ? nil : node
  }

  /// The member with that key.
  ///
  /// - Throws: a `ScanFailure` if there is none or it is `null`.
  package func node(_ key: String) throws(ScanFailure) -> JSONNode {
    guard let node = optional(key) else { throw missing(key) }
    return node
  }

  package func missing(_ key: String) -> ScanFailure {
    failure("the object has no \"\(key)\"")
  }

  /// A failure of the object as a whole.
  package func failure(_ reason: String) -> ScanFailure {
    ScanFailure(reason: reason, offset: offset)
  }
}

extension JSONNode {
  package var isNull: Bool { if case .null = value { true } else { false } }

  package func string() throws(ScanFailure) -> String {
    guard case .string(let string) = value else { throw expected("a string") }
    return string
  }

  package func bool() throws(ScanFailure) -> Bool {
    guard case .bool(let bool) = value else { throw expected("true or false") }
    return bool
  }

  /// A number, as `JSONWriter.number` writes it.
  package func number() throws(ScanFailure) -> Double {
    if case .string("+Inf") = value { return .infinity }
    if case .string("-Inf") = value { return -.infinity }
    guard case .number(let number) = value else { throw expected("a number") }
    return number
  }

  package func elements() throws(ScanFailure) -> [JSONNode] {
    guard case .array(let elements) = value else { throw expected("an array") }
    return elements
  }

  /// A failure that says what was expected here, and what was found.
  package func expected(_ shape: String) -> ScanFailure {
    failure("expected \(shape), found \(shown)")
  }

  package func failure(_ reason: String) -> ScanFailure {
    ScanFailure(reason: reason, offset: offset)
  }
}
