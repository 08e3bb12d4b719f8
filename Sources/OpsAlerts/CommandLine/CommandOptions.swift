package import Text

/// The options of one command; made without arguments they are its defaults.
package protocol CommandOptions: Sendable {
  init()
}

/// What `evaluate` was asked for.
package struct EvaluateOptions: CommandOptions, Hashable {
  package var config = "config/ops_alert_thresholds.json"
  package var metricsURL: String?
  package var baseURL: String?
  package var baseURLEnv = "OPS_API_BASE_URL"
  package var bearerTokenEnv = "OPS_API_BEARER_TOKEN"
  package var bearerTokenFile: String?
  package var snapshot: SnapshotSource?
  /// The configured targets to evaluate; all of them when empty.
  package var targets: [String] = []
  /// What the one target of the options is called.
  package var targetName: String?
  /// The time to evaluate at; only with a snapshot.
  package var at: Instant?
  package var state = StateChoice.standard
  /// A corrupt or unwanted state file is moved aside before the run.
  package var resetState = false
  /// Where the JSON report goes as well.
  package var output: String?
  /// Where a page with pictures goes as well.
  package var html: String?
  package var format = ReportFormat.text
  /// For one attempt at a fetch.
  package var timeout = Duration.seconds(10)
  /// Attempts after the first, 0 to 10.
  package var retries = 2
  /// For all fetching and delivering together.
  package var deadline = Duration.seconds(60)
  package var lockTimeout = Duration.seconds(30)
  /// Rules that name no `on_missing` hold in place of alerting.
  package var allowMissingMetrics = false
  /// `nil` where neither `--deliver` nor `--no-deliver` was written; see `delivers`.
  package var deliver: Bool?
  /// The recording to which the snapshot is appended.
  package var record: String?
  /// Nothing but `output` is written, nothing is sent.
  package var dryRun = false
  /// Sample on in this run while a rule is pending that can be decided in time.
  package var confirm = false
  /// Between two samples of one run.
  package var interval = Duration.seconds(30)
  /// How long a run samples on at most.
  package var confirmFor = Duration.seconds(20 * 60)
  package var failOn = FailOn.fail
  package var verbosity = Verbosity.normal
  package var color = ColorChoice.auto

  package init() {}

  /// The state file of this run; `nil` for none, which is also a saved snapshot's default.
  package var statePath: String? {
    switch state {
    case .file(let path): path
    case .without: nil
    case .standard: snapshot == nil ? standardStatePath(forConfig: config) : nil
    }
  }

  /// Whether notifications are sent: yes for a live endpoint, no for a saved snapshot, unless said.
  package var delivers: Bool { deliver ?? (snapshot == nil) }
}

/// What `watch` was asked for.
package struct WatchOptions: CommandOptions, Hashable {
  /// What each sample is: `interval` lies between two of them.
  package var evaluation = EvaluateOptions()
  /// How long to watch; `nil` for as long as nobody ends it.
  package var duration: Duration?
  /// End as soon as no rule is pending.
  package var untilDecided = false

  package init() {}
}

/// What `replay` was asked for.
package struct ReplayOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  /// The recordings; `-` is standard input.
  package var files: [String] = []
  /// The rules to replay; all of them when empty.
  package var rules: [String] = []
  /// The targets to replay; all of them when empty.
  package var targets: [String] = []
  /// What is told begins here; what was before is judged all the same.
  package var from: Instant?
  /// The last time that is judged, inclusive.
  package var to: Instant?
  /// Variants of rules, as they were written.
  package var whatIf: [String] = []
  package var allowMissingMetrics = false
  /// A bad line ends the replay.
  package var isStrict = false
  package var format = ReplayFormat.text
  /// Where the report goes in place of standard output.
  package var output: String?
  package var color = ColorChoice.auto

  package init() {}
}

/// How `replay` writes what it found.
package enum ReplayFormat: String, CaseIterable, Sendable {
  case text, json, html
}

/// What `test` was asked for.
package struct RuleTestOptions: CommandOptions, Hashable {
  /// The rules for files that name none of their own.
  package var config = EvaluateOptions().config
  /// The files with tests; `-` is standard input.
  package var files: [String] = []
  package var format = RuleTestFormat.text
  /// Where the report goes in place of standard output.
  package var output: String?
  /// The pictures of passed tests are printed, too.
  package var isVerbose = false
  package var color = ColorChoice.auto

  package init() {}
}

/// How `test` writes what it found.
package enum RuleTestFormat: String, CaseIterable, Sendable {
  case text, junit
}

/// What `check` was asked for.
package struct CheckOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  package var format = PlainFormat.text
  package var color = ColorChoice.auto
  /// A generated text to print in place of checking.
  package var printing: ConfigurationText?

  package init() {}
}

/// What `status` was asked for.
package struct StatusOptions: CommandOptions, Hashable {
  /// Only its name matters: it decides where the state file lies by default.
  package var config = EvaluateOptions().config
  package var state: String?
  /// The targets to show; all of them when empty.
  package var targets: [String] = []
  package var format = PlainFormat.text
  package var color = ColorChoice.auto
  package var isVerbose = false
  /// What is done with the dead letters; `nil` for nothing.
  package var deadLetters: DeadLetterChoice?

  package init() {}

  package var statePath: String { state ?? standardStatePath(forConfig: config) }
}

/// What `status` does with notifications that a receiver refused.
package enum DeadLetterChoice: Hashable, Sendable {
  case retry, dismiss
}

/// What `notify-test` was asked for.
package struct NotifyTestOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  /// The receivers to test; all of them when empty.
  package var receivers: [String] = []
  package var event = TestEvent.firing
  /// For all receivers together.
  package var deadline = Duration.seconds(60)

  package init() {}
}

/// What a test notification says.
package enum TestEvent: String, CaseIterable, Sendable {
  case firing, resolved
}

/// What `demo` was asked for.
package struct DemoOptions: CommandOptions, Hashable {
  package var color = ColorChoice.auto
  /// Only the final summary is printed.
  package var isQuiet = false
  /// Serve the endpoint for so long instead of playing the incident.
  package var serve: Duration?
  /// Where it is served, 1 to 65535; `nil` lets the system choose.
  package var port: Int?

  package init() {}
}

/// Where a saved snapshot is read from.
package enum SnapshotSource: Hashable, Sendable {
  case standardInput
  case file(String)
}

/// Which state file a run uses.
package enum StateChoice: Hashable, Sendable {
  /// The one that belongs to the configuration.
  case standard
  case file(String)
  case without
}

/// What an evaluation writes to standard output.
package enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, markdown, github
}

/// What the other commands write to standard output.
package enum PlainFormat: String, CaseIterable, Sendable {
  case text, json
}

/// The mildest check status that makes the exit code 1.
package enum FailOn: String, CaseIterable, Sendable {
  case never, fail, warn, unknown, pending
}

package enum Verbosity: Hashable, Sendable {
  case quiet, normal, verbose
}

package enum ColorChoice: String, CaseIterable, Sendable {
  /// In a terminal, unless `NO_COLOR` is set.
  case auto
  case always, never
}

/// The texts that are generated from the tables of keys.
package enum ConfigurationText: Hashable, Sendable {
  case schema, reference, ruleTestSchema, ruleTestReference
}

/// Where the state of a configuration lies unless `--state` says otherwise.
///
/// Named after the configuration, so that another configuration never touches this one's alerts.
package func standardStatePath(forConfig config: String) -> String {
  let name = config.split(separator: "/").last ?? ""
  let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
  return "artifacts/ops/\(stem.isEmpty ? name : stem)-state.json"
}
