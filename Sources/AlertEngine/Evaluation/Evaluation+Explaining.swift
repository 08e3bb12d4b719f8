internal import JSON

extension Evaluation {
  /// The most checks that are explained; each takes a pass over the document.
  private static let mostExplained = 20

  /// Adds to the checks without a usable value how far their paths lead.
  ///
  /// - Parameter bytes: the document that was evaluated.
  package mutating func explain(by bytes: [UInt8]) {
    let lacking = checks.indices.filter { checks[$0].lacksValue }
    for index in lacking.prefix(Self.mostExplained) {
      guard let measurement = checks[index].subject.rule?.measurement else { continue }
      let selectors = [measurement.selector] + (measurement.denominator.map { [$0] } ?? [])
      let paths = selectors.compactMap { if case .path(let path) = $0 { path } else { nil } }
      guard measurement.instanceBy.isEmpty, measurement.aggregate == nil else { continue }
      checks[index].trace =
        paths.lazy.compactMap { [instance = checks[index].instance] path in
          PathTrace(path, instance: instance, in: bytes)
        }.first
    }
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
