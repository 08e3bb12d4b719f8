internal import JSON
internal import Text

/// Why a document is no state, on its way out of the reader: lines are counted only once, at the end.
enum DocumentFailure: Error {
  case newerFormat(Int)
  case misplaced(reason: String, offset: Int)
}

extension JSONNode {
  func string() throws(DocumentFailure) -> String {
    guard case .string(let string) = value else { throw failure("expected a string") }
    return string
  }

  func bool() throws(DocumentFailure) -> Bool {
    guard case .bool(let bool) = value else { throw failure("expected true or false") }
    return bool
  }

  func number() throws(DocumentFailure) -> Double {
    guard case .number(let number) = value else { throw failure("expected a number") }
    return number
  }

  func integer() throws(DocumentFailure) -> Int64 {
    guard let integer = Int64(exactly: try number()) else {
      throw failure("expected a whole number")
    }
    return integer
  }

  /// A number of things, from 0 on.
  func count() throws(DocumentFailure) -> Int {
    let integer = try integer()
    guard (0...(1 << 53)).contains(integer) else { throw failure("expected a count") }
    return Int(integer)
  }

  func instant() throws(DocumentFailure) -> Instant {
    guard let instant = Instant(rfc3339: try string()) else { throw failure("expected a time") }
    return instant
  }

  /// Sixteen hexadecimal digits at most.
  func mark() throws(DocumentFailure) -> UInt64 {
    guard let mark = UInt64(try string(), radix: 16) else {
      throw failure("expected hexadecimal digits")
    }
    return mark
  }

  /// One of a few words.
  func word<Word: RawRepresentable<String>>(_ what: String) throws(DocumentFailure) -> Word {
    guard let word = Word(rawValue: try string()) else { throw failure("expected \(what)") }
    return word
  }

  func elements() throws(DocumentFailure) -> [JSONNode] {
    guard case .array(let elements) = value else { throw failure("expected an array") }
    return elements
  }

  /// The elements of a short list of a known length.
  func parts(_ count: Int) throws(DocumentFailure) -> [JSONNode] {
    let parts = try elements()
    guard parts.count == count else { throw failure("expected \(count) values") }
    return parts
  }

  func failure(_ reason: String) -> DocumentFailure { .misplaced(reason: reason, offset: offset) }
}

/// The members of one object of the state file.
struct Fields {
  let members: [JSONNode.Member]
  private let offset: Int

  init(_ node: JSONNode) throws(DocumentFailure) {
    guard case .object(let members) = node.value else { throw node.failure("expected an object") }
    self.members = members
    self.offset = node.offset
  }

  /// The member of that name; `nil` where it is not there or `null`.
  func optional(_ key: String) -> JSONNode? {
    guard let node = members.first(where: { $0.key == key })?.value else { return nil }
    if case .null = node.value { return nil }
    return node
  }

  /// The member of that name, made into something; `nil` where it is not there or `null`.
  func optional<Value>(
    _ key: String, _ read: (JSONNode) throws(DocumentFailure) -> Value
  ) throws(DocumentFailure) -> Value? {
    guard let node = optional(key) else { return nil }
    return try read(node)
  }

  func node(_ key: String) throws(DocumentFailure) -> JSONNode {
    guard let node = optional(key) else {
      throw .misplaced(reason: "the object has no \"\(key)\"", offset: offset)
    }
    return node
  }

  /// A number of things, from 0 on.
  func count(_ key: String) throws(DocumentFailure) -> Int { try node(key).count() }

  /// A time; `nil` where it is not there or `null`.
  func instant(_ key: String) throws(DocumentFailure) -> Instant? {
    try optional(key) { node throws(DocumentFailure) in try node.instant() }
  }

  func milliseconds(_ key: String) throws(DocumentFailure) -> Duration {
    .milliseconds(try node(key).integer())
  }
}
