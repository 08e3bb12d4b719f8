/// A key of an object, with the hash of its decoded bytes.
struct JSONKey {
  var string: JSONString
  var hash: UInt64

  init(_ string: JSONString, in bytes: UnsafeBufferPointer<UInt8>) {
    self.string = string
    self.hash =
      string.hasEscapes
      ? string.decoded(in: bytes).withUnsafeBufferPointer(Self.hash)
      : Self.hash(string.raw(in: bytes))
  }

  /// The byte at which the opening quote stands.
  var offset: Int { string.start - 1 }

  /// A hash of bytes, eight at a time: quick, the same in every process, and not collision-proof.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
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
  private static func mix(_ word: UInt64) -> UInt64 {
    let product = word.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  /// Whether two keys are the same once their escapes are undone.
  func equals(_ other: JSONKey, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    hash == other.hash && unescaped(in: bytes).elementsEqual(other.unescaped(in: bytes))
  }

  /// An order in which equal keys are neighbours, the one that stands first before the others.
  fileprivate func isBefore(_ other: JSONKey, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard hash == other.hash else { return hash < other.hash }
    var own = unescaped(in: bytes).makeIterator()
    var others = other.unescaped(in: bytes).makeIterator()
    while let byte = own.next() {
      let otherByte = others.next()
      if byte != otherByte { return byte < otherByte ?? 0 }
    }
    return others.next() != nil || offset < other.offset
  }

  private func unescaped(
    in bytes: UnsafeBufferPointer<UInt8>
  ) -> IteratorSequence<JSONUnescaper> {
    IteratorSequence(JSONUnescaper(string.raw(in: bytes)))
  }
}

/// The keys of all objects that are open, the innermost object's last.
///
/// An object's keys are compared when it ends. Few are compared each with each, many are sorted, so
/// that no document, not even one made of colliding hashes, costs more than n · log n.
struct JSONKeys {
  private static let fewKeys = 16

  private var keys: [JSONKey] = []

  var count: Int { keys.count }

  mutating func append(_ key: JSONKey) {
    keys.append(key)
  }

  /// Takes the innermost object's keys away.
  ///
  /// - Parameters:
  ///   - mark: the count before the object's first key.
  ///   - bytes: the document.
  /// - Throws: a fault at the first key that stands in this object a second time.
  mutating func removeUnique(
    from mark: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) throws(JSONFault) {
    let repeated =
      keys.count - mark <= Self.fewKeys
      ? repeatedOfFew(from: mark, in: bytes) : repeatedOfMany(from: mark, in: bytes)
    if let repeated {
      throw JSONFault(
        reason: "the key \(printable(repeated, in: bytes)) stands twice in one object",
        offset: repeated.offset)
    }
    keys.removeLast(keys.count - mark)
  }

  private func repeatedOfFew(from mark: Int, in bytes: UnsafeBufferPointer<UInt8>) -> JSONKey? {
    for later in mark..<keys.count {
      for earlier in mark..<later where keys[earlier].hash == keys[later].hash {
        if keys[earlier].equals(keys[later], in: bytes) { return keys[later] }
      }
    }
    return nil
  }

  private mutating func repeatedOfMany(
    from mark: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> JSONKey? {
    keys.withUnsafeMutableBufferPointer { all in
      var own = UnsafeMutableBufferPointer(rebasing: all[mark...])
      own.sort { $0.isBefore($1, in: bytes) }
      return zip(own, own.dropFirst()).filter { $0.equals($1, in: bytes) }.map(\.1)
        .min { $0.offset < $1.offset }
    }
  }

  /// A key in quotes, short and without anything that a terminal would act on.
  private func printable(_ key: JSONKey, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var text = ""
    for scalar in key.string.text(in: bytes).unicodeScalars.prefix(60) {
      text += scalar.escaped(asASCII: true)
    }
    return "\"\(text)\""
  }
}
