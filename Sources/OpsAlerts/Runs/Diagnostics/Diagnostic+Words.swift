internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// What a diagnostic says: one line, and perhaps a list below it.
struct DiagnosticWords {
  /// Without a full stop.
  var headline: String
  var details: [String] = []

  init(_ headline: String, _ details: [String] = []) {
    self.headline = headline
    self.details = details
  }

  var lines: [String] { details.isEmpty ? [headline] : ["\(headline):"] + details }
}

extension Diagnostic {
  var words: DiagnosticWords {
    switch self {
    case .note(let note): DiagnosticWords(note.sentence)
    case .warning(let warning): DiagnosticWords(warning.sentence)
    case .error(let failure): failure.words
    }
  }

  /// Without its level.
  var sentence: String { words.lines.joined(separator: "\n") }

  /// One line with the level.
  var headline: String { inert(level.prefix + printable(words.headline, limit: 4_000)) }

  /// Its lines on standard error, the first with the level; no quoted text in them can control a
  /// terminal or a CI runner.
  var lines: [String] {
    words.lines.enumerated().map { index, line in
      inert((index == 0 ? level.prefix : "") + printable(line, limit: 4_000))
    }
  }
}

extension RunNote {
  fileprivate var sentence: String {
    switch self {
    case .firstRun(let path): "no state at \(printable(path)): this is the first run"
    case .newTarget(let name, let others, let path):
      "\(printable(name)) is a new target in \(printable(path)), which already has "
        + "\(listed(others.map { printable($0) })); to try an address without saving, use --dry-run"
    case .waitingForLock(let path, let holder):
      "waiting for \(holder.map { "another run (process \($0))" } ?? "another run"), which holds "
        + "the lock on \(printable(path))"
    case .noState(let path, let folder): noStateSentence(path: path, folder: folder)
    case .noHistory(let path, let isFiltered):
      isFiltered
        ? "nothing in \(path.quotedPath) is about this rule, target and time"
        : "no history at \(path.quotedPath): the next run with a transition begins it"
    case .nothingRefused: "no receiver has refused a notification"
    case .fetched(let target, let bytes, let latency, let attempts):
      "\(target): \(bytes) bytes in \(latency.wholeMilliseconds) ms, "
        + (attempts == 1 ? "1 attempt" : "\(attempts) attempts")
    case .receiverSkipped(let name, let missing): "receiver \(name) is skipped: \(missing)"
    case .delivering(let count): "delivering \(count.notifications) before the report"
    case .closedIncidents(let receiver, let count):
      "receiver \(printable(receiver)): closed \(count) "
        + "\(count == 1 ? "incident" : "incidents") left open by an earlier state"
    case .confirming(let progress): progress.sentence
    case .undecided(let remainder): remainder.sentence
    case .stopping: "stopping: no more samples"
    case .finishing: "finishing deliveries and saves; press Ctrl-C to quit immediately"
    case .lint(let entry): "note: \(entry)"
    case .ruleTestReport(let summary, let path): "\(summary); report written to \(path.quotedPath)"
    }
  }
}

/// The words of `status` for a missing state file.
func noStateSentence(path: String, folder: String) -> String {
  "no state at \(path.quotedPath) (current folder \(folder.quotedPath)): nothing has been evaluated "
    + "here; is this the folder that the scheduled job runs in?"
}

extension Confirmation.Progress {
  fileprivate var sentence: String {
    let others = more > 0 ? ", and \(more) more" : ""
    return
      "confirming, at most \(Quantity.text(timeLeft)) left: \(check)\(others) (sample \(sample))"
  }
}

extension Confirmation.Remainder {
  fileprivate var sentence: String {
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    let list = names.prefix(3).joined(separator: ", ")
    let verb = names.count == 1 ? "stays" : "stay"
    return "\(list)\(more) \(verb) undecided: \(reason); the next run continues from here"
  }

