internal import Testing

@testable import JSON

@Suite("The tree of a document")
struct JSONDocumentTests {
  /// Runs a body with the tree of a document.
  static func read<Result>(
    _ text: String, under envelope: String? = nil,
    _ body: (JSONDocument, UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    try Array(text.utf8).withUnsafeBufferPointer { bytes in
      try body(try #require(try JSONDocument.read(bytes, under: envelope)), bytes)
    }
  }

  @Test("Parents, children, keys and indices are known")
  func structure() throws {
    try Self.read(#" {"a" : [1, {"b\u0063": null}, [], "x"], "": true} "#) { tree, bytes in
      let list = try #require(tree.child(of: tree.root, JSONName("a"), in: bytes))
      let elements = Array(tree.children(of: list))
      #expect(elements.map { tree.kind(of: $0) } == [.number, .object, .array, .string])
      #expect(elements.map { tree.index(of: $0) } == [0, 1, 2, 3])
      #expect(elements.map { tree.parent(of: $0) } == Array(repeating: list, count: 4))
      for (index, element) in elements.enumerated() {
        #expect(tree.child(of: list, at: index) == element)
      }
      #expect(tree.child(of: list, at: 4) == nil)
      #expect(tree.child(of: list, at: 5) == nil)
      #expect(tree.child(of: list, at: -1) == nil)
      #expect(tree.child(of: elements[1], at: 0) == nil)
      let member = try #require(tree.child(of: elements[1], JSONName("bc"), in: bytes))
      #expect(tree.key(of: member, in: bytes) == "bc")
      #expect(tree.index(of: member) == nil)
      #expect(tree.normalizedPath(of: member, in: bytes) == "$['a'][1]['bc']")
      #expect(
        tree.kind(of: try #require(tree.child(of: tree.root, JSONName(""), in: bytes))) == .bool)
      #expect(tree.parent(of: tree.root) == nil)
      #expect(tree.name(of: tree.root, in: bytes) == nil)
      #expect(Array(tree.children(of: elements[2])).isEmpty)
    }
  }

  @Test("A name in a normalized path is escaped as the RFC says")
  func normalizedPath() throws {
    try Self.read(#"{"'\\\u000b\n\t\r\f\bé\u007f":0}"#) { tree, bytes in
      let member = try #require(tree.children(of: tree.root).first { _ in true })
      #expect(
        tree.normalizedPath(of: member, in: bytes)
          == #"$['\'\\\u000b\n\t\r\f\bé"# + "\u{7F}']")
    }
  }

  @Test(
    "A value is found as a path finds it",
    arguments: [
      ("1e2", .scalar(.number(100))), (#""a\n""#, .scalar(.string("a\n"))),
      ("true", .scalar(.bool(true))), ("null", .null), ("[1]", .array), ("{}", .object),
      ("1e999", .odd(.tooLarge)), (#""\ud800""#, .odd(.loneSurrogate)),
    ] as [(String, Extraction.Found)])
  func found(text: String, expected: Extraction.Found) throws {
    try Self.read("[\(text)]") { tree, bytes in
      let element = try #require(tree.child(of: tree.root, at: 0))
      #expect(tree.found(element, in: bytes) == expected)
    }
  }

  @Test("A value is odd if its key or that of an ancestor is repeated")
  func duplicateKeys() throws {
    let many = (0..<40).map { #""\#($0)":0"# }.joined(separator: ",")
    for document in [
      #"{"a":[1,{"b":2}],"c":3,"\u0061":4,"d":{"e":5}}"#,
      #"{"a":1,"a":[2,{"b":2}],"c":3,"a":4,"d":{"e":5},\#(many)}"#,
    ] {
      try Self.read(document) { tree, bytes in
        let odd = try JSONPath("$..*").select(in: tree, bytes).entries.compactMap(\.value)
          .filter { tree.found($0, in: bytes) == .odd(.duplicateKey) }
        #expect(
          Set(odd.map { tree.normalizedPath(of: $0, in: bytes) })
            == ["$['a']", "$['a'][0]", "$['a'][1]", "$['a'][1]['b']"])
        for key in ["c", "d"] {
          let member = try #require(tree.child(of: tree.root, JSONName(key), in: bytes))
          #expect(tree.found(member, in: bytes) != .odd(.duplicateKey))
        }
      }
    }
  }

  @Test("Under an envelope, the tree is that of one member")
  func envelope() throws {
    try Self.read(#"{"at":1,"snapshot":{"a":2},"x":[]}"#, under: "snapshot") { tree, bytes in
      #expect(tree.kind(of: tree.root) == .object)
      #expect(tree.parent(of: tree.root) == nil)
      let node = try #require(tree.node(at: MetricPath("a"), from: tree.root, in: bytes))
      #expect(tree.found(node, in: bytes) == .scalar(.number(2)))
    }
    try Self.read(#"{"snapshot":{"a":2},"snapshot":{"a":3}}"#, under: "snapshot") { tree, bytes in
      let node = try #require(tree.node(at: MetricPath("a"), from: tree.root, in: bytes))
      #expect(tree.found(node, in: bytes) == .odd(.duplicateKey))
    }
    for text in [#"{"at":1}"#, "[1]", "3"] {
      #expect(try Self.tree(text, under: "snapshot") == nil)
    }
  }

  private static func tree(_ text: String, under envelope: String?) throws -> Bool? {
    try Array(text.utf8).withUnsafeBufferPointer {
      try JSONDocument.read($0, under: envelope).map { _ in true }
    }
  }

  @Test("What is not JSON is refused where it is wrong", arguments: [nil, "snapshot"])
  func refuses(envelope: String?) throws {
    let failure = #expect(throws: JSONFailure.self) {
      try Self.tree(#"{"snapshot":[1,}"#, under: envelope)
    }
    #expect(failure?.offset == 15)
    let deep = String(repeating: "[", count: 513) + String(repeating: "]", count: 513)
    #expect(throws: JSONFailure.self) { try Self.tree(deep, under: nil) }
  }

  @Test(
    "A dotted path leads from any node",
    arguments: [
      ("a.1.b", "$['a'][1]['b']"), ("o.1", "$['o']['1']"), ("a.2", nil), ("a.b", nil),
      ("a.1.b.c", nil), ("*", nil), ("x", nil),
    ])
  func dottedPath(path: String, place: String?) throws {
    try Self.read(#"{"a":[0,{"b":1}],"o":{"1":2}}"#) { tree, bytes in
      let node = tree.node(at: try MetricPath(path), from: tree.root, in: bytes)
      #expect(node.map { tree.normalizedPath(of: $0, in: bytes) } == place)
    }
  }
}

extension JSONPath {
  /// Selects with more steps than any test needs.
  func select(
    in tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>, keepsRepeats: Bool = false
  ) throws -> JSONPathSelection {
    var steps = 1_000_000
    return try select(in: tree, bytes, steps: &steps, keepsRepeats: keepsRepeats)
  }
}
