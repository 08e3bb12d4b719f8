internal import AlertEngine
internal import Delivery
internal import Files
internal import HTTP
internal import Reports
internal import Text

extension RunMistake {
  var words: DiagnosticWords { DiagnosticWords(headline, details) }

  private var details: [String] {
    if case .configuration(let failure) = self { return failure.words.details }
    if case .ruleTests(let file, let mistakes) = self { return mistakes.lines(in: file) }
    return []
  }

  private var headline: String {
    switch self {
    case .commandLine(let mistake): mistake.message
    case .configuration(let failure): failure.headline
    case .configurationExists(let path):
      "\(path.quotedPath) exists, and is not replaced: name another file with --config, or move it away"
    case .foreignFile(let path):
      "\(path.quotedPath) was not written by export, and is not replaced: name another folder with "
        + "--output, or move it away"
    case .noEndpoint(let variable):
      "no endpoint to evaluate: set \(variable) to the service's address (https://host), or "
        + "OPS_METRICS_URL to the full URL; '\(Program.name) demo' (or make demo) needs neither"
    case .sameFile(let one, let other, let path) where one == other:
      "\(one) names the same file twice: \(printable(path))"
    case .sameFile(let one, let other, let path):
      "\(one) and \(other) are the same file: \(printable(path))"
    case .strangeTarget(let name):
      "some rules apply only to certain targets, and \(name.quoted) is none of them: name one of "
        + "the configured targets with --target-name"
    case .openFormat:
      "the configuration has rules for JSON and for Prometheus text: set --snapshot-format, or "
        + "configure the target with its format"
    case .snapshotOfSeveralTargets:
      "a saved snapshot belongs to one target: give --target only once"
    case .targetBesideURL:
      "--target selects configured targets and cannot be combined with a URL option"
    case .noTargets(let configuration):
      "\(printable(configuration)) has no targets for --target to select; --target-name names "
        + "the target of a URL or a saved snapshot"
    case .unknown(let kind, let name, let place, let known):
      "\(place) has no \(kind.noun) \"\(printable(name, limit: 60))\"" + hint(name, among: known)
    case .address(let mistake, let place): "\(place): \(mistake)"
    case .credential(let mistake): mistake.description
    case .credentialThroughProxy(let mistake): mistake.description
    case .optionOfOtherTarget(let option):
      "\(option) is for the target of --metrics-url or --base-url; configured targets have a key "
        + "for it"
    case .input(let failure): failure.description
    case .unknownEvent(let id, let path):
      "neither \(path.quotedPath) nor its history has an alert or an event \(printable(id))"
    case .noAlert(let name, let path):
      "\(path.quotedPath) has no alert \(printable(name)): it has not been evaluated there"
    case .unset(let variable, .option(let option)):
      "\(option) names \(variable), which is not set"
    case .unset(let variable, .target(let name, let what)):
      "target \(printable(name)) takes \(what) from \(variable), which is not set"
    case .snapshotTooLarge(let name, let limit):
      "\(name) is larger than the snapshot limit (\(limit >> 20) MiB)"
    case .receiver(let name, let mistake): "receiver \(name): \(mistake)"
    case .requiredReceiver(let name, let missing):
      "receiver \(name): \(missing), and the receiver is required; nothing was evaluated or sent"
    case .noReceivers(let configuration):
      "\(printable(configuration)) has no receivers; see docs/receivers.md"
    case .noReceiverSetUp: "no receiver to test: none is set up"
    case .noHeartbeat(let configuration):
      "--heartbeat needs the key \("heartbeat".quoted) in \(printable(configuration))"
    case .noHeartbeatURL(.variable(let name)):
      "heartbeat takes its URL from \(name), which is not set"
    case .noHeartbeatURL(.file(let path)): "heartbeat: the file \(printable(path)) is empty"
    case .heartbeat(let mistake): "heartbeat: \(mistake)"
    case .receiverNotSetUp(let name): "receiver \(name) is not set up"
    case .notTaken(let rule, let receiver):
      (receiver.map { "receiver \($0) does not take" } ?? "no receiver takes")
        + " alerts of \(rule); severities and match decide which a receiver takes"
    case .fromAfterTo: "--from is after --to"
    case .tooFewRuns(let path):
      "\(path == "-" ? "standard input" : path.quotedPath) does not have two runs of any target; "
        + "--runs takes a recording (evaluate --record), or the history beside a state file"
    case .whatIf(let mistake): "--what-if \(mistake)"
    case .recordedLine(let line): line.sentence
    case .ruleTestConfiguration(let file, let path):
      "\(file) names the configuration \(path.quotedPath), which does not exist"
    case .ruleTestSource(let failure): failure.description
    case .ruleTests(let file, let mistakes): "\(file) has \(mistakes.countWords)"
    }
  }

  private func hint(_ name: String, among known: [String]) -> String {
    if let question = didYouMean(name, among: known) { return "; \(question)" }
    return known.isEmpty ? "" : ", only \(listed(known.map { printable($0, limit: 60) }))"
  }
}

extension RunMistake.Kind {
  fileprivate var noun: String {
    switch self {
    case .target: "target"
    case .rule: "rule"
    case .receiver: "receiver"
    }
  }
}

extension ConfigurationFileFailure {
  var words: DiagnosticWords {
    guard case .mistakes(let path, let mistakes) = self else { return DiagnosticWords(headline) }
    return DiagnosticWords(headline, mistakes.lines(in: path.quotedPath))
  }
}

extension ConfigurationMistakes {
  var countWords: String { count == 1 ? "a mistake" : "\(count) mistakes" }

  fileprivate func lines(in file: String) -> [String] {
    let more = count - listed.count
    return listed.map { "\($0.file?.quotedPath ?? file):\($0)" }
      + (more > 0 ? ["and \(more) more"] : [])
  }
}
