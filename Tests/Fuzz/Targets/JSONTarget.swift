@testable import JSON

/// A JSON document: all readers accept the same bytes, find the same values in them, and read what
/// the writer makes of them as the same document.
enum JSONTarget {
  private static let paths = texts.map(path)
  private static let texts = [
    "a", "a.b", "a.b.c", "a.0", "0", "0.0", "1.a", "*", "a.*", "*.*", "*.a", "a.*.b", "*.b.*",
  ]
  private static let plan = PathPlan(paths)
  private static let nothing = PathPlan([])

  static func run(_ bytes: [UInt8]) {
    let skipped = Result { () throws(JSONFailure) in try extract(nothing, from: bytes) }
    let extracted = Result { () throws(JSONFailure) in try extract(plan, from: bytes) }
    let strict = Result { () throws(JSONFailure) in try JSONNode.parse(bytes) }
    bytes.withUnsafeBufferPointer { buffer in
      let tree = Result { () throws(JSONFailure) in try JSONDocument.read(buffer) }
      hold(skipped.error == extracted.error, "paths change no failure")
      hold(skipped.error == tree.error, "the tree has the same failure")
      for failure in [skipped.error, strict.error].compactMap(\.self) {
        hold((0...bytes.count).contains(failure.offset), "a failure is in the document")
        holdSentence(failure.reason)
      }
      if let failure = skipped.error {
        hold(strict.error.map { $0.offset <= failure.offset } ?? false, "strict is stricter")
        hold(Skeleton(of: buffer, by: plan, deeperBy: 0) == nil, "it has no skeleton")
      }
      guard let extraction = extracted.value, let tree = tree.value ?? nil else { return }
      check(extraction, tree, buffer, isStrict: strict.error == nil)
      checkSkeleton(of: buffer, extraction)
      if let node = strict.value {
        check(tree, tree.root, node, buffer)
        checkPaths(bytes, extraction)
        for layout in [JSONWriter.Layout.compact, .pretty] {
          let again = try? JSONNode.parse(text(node).encoded(layout))
          hold(again.map { isSame($0, node) } ?? false, "what is written is read as the same")
        }
      }
    }
  }

  static func path(_ text: String) -> MetricPath {
    do { return try MetricPath(text) } catch { fatalError(error.reason) }
  }

  /// The extraction finds what a query of the tree finds.
  private static func check(
    _ extraction: Extraction, _ tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>,
    isStrict: Bool
  ) {
    for (index, path) in paths.enumerated() {
      guard !path.hasWildcard else {
        if isStrict { checkInstances(extraction.instances(at: index), path, tree, bytes) }
        continue
      }
      let found = extraction.found(at: index)
      let node = tree.node(at: path, from: tree.root, in: bytes)
      let other = node.map { tree.found($0, in: bytes) } ?? .absent
      // Of a repeated key, the tree follows the first.
      hold(found == other || found == .odd(.duplicateKey), "\(path): \(found) and \(other)")
    }
  }

  private static func checkInstances(
    _ instances: Instances, _ path: MetricPath, _ tree: JSONDocument,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    let query = JSONPath(path)
    var steps = Int.max
    guard let selection = try? query.select(in: tree, bytes, steps: &steps) else { return }
    var names = JSONPathNames(query, in: tree, bytes)
    var others = Instances()
    for entry in selection.entries {
      others.add(
        Instances.Entry(
          name: names.name(of: entry.element),
          found: entry.value.map { tree.found($0, in: bytes) } ?? .absent))
    }
    for node in selection.unreadable { others.addUnreadable(names.prefix(of: node)) }
    others.settle()
    hold(instances.entries == others.entries, "\(path): the query selects the same instances")
    hold(instances.unreadable == others.unreadable, "\(path): the same parents are unreadable")
    hold(instances.isOverLimit == others.isOverLimit, "\(path): the same limit is exceeded")
  }

