internal import AlertEngine
internal import Text

/// The state that a line of a report shows, most urgent first.
enum ReportState: String, CaseIterable {
  case firing, recovering, pending, unknown, resolved, cancelled, ok

  var word: String { rawValue.uppercased() }

  /// The number of checks in each state: `1 firing, 4 ok of 5 checks`.
  static func words(_ counts: [ReportState: Int]) -> String {
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return "nothing was evaluated" }
    let parts = allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
    return "\(parts.joined(separator: ", ")) of \(Quantity.count(total, "check"))"
  }

  var color: TerminalStyle.Color {
    switch self {
    case .firing: .red
    case .recovering, .pending: .yellow
    case .unknown: .magenta
    case .resolved, .ok: .green
    case .cancelled: .plain
    }
  }

  /// An end is shown only if the check is good since; being unreachable or pending matters more.
  init(_ check: Check, changed: Transition?) {
    self.init(check)
    guard self == .ok else { return }
    switch changed?.event {
    case .resolved: self = .resolved
    case .cancelled: self = .cancelled
    case .pending, .firing, nil: break
    }
  }

  /// An alert that ended without a check: its rule or instance is gone.
  init(ended transition: Transition) {
    self = transition.event == .resolved ? .resolved : .cancelled
  }

  init(_ check: Check) {
    switch (check.phase.kind, check.observation) {
    case (.inactive, .unknown): self = .unknown
    case (.inactive, .bad): self = .pending
    case (.inactive, .good), (.pending, _), (.firing, _), (.recovering, _):
      self.init(check.phase)
    }
  }

  /// An alert of a state file: unknown unless its last observation is known to be good.
  init(_ alert: Alert) {
    switch (alert.phase.kind, alert.seen) {
    case (.inactive, .unknown), (.inactive, nil): self = .unknown
    case (.inactive, .bad): self = .pending
    case (.inactive, .good), (.pending, _), (.firing, _), (.recovering, _): self.init(alert.phase)
    }
  }

  private init(_ phase: Phase) {
    switch phase.kind {
    case .firing: self = .firing
    case .recovering: self = .recovering
    case .pending: self = .pending
    case .inactive: self = .ok
    }
  }
}
