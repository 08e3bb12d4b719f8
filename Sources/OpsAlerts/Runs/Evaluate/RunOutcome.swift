internal import AlertEngine
internal import Reports
internal import Text

/// What a run has found so far.
struct RunOutcome {
  var now = Instant(milliseconds: 0)
  var configurationVersion: String?
  /// The one that counted; `nil` where none could be used.
  var configuration: Configuration?
  var targets: [TargetReport] = []
  var errors: [String] = []
  /// Those of the errors that tell what the notifications tell as well.
  var deliveryErrors: Set<String> = []
  /// What came of each event for each receiver.
  var notifications: [DeliveryResult] = []
  private(set) var codes: Set<ExitCode> = []
  /// Whether something for the CI system could not be written: it hides nothing else.
  var lacksStepFile = false
  /// Whether the state could not be kept: a further sample would begin with the old one.
  private(set) var isStateLost = false
  /// Nothing was judged, since somebody ended the run before.
  private(set) var isInterrupted = false

  var report: RunReport {
    RunReport(
      generatedAt: now, configurationVersion: configurationVersion, targets: targets,
      notifications: notifications, errors: errors, deliveryErrors: deliveryErrors)
  }

  /// Nothing was fetched, written or sent, and nothing is reported.
  var isUsageError: Bool { codes.contains(.usage) }

  mutating func add(_ code: ExitCode) { codes.insert(code) }

  mutating func sortTargets(like names: [String]) {
    let places = Dictionary(names.enumerated().map { ($1, $0) }) { one, _ in one }
    targets.sort { places[$0.name, default: .max] < places[$1.name, default: .max] }
  }

  mutating func stop(_ stop: RunFailure) {
    errors.append(stop.sentence)
    codes.insert(stop.code)
  }

  mutating func lose(_ error: StateFailure) {
    isStateLost = true
    stop(.state(error))
  }

  static var interrupted: RunOutcome {
    var outcome = RunOutcome()
    outcome.isInterrupted = true
    return outcome
  }

  /// This outcome as the last of several samples in one run: how things stand now, and all that
  /// happened on the way.
  ///
  /// - Parameter earlier: of the samples before.
  /// - Returns: what the run reports.
  func following(_ earlier: RunOutcome) -> RunOutcome {
    guard !isInterrupted else { return earlier }
    guard !targets.isEmpty else {
      // This sample came to nothing, so that the one before is the last word.
      var stopped = earlier
      stopped.errors += errors
      stopped.codes.formUnion(isUsageError ? [.state] : codes)
      return stopped
    }
    var whole = self
    let before = Dictionary(earlier.targets.map { ($0.name, $0.evaluation.transitions) }) { $1 }
    for index in targets.indices {
      whole.targets[index].evaluation.transitions =
        before[targets[index].name, default: []] + targets[index].evaluation.transitions
    }
    // A sample that was ended between its batches has not judged all of them.
    let judged = Set(targets.map(\.name))
    whole.targets += earlier.targets.filter { !judged.contains($0.name) }
    whole.sortTargets(like: earlier.targets.map(\.name))
    let latest = Set(notifications.map(\.key))
    whole.notifications =
      earlier.notifications.filter { !latest.contains($0.key) } + notifications
    if earlier.codes.contains(.state) { whole.add(.state) }
    return whole
  }

  /// The most telling of everything that happened.
  ///
  /// - Parameter failOn: the mildest check status that counts as an alert.
  /// - Returns: success when nothing else holds.
  func exitCode(failOn: FailOn) -> ExitCode {
    let isAlarming = report.checks.contains { $0.status.isAtLeast(failOn) }
    let code = ExitCode.mostTelling(of: codes.union(isAlarming ? [.alerts] : []))
    return code == .success && lacksStepFile ? .state : code
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
