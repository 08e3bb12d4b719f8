/// One pass over a document that keeps what the paths of a plan select.
///
/// At every point, the pass knows the nodes of the plan that the current value matches: none in
/// most of a document, several if keys and stars lead to the same value. Only one route through the
/// plan leads to a node, so it is matched at most once at a time, and one slot per path and scope
/// is enough.
package struct Extractor {
  private let plan: PathPlan
  /// The matched nodes of all open values, those of the innermost value last.
  private var matched: [Int] = [0]
  /// What was found at each path, within the current match of its innermost scope.
  private var found: [Extraction.Found]
  private var instances: [Instances]
  /// The name of each scope's current match.
  private var names: [InstanceName]
  /// Whether the current match around each scope contains a parent of the scope's `*`.
  private var isReadable: [Bool]
  private let keepsPlaces: Bool

  /// Prepares to read a document.
  ///
  /// - Parameters:
  ///   - plan: the paths.
  ///   - keepsPlaces: whether to keep the offset of each scalar, as a number, instead of the
  ///     scalar.
  package init(_ plan: PathPlan, keepsPlaces: Bool = false) {
    self.plan = plan
    self.keepsPlaces = keepsPlaces
    found = Array(repeating: .absent, count: plan.pathCount)
    instances = Array(repeating: Instances(), count: plan.pathCount)
    names = Array(repeating: InstanceName(), count: plan.scopes.count)
    isReadable = Array(repeating: false, count: plan.scopes.count)
  }

  package mutating func document(_ cursor: inout JSONCursor) throws(ScanFailure) -> Extraction {
    try value(&cursor, nodes: 0..<1)
    noteUnreadable(in: 0)
    for index in instances.indices { instances[index].settle() }
    return Extraction(found: found, instances: instances)
  }

  /// Moves over a value that the nodes at these positions of `matched` match.
  private mutating func value(
    _ cursor: inout JSONCursor, nodes: Range<Int>
  ) throws(ScanFailure) {
    let start = cursor.offset
    let token = try cursor.token()
    switch token {
    case .null, .bool, .number, .string:
      guard nodes.contains(where: { !node($0).endings.isEmpty }) else { return }
      let found = keepsPlaces ? .scalar(.number(Double(start))) : token.scalar(in: cursor.bytes)
      keep(found, at: nodes)
    case .array:
      keep(.array, at: nodes)
      guard enter(nodes, where: \.entersArrays) else { return try cursor.skip() }
      try cursor.elements { cursor, index throws(ScanFailure) in
        let mark = matched.count
        for position in nodes { match(element: index, of: node(position)) }
        try child(&cursor, from: mark)
      }
    case .object:
      keep(.object, at: nodes)
      guard enter(nodes, where: \.entersObjects) else { return try cursor.skip() }
      let repeated = try cursor.members { cursor, key throws(ScanFailure) in
        let mark = matched.count
        for position in nodes { match(key, of: position, in: cursor.bytes) }
        try child(&cursor, from: mark)
      }
      for key in repeated { doubt(key, of: nodes, in: cursor.bytes) }
    }
  }

  /// Notes that the values of a key occurred more than once: parsers disagree on which one counts.
  private mutating func doubt(
    _ key: JSONKey, of nodes: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>
  ) {
    for position in nodes {
      guard let child = plan.member(key, of: matched[position], in: bytes) else { continue }
      for path in plan.nodes[child].paths {
        found[path] = .odd(.duplicateKey)
        instances[path].doubt()
      }
    }
  }

  /// Moves over a value inside another, matched by the nodes from `mark` on.
  private mutating func child(_ cursor: inout JSONCursor, from mark: Int) throws(ScanFailure) {
    guard matched.count > mark else { return try cursor.skip() }
    try value(&cursor, nodes: mark..<matched.count)
    for position in mark..<matched.count {
      if let scope = node(position).scope { close(scope) }
    }
    matched.removeLast(matched.count - mark)
  }

  private func node(_ position: Int) -> PathPlan.Node { plan.nodes[matched[position]] }

  private mutating func keep(_ value: Extraction.Found, at nodes: Range<Int>) {
    for position in nodes {
      for path in node(position).endings { found[path] = value }
    }
  }

  /// Records a container as the parent of the stars that follow its nodes.
  private mutating func enter(
    _ nodes: Range<Int>, where leadsOn: (PathPlan.Node) -> Bool
  ) -> Bool {
    var isNeeded = false
    for position in nodes {
      let node = node(position)
      if let scope = node.star.flatMap({ plan.nodes[$0].scope }) { isReadable[scope] = true }
      isNeeded = isNeeded || leadsOn(node)
    }
    return isNeeded
  }

  private mutating func match(element index: Int, of node: PathPlan.Node) {
    if let star = node.star { open(star, key: String(index).utf8) }
    if let child = node.elements[index] { matched.append(child) }
  }

  private mutating func match(
    _ key: JSONKey, of position: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) {
    if let star = node(position).star { open(star, key: key.unescaped(in: bytes)) }
    if let child = plan.member(key, of: matched[position], in: bytes) { matched.append(child) }
  }
}

// MARK: - Scopes

extension Extractor {
  /// Begins one match of a star.
  private mutating func open(_ star: Int, key: some Sequence<UInt8>) {
    guard let index = plan.nodes[star].scope else { return }
    let scope = plan.scopes[index]
    var name = names[scope.outer]
    name.append(key: key)
    names[index] = name
    for path in scope.innermostPaths { found[path] = .absent }
    for inner in scope.inner { isReadable[inner] = false }
    matched.append(star)
  }

  private mutating func close(_ index: Int) {
    let scope = plan.scopes[index]
    if !scope.innermostPaths.isEmpty {
      let name = names[index].text
      for path in scope.innermostPaths {
        instances[path].add(Instances.Entry(name: name, found: found[path]))
      }
    }
    noteUnreadable(in: index)
  }

  /// Records the stars directly inside a scope that found no parent in its current match.
  private mutating func noteUnreadable(in index: Int) {
    for inner in plan.scopes[index].inner where !isReadable[inner] {
      let name = names[index].escaped
      for path in plan.scopes[inner].paths { instances[path].addUnreadable(name) }
    }
  }
}
