/// What a query selects in one document.
package struct JSONPathSelection: Hashable, Sendable {
  package typealias Node = JSONDocument.Node

  package struct Entry: Hashable, Sendable {
    /// The node that the last open segment selected; the root for a singular query.
    package var element: Node
    /// The node that the singular segments after it lead to; `nil` if they lead nowhere.
    package var value: Node?
  }

  /// In the order of the RFC.
  package fileprivate(set) var entries: [Entry] = []
  /// Where nothing can be selected from: what stands before an open segment is absent, `null` or a
  /// scalar.
  ///
  /// Each is the node that the open segment before it selected, or the root if there is none. Not
  /// noted behind a descendant segment, which selects from whatever there is.
  package fileprivate(set) var unreadable: [Node] = []

  /// Whether `null` or a scalar stands, in an element, where others were to be selected.
  package fileprivate(set) var hidesElements = false

  /// Whether an array or object stands where the query stops being singular, so that an empty
  /// selection is a fact.
  package var isReadable: Bool { unreadable.first?.index != 0 }
}

extension JSONPath {
  /// The budget of steps was used up: the query is too expensive for the document.
  package struct Exhausted: Error, Hashable, Sendable {}

  /// What an entry costs, since it is kept.
  private static let stepsPerEntry = 8

  /// Selects nodes.
  ///
  /// - Parameters:
  ///   - document: the tree.
  ///   - bytes: the bytes that it was made from.
  ///   - steps: reduced by the visited nodes, compared bytes and steps of patterns.
  ///   - keepsRepeats: whether a node that is selected several times has several entries, as in the
  ///     RFC's lists of nodes; else it has the first of them.
  /// - Returns: the entries. Unlike the RFC's list of nodes, they include elements from which the
  ///   singular segments at the end of the query lead nowhere.
  /// - Throws: `Exhausted` if the steps are used up.
  package func select(
    in document: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>, steps: inout Int,
    keepsRepeats: Bool = false
  ) throws(Exhausted) -> JSONPathSelection {
    var evaluation = JSONPathEvaluation(document, bytes, steps: steps)
    defer { steps = evaluation.steps }
    var selection = JSONPathSelection()
    try walk(0, from: document.root, under: document.root, &evaluation, &selection)
    if !keepsRepeats, mayRepeat {
      var seen: Set<JSONDocument.Node> = []
      selection.entries.removeAll { !seen.insert($0.element).inserted }
    }
    return selection
  }

  private var mayRepeat: Bool {
    segments.contains { $0.selectors.count > 1 } || segments.count(where: \.isDescendant) > 1
  }

  /// Goes on with a segment from a node that the segments before it selected.
  private func walk(
    _ index: Int, from node: JSONDocument.Node, under element: JSONDocument.Node,
    _ evaluation: inout JSONPathEvaluation, _ selection: inout JSONPathSelection
  ) throws(Exhausted) {
    guard index < openCount else {
      let value = try evaluation.follow(segments[openCount...], from: node)
      try evaluation.spend(Self.stepsPerEntry)
      selection.entries.append(JSONPathSelection.Entry(element: element, value: value))
      return
    }
    let segment = segments[index]
    let isOpen = segment.isOpen
    let child = isOpen ? nil : try evaluation.child(of: node, segment.selectors[0])
    guard isOpen ? evaluation.document.kind(of: node).isContainer : child != nil else {
      guard index <= firstDescendant ?? index else { return }
      try evaluation.spend(Self.stepsPerEntry)
      selection.unreadable.append(element)
      if isOpen { selection.hidesElements = true }
      return
    }
    if let child {
      return try walk(index + 1, from: child, under: element, &evaluation, &selection)
    }
    try evaluation.each(segment, from: node) { evaluation, child throws(Exhausted) in
      try walk(index + 1, from: child, under: child, &evaluation, &selection)
      return false
    }
  }
}

// MARK: - Names

extension JSONPath {
  /// The nodes at the open levels of an element, innermost first.
  ///
  /// A level is open if its segment may select several nodes. From a descendant segment on, every
  /// level is.
  ///
  /// - Parameters:
  ///   - element: the element of an entry, or a node of `unreadable`.
  ///   - document: the tree.
  /// - Returns: the element first; nothing for a singular query.
  package func openElements(
    of element: JSONDocument.Node, in document: JSONDocument
  ) -> [JSONDocument.Node] {
    var level = 0
    var next = element
    while let parent = document.parent(of: next) {
      level += 1
      next = parent
    }
    var nodes: [JSONDocument.Node] = []
    next = element
    while let parent = document.parent(of: next) {
      level -= 1
      if level >= firstDescendant ?? .max || level < openCount && segments[level].isOpen {
        nodes.append(next)
      }
      next = parent
    }
    return nodes
  }

  /// The keys and indices at the open levels of an element, outermost first: what its instance is
  /// called if no field names it.
  package func nameKeys(
    of element: JSONDocument.Node, in document: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> [String] {
    openElements(of: element, in: document).reversed().compactMap {
      document.name(of: $0, in: bytes)
    }
  }
}

/// The names of the instances that a query selects in one document, in any order.
///
/// What is known of the levels around the last element is kept: a key with millions of bytes around
/// a thousand elements is read once.
package struct JSONPathNames {
  private let query: JSONPath
  private let document: JSONDocument
  private let bytes: UnsafeBufferPointer<UInt8>
  private var levels: [(node: JSONDocument.Node, name: InstanceName)] = []

  /// Prepares to name what a query selects in a document.
  package init(
    _ query: JSONPath, in document: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    self.query = query
    self.document = document
    self.bytes = bytes
  }

  /// The keys and indices at the open levels of an element, joined as in an `InstanceName`.
  ///
  /// - Parameter element: the element of an entry, or a node of `unreadable`.
  /// - Returns: the name; empty for the root.
  package mutating func name(of element: JSONDocument.Node) -> String {
    instanceName(of: element).text
  }

  /// The same as the beginning of the names of what is inside.
  package mutating func prefix(of element: JSONDocument.Node) -> String {
    instanceName(of: element).escaped
  }

  private mutating func instanceName(of element: JSONDocument.Node) -> InstanceName {
    let nodes = Array(query.openElements(of: element, in: document).reversed())
    let known = zip(nodes, levels).prefix { $0 == $1.node }.count
    levels.removeLast(levels.count - known)
    for node in nodes[known...] {
      var name = levels.last?.name ?? InstanceName()
      name.append(key: (document.name(of: node, in: bytes) ?? "").utf8)
      levels.append((node, name))
    }
    return levels.last?.name ?? InstanceName()
  }
}
