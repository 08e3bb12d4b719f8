internal import Foundation
internal import TestSupport
internal import Testing

@testable import JSON

@Suite("What a JSONPath query selects")
struct JSONPathSelectionTests {
  /// One entry: the keys that name it, and where its value is.
  struct Row: Equatable, CustomTestStringConvertible {
    var keys: [String]
    var place: String?

    init(_ keys: [String], _ place: String?) {
      self.keys = keys
      self.place = place
    }

    var testDescription: String { "\(keys.joined(separator: "/")) at \(place ?? "nowhere")" }
  }

  static let document = #"""
    {"nodes":{"n1":{"jvm":{"mem":1}},"n2":{"jvm":{}},"n3":null,"n4":{}},
     "items":[{"metadata":{"name":"a"},"status":{"conditions":[
        {"type":"Memory","status":"False"},{"type":"Ready","status":"True"}]}},
       {"metadata":{"name":"b"},"status":{"conditions":[{"type":"Ready"}]}},
       {"metadata":{"name":"c"},"status":null},{"metadata":{"name":"d"}}],
     "x":{"disk":{"used":1},"y":{"disk":{"used":2},"z":{"disk":3}}},"empty":[],"text":"t"}
    """#

  private static func select<Result>(
    _ query: JSONPath, _ text: String = document,
    _ body: (JSONPathSelection, JSONDocument, UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    try JSONDocumentTests.read(text) { tree, bytes in
      try body(try query.select(in: tree, bytes), tree, bytes)
    }
  }

  @Test(
    "An entry is named by the keys and indices at its open levels",
    arguments: [
      (
        "$.nodes.*.jvm.mem",
        [
          Row(["n1"], "$['nodes']['n1']['jvm']['mem']"), Row(["n2"], nil), Row(["n3"], nil),
          Row(["n4"], nil),
        ]
      ),
      (
        "$.items[*].status.conditions[?@.type=='Ready'].status",
        [
          Row(["0", "1"], "$['items'][0]['status']['conditions'][1]['status']"),
          Row(["1", "0"], nil),
        ]
      ),
      (
        "$.items[?@.metadata.name=='b'].metadata.name",
        [Row(["1"], "$['items'][1]['metadata']['name']")]
      ),
      ("$.nodes['n1','n4']", [Row(["n1"], "$['nodes']['n1']"), Row(["n4"], "$['nodes']['n4']")]),
      (
        "$..disk.used",
        [
          Row(["x", "disk"], "$['x']['disk']['used']"),
          Row(["x", "y", "disk"], "$['x']['y']['disk']['used']"),
          Row(["x", "y", "z", "disk"], nil),
        ]
      ),
      (
        "$.x..used",
        [
          Row(["disk", "used"], "$['x']['disk']['used']"),
          Row(["y", "disk", "used"], "$['x']['y']['disk']['used']"),
        ]
      ),
      ("$.x.y", [Row([], "$['x']['y']")]), ("$.x.q.r", [Row([], nil)]), ("$.empty[*]", []),
      ("$.nodes[?@.none]", []),
    ] as [(String, [Row])])
  func entries(text: String, rows: [Row]) throws {
    let query = try JSONPath(text)
    let selected = try Self.select(query) { selection, tree, bytes in
      selection.entries.map { entry in
        Row(
          query.nameKeys(of: entry.element, in: tree, bytes),
          entry.value.map { tree.normalizedPath(of: $0, in: bytes) })
      }
    }
    #expect(selected == rows)
  }

  @Test("A node that is selected several times is one entry, unless the RFC's list is wanted")
  func repeats() throws {
    try JSONDocumentTests.read(#"{"a":[{"a":[1]}]}"#) { tree, bytes in
      for (text, count, repeated) in [("$..a..[0]", 2, 3), ("$.a[0,0,-1]", 1, 3), ("$..a", 2, 2)] {
        let query = try JSONPath(text)
        #expect(try query.select(in: tree, bytes).entries.count == count)
        #expect(try query.select(in: tree, bytes, keepsRepeats: true).entries.count == repeated)
      }
    }
  }

  @Test("A name is looked up in the innermost open element first")
  func openElements() throws {
    let query = try JSONPath("$.items[*].status.conditions[?@.type=='Ready'].status")
    let name = try MetricPath("metadata.name")
    try Self.select(query) { selection, tree, bytes in
      let elements = query.openElements(of: selection.entries[0].element, in: tree)
      #expect(
        elements.map { tree.normalizedPath(of: $0, in: bytes) }
          == ["$['items'][0]['status']['conditions'][1]", "$['items'][0]"])
      let names = elements.map { tree.node(at: name, from: $0, in: bytes) }
      #expect(names[0] == nil)
      let found = names[1].map { tree.found($0, in: bytes) }
      #expect(found == .scalar(.string("a")))
    }
  }

  @Test(
    "Where nothing can be selected from is known, and whether an empty selection is a fact",
    arguments: [
      ("$.none.*", [[]], false), ("$.none[?@.a].b", [[]], false), ("$.text[*]", [[]], false),
      ("$.none..a", [[]], false), ("$.text..a", [[]], false), ("$.empty.*", [], true),
      ("$.empty..a", [], true), ("$.items[?@.none]", [], true), ("$.nodes[5:]", [], true),
      ("$.items[*].status.conditions[*]", [["2"], ["3"]], true),
      ("$.items[1:].status.conditions[?@.type=='x'].status", [["2"], ["3"]], true),
      ("$.nodes.*.*", [["n3"]], true), ("$.nodes.*.*.*", [["n3"]], true),
      ("$..y.none.*", [], true), ("$.x..none[*]", [], true), ("$.x.none", [], true),
    ] as [(String, [[String]], Bool)])
  func unreadable(text: String, names: [[String]], isReadable: Bool) throws {
    let query = try JSONPath(text)
    try Self.select(query) { selection, tree, bytes in
      #expect(
        selection.unreadable.map { query.nameKeys(of: $0, in: tree, bytes) } == names)
      #expect(selection.isReadable == isReadable)
    }
  }

  @Test("A dotted path selects what one pass over the document finds")
  func dottedPaths() throws {
    var random = SplitMix64(seed: 9535)
    func value(_ depth: Int) -> String {
      switch Int.random(in: 0..<(depth > 3 ? 3 : 7), using: &random) {
      case 0: return "\(Int.random(in: 0..<9, using: &random))"
      case 1: return "null"
      case 2: return #""\#(Int.random(in: 0..<9, using: &random))""#
      case 3:
        let count = Int.random(in: 0..<4, using: &random)
        return "[" + (0..<count).map { _ in value(depth + 1) }.joined(separator: ",") + "]"
      default:
        let keys = ["a", "b", "0", "1", "/"].filter { _ in Bool.random(using: &random) }
        return "{" + keys.map { "\"\($0)\":\(value(depth + 1))" }.joined(separator: ",") + "}"
      }
    }
    for _ in 0..<500 {
      let document = value(0)
      let segments = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        ["a", "b", "0", "1", "*", "*"].randomElement(using: &random) ?? "*"
      }
      let path = try MetricPath(segments.joined(separator: "."))
      let query = JSONPath(path)
      let extraction = try extract(PathPlan([path]), from: Array(document.utf8))
      try Self.select(query, document) { selection, tree, bytes in
        var names = JSONPathNames(query, in: tree, bytes)
        let found = selection.entries.map { entry in
          (names.name(of: entry.element), entry.value.map { tree.found($0, in: bytes) } ?? .absent)
        }
        if path.hasWildcard {
          let instances = extraction.instances(at: 0)
          let expected = Dictionary(
            uniqueKeysWithValues: instances.entries.map { ($0.name, $0.found) })
          #expect(Dictionary(uniqueKeysWithValues: found) == expected, "\(path) in \(document)")
          #expect(
            selection.unreadable.map { names.prefix(of: $0) }.sorted()
              == instances.unreadable.sorted(),
            "\(path) in \(document)")
        } else {
          #expect(found.map(\.1) == [extraction.found(at: 0)], "\(path) in \(document)")
        }
      }
    }
  }

  @Test(
    "A query that is too expensive ends when its steps are used up",
    arguments: [
      "$..*", "$..[?@..x]", "$..[?@ == $]", "$.list[::-1][::-1]..*", "$..*..*..*",
      "$[?search($.text, '(a*)*b')]", "$[?count($..*) > 0]", "$..[?length(@) > 0]",
      "$[?match(@[1], @[0])]", "$..[*]..[*]..[*]",
    ])
  func budget(text: String) throws {
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    let document =
      #"{"list":[\#(Array(repeating: deep, count: 20).joined(separator: ","))],"#
      + #""pattern":["((a?){60}){60}","a"],"text":"\#(String(repeating: "a", count: 1_000))"}"#
    try JSONDocumentTests.read(document) { tree, bytes in
      var steps = 4_000
      #expect(throws: JSONPath.Exhausted.self) {
        try JSONPath(text).select(in: tree, bytes, steps: &steps)
      }
      #expect(steps < 0)
    }
  }

  @Test("Each element on the way to an index is a step", arguments: ["1999", "-1"])
  func longWays(index: String) throws {
    let document = "[" + Array(repeating: "[[0]]", count: 2_000).joined(separator: ",") + "]"
    try JSONDocumentTests.read(document) { tree, bytes in
      var steps = 1_000_000
      #expect(throws: JSONPath.Exhausted.self) {
        try JSONPath("$[?$[\(index)] == 1]").select(in: tree, bytes, steps: &steps)
      }
      steps = 100_000
      let selection = try JSONPath("$[?$[9999] == @]").select(in: tree, bytes, steps: &steps)
      #expect(selection.entries.isEmpty)
    }
  }

  @Test(
    "A long value costs steps whenever it is read",
    arguments: ["$[?$[0] > @]", "$[?@ == $[1]]", "$[?$[2] == @]", "$[?length($[1]) == @]"])
  func longValues(text: String) throws {
    let digits = String(repeating: "7", count: 20_000)
    let document =
      "[\(digits),\"\(digits)\",{\"\(digits)\":1}"
      + String(repeating: #","x",{"y":1}"#, count: 100) + "]"
    try JSONDocumentTests.read(document) { tree, bytes in
      var steps = 200_000
      #expect(throws: JSONPath.Exhausted.self) {
        try JSONPath(text).select(in: tree, bytes, steps: &steps)
      }
    }
  }

  @Test("Names are the same in any order of the elements")
  func namesInAnyOrder() throws {
    let query = try JSONPath("$..*")
    try Self.select(query) { selection, tree, bytes in
      var names = JSONPathNames(query, in: tree, bytes)
      var random = SplitMix64(seed: 13)
      for entry in selection.entries.shuffled(using: &random) {
        var fresh = InstanceName()
        for key in query.nameKeys(of: entry.element, in: tree, bytes) {
          fresh.append(key: key.utf8)
        }
        #expect(names.name(of: entry.element) == fresh.text)
      }
    }
  }

  @Test(
    "The longest query and the deepest document fit into a stack of four megabytes in a debug build"
  )
  func stack() throws {
    let depth = 512
    let document =
      "[" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
      + "]"
    let segments = JSONPath.mostSegments
    let filters = JSONPath.mostLevels
    let queries = [
      "$" + String(repeating: "[*]", count: segments),
      "$" + String(repeating: "[?@", count: filters)
        + String(repeating: "[*]", count: segments - filters)
        + String(repeating: "]", count: filters),
      "$[?@ == $[0]]",
    ]
    let thread = Thread {
      for text in queries {
        _ = try? JSONDocumentTests.read(document) { tree, bytes in
          var steps = 1_000_000
          _ = try? JSONPath(text).select(in: tree, bytes, steps: &steps)
        }
      }
      Self.done.signal()
    }
    thread.stackSize = 4 << 20
    thread.start()
    #expect(Self.done.wait(timeout: .now() + 60) == .success)
  }

  private static let done = DispatchSemaphore(value: 0)
}
