package import JSON
internal import Prometheus
internal import Text

extension Evaluator {
  /// Reads what the rules need from a document.
  ///
  /// - Parameters:
  ///   - bytes: the body of a snapshot.
  ///   - format: how to read it.
  ///   - response: the response that it is the body of.
  /// - Returns: the series of the rules.
  /// - Throws: a `JSONFailure` if the document is not of its format: for JSON, if it is not strict,
  ///   or only a single value. Then it is not a snapshot.
  package func read(
    _ bytes: [UInt8], as format: SnapshotFormat = .json, response: ResponseFacts = ResponseFacts()
  ) throws(JSONFailure) -> Snapshot {
    try bytes.withUnsafeBufferPointer { bytes throws(JSONFailure) in
      switch format {
      case .json:
        let extraction = try extract(paths, from: bytes)
        try refuseSingleValue(bytes)
        let tree = plan.needsTree ? try JSONDocument.read(bytes) : nil
        return Snapshot(
          extraction: extraction, sets: plan.series(in: tree, bytes), response: response)
      case .prometheus:
        return Snapshot(
          extraction: .none, sets: plan.series(in: try plan.exposition(bytes)), response: response,
          format: .prometheus)
      case .none:
        return Snapshot(
          extraction: .none, sets: plan.noSeries, response: response, format: .none)
      }
    }
  }

  private func refuseSingleValue(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFailure) {
    let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = bytes.firstIndex(where: { !blanks.contains($0) }),
      bytes[start] == UInt8(ascii: "{") || bytes[start] == UInt8(ascii: "[")
    else {
      throw JSONFailure(
        reason: "expected an object, found a single value", offset: 0, line: 1, column: 1,
        isTruncation: false)
    }
  }
}

extension ReadingPlan {
  /// Reads a document of Prometheus text.
  func exposition(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFailure) -> Exposition {
    try Exposition.read(bytes, keeping: MetricNames(metricNames))
  }

  /// What all queries find where there is no document.
  var noSeries: [SeriesSet] { queries.map { _ in .single(.absent) } }

  /// What the queries find in a JSON document; nothing, if there is none.
  func series(
    in tree: JSONDocument?, _ bytes: UnsafeBufferPointer<UInt8>,
    within budget: SearchBudget = SearchBudget()
  ) -> [SeriesSet] {
    var budget = budget
    return queries.map { query in
      guard let tree, let path = query.selector.asQuery else { return .single(.absent) }
      return budget.spend(on: query) { query.series(at: path, in: tree, bytes, steps: &$0) }
    }
  }

  /// What the queries find in Prometheus text.
  func series(
    in exposition: Exposition, within budget: SearchBudget = SearchBudget()
  ) -> [SeriesSet] {
    var budget = budget
    return queries.map { query in
      guard case .metric(let metric) = query.selector else { return .single(.absent) }
      return budget.spend(on: query) { query.series(of: metric, in: exposition, steps: &$0) }
    }
  }
}

extension Selector {
  fileprivate var asQuery: JSONPath? {
    switch self {
    case .path(let path): JSONPath(path)
    case .query(let query): query
    case .metric, .response: nil
    }
  }
}

// MARK: - JSON

extension SeriesQuery {
  /// How deep an element may be without costing more.
  private static let usualDepth = 8

  fileprivate func series(
    at path: JSONPath, in tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>,
    steps: inout Int
  ) -> SeriesSet? {
    guard let selection = try? path.select(in: tree, bytes, steps: &steps) else { return nil }
    var surroundings = JSONSurroundings(
      path, tree, bytes, paths: instanceBy + (detail.map { [$0] } ?? []))
    guard !path.isSingular else {
      let node = selection.entries.first?.value
      return .single(
        Instances.Entry(
          name: "", found: surroundings.found(node).parsed(by: parse),
          details: detail.map { _ in
            SeriesDetails(text: surroundings.found(around: tree.root).last?.detailText)
          }))
    }
    var collector = SeriesCollector(self)
    var names = JSONPathNames(path, in: tree, bytes)
    for entry in selection.entries where !collector.isFull {
      // An element may be deep in others, and each is looked at for its name.
      let depth = tree.depth(of: entry.element) - Self.usualDepth
      steps -= (1 + surroundings.paths.count) * max(0, depth)
      guard steps > 0 else { return nil }
      let fields = surroundings.found(around: entry.element)
      let picked = SeriesCollector.Picked(
        found: surroundings.found(entry.value),
        keyName: needsKeyNames ? names.name(of: entry.element) : "",
        memberName: keepsMembers ? surroundings.memberName(of: entry.element) : "",
        names: Array(fields.prefix(instanceBy.count)),
        detail: detail == nil ? nil : fields.last?.detailText)
      guard let value = entry.value else {
        collector.addAbsent(picked)
        continue
      }
      collector.add(picked, at: tree.normalizedPath(of: value, in: bytes))
    }
    if instanceBy.isEmpty {
      for node in selection.unreadable where node != tree.root {
        collector.addUnreadable(names.prefix(of: node))
      }
    }
    let isHidden =
      if case .path = selector { selection.unreadable.contains { $0 != tree.root } } else {
        selection.hidesElements && selection.isReadable
      }
    // Without other names, the keys tell which elements are hidden.
    if isHidden, aggregate != nil || !instanceBy.isEmpty { collector.noteHidden() }
    return collector.finish(isReadable: selection.isReadable)
  }

