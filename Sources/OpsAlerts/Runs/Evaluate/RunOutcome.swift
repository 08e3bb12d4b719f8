internal import AlertEngine
internal import HTTP
internal import Reports
internal import Text

/// What a run has found so far.
struct RunOutcome {
  var now = Instant(milliseconds: 0)
  var configurationVersion: String?
  /// The one that was used; `nil` if none was valid.
  var configuration: Configuration?
  var targets: [TargetReport] = []
  /// What to request at the end of a complete run; `nil` without `--heartbeat`.
  var heartbeat: HTTPAddress?
  /// What the report lists as errors.
  private(set) var problems: [Diagnostic] = []
  /// The result of each event for each receiver.
  var notifications: [DeliveryResult] = []
  /// The exit codes of what happened apart from the targets.
  private var codes: Set<ExitCode> = []
  /// Whether a file for the CI system could not be written; any other exit code takes precedence.
  var lacksStepFile = false
  /// Whether the history could not be written, which has been reported.
  var lacksHistory = false
  /// Whether the state could not be saved: another sample would start from the old one.
  var isStateLost = false
  /// The state that could not be saved.
  var unsaved: UnsavedState?
  /// Whether the run was stopped before it evaluated anything.
  private(set) var isInterrupted = false

  var report: RunReport {
    RunReport(
      generatedAt: now, configurationVersion: configurationVersion, targets: targets,
      notifications: notifications, errors: problems.map(\.sentence),
      ownErrors: problems.filter { !$0.isAboutNotifications }.map(\.sentence))
  }

  /// Nothing was fetched, written or sent, and nothing is reported.
  var isUsageError: Bool { codes.contains(.usage) }

  mutating func add(_ code: ExitCode) { codes.insert(code) }

  mutating func sortTargets(like names: [String]) {
    let places = Dictionary(names.enumerated().map { ($1, $0) }) { one, _ in one }
    targets.sort { places[$0.name, default: .max] < places[$1.name, default: .max] }
  }

  mutating func add(_ failure: RunFailure) {
    problems.append(.error(failure))
    if let code = failure.code { add(code) }
  }

  mutating func add(_ warning: RunWarning) { problems.append(.warning(warning)) }

  static var interrupted: RunOutcome {
    var outcome = RunOutcome()
    outcome.isInterrupted = true
    return outcome
  }

  /// This outcome as the last of several samples in one run, with what happened in all of them.
  ///
  /// - Parameter earlier: the outcome of the samples before.
  /// - Returns: what the run reports.
  func following(_ earlier: RunOutcome) -> RunOutcome {
    guard !isInterrupted else { return earlier }
    guard !targets.isEmpty else {
      // This sample found nothing: the one before stands.
      var stopped = earlier
      stopped.problems += problems
      stopped.codes.formUnion(isUsageError ? [.state] : codes)
      return stopped
    }
    var whole = self
    let before = Dictionary(earlier.targets.map { ($0.name, $0.evaluation.transitions) }) { $1 }
    for index in targets.indices {
      whole.targets[index].evaluation.transitions =
        before[targets[index].name, default: []] + targets[index].evaluation.transitions
    }
    // A sample that was interrupted between its batches has not evaluated all targets.
    let evaluated = Set(targets.map(\.name))
    whole.targets += earlier.targets.filter { !evaluated.contains($0.name) }
    whole.sortTargets(like: earlier.targets.map(\.name))
    let latest = Set(notifications.map(\.key))
    whole.notifications =
      earlier.notifications.filter { !latest.contains($0.key) } + notifications
    if earlier.codes.contains(.state) { whole.add(.state) }
    return whole
  }

  /// The code of the worst problem, alerts apart.
  var problemCode: ExitCode {
    ExitCode.highestPriority(
      of: codes.union(targets.contains(where: \.lacksEvidence) ? [.noEvidence] : []))
  }

  /// The exit code of the run, with the mildest check status that counts as an alert.
  func exitCode(failOn: FailOn) -> ExitCode {
    let isAlarming = report.checks.contains { check in
      check.suppression == nil && check.status.isAtLeast(failOn)
    }
    let code = ExitCode.highestPriority(of: [problemCode] + (isAlarming ? [.alerts] : []))
    return code == .success && lacksStepFile ? .state : code
  }
}

extension TargetReport {
  /// Whether it has no snapshot, unless somebody wants silence about that.
  fileprivate var lacksEvidence: Bool {
    let endpoint = evaluation.checks.first { $0.key.rule == EndpointSettings.ruleName }
    return !errors.isEmpty && endpoint?.suppression?.isSilence != true
  }
}

extension Check.Status {
  /// Whether this status makes a run exit with 1.
  fileprivate func isAtLeast(_ level: FailOn) -> Bool {
    switch level {
    case .never: false
    case .fail: self == .fail
    case .warn: self == .fail || self == .warn
    case .unknown: self == .fail || self == .warn || self == .unknown
    case .pending: self != .pass
    }
  }
}
