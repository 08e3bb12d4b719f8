package import Text

/// The options of one command; `init()` gives the defaults.
package protocol CommandOptions: Sendable {
  init()
}

/// The options of `evaluate`.
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
  /// The name of the target that the options give.
  package var targetName: String?
  /// The time to evaluate at; only with a snapshot.
  package var at: Instant?
  package var state = StateChoice.standard
  /// Moves the state file aside before the run.
  package var resetState = false
  /// The file for the JSON report.
  package var output: String?
  /// The file for the page.
  package var html: String?
  package var format = ReportFormat.text
  /// For one fetch attempt.
  package var timeout = Duration.seconds(10)
  /// Attempts after the first, 0 to 10.
  package var retries = 2
  /// For fetching and delivering together.
  package var deadline = Duration.seconds(60)
  package var lockTimeout = Duration.seconds(30)
  /// Rules without `on_missing` hold instead of alerting.
  package var allowMissingMetrics = false
  /// `nil` without `--deliver` and `--no-deliver`; see `delivers`.
  package var deliver: Bool?
  /// The recording to which the snapshot is appended.
  package var record: String?
  /// Nothing is sent, and nothing but `output` and `html` is written.
  package var dryRun = false
  /// Keeps sampling while a pending rule can be decided in time.
  package var confirm = false
  /// Between two samples of one run.
  package var interval = Duration.seconds(30)
  /// The longest time that a run keeps sampling.
  package var confirmFor = Duration.seconds(20 * 60)
  package var failOn = FailOn.fail
  package var verbosity = Verbosity.normal
  package var color = ColorChoice.auto

  package init() {}

  /// The state file; `nil` for none, which is the default for a saved snapshot.
  package var statePath: String? {
    switch state {
    case .file(let path): path
    case .without: nil
    case .standard: snapshot == nil ? standardStatePath(forConfig: config) : nil
    }
  }

  /// Whether notifications are sent; by default for a live endpoint, and not for a saved snapshot.
  package var delivers: Bool { deliver ?? (snapshot == nil) }
}

/// The options of `watch`.
package struct WatchOptions: CommandOptions, Hashable {
  /// The options of each sample, and the `interval` between two.
  package var evaluation = EvaluateOptions()
  /// How long to watch; `nil` for no limit.
  package var duration: Duration?
  /// Exit as soon as no rule is pending.
  package var untilDecided = false

  package init() {}
}

/// The options of `replay`.
package struct ReplayOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  /// The recordings; `-` is standard input.
  package var files: [String] = []
  /// The rules to replay; all of them when empty.
  package var rules: [String] = []
  /// The targets to replay; all of them when empty.
  package var targets: [String] = []
  /// The start of the report; earlier samples are still evaluated.
  package var from: Instant?
  /// The last time that is evaluated, inclusive.
  package var to: Instant?
  /// Variants of rules, unparsed.
  package var whatIf: [String] = []
  package var allowMissingMetrics = false
  /// A bad line ends the replay.
  package var isStrict = false
  package var format = ReplayFormat.text
  /// The file for the report; `nil` for standard output.
  package var output: String?
  package var color = ColorChoice.auto

  package init() {}
}

/// The report format of `replay`.
package enum ReplayFormat: String, CaseIterable, Sendable {
  case text, json, html
}

/// The options of `test`.
package struct RuleTestOptions: CommandOptions, Hashable {
  /// The configuration for files that name none.
  package var config = EvaluateOptions().config
  /// The files with tests; `-` is standard input.
  package var files: [String] = []
  package var format = RuleTestFormat.text
  /// The file for the report; `nil` for standard output.
  package var output: String?
  /// Also prints the timelines of passed tests.
  package var isVerbose = false
  package var color = ColorChoice.auto

  package init() {}
}

/// The report format of `test`.
package enum RuleTestFormat: String, CaseIterable, Sendable {
  case text, junit
}

/// The options of `check`.
package struct CheckOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  package var format = PlainFormat.text
  package var color = ColorChoice.auto
  /// A generated text to print instead of checking.
  package var printing: ConfigurationText?

  package init() {}
}

/// The options of `status`.
package struct StatusOptions: CommandOptions, Hashable {
  /// Its name determines the default state file.
  package var config = EvaluateOptions().config
  package var state: String?
  /// The targets to show; all of them when empty.
  package var targets: [String] = []
  package var format = PlainFormat.text
  package var color = ColorChoice.auto
  package var isVerbose = false
  /// What to do with dead letters; `nil` for nothing.
  package var deadLetters: DeadLetterChoice?

  package init() {}

  package var statePath: String { state ?? standardStatePath(forConfig: config) }
}

/// What `status` does with dead letters.
package enum DeadLetterChoice: Hashable, Sendable {
  case retry, dismiss
}

/// The options of `notify-test`.
package struct NotifyTestOptions: CommandOptions, Hashable {
  package var config = EvaluateOptions().config
  /// The receivers to test; all of them when empty.
  package var receivers: [String] = []
  package var event = TestEvent.firing
  /// For all receivers together.
  package var deadline = Duration.seconds(60)

  package init() {}
}

/// The event of a test notification.
package enum TestEvent: String, CaseIterable, Sendable {
  case firing, resolved
}

/// The options of `demo`.
package struct DemoOptions: CommandOptions, Hashable {
  package var color = ColorChoice.auto
  /// Only the final summary is printed.
  package var isQuiet = false
  /// Serves the endpoint for this long instead of playing the incident.
  package var serve: Duration?
  /// The port to serve on, 1 to 65535; `nil` lets the system choose.
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

/// The format of `evaluate` on standard output.
package enum ReportFormat: String, CaseIterable, Sendable {
  case text, json, markdown, github
}

/// The format of other commands on standard output.
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

/// The state file of a configuration without `--state`; named after the configuration, so that
/// configurations never share alerts.
package func standardStatePath(forConfig config: String) -> String {
  let name = config.split(separator: "/").last ?? ""
  let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
  return "artifacts/ops/\(stem.isEmpty ? name : stem)-state.json"
}
