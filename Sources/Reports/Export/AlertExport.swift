internal import AlertEngine
internal import Text

/// What other systems are told about a run, or about the state that it left: the same rows for every
/// format.
package struct AlertExport: Sendable {
  /// How a monitoring system ranks an alert, or everything together.
  package enum Level: Int32, CaseIterable, Sendable {
    /// The numbers are those of the plugin convention of Nagios.
    case ok = 0
    case warning, critical, unknown

    /// The most urgent of `levels`; `ok` if there is none.
    static func worst(of levels: some Sequence<Level>) -> Level {
      let levels = Set(levels)
      return [.critical, .warning, .unknown].first(where: levels.contains) ?? .ok
    }
  }

  struct Target: Sendable {
    let name: String
    /// Whether its last sample was a snapshot; `nil` if it was never sampled.
    let isReachable: Bool?
    let lastReadable: Instant?
    /// In the order of the rules, or of the names if they are not known.
    let rows: [Row]
  }

  /// One alert, or a rule or an instance of it without one.
  struct Row: Sendable {
    let key: AlertKey
    /// `nil` if the rule is not known.
    let severity: Severity?
    let state: ReportState
    /// The only place where an alert gets its level: one of which nobody is notified is `ok`.
    let level: Level
    /// Whether the last sample was no evidence.
    let isUnknown: Bool
    /// Whether nobody is notified of it now.
    let isSuppressed: Bool
    /// What makes a sample bad; `nil` for `endpoint_down`, and if the rule is not known.
    let condition: Condition?
    let breachStatus: BreachStatus
    /// The threshold, if it is a number in the snapshot.
    let limit: Double?
    let unit: MetricUnit?
    /// The last number that was evidence.
    let value: Double?
    /// When there was evidence last.
    let lastSample: Instant?
    /// The value and its limit, or why there is no value; then why nobody is notified, and who has
    /// acknowledged it.
    let sentence: String
    /// The story of the alert and the texts of its rule.
    let details: [String]
  }

  let targets: [Target]
  /// The path of the configuration, which distinguishes the files of several configurations.
  let configuration: String
  /// When the rules were evaluated; `nil` if they never were.
  let evaluatedAt: Instant?
  /// What went wrong, one sentence each.
  let errors: [String]
  /// The level of what went wrong.
  let errorLevel: Level
  /// The exit code of the run; `nil` for a state.
  let exitCode: Int32?

  /// The level of everything together.
  package var level: Level {
    let own: [Level] = targets.isEmpty ? [errorLevel, .unknown] : [errorLevel]
    return .worst(of: own + targets.flatMap { $0.rows.map(\.level) })
  }

  /// A run.
  ///
  /// - Parameters:
  ///   - report: the run.
  ///   - configuration: the path of its configuration.
  ///   - errorLevel: the level of its errors.
  ///   - exitCode: its exit code.
  package init(
    _ report: RunReport, of configuration: String, errorLevel: Level, exitCode: Int32
  ) {
    self.configuration = configuration
    targets = report.targets.map { Target($0, seenAt: report.generatedAt) }
    evaluatedAt = report.generatedAt
    // `endpoint_down` has those of the targets.
    errors = report.errors
    self.errorLevel = errorLevel
    self.exitCode = exitCode
  }

  init(
    targets: [Target], of configuration: String, evaluatedAt: Instant?, errors: [String],
    errorLevel: Level
  ) {
    self.targets = targets
    self.configuration = configuration
    self.evaluatedAt = evaluatedAt
    self.errors = errors
    self.errorLevel = errorLevel
    exitCode = nil
  }

  /// Only an error.
  package init(error: String) {
    self.init(targets: [], of: "", evaluatedAt: nil, errors: [error], errorLevel: .unknown)
  }

  /// The rows with their targets, most urgent first.
  var ordered: [(target: Target, row: Row)] {
    let rows = targets.flatMap { target in target.rows.map { (target: target, row: $0) } }
    return rows.enumerated().sorted { one, other in
      (one.element.row.urgency, one.offset) < (other.element.row.urgency, other.offset)
    }.map(\.element)
  }

  /// Those that deserve a word in a summary, most urgent first: of a target without a snapshot, the
  /// rules that say only that are left out.
  var notable: [(target: Target, row: Row)] {
    ordered.filter { target, row in
      switch row.state {
      case .unknown where target.isReachable == false: false
      case .firing, .recovering, .pending: true
      case .unknown, .resolved, .cancelled, .ok: row.level != .ok
      }
    }
  }

  /// A row's name, which includes its target if there are several: `error_rate[X] on api`.
  func name(of row: Row, at target: Target) -> String {
    targets.count > 1
      ? "\(row.key.text) on \(printable(target.name, limit: 80))" : row.key.text
  }
}

extension AlertExport.Target {
  fileprivate init(_ report: TargetReport, seenAt now: Instant) {
    let state = report.evaluation.state
    self.init(
      report.name, state,
      rows: report.evaluation.checks.map { check in
        AlertExport.Row(check, state.alerts[check.key], of: state, seenAt: now)
      })
  }

  init(_ name: String, _ state: TargetState, rows: [AlertExport.Row]) {
    self.name = name
    isReachable = state.lastObservation.map { $0 == state.lastReadable }
    lastReadable = state.lastReadable
    self.rows = rows
  }
}

extension AlertExport.Row {
  fileprivate init(_ check: Check, _ alert: Alert?, of state: TargetState, seenAt now: Instant) {
    let wording = CheckWording(check, seenAt: now)
    key = check.key
    severity = check.phase.episode?.severity ?? check.subject.severity
    self.state = ReportState(check)
    level = AlertExport.Level(check)
    isUnknown = if case .unknown = check.observation { true } else { false }
    condition = check.subject.rule?.condition
    breachStatus = check.subject.breachStatus
    limit = check.observation.sample?.limit
    unit = check.subject.rule?.unit
    value = alert?.lastNumber
    lastSample = alert.flatMap { $0.lastSample(of: state) }
    isSuppressed = check.suppression != nil
    sentence = ([wording.valueAgainstLimit] + wording.notices).joined(separator: ", ")
    details = TextRow(ReportEntry(check, changed: nil), seenAt: now).details
  }

  /// 0 for what needs attention first; a row that does not count comes after those that do.
  fileprivate var urgency: Int { (level == .ok ? 100 : 0) + state.place }
}

extension AlertExport.Level {
  fileprivate init(_ check: Check) {
    guard check.suppression == nil else {
      self = .ok
      return
    }
    let lacksEvidence =
      if case .unknown(let reason) = check.observation { !reason.isRoutine } else { false }
    self.init(
      check.phase.episode == nil ? nil : check.subject.breachStatus, lacksEvidence: lacksEvidence)
  }

  /// The level of an alert: firing at this status, or without evidence for a reason that matters.
  init(_ firing: BreachStatus?, lacksEvidence: Bool) {
    switch firing {
    case .fail: self = .critical
    case .warn: self = .warning
    case nil: self = lacksEvidence ? .unknown : .ok
    }
  }
}

extension Alert {
  /// The last number that was evidence.
  var lastNumber: Double? {
    recent.entries.last { $0.isEvidence && $0.value != nil }?.value
  }

  /// When there was evidence last.
  func lastSample(of state: TargetState) -> Instant? {
    switch seen {
    case .good, .bad: return state.lastObservation
    case .unknown, nil:
      return recent.entries.last(where: \.isEvidence)?.at ?? phase.breach?.evidence.last
    }
  }
}
