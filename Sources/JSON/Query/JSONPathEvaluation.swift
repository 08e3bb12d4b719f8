internal import Text

/// The evaluation of one query on one document (RFC 9535, section 2).
///
/// Nodes are handed on one by one, so there is never a list of all that a segment selects. It
/// recurses once for each segment and each level of filters, but not for the levels of the document,
/// except to compare values. Everything that it looks at is a step.
struct JSONPathEvaluation {
  typealias Node = JSONDocument.Node
  /// Takes a node; returns whether no further one is needed.
  typealias Visit = (inout Self, Node) throws(JSONPath.Exhausted) -> Bool

  /// How many bytes of a value are read in one step.
  static let bytesPerStep = 8

  let document: JSONDocument
  let bytes: UnsafeBufferPointer<UInt8>
  var steps: Int
  /// The last pattern that the document itself contained.
  private var pattern: (text: [UInt8], pattern: Pattern?)?

  init(_ document: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>, steps: Int) {
    self.document = document
    self.bytes = bytes
    self.steps = steps
  }

  mutating func spend(_ count: Int = 1) throws(JSONPath.Exhausted) {
    steps -= count
    guard steps >= 0 else { throw JSONPath.Exhausted() }
  }

  // MARK: - Segments and selectors

  /// Visits the nodes that segments select, in the order of the RFC.
  ///
  /// - Returns: whether the visit ended it.
  @discardableResult
  mutating func each(
    _ segments: ArraySlice<JSONPath.Segment>, from node: Node, _ visit: Visit
  ) throws(JSONPath.Exhausted) -> Bool {
    guard let segment = segments.first else { return try visit(&self, node) }
    return try each(segment, from: node) { evaluation, child throws(JSONPath.Exhausted) in
      try evaluation.each(segments.dropFirst(), from: child, visit)
    }
  }

  @discardableResult
  mutating func each(
    _ segment: JSONPath.Segment, from node: Node, _ visit: Visit
  ) throws(JSONPath.Exhausted) -> Bool {
    guard segment.isDescendant else { return try each(segment.selectors, of: node, visit) }
    for index in node.index..<document.end(of: node) {
      try spend()
      if try each(segment.selectors, of: Node(index), visit) { return true }
    }
    return false
  }

  private mutating func each(
    _ selectors: [JSONPath.Selector], of node: Node, _ visit: Visit
  ) throws(JSONPath.Exhausted) -> Bool {
    guard document.kind(of: node).isContainer else { return false }
    for selector in selectors {
      switch selector {
      case .name, .index, .member:
        if let child = try child(of: node, selector), try visit(&self, child) { return true }
      case .wildcard:
        for child in document.children(of: node) {
          try spend()
          if try visit(&self, child) { return true }
        }
      case .slice(let start, let end, let step):
        let elements = try slice(of: node, start, end, step)
        for element in elements where try visit(&self, element) { return true }
      case .filter(let test):
        for child in document.children(of: node) {
          try spend()
          if try holds(test, for: child), try visit(&self, child) { return true }
        }
      }
    }
    return false
  }

  /// What a segment that is not open selects.
  mutating func child(
    of node: Node, _ selector: JSONPath.Selector
  ) throws(JSONPath.Exhausted) -> Node? {
    switch selector {
    case .name(let name): return try member(of: node, name)
    case .index(let index): return try element(of: node, at: index)
    case .member(let name, let index):
      guard document.kind(of: node) == .array else { return try member(of: node, name) }
      guard let index else { return nil }
      return try element(of: node, at: index)
    case .wildcard, .slice, .filter: return nil
    }
  }

  /// Where segments that are not open lead; `nil` if nowhere.
  mutating func follow(
    _ segments: ArraySlice<JSONPath.Segment>, from node: Node
  ) throws(JSONPath.Exhausted) -> Node? {
    var node = node
    for segment in segments {
      guard let child = try child(of: node, segment.selectors[0]) else { return nil }
      node = child
    }
    return node
  }

  mutating func member(
    of node: Node, _ name: JSONName
  ) throws(JSONPath.Exhausted) -> Node? {
    guard document.kind(of: node) == .object else { return nil }
    for child in document.children(of: node) {
      try spend()
      if document.has(name, child, in: bytes) { return child }
    }
    return nil
  }

