/// Paths compiled for extraction: a trie with keys, indices and stars as edges.
///
/// Compiled once per run. A path may occur more than once; results are indexed like the paths.
package struct PathPlan: Sendable {
  /// A place that a path goes through or ends at; node 0 is the whole document.
  struct Node: Sendable {
    /// The node that a `*` leads to.
    var star: Int?
    /// The nodes that indices of an array lead to.
    var elements: [Int: Int] = [:]
    /// Whether a key leads on from here; `member` finds the node.
    var hasMembers = false
    /// The paths that end here.
    var endings: [Int] = []
    /// The paths that go through here or end here.
    var paths: [Int] = []
    /// The scope that a match of this node opens, if a `*` leads to it.
    var scope: Int?

    /// Whether any path continues from here into an array.
    var entersArrays: Bool { star != nil || !elements.isEmpty }
    /// Whether any path continues from here into an object.
    var entersObjects: Bool { star != nil || hasMembers }
  }

  /// Everything below one match of a `*`; scope 0 is the whole document.
  struct Scope: Sendable {
    /// The scope around this one.
    var outer: Int
    /// The scopes directly inside.
    var inner: [Int] = []
    /// The paths that go through this scope.
    var paths: [Int] = []
    /// The paths without a further `*`: each match of this scope is one of their instances.
    var innermostPaths: [Int] = []
  }

  private struct Edge: Hashable {
    var node: Int
    var hash: UInt64
  }

  private(set) var nodes = [Node()]
  private(set) var scopes = [Scope(outer: 0)]
  let pathCount: Int
  /// The nodes that keys lead to; if two keys share a hash, one of them has the next free one.
  private var members: [Edge: (key: [UInt8], node: Int)] = [:]

  /// Compiles paths.
  ///
  /// - Parameters:
  ///   - paths: in the order of the results.
  ///   - envelope: the key of the document under which the paths begin; `nil` if they begin at the
  ///     document itself.
  ///   - keys: further places in the document, as lists of keys; their results follow those of the
  ///     paths.
  package init(_ paths: [MetricPath], under envelope: String? = nil, beside keys: [[String]] = []) {
    pathCount = paths.count + keys.count
    let root = envelope.map { addMember(Array($0.utf8), element: nil, to: 0) } ?? 0
    for (index, keys) in keys.enumerated() {
      let node = keys.reduce(0) { addMember(Array($1.utf8), element: nil, to: $0) }
      nodes[node].endings.append(paths.count + index)
      nodes[node].paths.append(paths.count + index)
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
        nodes[node].paths.append(index)
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

  /// The node that a key of an object leads to.
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