  private static func checkSkeleton(
    of bytes: UnsafeBufferPointer<UInt8>, _ extraction: Extraction
  ) {
    let again = Skeleton(of: bytes, by: plan, deeperBy: 0)?.extract(from: bytes)
    hold(again != nil, "a document has its own shape")
    for index in paths.indices {
      hold(again?.found(at: index) == extraction.found(at: index), "its shape has its values")
      hold(
        again?.instances(at: index).entries == extraction.instances(at: index).entries,
        "its shape has its instances")
    }
  }

  /// A tree and a node are of the same value.
  private static func check(
    _ tree: JSONDocument, _ place: JSONDocument.Node, _ node: JSONNode,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) {
    hold(tree.offset(of: place) == node.offset, "both trees have the same offsets")
    switch (node.value, tree.found(place, in: bytes)) {
    case (.null, .null), (.array, .array), (.object, .object): break
    case (.bool(let one), .scalar(.bool(let other))): hold(one == other, "bools are equal")
    case (.number(let one), .scalar(.number(let other))):
      hold(one.bitPattern == other.bitPattern, "numbers are equal")
      guard case .number(let number)? = tree.token(of: place, in: bytes) else { break }
      let text = String(decoding: bytes[number.start..<number.end], as: UTF8.self)
      hold(Double(text)?.bitPattern == one.bitPattern, "\(text) is \(one)")
    case (.string(let one), .scalar(.string(let other))):
      hold(one.utf8.elementsEqual(other.utf8), "strings are equal")
    case (_, let found): hold(false, "\(node.value) is \(found)")
    }
    let children = Array(tree.children(of: place))
    switch node.value {
    case .null, .bool, .number, .string: hold(children.isEmpty, "a scalar has no children")
    case .array(let elements):
      hold(elements.count == children.count, "arrays are equally long")
      for (element, child) in zip(elements, children) { check(tree, child, element, bytes) }
    case .object(let members):
      hold(members.count == children.count, "objects are equally large")
      for (member, child) in zip(members, children) {
        let key = tree.key(of: child, in: bytes)
        hold(key?.utf8.elementsEqual(member.key.utf8) ?? false, "keys are equal")
        check(tree, child, member.value, bytes)
      }
    }
  }

  /// The paths of scalars lead to them, and a trace says where the others end.
  private static func checkPaths(_ bytes: [UInt8], _ extraction: Extraction) {
    for (index, path) in paths.enumerated() where !path.hasWildcard {
      let isScalar = if case .scalar = extraction.found(at: index) { true } else { false }
      hold(
        (PathTrace(path, instance: nil, in: bytes) == nil) == isScalar,
        "\(path): a trace is of what is no scalar")
    }
    let listed = scalarPaths(in: bytes, limit: 20)
    let plan = PathPlan(listed.map(path))
    guard let extraction = try? extract(plan, from: bytes) else { return }
    for (index, path) in listed.enumerated() {
      guard case .scalar = extraction.found(at: index) else {
        return hold(false, "\(path) leads to a scalar")
      }
    }
  }

  static func text(_ node: JSONNode) -> JSONText {
    switch node.value {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .number(let number): .number(number)
    case .string(let string): .string(string)
    case .array(let elements): .array(elements, text)
    case .object(let members): .object(members.map { ($0.key, text($0.value)) })
    }
  }

  private static func isSame(_ one: JSONNode, _ other: JSONNode) -> Bool {
    switch (one.value, other.value) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.number(let one), .number(let other)): one == other
    case (.string(let one), .string(let other)): one.utf8.elementsEqual(other.utf8)
    case (.array(let one), .array(let other)):
      one.count == other.count && zip(one, other).allSatisfy { isSame($0, $1) }
    case (.object(let one), .object(let other)):
      one.count == other.count
        && zip(one, other).allSatisfy {
          $0.key.utf8.elementsEqual($1.key.utf8) && isSame($0.value, $1.value)
        }
    default: false
    }
  }
}
