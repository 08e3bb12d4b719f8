internal import AlertEngine

/// One value of the state file with its place, for errors.
struct Field {
  let node: JSONNode
  let place: String

  init(_ node: JSONNode, at place: String) {
    self.node = node
    self.place = place
  }

  func string() throws(RunState.Mistake) -> String {
    guard case .string(let string) = node.value else { throw expected("a string") }
    return string
  }

  func number() throws(RunState.Mistake) -> Double {
    guard case .number(let number) = node.value else { throw expected("a number") }
    return number
  }

  func integer() throws(RunState.Mistake) -> Int64 {
    guard let integer = Int64(exactly: try number()) else { throw expected("a whole number") }
    return integer
  }

  func instant() throws(RunState.Mistake) -> Instant {
    guard let instant = Instant(rfc3339: try string()) else { throw expected("a time") }
    return instant
  }

  /// Sixteen hexadecimal digits at most.
  func mark() throws(RunState.Mistake) -> UInt64 {
    guard let mark = UInt64(try string(), radix: 16) else { throw expected("hexadecimal digits") }
    return mark
  }

  func members() throws(RunState.Mistake) -> [JSONNode.Member] {
    guard case .object(let members) = node.value else { throw expected("an object") }
    return members
  }

  func elements() throws(RunState.Mistake) -> [Field] {
    guard case .array(let elements) = node.value else { throw expected("an array") }
    return elements.enumerated().map { Field($1, at: "\(place)[\($0)]") }
  }

  private func expected(_ what: String) -> RunState.Mistake {
    .shape("\(printable(place)): expected \(what)")
  }
}

/// The members of one object of the state file.
struct Fields {
  let members: [JSONNode.Member]
  let place: String

  init(_ node: JSONNode, at place: String) throws(RunState.Mistake) {
    self.members = try Field(node, at: place).members()
    self.place = place
  }

  /// The member of that name; `nil` where it is not there or `null`.
  func field(_ key: String) -> Field? {
    guard let member = members.first(where: { $0.key == key }) else { return nil }
    if case .null = member.value.value { return nil }
    return Field(member.value, at: "\(place).\(key)")
  }

  func node(_ key: String) throws(RunState.Mistake) -> Field {
    guard let field = field(key) else {
      throw .shape("\(printable(place)) has no \"\(key)\"")
    }
    return field
  }

  func optional<Value>(
    _ key: String, _ read: (Field) throws(RunState.Mistake) -> Value
  ) throws(RunState.Mistake) -> Value? {
    guard let field = field(key) else { return nil }
    return try read(field)
  }

  func integer(_ key: String) throws(RunState.Mistake) -> Int {
    Int(try node(key).integer())
  }

  func milliseconds(_ key: String) throws(RunState.Mistake) -> Duration {
    .milliseconds(try node(key).integer())
  }
}
