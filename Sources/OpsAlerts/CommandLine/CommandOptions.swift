internal import AlertEngine
internal import Text

/// The options of one command; `init()` gives the defaults.
protocol CommandOptions: Sendable {
  init()
}

/// The options of `evaluate`.
struct EvaluateOptions: CommandOptions, Hashable {
  var config = "config/ops_alert_thresholds.json"
  var metricsURL: String?
  var baseURL: String?
  var baseURLEnv = "OPS_API_BASE_URL"
  var bearerTokenEnv = "OPS_API_BEARER_TOKEN"
  var bearerTokenFile: String?
  /// The variable or the file with `user:password`, instead of a token.
  var basicAuthEnv: String?
  var basicAuthFile: String?
  var headers: [HeaderVariable] = []
  var acceptedStatuses = AcceptedStatuses.success
  /// `nil` for the default of the configuration.
  var snapshotFormat: SnapshotFormat?
  var snapshot: SnapshotSource?
  /// The configured targets to evaluate; all of them when empty.
  var targets: [String] = []
  /// The name of the target that the options give.
  var targetName: String?
  /// The time to evaluate at; only with a snapshot.
  var at: Instant?
  var state = StateChoice.standard
  /// Moves the state file aside before the run.
  var resetState = false
  /// Takes over the state of another configuration.
  var adoptState = false
  /// The files for reports.
  var outputs: [ReportFile] = []
  /// The file for the page.
  var html: String?
  var format = ReportFormat.text
  /// For one fetch attempt.
  var timeout = Duration.seconds(10)
  /// Attempts after the first, 0 to 10.
  var retries = 2
  /// For fetching and delivering together.
  var deadline = Duration.seconds(60)
  var lockTimeout = Duration.seconds(30)
  /// Rules without `on_missing` hold instead of alerting.
  var allowMissingMetrics = false
  /// `nil` without `--deliver` and `--no-deliver`; see `delivers`.
  var deliver: Bool?
  /// Reports a complete run to the heartbeat of the configuration.
  var heartbeat = false
  /// The recording to which the snapshot is appended.
  var record: String?
  /// Nothing is sent, and nothing but `outputs` and `html` is written.
  var dryRun = false
  /// Keeps sampling as long as a pending or recovering alert can be decided in time.
  var confirm = false
  /// Between two samples of one run.
  var interval = Duration.seconds(30)
  /// The longest time that a run keeps sampling.
  var confirmFor = Duration.seconds(20 * 60)
  var failOn = FailOn.fail
  /// The time zone of times for people; `nil` for that of the configuration, else of `TZ`.
  var timeZone: String?
  var verbosity = Verbosity.normal
  var color = ColorChoice.auto

  init() {}

  /// The state file; `nil` for none, which is the default for a saved snapshot.
  var statePath: String? {
    switch state {
    case .file(let path): path
    case .without: nil
    case .standard: snapshot == nil ? owner.standardPath : nil
    }
  }

  /// One of the options that do not apply to configured targets; `nil` if there is none.
  var targetOption: String? {
    if basicAuthEnv != nil { return "--basic-auth-env" }
    if basicAuthFile != nil { return "--basic-auth-file" }
    if !headers.isEmpty { return "--header-env" }
    if acceptedStatuses != .success { return "--accept-status" }
    return snapshotFormat == nil ? nil : "--snapshot-format"
  }

  /// The file of the JSON report; the first if there are several.
  var jsonOutput: String? { outputs.first { $0.format == .json }?.path }

  /// The configuration, as the state file knows it.
  var owner: StateOwner { StateOwner(configuration: config) }

  /// Whether notifications are sent; by default for a live endpoint, and not for a saved snapshot.
  var delivers: Bool { deliver ?? (snapshot == nil) }
}

/// The options of `watch`.
struct WatchOptions: CommandOptions, Hashable {
  /// The options of each sample, and the `interval` between two.
  var evaluation = EvaluateOptions()
  /// How long to watch; `nil` for no limit.
  var duration: Duration?
  /// Exit as soon as no rule is pending.
  var untilDecided = false

  init() {}
}