  private mutating func element(
    of node: Node, at index: Int
  ) throws(JSONPath.Exhausted) -> Node? {
    guard document.kind(of: node) == .array else { return nil }
    let index = index < 0 ? try count(of: node) + index : index
    try spend()
    if let element = document.adjacentElement(of: node, at: index) { return element }
    guard (0..<document.end(of: node) - node.index).contains(index) else { return nil }
    for (place, element) in document.children(of: node).enumerated() {
      try spend()
      if place == index { return element }
    }
    return nil
  }

  /// How many elements or members a node has.
  mutating func count(of node: Node) throws(JSONPath.Exhausted) -> Int {
    var count = 0
    for _ in document.children(of: node) {
      try spend()
      count += 1
    }
    return count
  }

  /// RFC 9535, section 2.3.4.2.2.
  private mutating func slice(
    of node: Node, _ start: Int?, _ end: Int?, _ step: Int
  ) throws(JSONPath.Exhausted) -> [Node] {
    guard document.kind(of: node) == .array, step != 0 else { return [] }
    let count = try count(of: node)
    func bound(_ index: Int?, _ missing: Int) -> Int {
      let index = index.map { $0 < 0 ? count + $0 : $0 } ?? missing
      return step > 0 ? min(max(index, 0), count) : min(max(index, -1), count - 1)
    }
    let indices = stride(
      from: bound(start, step > 0 ? 0 : count - 1), to: bound(end, step > 0 ? count : -1), by: step)
    let elements = Array(document.children(of: node))
    try spend(count)
    return indices.map { elements[$0] }
  }

  // MARK: - Filters

  @discardableResult
  private mutating func each(
    _ query: JSONPath.Subquery, for current: Node, _ visit: Visit
  ) throws(JSONPath.Exhausted) -> Bool {
    try each(query.segments[...], from: query.isRelative ? current : document.root, visit)
  }

  private mutating func holds(
    _ test: JSONPath.Test, for current: Node
  ) throws(JSONPath.Exhausted) -> Bool {
    switch test {
    case .any(let tests):
      for test in tests where try holds(test, for: current) { return true }
      return false
    case .all(let tests):
      for test in tests where try !holds(test, for: current) { return false }
      return true
    case .not(let test): return try !holds(test, for: current)
    case .exists(let query):
      return try each(query, for: current) { _, _ throws(JSONPath.Exhausted) in true }
    case .comparison(let one, let comparison, let other):
      let one = try value(of: one, for: current)
      let other = try value(of: other, for: current)
      return try compare(one, comparison, other)
    case .matches(let subject, let source, let whole):
      let subject = try value(of: subject, for: current)
      guard let pattern = try pattern(source, for: current) else { return false }
      var left = steps
      let isMatch = withText(of: subject) { pattern.matches($0, whole: whole, steps: &left) }
      steps = left
      try spend(0)
      return isMatch == true
    }
  }

  private mutating func pattern(
    _ source: JSONPath.PatternSource, for current: Node
  ) throws(JSONPath.Exhausted) -> Pattern? {
    switch source {
    case .literal(let pattern): return pattern
    case .operand(let operand):
      let value = try value(of: operand, for: current)
      guard let text = withText(of: value, { Array($0) }) else { return nil }
      try spend(text.count)
      if let pattern, pattern.text == text { return pattern.pattern }
      let made = try? Pattern(String(decoding: text, as: UTF8.self), .iRegexp, steps: &steps)
      try spend(0)
      pattern = (text, made)
      return made
    }
  }

  private mutating func value(
    of operand: JSONPath.Operand, for current: Node
  ) throws(JSONPath.Exhausted) -> Value {
    switch operand {
    case .null: return .null
    case .bool(let bool): return .bool(bool)
    case .number(let number): return .number(number)
    case .string(let text): return .text(text)
    case .query(let query):
      let node = try follow(
        query.segments[...], from: query.isRelative ? current : document.root)
      guard let node else { return .nothing }
      return try value(at: node)
    case .value(let query):
      var nodes: [Node] = []
      try each(query, for: current) { _, node throws(JSONPath.Exhausted) in
        nodes.append(node)
        return nodes.count > 1
      }
      return nodes.count == 1 ? try value(at: nodes[0]) : .nothing
    case .count(let query):
      var count = 0
      try each(query, for: current) { _, _ throws(JSONPath.Exhausted) in
        count += 1
        return false
      }
      return .number(Double(count))
    case .length(let operand):
      let value = try value(of: operand, for: current)
      if case .container(let node) = value { return .number(Double(try count(of: node))) }
      let count = withText(of: value) { text in text.count { $0 & 0xC0 != 0x80 } }
      guard let count else { return .nothing }
      return .number(Double(count))
    }
  }
}
