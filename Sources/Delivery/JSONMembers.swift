internal import JSON

/// The members of a service's response, which is untrusted; anything but an object has none.
struct JSONMembers {
  private let members: [JSONNode.Member]

  init(_ body: [UInt8]) { self.init(try? JSONNode.parse(body)) }

  init(_ node: JSONNode?) {
    if case .object(let members)? = node?.value { self.members = members } else { members = [] }
  }

  func string(_ key: String) -> String? {
    if case .string(let string)? = value(key) { string } else { nil }
  }

  func number(_ key: String) -> Double? {
    if case .number(let number)? = value(key) { number } else { nil }
  }

  func bool(_ key: String) -> Bool? {
    if case .bool(let bool)? = value(key) { bool } else { nil }
  }

  /// The members of an object among them.
  func members(_ key: String) -> JSONMembers {
    JSONMembers(members.first { $0.key == key }?.value)
  }

  func has(_ key: String) -> Bool { value(key) != nil }

  private func value(_ key: String) -> JSONNode.Value? {
    members.first { $0.key == key }?.value.value
  }
}