  private var reason: String {
    switch prospect {
    case .decided, .tooLate: "cannot be decided within --confirm-for \(Quantity.text(limit))"
    case .noEvidence: "no evidence in \(SamplingPlan.mostUnknowns) samples in a row"
    }
  }
}

extension RunWarning {
  fileprivate var sentence: String {
    switch self {
    case .target(let target): target.sentence
    case .stateGone(let path):
      "no state at \(printable(path)), although there is a history: it was lost or could not be "
        + "saved; this run starts over, without what was firing, silenced or queued"
    case .stateMovedAside(let path, let aside): "moved \(printable(path)) to \(printable(aside))"
    case .undecidedWithoutState(let rules):
      "not decided while the state cannot be saved: \(listed(rules, most: 50))"
    case .credentialsInClear(let hosts):
      "credentials for \(listed(hosts)) are sent in clear text over http: use https"
    case .deliveryWithoutState: "notifications are off: delivery needs a state file"
    case .dropped(let receiver, let count, let reason):
      "receiver \(printable(receiver)): dropped \(count.notifications): \(reason)"
    case .held(let receiver, let count, let reason):
      "receiver \(printable(receiver)): cannot send \(count.notifications): \(reason)"
    case .deferred(let receiver, let count, let reason):
      "receiver \(receiver): \(count.notifications) deferred to the next run (\(reason))"
    case .upkeepFailed(let receiver, let upkeep, let reason):
      upkeep.sentence(receiver: receiver, reason: reason)
    case .stepFile(let variable, let failure): "\(variable): \(failure)"
    case .history(let failure): "the history is incomplete: \(failure)"
    case .skippedHistory(let path, let lines):
      "skipped \(Quantity.count(lines, "line")) of \(path.quotedPath) that cannot be read"
    case .noRoomForSummary: "GITHUB_STEP_SUMMARY: no room left for the summary of this run"
    case .heartbeat(let reason): "heartbeat failed: \(reason)"
    case .uncheckedNames(let path):
      "\(path.quotedPath) cannot be read, so the names of the silence were not checked: "
        + "see \(Program.name) check"
    case .usingLastConfiguration: "using the last valid configuration until this is fixed"
    case .lint(let entry): entry.description
    case .historyAsRuns(let path):
      "\(path.quotedPath) is a history, which has only the runs in which an alert changed its phase: "
        + "the real gaps are shorter; a recording has all runs (--record)"
    case .skippedLine(let line): "skipped \(line.sentence)"
    case .skippedLines(let count): "skipped \(count) more lines"
    case .overlappingSamples(let count):
      SkippedLines(overlapping: count).overlapSentence ?? ""
    case .noSampleOf(let target): "no sample of target \(printable(target, limit: 60))"
    }
  }
}

extension Upkeep {
  fileprivate func sentence(receiver: String, reason: String) -> String {
    switch self {
    case .repeating:
      "receiver \(receiver): could not send ongoing alerts again: \(reason)"
    case .reconciling:
      "receiver \(receiver): could not close incidents of resolved alerts: \(reason)"
    }
  }
}

extension TargetDiagnostic {
  fileprivate var sentence: String {
    switch self {
    case .one(let name, let problem): "\(printable(name)): \(problem.sentence)"
    case .many(let names, let problem):
      "\(listed(names.map { printable($0) })): \(problem.sentence)"
    case .more(let count): "and \(count) more targets; see the report"
    case .notAttempted(let names):
      "\(listed(names.map { printable($0) })): not attempted before the deadline: raise --deadline, "
        + "lower --timeout, or split the targets across several runs with --target"
    }
  }
}

extension TargetProblem {
  var sentence: String {
    switch self {
    case .warning(let warning): warning.sentence
    case .unreachable(let failure): failure.sentence
    case .unreadable(let body): body.sentence
    }
  }
}

