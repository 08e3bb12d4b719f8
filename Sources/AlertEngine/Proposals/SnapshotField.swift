internal import JSON
internal import Prometheus

/// The values at one place of a snapshot: a path whose lists and maps are left open, or a metric.
struct SnapshotField {
  enum Step: Hashable {
    case key(String)
    /// Every element; `names` are the fields that tell them apart, if any do.
    case each(isList: Bool, names: [String])

    var key: String? { if case .key(let key) = self { key } else { nil } }
    var names: [String]? { if case .each(_, let names) = self { names } else { nil } }
  }

  /// How many fields of a snapshot are looked at.
  static let most = 2_000

  /// A metric has one step, its name; the place of a list itself ends with its elements.
  var steps: [Step]
  /// The words of the keys on the way, as in `jvm.heap_used`: `A-Z` become `a-z`.
  var name: String
  var values: [Scalar] = []
  /// Whether each element has a value here.
  var isComplete = true
  /// Those of the samples of a metric.
  var labels: [LabelSet]?
  /// Whether the sum grew from one snapshot to the next; `nil` if it stayed, or is not known.
  var hasGrown: Bool?

  var ownName: String {
    String(name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...])
  }
  /// The way to its object.
  var object: [Step] { Array(steps.dropLast()) }
  /// What names the elements of each list or map on the way.
  var elements: [[String]] { steps.compactMap(\.names) }
  /// `nil` unless all values are numbers.
  var numbers: [Double]? { all { if case .number(let number) = $0 { number } else { nil } } }
  /// `nil` unless all values are texts.
  var texts: [String]? { all { if case .string(let text) = $0 { text } else { nil } } }

  private func all<Value>(_ value: (Scalar) -> Value?) -> [Value]? {
    let found = values.compactMap(value)
    return found.count == values.count && !found.isEmpty ? found : nil
  }

  /// The words of a key, of letters and digits only: `usedBytes` is `used_bytes`.
  static func words(of key: String) -> String {
    key.prefix(200).matches(of: /[A-Z]+(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9][0-9a-z]*/)
      .map { $0.output.lowercased() }.joined(separator: "_")
  }

  /// Reads the metrics of a document of Prometheus text.
  static func metrics(
    of bytes: UnsafeBufferPointer<UInt8>
  ) throws(JSONFailure) -> [SnapshotField] {
    let names = Exposition.names(in: bytes)
    let exposition = try Exposition.read(bytes, keeping: MetricNames(names))
    return names.prefix(most).map { name in
      let samples = exposition.samples(named: name).filter { $0.value.isFinite }
      return SnapshotField(
        steps: [.key(name)], name: words(of: name), values: samples.map { .number($0.value) },
        labels: samples.map(\.labels))
    }
  }
}

/// Reads the fields of a JSON document.
struct JSONFieldReader {
  private typealias Node = JSONDocument.Node
  private typealias Group = (key: String, nodes: [Node])

  private static let mostSteps = 24
  /// What tells elements apart, best first.
  private static let names = [
    "vhost name", "metadata.namespace metadata.name", "podRef.namespace podRef.name",
    "metadata.name", "Node CheckID", "name", "Name", "id", "ID", "index", "key", "title",
    "hostname", "host", "device", "mountpoint", "path", "label", "type",
  ].map { $0.split(separator: " ").map(String.init) }

  let tree: JSONDocument
  let bytes: UnsafeBufferPointer<UInt8>
  private(set) var fields: [SnapshotField] = []

  init(_ tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>) {
    (self.tree, self.bytes) = (tree, bytes)
    visit([tree.root], [], "", isComplete: true)
  }

  /// Adds the fields below values that are at the same place of different elements.
  private mutating func visit(
    _ nodes: [Node], _ steps: [SnapshotField.Step], _ name: String, isComplete: Bool
  ) {
    guard fields.count < SnapshotField.most, steps.count < Self.mostSteps else { return }
    let objects = nodes.filter { tree.kind(of: $0) == .object }
    let lists = nodes.filter { tree.kind(of: $0) == .array }
    let isWhole = isComplete && max(objects.count, lists.count) == nodes.count
    let groups = groups(objects)
    let elements = lists.flatMap { tree.children(of: $0) }
    if isMap(groups) {
      let isNamed = groups.contains { $0.key.count > 15 && $0.key.contains(where: \.isNumber) }
      let nodes = groups.flatMap(\.nodes)
      let step = SnapshotField.Step.each(isList: false, names: isNamed ? names(of: nodes) : [])
      visit(nodes, steps + [step], name, isComplete: isWhole)
    } else if !objects.isEmpty {
      for (key, nodes) in groups {
        visit(
          nodes, steps + [.key(key)],
          // The key of a wrapper says nothing.
          key == "value" ? name : (name.isEmpty ? "" : name + ".") + SnapshotField.words(of: key),
          isComplete: isWhole && nodes.count == objects.count)
      }
    } else if !lists.isEmpty, elements.allSatisfy({ tree.kind(of: $0) == .object }) {
      let step = SnapshotField.Step.each(isList: true, names: names(of: elements))
      fields.append(SnapshotField(steps: steps + [step], name: name))
      visit(elements, steps + [step], name, isComplete: isWhole)
    } else if case let values = nodes.compactMap({ scalar($0) }), !values.isEmpty {
      let isComplete = isComplete && values.count == nodes.count
      fields.append(
        SnapshotField(steps: steps, name: name, values: values, isComplete: isComplete))
    }
  }

  private func scalar(_ node: Node) -> Scalar? {
    if case .scalar(let scalar) = tree.found(node, in: bytes) { scalar } else { nil }
  }

  /// The members of objects by their keys, in the order of the document.
  private func groups(_ objects: [Node]) -> [Group] {
    var places: [String: Int] = [:]
    var groups: [Group] = []
    for node in objects.flatMap({ tree.children(of: $0) }) {
      let key = tree.key(of: node, in: bytes) ?? ""
      if places[key] == nil { groups.append((key, [])) }
      groups[places[key, default: groups.count - 1]].nodes.append(node)
      places[key] = places[key] ?? groups.count - 1
    }
    return groups
  }

  /// Whether keys name elements that are alike: objects that share keys.
  private func isMap(_ groups: [Group]) -> Bool {
    let children = groups.flatMap(\.nodes)
    let arePlain = groups.allSatisfy { $0.key.wholeMatch(of: /[A-Za-z_]+/) != nil }
    guard groups.count > (arePlain ? 1 : 0), children.allSatisfy({ tree.kind(of: $0) == .object })
    else { return false }
    let keys = children.prefix(50).map { child in Set(self.groups([child]).map(\.key)) }
    let common = keys.reduce(keys[0]) { $0.intersection($1) }
    return !common.isEmpty
      && !(arePlain && common.isSubset(of: ["value", "total", "count", "rate"]))
  }

  private func names(of elements: [Node]) -> [String] {
    Self.names.first { names in
      var seen: Set<[String]> = []
      return elements.allSatisfy { element in
        let found = names.compactMap { name in
          (try? MetricPath(name)).flatMap { tree.node(at: $0, from: element, in: bytes) }
            .flatMap(scalar).map { "\($0)" }
        }
        let parent = tree.parent(of: element).map { "\($0)" } ?? ""
        return found.count == names.count && seen.insert(found + [parent]).inserted
      }
    } ?? []
  }
}
