internal import JSON
internal import Prometheus
internal import Text

extension Evaluation {
  /// The most checks that are explained; each takes a pass over the document.
  private static let mostExplained = 20
  /// The most checks for which a path is looked for that may be meant.
  private static let mostSought = 5

  /// Adds to the checks without a usable value how far their paths lead, and what may be meant.
  ///
  /// - Parameters:
  ///   - bytes: the document that was evaluated.
  ///   - format: what it was read as.
  package mutating func explain(by bytes: [UInt8], _ format: SnapshotFormat) {
    let lacking = checks.indices.filter { checks[$0].lacksValue }
    lazy var known =
      format == .json
      ? scalarPaths(in: bytes) : bytes.withUnsafeBufferPointer { Exposition.names(in: $0) }
    for (number, index) in lacking.prefix(Self.mostExplained).enumerated() {
      guard let rule = checks[index].subject.rule else { continue }
      let measurement = rule.measurement
      let selectors = [
        measurement.selector, measurement.denominator, rule.condition.threshold.selector,
      ]
      let paths = selectors.compactMap { if case .path(let path)? = $0 { path } else { nil } }
      var lost: (path: MetricPath, trace: PathTrace)?
      if measurement.instanceBy.isEmpty, measurement.aggregate == nil {
        lost =
          paths.lazy.compactMap { [instance = checks[index].instance] path in
            PathTrace(path, instance: instance, in: bytes).map { (path, $0) }
          }.first
      }
      let wanted: String? =
        switch measurement.selector {
        case .metric(let metric) where metric.hasNameOnly: metric.name
        case .query(let query) where query.isSingular: query.text
        case .path, .query, .metric, .response:
          lost?.trace.isLost == true && checks[index].instance == nil ? lost?.path.text : nil
        }
      let nearest = (number < Self.mostSought ? wanted : nil).flatMap {
        nearestByWords(to: $0, among: known)
      }
      guard lost != nil || nearest != nil else { continue }
      checks[index].lead = .found(lost?.trace, of: lost?.path, nearest: nearest)
    }
  }
}

extension PathTrace {
  /// Whether an object lacks the next key, and has none that is like it.
  fileprivate var isLost: Bool {
    guard case .object = place else { return false }
    return advice == nil && !isComplete
  }
}

extension Check {
  /// Whether there was nothing to compare at the rule's path.
  fileprivate var lacksValue: Bool {
    switch observation {
    case .bad(.missing), .good(.missing), .bad(.wrongType), .unknown(.missing),
      .unknown(.wrongType):
      true
    case .bad, .good, .unknown: false
    }
  }
}