/// The options of `replay`.
struct ReplayOptions: CommandOptions, Hashable {
  var config = EvaluateOptions().config
  /// The recordings; `-` is standard input.
  var files: [String] = []
  /// The rules to replay; all of them when empty.
  var rules: [String] = []
  /// The targets to replay; all of them when empty.
  var targets: [String] = []
  /// The start of the report; earlier samples are still evaluated.
  var from: RecordedTime?
  /// The time of the last sample to evaluate, inclusive.
  var to: RecordedTime?
  /// Variants of rules, unparsed.
  var whatIf: [String] = []
  /// The configuration before the change, to compare with.
  var against: String?
  /// The rule for which a threshold and a duration are suggested.
  var suggest: String?
  /// How many alerts a week a suggestion may raise.
  var alertsPerWeek = 1.0
  /// The differences that end the replay with exit code 1.
  var failOn: [ReplayComparison.Kind] = []
  var allowMissingMetrics = false
  /// A bad line is an error.
  var isStrict = false
  var format = ReplayFormat.text
  /// The file for the report; `nil` for standard output.
  var output: String?
  /// Also lists the transitions of alerts that did not fire.
  var isVerbose = false
  var timeZone: String?
  var color = ColorChoice.auto

  init() {}
}

/// A time on the command line.
enum RecordedTime: Hashable, Sendable {
  case instant(Instant)
  /// What the clocks of the zone of the report show, as an instant in UTC.
  case shown(Instant)

  /// The instant, in the current zone.
  var instant: Instant {
    switch self {
    case .instant(let instant): instant
    case .shown(let shown): ClockZone.current.unshifted(shown)
    }
  }
}

/// The report format of `replay`.
enum ReplayFormat: String, CaseIterable, Sendable {
  case text, json, html, markdown
}

/// The options of `test`.
struct RuleTestOptions: CommandOptions, Hashable {
  /// The configuration of test files that name none.
  var config = EvaluateOptions().config
  /// The files with tests; `-` is standard input.
  var files: [String] = []
  var format = RuleTestFormat.text
  /// The file for the report; `nil` for standard output.
  var output: String?
  /// Also prints the timelines of passed tests.
  var isVerbose = false
  var color = ColorChoice.auto

  init() {}
}

/// The report format of `test`.
enum RuleTestFormat: String, CaseIterable, Sendable {
  case text, junit
}

/// The options of `status`.
struct StatusOptions: CommandOptions, Hashable {
  var place = StatePlace()
  /// The targets to show; all of them when empty.
  var targets: [String] = []
  var format = StatusFormat.text
  /// The files for reports.
  var outputs: [ReportFile] = []
  var timeZone: String?
  var color = ColorChoice.auto
  var isVerbose = false
  /// What to do with dead letters; `nil` for nothing.
  var deadLetters: DeadLetterChoice?

  init() {}
}

/// What `status` does with dead letters.
enum DeadLetterChoice: Hashable, Sendable {
  case retry, dismiss
}

/// The options of `notify-test`.
struct NotifyTestOptions: CommandOptions, Hashable {
  var config = EvaluateOptions().config
  /// The receivers to test; all of them when empty.
  var receivers: [String] = []
  /// The rule whose messages are sent; `nil` for those of no rule.
  var rule: String?
  /// `nil` for firing; with a rule, for both.
  var event: TestEvent?
  /// For all receivers together.
  var deadline = Duration.seconds(60)

  init() {}
}

/// The event of a test notification.
enum TestEvent: String, CaseIterable, Sendable {
  case firing, resolved
}

/// The options of `demo`.
struct DemoOptions: CommandOptions, Hashable {
  var color = ColorChoice.auto
  /// Only the final summary is printed.
  var isQuiet = false
  /// Serves the endpoint for this long instead of playing the incident.
  var serve: Duration?
  /// The port to serve on, 1 to 65535; `nil` lets the system choose.
  var port: Int?

  init() {}
}

/// A header, and the variable that holds its value.
struct HeaderVariable: Hashable, Sendable {
  var name: String
  var variable: String
}

/// Where a saved snapshot is read from.
enum SnapshotSource: Hashable, Sendable {
  case standardInput
  case file(String)
}

/// Which state file a run uses.
enum StateChoice: Hashable, Sendable {
  /// The one that belongs to the configuration.
  case standard
  case file(String)
  case without
}

/// The mildest check status with which a run exits with 1.
enum FailOn: String, CaseIterable, Sendable {
  case never, fail, warn, unknown, pending
}

enum Verbosity: Hashable, Sendable {
  case quiet, normal, verbose
}

enum ColorChoice: String, CaseIterable, Sendable {
  /// In a terminal, unless `NO_COLOR` is set.
  case auto
  case always, never
}

/// The texts that are generated from the tables of keys.
enum ConfigurationText: Hashable, Sendable {
  case schema, includedSchema, reference, ruleTestSchema, ruleTestReference
}