extension UnreadableBody {
  fileprivate var sentence: String {
    let response = "the response" + (status?.asRemark ?? "")
    if let other {
      return "\(response) is \(other.noun) instead of \(format.noun): set format to "
        + "\(other.rawValue) for this target (--snapshot-format)"
    }
    return "\(response) is not \(format == .json ? "a JSON snapshot" : format.noun)"
      + (failure.map { " (\($0))" } ?? "")
      + (failure?.isTruncation == true ? "; the body may be truncated" : "")
  }
}

extension RunFailure {
  fileprivate var words: DiagnosticWords {
    switch self {
    case .mistake(let mistake): mistake.words
    case .state(let failure): DiagnosticWords(failure.description)
    case .stateLost(let path):
      DiagnosticWords(
        "the state at \(printable(path)) is gone: durations restart; ongoing alerts will be sent "
          + "again")
    case .noState(let path, let folder):
      DiagnosticWords(noStateSentence(path: path, folder: folder))
    case .file(let failure): DiagnosticWords(failure.description)
    case .outputGone: DiagnosticWords("cannot write to standard output")
    case .interrupted: DiagnosticWords("stopped before the first evaluation")
    case .target(let target): DiagnosticWords(target.sentence)
    case .receiverBroken(let receiver, let count, let reason):
      DiagnosticWords("receiver \(receiver) is broken: \(reason) (\(count.notifications) deferred)")
    case .upkeepFailed(let receiver, let upkeep, let reason):
      DiagnosticWords(upkeep.sentence(receiver: receiver, reason: reason))
    case .deadLetters(let receiver, let count, let reason, let statePath):
      DiagnosticWords(
        "receiver \(printable(receiver)) \(reason?.isUnconfirmed == true ? "did not confirm" : "refused") "
          + count.notifications
          + "\(reason.map { " (\($0))" } ?? ""): '\(Program.name) status"
          + (statePath.map { " --state \(printable($0))" } ?? "")
          + " --retry-dead' requeues them, --dismiss-dead discards them")
    case .recordings(let gap): DiagnosticWords(gap.sentence)
    case .nothingProposed(let bad):
      DiagnosticWords(
        "the snapshot suggests no rule, so nothing was written; write the first rule by hand "
          + "(docs/configuration.md)" + (bad.isEmpty ? "" : "; these are beyond their limits now"),
        bad)
    case .demo(.play, let reason): DiagnosticWords("cannot play the demo: \(reason)")
    case .demo(.serve, let reason): DiagnosticWords("cannot serve the demo: \(reason)")
    }
  }
}

extension RecordingGap {
  fileprivate var sentence: String {
    switch self {
    case .noSnapshot(let files): "no snapshot to replay in \(Self.names(files))"
    case .noSample(let files):
      "no sample in \(Self.names(files)): the lines of a recording are those that --record writes, "
        + "{\"observed_at\": …, \"target\": …, \"snapshot\": …}"
    case .tooLittle(.span(let span)):
      "too little to suggest anything: the recording covers \(Quantity.text(span)), and at least "
        + "\(Quantity.text(SuggestionSearch.leastSpan)) are needed"
    case .tooLittle(.values(let count)):
      "too little to suggest anything: the recording has \(Quantity.count(count, "good or bad sample")) "
        + "of the rule, and at least \(SuggestionSearch.leastValues) are needed"
    case .noneChosen(let files, let first, let last, let targets):
      "no matching sample in \(Self.names(files)): --from, --to and --target exclude all samples "
        + "from \(first.rfc3339) to \(last.rfc3339)"
        + (targets.isEmpty
          ? "" : "; recorded targets: \(listed(targets.map { printable($0, limit: 60) }))")
    }
  }

  private static func names(_ files: [String]) -> String {
    listed(files.map { $0 == "-" ? "standard input" : printable($0) })
  }
}

extension Int {
  /// `1 notification`, `2 notifications`.
  var notifications: String { self == 1 ? "1 notification" : "\(self) notifications" }
}
