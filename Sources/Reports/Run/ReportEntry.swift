internal import AlertEngine

/// One line of a report for people: a check, or an alert that ended and has none.
struct ReportEntry {
  enum Content {
    /// With the run's last transition of it.
    case check(Check, changed: Transition?)
    /// Its rule or its instance is gone.
    case ended(Transition)
  }

  let content: Content
  let state: ReportState

  init(_ check: Check, changed: Transition?) {
    content = .check(check, changed: changed)
    state = ReportState(check, changed: changed)
  }

  init(ended transition: Transition) {
    content = .ended(transition)
    state = ReportState(ended: transition)
  }

  /// The entries of a target, those that need attention first.
  static func entries(of target: TargetReport) -> [ReportEntry] {
    let transitions = target.evaluation.transitions
    let last = Dictionary(transitions.map { ($0.key, $0) }) { _, last in last }
    var entries = target.evaluation.checks.map { ReportEntry($0, changed: last[$0.key]) }
    if !last.isEmpty {
      let checked = Set(target.evaluation.checks.map(\.key))
      let over = transitions.filter { !checked.contains($0.key) && last[$0.key] == $0 }
      entries += over.map(ReportEntry.init(ended:))
    }
    let ordered = entries.enumerated().map { (rank: $0.element.rank, $0.offset, $0.element) }
    return ordered.sorted { ($0.rank, $0.1) < ($1.rank, $1.1) }.map(\.2)
  }

  /// By state; then `endpoint_down`, which explains the others; then by severity.
  var rank: ReportRank {
    check.map { ReportRank($0, state) } ?? ReportRank(state: state, urgency: 0)
  }

  var check: Check? {
    guard case .check(let check, _) = content else { return nil }
    return check
  }

  /// Whether it needs no attention: it is good, or lacks evidence for a harmless reason (low volume,
  /// warming up).
  var isHealthy: Bool {
    switch state {
    case .ok: true
    case .unknown: check?.reason?.isRoutine ?? false
    case .firing, .recovering, .pending, .resolved, .cancelled: false
    }
  }

  /// Whether it reports only that its target has no snapshot.
  var isUnreachable: Bool { state == .unknown && lacksSnapshot }

  /// Whether a rule was not evaluated because its target returned no snapshot.
  var lacksSnapshot: Bool {
    guard let check, check.subject.rule != nil, let reason = check.reason else { return false }
    switch reason {
    case .unreachable, .notAttempted, .stale: return true
    case .missing, .wrongType, .lowVolume, .warmingUp, .tooFewSamples, .unstableCounter, .gone,
      .ambiguous,
      .unnamed, .zeroDenominator, .notANumber, .notRecorded, .sampledTooRarely:
      return false
    }
  }
}

/// The order of entries in a report.
struct ReportRank: Comparable {
  var state: ReportState
  /// Least for `endpoint_down`, then by severity, worst first.
  var urgency: Int

  init(state: ReportState, urgency: Int) {
    self.state = state
    self.urgency = urgency
  }

  /// Checks of inactive alerts stay in the order of the rules.
  init(_ check: Check, _ state: ReportState) {
    self.init(state: state, urgency: check.phase.kind == .inactive ? 0 : check.urgency)
  }

  static func < (one: ReportRank, other: ReportRank) -> Bool {
    (one.state.place, one.urgency) < (other.state.place, other.urgency)
  }
}

extension ReportState {
  /// 0 for what needs attention first.
  var place: Int {
    switch self {
    case .firing: 0
    case .recovering: 1
    case .pending: 2
    case .unknown: 3
    case .resolved: 4
    case .cancelled: 5
    case .ok: 6
    }
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

extension Check {
  /// Whether this sample made it fire, and not an earlier one of the same run.
  func fires(in changed: Transition?) -> Bool {
    guard case .bad = observation, let episode = phase.episode else { return false }
    return changed?.event == .firing && episode.breach.evidence.last == episode.firedAt
  }
}
