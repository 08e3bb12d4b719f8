internal import JSON

/// The members of a service's response, which is untrusted; anything but an object has none.
struct JSONMembers {
  private var members: [JSONNode.Member] = []

  init(_ body: [UInt8]) {
    if case .object(let members)? = try? JSONNode.parse(body).value { self.members = members }
  }

  func string(_ key: String) -> String? {
    if case .string(let string)? = value(key) { string } else { nil }
  }

  func number(_ key: String) -> Double? {
    if case .number(let number)? = value(key) { number } else { nil }
  }

  private func value(_ key: String) -> JSONNode.Value? {
    members.first { $0.key == key }?.value.value
  }
}
