/// A key of an object, with the hash of its decoded bytes.
package struct JSONKey {
  var string: JSONString
  var hash: UInt64
  /// For a repeated key, where an earlier one is, after its opening quote.
  var earlier = 0

  init(_ string: JSONString, in bytes: UnsafeBufferPointer<UInt8>) {
    self.string = string
    self.hash =
      string.hasEscapes
      ? string.decoded(in: bytes).withUnsafeBufferPointer(Self.hash)
      : Self.hash(string.raw(in: bytes))
  }

  /// The offset of the opening quote.
  var offset: Int { string.start - 1 }

  /// A hash of bytes, eight at a time: fast, the same in every process, and not
  /// collision-resistant.
  package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var hash = UInt64(truncatingIfNeeded: raw.count) ^ 0x9E37_79B9_7F4A_7C15
    var index = 0
    while raw.count - index >= 8 {
      hash = mix(
        hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
      index += 8
    }
    var tail: UInt64 = 0
    while index < raw.count {
      tail = tail << 8 | UInt64(raw[index])
      index += 1
    }
    return mix(hash ^ tail)
  }

  @inline(__always)
  static func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  /// The key's bytes, unescaped.
  package func unescaped(in bytes: UnsafeBufferPointer<UInt8>) -> IteratorSequence<JSONUnescaper> {
    IteratorSequence(JSONUnescaper(bytes, from: string.start))
  }
}

/// The keys of all open objects, those of the innermost object last.
///
/// An object's keys are compared when it ends. A few are compared in pairs and many are sorted, so
/// that no document, not even one made of colliding hashes, takes longer than n · log n.
struct JSONKeys {
  private static let fewKeys = 16

  /// Only what is needed to find the key again: a hostile document can hold millions.
  fileprivate struct Key {
    var hash: UInt64
    /// The offset after the opening quote.
    var start: Int
  }

  private var keys: [Key] = []

  var count: Int { keys.count }

  mutating func append(_ key: JSONKey) {
    keys.append(Key(hash: key.hash, start: key.string.start))
  }

  /// Removes the innermost object's keys.
  ///
  /// - Parameters:
  ///   - mark: the count before the object's first key.
  ///   - bytes: the document.
  /// - Returns: the duplicate keys of the object, in their order.
  mutating func remove(from mark: Int, in bytes: UnsafeBufferPointer<UInt8>) -> [JSONKey] {
    let repeated =
      keys.count - mark <= Self.fewKeys
      ? repeatedOfFew(from: mark, in: bytes) : repeatedOfMany(from: mark, in: bytes)
    keys.removeLast(keys.count - mark)
    return repeated.map { key, earlier in
      JSONKey(
        string: JSONString(start: key.start, end: key.start, hasEscapes: true), hash: key.hash,
        earlier: earlier)
    }
  }

  private func repeatedOfFew(
    from mark: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> [(Key, earlier: Int)] {
    var repeated: [(Key, earlier: Int)] = []
    for later in mark..<keys.count {
      for earlier in mark..<later where keys[earlier].hash == keys[later].hash {
        guard keys[earlier].order(to: keys[later], in: bytes) == .same else { continue }
        repeated.append((keys[later], keys[earlier].start))
        break
      }
    }
    return repeated
  }

  private mutating func repeatedOfMany(
    from mark: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> [(Key, earlier: Int)] {
    keys.withUnsafeMutableBufferPointer { all in
      var own = UnsafeMutableBufferPointer(rebasing: all[mark...])
      own.sort { one, other in
        if one.hash != other.hash { return one.hash < other.hash }
        let order = one.order(to: other, in: bytes)
        return order == .before || order == .same && one.start < other.start
      }
      return zip(own, own.dropFirst()).lazy
        .filter { $0.hash == $1.hash && $0.order(to: $1, in: bytes) == .same }
        .map { ($1, $0.start) }.sorted { $0.0.start < $1.0.start }
    }
  }

}

extension JSONKey {
  fileprivate init(string: JSONString, hash: UInt64, earlier: Int) {
    self.string = string
    self.hash = hash
    self.earlier = earlier
  }

  /// `duplicate key "a"`.
  func repetition(in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text = ""
    for scalar in String(decoding: Array(unescaped(in: bytes).prefix(60)), as: UTF8.self)
      .unicodeScalars
    { text += scalar.escaped(asASCII: true) }
    return "duplicate key \"\(text)\""
  }

  /// The failure of being a duplicate.
  func isRepeated(in bytes: UnsafeBufferPointer<UInt8>) -> ScanFailure {
    ScanFailure(reason: repetition(in: bytes), offset: offset)
  }
}

extension JSONKeys.Key {
  fileprivate enum Order { case before, same, after }

  /// How the keys' bytes are ordered once they are unescaped.
  fileprivate func order(to other: Self, in bytes: UnsafeBufferPointer<UInt8>) -> Order {
    var own = JSONUnescaper(bytes, from: start)
    var others = JSONUnescaper(bytes, from: other.start)
    while let byte = own.next() {
      guard let otherByte = others.next() else { return .after }
      if byte != otherByte { return byte < otherByte ? .before : .after }
    }
    return others.next() == nil ? .same : .before
  }
}
