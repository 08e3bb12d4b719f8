@testable import JSON

/// A query in the first line, and a document: a query that is accepted selects within its budget,
/// and each node that it selects is the one that its normalized path selects.
enum JSONPathTarget {
  private static let document = Array(
    #"""
    {"a": [{"b": 1, "c": "x"}, {"b": -2.5e3, "c": "yy"}, {"d": null}, [0, 1, 2, [true]]],
     "é'\"\\\u0000": {"b": {"b": {"b": 1e2}}}, "s": ["ab", "a.b", "[a-c]+", "\ud83d\ude00"], "": 0}
    """#.utf8)

  static func run(_ bytes: [UInt8]) {
    let line = bytes.prefix { $0 != 0x0A }
    let text = String(decoding: line, as: UTF8.self)
    let query: JSONPath
    do throws(JSONPath.Mistake) {
      query = try JSONPath(text)
    } catch {
      hold(!error.reason.isEmpty, "a mistake has a reason")
      hold(
        (1...text.unicodeScalars.count + 1).contains(error.position), "a mistake is in the query")
      return
    }
    let rest = Array(bytes.dropFirst(line.count + 1))
    (rest.isEmpty ? document : rest).withUnsafeBufferPointer { bytes in
      guard let tree = try? JSONDocument.read(bytes) else { return }
      check(query, tree, bytes)
    }
  }

  private static func check(
    _ query: JSONPath, _ tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    let most = 300_000
    var left = most
    guard let selection = try? query.select(in: tree, bytes, steps: &left, keepsRepeats: true)
    else { return hold(left < 0, "a query is exhausted only without steps") }
    let spent = most - left
    hold((0...most).contains(spent), "steps are only spent")
    hold(
      !query.isSingular || selection.entries.count == 1 || !selection.unreadable.isEmpty,
      "a singular query has one entry or none")
    var exact = spent
    let again = try? query.select(in: tree, bytes, steps: &exact)
    var seen: Set<JSONDocument.Node> = []
    hold(
      again?.entries.map(\.element)
        == selection.entries.map(\.element).filter { seen.insert($0).inserted },
      "the steps that were spent are enough, and repetitions are left out")
    if spent > 0 {
      var fewer = spent - 1
      let isExhausted = (try? query.select(in: tree, bytes, steps: &fewer)) == nil
      hold(isExhausted, "fewer steps are not enough")
    }
    guard spent < 10_000 else { return }
    for node in Set(selection.entries.compactMap(\.value)).sorted().prefix(20) {
      checkPath(of: node, tree, bytes)
    }
  }

  private static func checkPath(
    of node: JSONDocument.Node, _ tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    guard tree.depth(of: node) < JSONPath.mostSegments,
      tree.found(node, in: bytes) != .odd(.duplicateKey)
    else { return }
    let path = tree.normalizedPath(of: node, in: bytes)
    // A name with half of a surrogate pair cannot be written.
    guard !path.unicodeScalars.contains("\u{FFFD}") else { return }
    var steps = Int.max
    let nodes = try? JSONPath(path).select(in: tree, bytes, steps: &steps).entries.map(\.value)
    hold(nodes == [node], "\(path.debugDescription) selects its node")
  }
}
