internal import JSON
internal import Prometheus
internal import Text

/// The document that a service with given series publishes.
///
/// Of JSON, numbers from 0 on are the indices of an array, as long as none of its elements is missing;
/// other numbers in a path are keys of an object. If every series of an object is missing, so is the
/// object.
struct SeriesDocument: Sendable {
  /// Where a series is.
  enum Key: Hashable, Sendable {
    case path(MetricPath)
    case metric(MetricSelector)

    var text: String {
      switch self {
      case .path(let path): path.text
      case .metric(let metric): metric.text
      }
    }
  }

  private struct Node {
    var key = ""
    /// In the order in which the series were added.
    var children: [Int] = []
    /// The series at this node; a node with children has none.
    var series: Int?
  }

  private struct Edge: Hashable {
    var node: Int
    /// As UTF-8, since snapshots compare keys byte by byte.
    var key: [UInt8]
  }

  private var nodes = [Node()]
  private var edges: [Edge: Int] = [:]
  private var paths: [Key] = []

  /// Where the series are, in the order in which they were added.
  var keys: [Key] { paths }

  /// Adds a series.
  ///
  /// - Returns: an earlier series that conflicts with it; `nil` if it was added.
  mutating func add(_ key: Key) -> Conflict? {
    switch key {
    case .path(let path): return add(path)
    case .metric(let metric):
      let known = paths.first { $0.line == metric.seriesText }
      if let known { return .same(known) }
      paths.append(key)
      return nil
    }
  }

  private mutating func add(_ path: MetricPath) -> Conflict? {
    var node = 0
    for segment in path.segments {
      guard case .key(let key, _) = segment else { continue }
      if let series = nodes[node].series { return .inside(paths[series]) }
      let edge = Edge(node: node, key: Array(key.utf8))
      if let known = edges[edge] {
        node = known
      } else {
        nodes.append(Node(key: key))
        nodes[node].children.append(nodes.count - 1)
        edges[edge] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    if let series = nodes[node].series { return .same(paths[series]) }
    if let series = firstSeries(in: node) { return .around(paths[series]) }
    nodes[node].series = paths.count
    paths.append(.path(path))
    return nil
  }

  /// How a new series conflicts with an existing one.
  enum Conflict {
    case same(Key)
    /// The new series would be inside a single value.
    case inside(Key)
    /// The new series would be a single value in the place of an object.
    case around(Key)
  }

  private func firstSeries(in node: Int) -> Int? {
    var node = node
    while let child = nodes[node].children.first { node = child }
    return nodes[node].series
  }

  /// The document for one sample.
  ///
  /// - Parameter cells: one for each series, in the order in which they were added; none is `down`.
  /// - Returns: JSON, or Prometheus text if the series are metrics.
  func text(_ cells: [SampleSeries.Cell]) -> [UInt8] {
    guard paths.first?.line == nil else { return Array(lines(cells).utf8) }
    return value(of: 0, cells)?.encoded(.compact) ?? Array("{}".utf8)
  }

  private func lines(_ cells: [SampleSeries.Cell]) -> String {
    // A family is there even if its series are not.
    let families = Set(paths.compactMap { $0.line?.prefix { $0 != "{" } })
    let samples = zip(paths, cells).compactMap { key, cell -> String? in
      guard let line = key.line, case .scalar(.number(let number)) = cell else { return nil }
      return "\(line) \(number)\n"
    }
    return families.sorted().map { "# TYPE \($0) untyped\n" }.joined() + samples.joined()
  }

  private func members(of node: Int, _ cells: [SampleSeries.Cell]) -> [JSONText.Member] {
    nodes[node].children.compactMap { child in
      value(of: child, cells).map { (nodes[child].key, $0) }
    }
  }

  /// The value of a node; `nil` if everything in it is missing.
  private func value(of node: Int, _ cells: [SampleSeries.Cell]) -> JSONText? {
    guard let series = nodes[node].series else {
      let members = members(of: node, cells)
      guard !members.isEmpty else { return nil }
      let isArray =
        members.enumerated().allSatisfy { $1.0 == String($0) }
        && members.count == nodes[node].children.count
      return isArray ? .array(members.map(\.1)) : .object(members)
    }
    switch cells[series] {
    case .scalar(let scalar): return .scalar(scalar)
    case .null: return .null
    case .missing, .down: return nil
    }
  }
}

extension SeriesDocument.Key {
  /// The series as a line of Prometheus text begins; `nil` for a path.
  fileprivate var line: String? {
    if case .metric(let metric) = self { metric.seriesText } else { nil }
  }
}
