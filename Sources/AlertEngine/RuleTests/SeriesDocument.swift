internal import JSON

/// The document that a service with given series publishes.
///
/// A number in a path is a key of an object. If every series of an object is missing, so is the
/// object.
struct SeriesDocument: Sendable {
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
  private var paths: [MetricPath] = []

  /// Adds a series.
  ///
  /// - Returns: an earlier series that conflicts with it; `nil` if it was added.
  mutating func add(_ path: MetricPath) -> Conflict? {
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
    paths.append(path)
    return nil
  }

  /// How a new series conflicts with an existing one.
  enum Conflict {
    case same(MetricPath)
    /// The new series would be inside a single value.
    case inside(MetricPath)
    /// The new series would be a single value in the place of an object.
    case around(MetricPath)
  }

  private func firstSeries(in node: Int) -> Int? {
    var node = node
    while let child = nodes[node].children.first { node = child }
    return nodes[node].series
  }

  /// The document for one sample.
  ///
  /// - Parameter cells: one for each series, in the order in which they were added; none is `down`.
  /// - Returns: JSON.
  func text(_ cells: [SampleSeries.Cell]) -> [UInt8] {
    JSONText.object(members(of: 0, cells)).encoded(.compact)
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
      return members.isEmpty ? nil : .object(members)
    }
    switch cells[series] {
    case .scalar(let scalar): return .scalar(scalar)
    case .null: return .null
    case .missing, .down: return nil
    }
  }
}
