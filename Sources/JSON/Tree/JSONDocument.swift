internal import Text

/// The tree of a document, for queries that one pass cannot answer.
///
/// Made in one pass: twenty bytes for each value and no copies of its text, so that sixteen
/// megabytes of the smallest values fit into memory. The bytes are an argument of what reads them,
/// and must be those that the tree was made from.
package struct JSONDocument: Sendable {
  /// A value of one document; nodes are ordered as their values are in it.
  package struct Node: Hashable, Sendable, Comparable {
    private let number: UInt32

    init(_ index: Int) { number = UInt32(truncatingIfNeeded: index) }

    /// Which record of the document it is.
    var index: Int { Int(number) }

    package static func < (one: Self, other: Self) -> Bool { one.number < other.number }
  }

  package enum Kind: UInt32, Sendable {
    case null
    case bool
    case number
    case string
    case array
    case object

    package var isContainer: Bool { self == .array || self == .object }
  }

  private struct Record {
    /// Where the value begins.
    var offset: UInt32
    /// The index after its last descendant.
    var end: UInt32 = 0
    var parent: UInt32
    /// The offset after its key's opening quote; for an element of an array, its index.
    var key: UInt32
    /// Three bits for the kind, one for whether the key is repeated, the others of the key's hash.
    var mark: UInt32
  }

  private static let isRepeated: UInt32 = 8
  private static let hashBits: UInt32 = ~15
  private static let none = UInt32.max

  private var records: [Record] = []

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - bytes: the document, UTF-8 without a byte order mark.
  ///   - envelope: the key of the document under which the tree begins; `nil` for all of it.
  ///   - depth: how many additional levels it may nest.
  /// - Returns: its tree; `nil` if it lacks the envelope.
  /// - Throws: a `JSONFailure` at the first violation of RFC 8259, or at the 513th level.
  package static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, under envelope: String? = nil, deeperBy depth: Int = 0
  ) throws(JSONFailure) -> JSONDocument? {
    try JSONCursor.read(bytes, .lenient, deeperBy: depth) {
      cursor throws(ScanFailure) -> JSONDocument? in
      guard let envelope else { return try JSONDocument(reading: &cursor) }
      var document: JSONDocument?
      guard cursor.current == UInt8(ascii: "{") else {
        try cursor.skip()
        return nil
      }
      let repeated = try cursor.members { cursor, key throws(ScanFailure) in
        guard key.unescaped(in: cursor.bytes).elementsEqual(envelope.utf8) else {
          return try cursor.skip()
        }
        document = try JSONDocument(reading: &cursor)
      }
      if repeated.contains(where: { $0.unescaped(in: bytes).elementsEqual(envelope.utf8) }) {
        document?.records[0].mark |= Self.isRepeated
      }
      return document
    }
  }

  /// Reads the value at a cursor and moves over it.
  package init(reading cursor: inout JSONCursor) throws(ScanFailure) {
    guard cursor.bytes.count < Self.none else {
      throw ScanFailure(reason: "the document is larger than 4 GiB", offset: 0)
    }
    // A value takes two bytes at least. Memory that is not used costs nothing.
    records.reserveCapacity((cursor.bytes.count - cursor.offset) / 2 + 1)
    try add(&cursor, under: Self.none, key: 0, hash: 0)
  }

  private mutating func add(
    _ cursor: inout JSONCursor, under parent: UInt32, key: UInt32, hash: UInt32
  ) throws(ScanFailure) {
    let index = records.count
    records.append(
      Record(offset: UInt32(cursor.offset), parent: parent, key: key, mark: hash & Self.hashBits))
    let kind: Kind
    switch try cursor.token() {
    case .null: kind = .null
    case .bool: kind = .bool
    case .number: kind = .number
    case .string: kind = .string
    case .array:
      kind = .array
      try cursor.elements { cursor, element throws(ScanFailure) in
        try add(&cursor, under: UInt32(index), key: UInt32(element), hash: 0)
      }
    case .object:
      kind = .object
      let repeated = try cursor.members { cursor, key throws(ScanFailure) in
        try add(
          &cursor, under: UInt32(index), key: UInt32(key.string.start),
          hash: UInt32(truncatingIfNeeded: key.hash))
      }
      if !repeated.isEmpty { doubt(repeated, in: index) }
    }
    records[index].mark |= kind.rawValue
    records[index].end = UInt32(records.count)
  }

  /// Marks the members of the last object whose keys are repeated, the first of them included.
  private mutating func doubt(_ repeated: [JSONKey], in object: Int) {
    var keys = repeated.flatMap { [UInt32($0.string.start), UInt32($0.earlier)] }.sorted()[...]
    var index = object + 1
    while let key = keys.first, index < records.count {
      if records[index].key < key {
        index = Int(records[index].end)
      } else {
        if records[index].key == key { records[index].mark |= Self.isRepeated }
        keys.removeFirst()
      }
    }
  }
}

