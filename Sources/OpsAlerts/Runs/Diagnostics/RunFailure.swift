internal import AlertEngine
internal import Delivery
internal import Files
internal import HTTP
internal import Reports
internal import Text

/// Why a run ends, or what it could not do.
enum RunFailure: Error, Hashable, Sendable {
  case mistake(RunMistake)
  case state(StateFailure)
  /// The state of an earlier sample of this run is gone.
  case stateLost(path: String)
  case noState(path: String, folder: String)
  case file(FileFailure)
  case outputGone
  /// A signal came before the first sample was evaluated.
  case interrupted
  case target(TargetDiagnostic)
  case receiverBroken(String, deferred: Int, reason: String)
  case upkeepFailed(receiver: String, Upkeep, reason: String)
  case deadLetters(receiver: String, Int, DeferralReason?, statePath: String?)
  case recordings(RecordingGap)
  case demo(DemoStep, reason: String)
  /// Nothing in the snapshot is known; `bad` are rules that would fire at once.
  case nothingProposed(bad: [String])

  /// The exit code of the run; `nil` if the failure does not determine it.
  var code: ExitCode? {
    switch self {
    case .mistake: .usage
    case .state, .noState, .file, .outputGone, .demo: .state
    case .interrupted, .recordings, .target, .nothingProposed: .noEvidence
    case .receiverBroken, .upkeepFailed, .deadLetters: .delivery
    case .stateLost: nil
    }
  }
}

/// Why a replay has nothing to evaluate.
enum RecordingGap: Hashable, Sendable {
  case noSnapshot(files: [String])
  case noSample(files: [String])
  case tooLittle(SuggestionSearch.Lack)
  /// `--from`, `--to` and `--target` leave out every sample.
  case noneChosen(files: [String], from: Instant, to: Instant, targets: [String])
}

enum DemoStep: Hashable, Sendable {
  case play, serve
}

/// What is wrong with a command line, a configuration or the variables that they name.
///
/// The exit code is 2, and nothing was fetched, written or sent.
enum RunMistake: Error, Hashable, Sendable {
  /// What a name on the command line stands for.
  enum Kind: Hashable, Sendable {
    case target, rule, receiver
  }

  /// What an unset variable is needed for.
  enum Need: Hashable, Sendable {
    /// The value of this option.
    case option(String)
    /// `what`: `its token`.
    case target(String, what: String)
  }

  case commandLine(UsageMistake)
  case configuration(ConfigurationFileFailure)
  /// There is something where `init` is to write.
  case configurationExists(path: String)
  /// A file that `export` did not write is in the place of one that it writes.
  case foreignFile(path: String)
  case noEndpoint(variable: String)
  case sameFile(String, String, path: String)
  case snapshotOfSeveralTargets
  /// The rules are for different formats, and nothing says which one the target has.
  case openFormat
  /// Some rules are for certain targets, of which this is none.
  case strangeTarget(String)
  case targetBesideURL
  case noTargets(configuration: String)
  /// `place`: the file that should have the name.
  case unknown(Kind, String, place: String, known: [String])
  /// The state and its history have no event with this id.
  case unknownEvent(String, path: String)
  /// The state has no such alert of a rule that it could have.
  case noAlert(String, path: String)
  case unset(variable: String, Need)
  case address(HTTPAddressMistake, place: String)
  case credential(CredentialMistake)
  case credentialThroughProxy(CredentialThroughProxy)
  /// Options for the target that the command line names, beside configured targets.
  case optionOfOtherTarget(String)
  case input(FileFailure)
  case snapshotTooLarge(name: String, limit: Int)
  case receiver(String, ReceiverMistake)
  case requiredReceiver(String, missing: String)
  case noReceivers(configuration: String)
  case noReceiverSetUp
  case noHeartbeat(configuration: String)
  /// The variable is unset, or the file empty.
  case noHeartbeatURL(SecretSource)
  case heartbeat(ReceiverMistake)
  case receiverNotSetUp(String)
  /// A receiver that takes no alert of a rule; `nil` if none does.
  case notTaken(rule: String, by: String?)
  case fromAfterTo
  /// No target has two runs there.
  case tooFewRuns(path: String)
  case whatIf(WhatIfMistake)
  case recordedLine(SkippedLines.Line)
  case ruleTestSource(RuleTestSourceFailure)
  case ruleTests(file: String, ConfigurationMistakes)
  case ruleTestConfiguration(file: String, path: String)
}
