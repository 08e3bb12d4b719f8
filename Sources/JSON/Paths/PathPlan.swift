/// Paths compiled for extraction: a trie whose edges are keys, indices and stars.
///
/// Compiled once per run. A path may be there more than once; results are indexed like the paths.
package struct PathPlan: Sendable {
  /// A place that a path goes through or ends at; node 0 is the whole document.
  struct Node: Sendable {
    /// The node behind a `*`.
    var star: Int?
    /// The nodes behind keys that are also indices.
    var elements: [Int: Int] = [:]
    /// Whether a key leads on from here; `member` knows where to.
    var hasMembers = false
    /// The paths that end here.
    var endings: [Int] = []
    /// The scope that a match of this node opens, where it stands behind a `*`.
    var scope: Int?

    /// Whether any path goes on from here into an array.
    var entersArrays: Bool { star != nil || !elements.isEmpty }
    /// Whether any path goes on from here into an object.
    var entersObjects: Bool { star != nil || hasMembers }
  }

  /// All that is below one match of a `*`; scope 0 is the whole document.
  struct Scope: Sendable {
    /// The scope around this one.
    var outer: Int
    /// The scopes directly inside.
    var inner: [Int] = []
    /// The paths that go through this scope.
    var paths: [Int] = []
    /// The paths that have no further `*`: each match of this one is an instance of theirs.
    var innermostPaths: [Int] = []
  }

  private struct Edge: Hashable {
    var node: Int
    var hash: UInt64
  }

  private(set) var nodes = [Node()]
  private(set) var scopes = [Scope(outer: 0)]
  let pathCount: Int
  /// Where keys lead to; where two keys share a hash, one of them has the next free one.
  private var members: [Edge: (key: [UInt8], node: Int)] = [:]

  /// Compiles paths.
  ///
  /// - Parameters:
  ///   - paths: results are indexed like them.
  ///   - envelope: the key of the whole document under which the paths begin; `nil` where they begin
  ///     at the document itself.
  ///   - keys: further keys of the document, whose results come behind those of the paths.
  package init(_ paths: [MetricPath], under envelope: String? = nil, beside keys: [String] = []) {
    pathCount = paths.count + keys.count
    let root = envelope.map { addMember(Array($0.utf8), element: nil, to: 0) } ?? 0
    for (index, key) in keys.enumerated() {
      nodes[addMember(Array(key.utf8), element: nil, to: 0)].endings.append(paths.count + index)
      scopes[0].innermostPaths.append(paths.count + index)
    }
    for (index, path) in paths.enumerated() {
      var node = root
      var scope = 0
      for segment in path.segments {
        switch segment {
        case .key(let key, let element):
          node = addMember(Array(key.utf8), element: element, to: node)
        case .wildcard:
          node = addStar(to: node, in: scope)
          scope = nodes[node].scope ?? scope
          scopes[scope].paths.append(index)
        }
      }
      nodes[node].endings.append(index)
      scopes[scope].innermostPaths.append(index)
    }
  }

  private mutating func addMember(_ key: [UInt8], element: Int?, to node: Int) -> Int {
    var edge = Edge(node: node, hash: key.withUnsafeBufferPointer(JSONKey.hash))
    while let known = members[edge] {
      if known.key == key { return known.node }
      edge.hash &+= 1
    }
    nodes.append(Node())
    let child = nodes.count - 1
    members[edge] = (key, child)
    nodes[node].hasMembers = true
    if let element { nodes[node].elements[element] = child }
    return child
  }

  private mutating func addStar(to node: Int, in scope: Int) -> Int {
    if let known = nodes[node].star { return known }
    scopes.append(Scope(outer: scope))
    scopes[scope].inner.append(scopes.count - 1)
    nodes.append(Node(scope: scopes.count - 1))
    nodes[node].star = nodes.count - 1
    return nodes.count - 1
  }

  /// The node behind a key of an object.
  func member(_ key: JSONKey, of node: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard nodes[node].hasMembers else { return nil }
    var edge = Edge(node: node, hash: key.hash)
    while let known = members[edge] {
      if key.unescaped(in: bytes).elementsEqual(known.key) { return known.node }
      edge.hash &+= 1
    }
    return nil
  }
}