// MARK: - Structure

extension JSONDocument {
  package var root: Node { Node(0) }

  package func kind(of node: Node) -> Kind {
    Kind(rawValue: records[node.index].mark & 7) ?? .null
  }

  package func parent(of node: Node) -> Node? {
    let parent = records[node.index].parent
    return parent == Self.none ? nil : Node(Int(parent))
  }

  /// How many arrays and objects are around a node.
  package func depth(of node: Node) -> Int {
    var depth = 0
    var next = node
    while let parent = parent(of: next) {
      depth += 1
      next = parent
    }
    return depth
  }

  /// The index of an element of an array.
  package func index(of node: Node) -> Int? {
    guard let parent = parent(of: node), kind(of: parent) == .array else { return nil }
    return Int(records[node.index].key)
  }

  /// The key of a member of an object.
  package func key(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let parent = parent(of: node), kind(of: parent) == .object else { return nil }
    return String(decoding: lookUpName(of: node, in: bytes).bytes, as: UTF8.self)
  }

  /// The key of a member of an object, to look it up in another.
  func lookUpName(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> JSONName {
    let key = JSONUnescaper(bytes, from: Int(records[node.index].key))
    return JSONName(Array(IteratorSequence(key)))
  }

  /// The key or the index of a value; `nil` for the root.
  package func name(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> String? {
    key(of: node, in: bytes) ?? index(of: node).map { String($0) }
  }

  /// The index after a node's last descendant.
  func end(of node: Node) -> Int { Int(records[node.index].end) }

  /// The elements or the values of the members, in the order of the document.
  package func children(of node: Node) -> Children {
    Children(document: self, index: node.index + 1, end: end(of: node))
  }

  package struct Children: Sequence, IteratorProtocol {
    fileprivate let document: JSONDocument
    fileprivate var index: Int
    fileprivate let end: Int

    package mutating func next() -> Node? {
      guard index < end else { return nil }
      defer { index = Int(document.records[index].end) }
      return Node(index)
    }
  }

  /// The element with an index from 0.
  package func child(of node: Node, at index: Int) -> Node? {
    guard kind(of: node) == .array, index >= 0 else { return nil }
    return adjacentElement(of: node, at: index)
      ?? children(of: node).dropFirst(index).first { _ in true }
  }

  /// The element with an index, if it is found without a search: those before it have no children.
  func adjacentElement(of node: Node, at index: Int) -> Node? {
    guard (0..<end(of: node) - node.index - 1).contains(index) else { return nil }
    let element = Node(node.index + 1 + index)
    return self.index(of: element) == index && parent(of: element) == node ? element : nil
  }

  /// Whether a node is the member with a key.
  func has(_ key: JSONName, _ node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let record = records[node.index]
    return (record.mark ^ key.hash) & Self.hashBits == 0
      && IteratorSequence(JSONUnescaper(bytes, from: Int(record.key))).elementsEqual(key.bytes)
  }

  /// The member with a key, the first if there are several.
  func child(
    of node: Node, _ key: JSONName, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Node? {
    guard kind(of: node) == .object else { return nil }
    return children(of: node).first { has(key, $0, in: bytes) }
  }

  /// The value at a path without `*`, from some value on.
  package func node(
    at path: MetricPath, from node: Node, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Node? {
    var node = node
    for segment in path.segments {
      guard case .key(let key, let index) = segment else { return nil }
      let element = index.flatMap { child(of: node, at: $0) }
      guard let next = element ?? child(of: node, JSONName(key), in: bytes) else { return nil }
      node = next
    }
    return node
  }
}

// MARK: - Values

extension JSONDocument {
  /// Where a value begins.
  func offset(of node: Node) -> Int { Int(records[node.index].offset) }

  /// The scalar at a node, or the start of its container; `nil` if the bytes are others.
  func token(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> JSONToken? {
    var cursor = JSONCursor(bytes, .lenient)
    cursor.offset = offset(of: node)
    return try? cursor.token()
  }

  /// What is at a node; odd if a key on the way to it occurs more than once in its object.
  package func found(
    _ node: Node, in bytes: UnsafeBufferPointer<UInt8>
  ) -> Extraction.Found {
    var next: Node? = node
    while let place = next {
      if records[place.index].mark & Self.isRepeated != 0 { return .odd(.duplicateKey) }
      next = parent(of: place)
    }
    return token(of: node, in: bytes)?.scalar(in: bytes) ?? .absent
  }
}

/// A key that is looked up, with its hash.
struct JSONName: Hashable, Sendable {
  let bytes: [UInt8]
  /// The part of the hash that a tree keeps.
  let hash: UInt32

  init(_ text: String) { self.init(Array(text.utf8)) }

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    hash = UInt32(truncatingIfNeeded: bytes.withUnsafeBufferPointer(JSONKey.hash))
  }
}
