internal import JSON
internal import Text

/// How values of one type are written to the state file and read from it.
struct StateCodec<Value> {
  let text: (Value) -> JSONText
  let read: (JSONNode) throws(ScanFailure) -> Value

  init(
    text: @escaping (Value) -> JSONText,
    read: @escaping (JSONNode) throws(ScanFailure) -> Value
  ) {
    self.text = text
    self.read = read
  }

  /// An object with these members; whatever else it has is ignored.
  ///
  /// - Parameters:
  ///   - members: sorted by their keys, as they are written.
  ///   - make: makes a value from what was read, or throws why the object contradicts itself.
  init<each Part>(
    _ members: repeat StateMember<Value, each Part>,
    make: @escaping (JSONObject, repeat each Part) throws(ScanFailure) -> Value
  ) {
    self.init(
      text: { value in
        var written: [JSONText.Member] = []
        for member in repeat each members { written.append((member.key, member.text(value))) }
        return .object(written)
      },
      read: { node throws(ScanFailure) in
        let object = try JSONObject(node)
        return try make(object, repeat try (each members).read(object))
      })
  }

  /// The same, each value on a line of its own.
  var onOneLine: Self { Self(text: { .line(text($0)) }, read: read) }
}

/// One member of an object in the state file.
struct StateMember<Root, Value> {
  let key: String
  let text: (Root) -> JSONText
  let read: (JSONObject) throws(ScanFailure) -> Value

  /// A member that is always there.
  init(_ key: String, _ get: @escaping (Root) -> Value, _ codec: StateCodec<Value>) {
    self.key = key
    text = { codec.text(get($0)) }
    read = { object throws(ScanFailure) in try codec.read(try object.node(key)) }
  }

  /// A member that is `null` if there is no value.
  init<Wrapped>(
    _ key: String, _ get: @escaping (Root) -> Wrapped?, nullable codec: StateCodec<Wrapped>
  ) where Value == Wrapped? {
    self.init(key, get, codec, absent: .null)
  }

  /// A member that is not written if there is no value.
  init<Wrapped>(
    _ key: String, _ get: @escaping (Root) -> Wrapped?, omittable codec: StateCodec<Wrapped>
  ) where Value == Wrapped? {
    self.init(key, get, codec, absent: .omitted)
  }

  private init<Wrapped>(
    _ key: String, _ get: @escaping (Root) -> Wrapped?, _ codec: StateCodec<Wrapped>,
    absent: JSONText
  ) where Value == Wrapped? {
    self.key = key
    text = { root in get(root).map(codec.text) ?? absent }
    read = { object throws(ScanFailure) in
      guard let node = object.optional(key) else { return nil }
      return try codec.read(node)
    }
  }
}

// MARK: - Leaves

extension StateCodec {
  init(
    _ text: @escaping (Value) -> JSONText,
    _ read: @escaping (JSONNode) -> () throws(ScanFailure) -> Value
  ) {
    self.init(text: text, read: { node throws(ScanFailure) in try read(node)() })
  }
}

extension StateCodec<String> {
  static var string: Self { Self(JSONText.string, JSONNode.string) }
}

extension StateCodec<Bool> {
  static var bool: Self { Self(JSONText.bool, JSONNode.bool) }
}

extension StateCodec<Double> {
  static var number: Self { Self(JSONText.number, JSONNode.number) }
}

extension StateCodec<Int> {
  /// A count, 0 or more.
  static var count: Self { Self(JSONText.integer, JSONNode.count) }
}

extension StateCodec<Instant> {
  static var instant: Self { Self(JSONText.instant, JSONNode.instant) }
}

extension StateCodec<Duration> {
  static var milliseconds: Self {
    Self({ .integer($0.wholeMilliseconds) }, JSONNode.length)
  }
}

extension StateCodec<UInt64> {
  static var hash: Self { Self({ .string(String($0, radix: 16)) }, JSONNode.hash) }
}

extension StateCodec where Value: RawRepresentable<String> {
  /// One of a few words.
  static func word(_ what: String) -> Self {
    Self(
      text: { .string($0.rawValue) },
      read: { node throws(ScanFailure) in
        guard let word = Value(rawValue: try node.string()) else { throw node.expected(what) }
        return word
      })
  }
}

extension JSONNode {
  func integer() throws(ScanFailure) -> Int64 {
    guard let integer = Int64(exactly: try number()) else { throw expected("a whole number") }
    return integer
  }

  func count() throws(ScanFailure) -> Int {
    let integer = try integer()
    guard (0...(1 << 53)).contains(integer) else { throw expected("a count") }
    return Int(integer)
  }

  func instant() throws(ScanFailure) -> Instant {
    guard let instant = Instant(rfc3339: try string()) else { throw expected("a time") }
    return instant
  }

  /// A time as milliseconds since 1970, of the years that a time can be written in.
  func milliseconds() throws(ScanFailure) -> Instant {
    let instant = Instant(milliseconds: try integer())
    guard instant.isWritable else { throw expected("a time in milliseconds") }
    return instant
  }

  /// Less than any difference of two times that can be written.
  fileprivate func length() throws(ScanFailure) -> Duration {
    let milliseconds = try integer()
    guard abs(milliseconds / 2) < 1 << 48 else { throw expected("a duration in milliseconds") }
    return .milliseconds(milliseconds)
  }

  /// Sixteen hexadecimal digits at most.
  fileprivate func hash() throws(ScanFailure) -> UInt64 {
    guard let hash = UInt64(try string(), radix: 16) else { throw expected("hexadecimal digits") }
    return hash
  }
}

// MARK: - Containers

extension StateCodec {
  static func list<Element>(of codec: StateCodec<Element>) -> Self where Value == [Element] {
    Self(
      text: { .array($0, codec.text) },
      read: { node throws(ScanFailure) in
        try node.elements().map { node throws(ScanFailure) in try codec.read(node) }
      })
  }

  /// An object of values by their names, sorted.
  ///
  /// - Parameters:
  ///   - noun: what the names stand for. Names that differ in bytes may be equal as Unicode text.
  ///   - codec: how each value is written.
  /// - Returns: a codec that keeps every name.
  static func map<Element>(
    of noun: String, _ codec: StateCodec<Element>
  ) -> Self where Value == [String: Element] {
    Self(
      text: { .object($0, codec.text) },
      read: { node throws(ScanFailure) in
        var values: [String: Element] = [:]
        for member in try JSONObject(node).members {
          let value = try codec.read(member.value)
          guard values.updateValue(value, forKey: member.key) == nil else {
            throw member.value.failure("duplicate \(noun)")
          }
        }
        return values
      })
  }
}