  private var needsKeyNames: Bool { aggregate == nil || keepsMembers }
}

/// Looks for fields around the elements that a query selected.
private struct JSONSurroundings {
  let query: JSONPath
  let tree: JSONDocument
  let bytes: UnsafeBufferPointer<UInt8>
  /// Where the fields are, from the element or from one around it.
  let paths: [MetricPath]
  /// What is at each path around the last elements: many have the same surroundings.
  private var outer: [JSONDocument.Node: [JSONDocument.Node?]] = [:]
  private static let mostOuter = 1_000

  init(
    _ query: JSONPath, _ tree: JSONDocument, _ bytes: UnsafeBufferPointer<UInt8>,
    paths: [MetricPath]
  ) {
    (self.query, self.tree, self.bytes, self.paths) = (query, tree, bytes, paths)
  }

  func found(_ node: JSONDocument.Node?) -> Extraction.Found {
    node.map { tree.found($0, in: bytes) } ?? .absent
  }

  /// The keys of objects among those that name the element.
  func memberName(of element: JSONDocument.Node) -> String {
    let keys = query.openElements(of: element, in: tree).reversed().compactMap {
      tree.key(of: $0, in: bytes)
    }
    return keys.reduce(into: InstanceName()) { $0.append(key: $1.utf8) }.escaped
  }

  /// What is at each path in the innermost element that has it, or in the document.
  mutating func found(around element: JSONDocument.Node) -> [Extraction.Found] {
    guard !paths.isEmpty else { return [] }
    var nodes = nodes(from: element)
    let places = query.openElements(of: element, in: tree).dropFirst() + [tree.root]
    for place in places where nodes.contains(nil) {
      if outer[place] == nil {
        if outer.count == Self.mostOuter { outer = [:] }
        outer[place] = self.nodes(from: place)
      }
      for (index, other) in (outer[place] ?? []).enumerated() where nodes[index] == nil {
        nodes[index] = other
      }
    }
    return nodes.map(found)
  }

  private func nodes(from place: JSONDocument.Node) -> [JSONDocument.Node?] {
    paths.map { tree.node(at: $0, from: place, in: bytes) }
  }
}

extension Extraction.Found {
  /// How much of a text for messages is kept, in Unicode scalars.
  fileprivate static let longestDetail = 300

  /// A text with its white space as single spaces, since a message shows it in one line.
  fileprivate var detailText: String? {
    guard case .scalar(let scalar) = self else { return nil }
    switch scalar {
    case .string(let raw):
      let text = raw.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let scalars = text.unicodeScalars
      guard text.utf8.count > Self.longestDetail, scalars.count > Self.longestDetail else {
        return text.isEmpty ? nil : text
      }
      return String(String.UnicodeScalarView(scalars.prefix(Self.longestDetail - 1))) + "…"
    case .number(let number): return number.plain
    case .bool(let bool): return bool ? "true" : "false"
    }
  }
}

// MARK: - Prometheus

extension SeriesQuery {
  /// The most labels of a series that its alert gets.
  private static let mostLabels = 100
  /// What it costs to look at one sample.
  private static let stepsOfSample = 6

  fileprivate func series(
    of metric: MetricSelector, in exposition: Exposition, steps: inout Int
  ) -> SeriesSet? {
    let name = use == .buckets ? metric.name + "_bucket" : metric.name
    var collector = SeriesCollector(self)
    for sample in exposition.samples(named: name) where !collector.isFull {
      steps -= Self.stepsOfSample
      guard steps > 0, let isSelected = metric.matches(sample.labels, steps: &steps) else {
        return nil
      }
      guard isSelected else { continue }
      var labels: [String: String] = [:]
      var keyName = ""
      if aggregate == nil || keepsMembers {
        for (label, value) in sample.labels where isFree(label, in: metric) {
          keyName += (keyName.isEmpty ? "" : ",") + label.asLabel(value)
          if instanceBy.isEmpty, labels.count < Self.mostLabels {
            labels[label] = value.cutAsName
          }
        }
        keyName = keyName.cutAsName
      }
      collector.add(
        SeriesCollector.Picked(
          found: sample.value.isNaN
            ? .odd(.notANumber(isRoutine: !sample.labels["quantile"].isEmpty))
            : .scalar(.number(sample.value)),
          keyName: keyName, memberName: keyName,
          names: instanceBy.map { path in .scalar(.string(sample.labels[path.text])) },
          labels: labels, detail: detail.map { sample.labels[$0.text] },
          bound: use == .buckets ? sample.labels["le"] : nil),
        at: "\(name){\(keyName)}")
    }
    return collector.finish(isReadable: exposition.hasFamily(name))
  }

  /// Whether a label distinguishes the series that are selected.
  private func isFree(_ label: String, in metric: MetricSelector) -> Bool {
    !metric.fixes(label) && !(use == .buckets && label == "le")
  }
}
