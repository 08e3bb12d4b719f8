internal import AlertEngine

extension [Check] {
  /// What explains the others first, then by severity; the order of the rules among equals.
  var inOrderOfUrgency: [Check] {
    let active = filter { $0.phase.kind != .inactive }.enumerated().sorted {
      ($0.element.urgency, $0.offset) < ($1.element.urgency, $1.offset)
    }
    return active.map(\.element) + filter { $0.phase.kind == .inactive }
  }
}

extension Check {
  /// Least for `endpoint_down`, then by severity, worst first.
  fileprivate var urgency: Int {
    guard subject.rule != nil else { return 0 }
    let severity = phase.episode?.severity ?? subject.severity
    return 1 + (Severity.allCases.firstIndex(of: severity) ?? 0)
  }
}
