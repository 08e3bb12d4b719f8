internal import AlertEngine
internal import Text

extension Diagnostic {
  /// The diagnostic without what may differ from sample to sample (counts, times, the text of
  /// responses): two with the same topic are about the same thing.
  var topic: Diagnostic {
    switch self {
    case .note(let note): .note(note.topic)
    case .warning(let warning): .warning(warning.topic)
    case .error(let failure): .error(failure.topic)
    }
  }
}

extension RunNote {
  fileprivate var topic: RunNote {
    switch self {
    case .waitingForLock(let path, _): .waitingForLock(path: path, holder: nil)
    case .fetched(let target, _, _, _):
      .fetched(target: target, bytes: 0, latency: .zero, attempts: 0)
    case .delivering: .delivering(0)
    case .closedIncidents(let receiver, _): .closedIncidents(receiver: receiver, 0)
    case .firstRun, .newTarget, .noState, .noHistory, .nothingRefused, .receiverSkipped,
      .confirming,
      .undecided, .stopping,
      .finishing, .lint, .ruleTestReport:
      self
    }
  }
}

extension RunWarning {
  fileprivate var topic: RunWarning {
    switch self {
    case .target(let target): .target(target.topic)
    case .stateMovedAside(let path, _): .stateMovedAside(path: path, to: "")
    case .stateGone(let path): .stateGone(path: path)
    case .dropped(let receiver, _, let reason): .dropped(receiver: receiver, 0, reason)
    case .held(let receiver, _, let reason): .held(receiver: receiver, 0, reason)
    case .deferred(let receiver, _, _): .deferred(receiver: receiver, 0, .deadline)
    case .upkeepFailed(let receiver, let upkeep, _):
      .upkeepFailed(receiver: receiver, upkeep, reason: "")
    case .skippedLines: .skippedLines(0)
    case .heartbeat: .heartbeat(reason: "")
    case .overlappingSamples: .overlappingSamples(0)
    case .credentialsInClear, .deliveryWithoutState, .stepFile, .history, .skippedHistory,
      .noRoomForSummary,
      .usingLastConfiguration, .uncheckedNames, .undecidedWithoutState,
      .lint, .historyAsRuns, .skippedLine,
      .noSampleOf:
      self
    }
  }
}

extension RunFailure {
  fileprivate var topic: RunFailure {
    switch self {
    case .state(let failure): .state(failure.topic)
    case .target(let target): .target(target.topic)
    case .receiverBroken(let receiver, _, _): .receiverBroken(receiver, deferred: 0, reason: "")
    case .upkeepFailed(let receiver, let upkeep, _):
      .upkeepFailed(receiver: receiver, upkeep, reason: "")
    case .deadLetters(let receiver, _, _, let path):
      .deadLetters(receiver: receiver, 0, nil, statePath: path)
    case .mistake, .stateLost, .noState, .file, .outputGone, .interrupted, .recordings, .demo,
      .nothingProposed:
      self
    }
  }
}

extension StateFailure {
  fileprivate var topic: StateFailure {
    switch self {
    case .locked(let path, _, _): .locked(path: path, holder: nil, waited: .zero)
    case .tooLarge(let path, _): .tooLarge(path: path, megabytes: 0)
    case .file, .corrupt, .newerFormat, .foreign, .commonSecret, .lockLost: self
    }
  }
}

extension TargetDiagnostic {
  fileprivate var topic: TargetDiagnostic {
    switch self {
    case .one(let name, let problem): .one(name, problem.topic)
    case .many(_, let problem): .many([], problem.topic)
    case .more: .more(0)
    case .notAttempted: .notAttempted([])
    }
  }
}

extension TargetProblem {
  fileprivate var topic: TargetProblem {
    switch self {
    case .warning(let warning): .warning(warning.topic)
    case .unreachable, .unreadable: shared
    }
  }
}

extension Evaluation.Warning {
  fileprivate var topic: Evaluation.Warning {
    switch self {
    case .sampleIgnored:
      .sampleIgnored(at: Instant(milliseconds: 0), last: Instant(milliseconds: 0))
    case .clockWasAhead: .clockWasAhead(by: .zero)
    case .noRequestCount(let path, let found, _):
      .noRequestCount(path: path, found: found, rules: 0)
    case .noSnapshotTime: self
    }
  }
}
