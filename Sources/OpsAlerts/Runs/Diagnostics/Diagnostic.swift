internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// Something that a run reports on standard error.
///
/// Code decides by cases and their data; all words are in `Diagnostic+Words.swift` and
/// `RunMistake+Words.swift`.
enum Diagnostic: Hashable, Sendable {
  case note(RunNote)
  case warning(RunWarning)
  case error(RunFailure)
}

/// Progress, or something that is not a problem.
enum RunNote: Hashable, Sendable {
  case firstRun(statePath: String)
  /// The host of an address is a target that the state did not have, beside these.
  case newTarget(String, beside: [String], statePath: String)
  /// `holder`: the process that has the lock, if known.
  case waitingForLock(path: String, holder: Int?)
  /// `status` found no state, in a folder that has a configuration.
  case noState(path: String, folder: String)
  case nothingRefused
  /// `history` found nothing to show: there is no history, or `isFiltered`, no entry was chosen.
  case noHistory(path: String, isFiltered: Bool)
  case fetched(target: String, bytes: Int, latency: Duration, attempts: Int)
  case receiverSkipped(String, missing: String)
  case delivering(Int)
  /// Incidents left open by a state that was lost or replaced by an older one.
  case closedIncidents(receiver: String, Int)
  case confirming(Confirmation.Progress)
  case undecided(Confirmation.Remainder)
  /// A signal came during `--confirm`.
  case stopping
  /// `watch` waits for a delivery or a save before it ends.
  case finishing
  case lint(LintReport.Entry)
  case ruleTestReport(summary: String, path: String)
}

/// Something that needs attention but does not make the run fail.
enum RunWarning: Hashable, Sendable {
  case target(TargetDiagnostic)
  case stateMovedAside(path: String, to: String)
  /// There is a history, and no state: it was removed, or no run could save it.
  case stateGone(path: String)
  /// Rules whose evidence or recovery only a saved state can carry to the next run.
  case undecidedWithoutState(rules: [String])
  case credentialsInClear(hosts: [String])
  case deliveryWithoutState
  /// Events that will not be sent.
  case dropped(receiver: String, Int, DeferralReason)
  /// Events that wait for a receiver that is not ready.
  case held(receiver: String, Int, DeferralReason)
  /// Events that a receiver did not accept in this run.
  case deferred(receiver: String, Int, DeferralReason)
  case upkeepFailed(receiver: String, Upkeep, reason: String)
  case stepFile(variable: String, FileFailure)
  /// The history could not be written.
  case history(FileFailure)
  /// Lines of a history that this version cannot read.
  case skippedHistory(path: String, lines: Int)
  case noRoomForSummary
  case heartbeat(reason: String)
  /// `watch` continues with the last valid configuration.
  case usingLastConfiguration
  /// The names of a silence were not checked against a configuration with mistakes.
  case uncheckedNames(path: String)
  case lint(LintReport.Entry)
  /// A history does not have all runs.
  case historyAsRuns(path: String)
  case skippedLine(SkippedLines.Line)
  case skippedLines(Int)
  case overlappingSamples(Int)
  case noSampleOf(target: String)
}

/// The work at a receiver besides delivering its queue.
enum Upkeep: Hashable, Sendable {
  /// Ongoing alerts are sent again.
  case repeating
  /// Incidents of resolved alerts are closed.
  case reconciling
}

/// What is wrong with targets, one line of it.
enum TargetDiagnostic: Hashable, Sendable {
  case one(String, TargetProblem)
  /// Several targets and the problem that they share.
  case many([String], TargetProblem)
  /// This many more targets, which only the report lists.
  case more(Int)
  case notAttempted([String])
}

/// What is wrong with one target.
enum TargetProblem: Hashable, Sendable {
  case warning(Evaluation.Warning)
  case unreachable(FetchFailure)
  case unreadable(UnreadableBody)

  /// The same for all targets with this problem.
  var shared: TargetProblem {
    switch self {
    case .warning: self
    case .unreachable(let failure): .unreachable(failure.withoutEndpoint)
    case .unreadable(let body):
      .unreadable(UnreadableBody(format: body.format, status: body.status, other: body.other))
    }
  }
}

/// A body that is not of its target's format.
struct UnreadableBody: Error, Hashable, Sendable {
  var format: SnapshotFormat
  /// `nil` for a saved snapshot.
  var status: Int?
  /// The format that it seems to have.
  var other: SnapshotFormat?
  /// `nil` if it stands for the problem of several targets.
  var failure: JSONFailure?
}

extension Diagnostic {
  var level: WatchNotice.Level {
    switch self {
    case .note: .note
    case .warning: .warning
    case .error: .error
    }
  }

  /// Whether the notifications of a report show it as well.
  var isAboutNotifications: Bool {
    switch self {
    case .note: false
    case .warning(let warning):
      if case .deferred = warning { true } else { false }
    case .error(.receiverBroken(_, let count, _)): count > 0
    case .error(.deadLetters): true
    case .error: false
    }
  }
}
