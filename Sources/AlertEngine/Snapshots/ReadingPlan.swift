internal import JSON
internal import Prometheus

/// Everything that the rules of some configurations read of a snapshot, compiled once.
struct ReadingPlan: Sendable {
  /// Where something is found in a snapshot.
  enum Source: Hashable, Sendable {
    /// At a dotted path without `*`.
    case path(Int)
    /// At a dotted path with a `*`.
    case star(Int)
    case query(Int)
    case response(ResponseField)

    var isSinglePath: Bool {
      if case .path = self { true } else { false }
    }
  }

  /// The plain dotted paths, which are read without a tree.
  private(set) var paths: [MetricPath] = []
  private(set) var queries: [SeriesQuery] = []
  private var places: [SeriesQuery: Int] = [:]

  /// Whether the rules need the tree of a JSON document.
  var needsTree: Bool {
    queries.contains { query in
      switch query.selector {
      case .path, .query: true
      case .metric, .response: false
      }
    }
  }

  /// The names of the samples that the rules need of a Prometheus document.
  var metricNames: [String] {
    queries.compactMap { query in
      guard case .metric(let metric) = query.selector else { return nil }
      return query.use == .buckets ? metric.name + "_bucket" : metric.name
    }
  }

  /// Adds a plain dotted path.
  mutating func place(_ path: MetricPath) -> Source {
    paths.append(path)
    return path.hasWildcard ? .star(paths.count - 1) : .path(paths.count - 1)
  }

  /// Adds a selector of a rule.
  mutating func place(_ selector: Selector, of measurement: Measurement) -> Source {
    if case .response(let field) = selector { return .response(field) }
    if case .path(let path) = selector, measurement.isPlain { return place(path) }
    return place(SeriesQuery(selector, of: measurement))
  }

  /// Adds the place of the number that `min_request_count` is compared with.
  mutating func place(requestCount selector: Selector) -> Source {
    if case .path(let path) = selector { return place(path) }
    return place(SeriesQuery(selector, of: Measurement(.value, of: selector, aggregate: .sum)))
  }

  private mutating func place(_ query: SeriesQuery) -> Source {
    if let known = places[query] { return .query(known) }
    queries.append(query)
    places[query] = queries.count - 1
    return .query(queries.count - 1)
  }
}
