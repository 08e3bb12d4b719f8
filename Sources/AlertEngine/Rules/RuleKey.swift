/// The keys of a rule.
package enum RuleKey: String, KeyName {
  case name
  case metricPath = "metric_path"
  case measure
  case windowMinutes = "window_minutes"
  case denominatorPath = "denominator_path"
  case comparison, threshold
  case durationMinutes = "duration_minutes"
  case minRequestCount = "min_request_count"
  case breachStatus = "breach_status"
  case severity
  case recoveryThreshold = "recovery_threshold"
  case recoveryMinutes = "recovery_minutes"
  case minSamples = "min_samples"
  case maxGapMinutes = "max_gap_minutes"
  case onGap = "on_gap"
  case onMissing = "on_missing"
  case unit, summary, description, runbook, dashboard, owner, labels

  package static let grammar = Grammar("a rule", keys: RuleKey.self)

  package var key: Key {
    switch self {
    case .name:
      key(
        .text(.ruleName, max: 200), .required, "unique; `endpoint_down` is taken",
        example: #""error_rate""#)
    case .metricPath:
      key(
        .path(wildcards: true), .required,
        "where the number stands in the snapshot; `*` makes an instance of every key",
        example: #""request_metrics.errors.rate""#)
    case .measure:
      key(
        .words(MeasureKind.self), .defaults(to: .string(MeasureKind.value.rawValue)),
        "how a sample is made of it", example: #""ratio""#)
    case .windowMinutes:
      key(
        .positiveMinutes, .derived("required by the windowed measures"),
        "the time over which `increase`, `rate_per_minute` and `ratio` look back; only with them",
        example: "10")
    case .denominatorPath:
      key(
        .path(wildcards: true), .derived("required by `ratio`"),
        "the counter that `ratio` divides by; only with it",
        example: #""request_metrics.requests.total""#)
    case .comparison:
      key(
        .words(Comparison.self), .required, "a sample is bad when it compares so with the threshold",
        example: #""gt""#)
    case .threshold:
      key(
        .scalar, .required, "a text or bool only with `eq` and `ne` and the measure `value`",
        example: "0.05")
    case .durationMinutes:
      key(
        .minutes, .required, "how long samples must be bad; 0 fires on the first", example: "10")
    case .minRequestCount:
      key(
        .integer(0...1_000_000_000_000), .defaults(to: .number(0)),
        "fewer requests than this prove nothing", example: "20")
    case .breachStatus:
      key(
        .words(BreachStatus.self), .defaults(to: .string(BreachStatus.fail.rawValue)),
        "what the check says while the alert fires", example: #""warn""#)
    case .severity:
      key(
        .words(Severity.self), .derived("`critical` for fail, `warning` for warn"),
        "what receivers see", example: #""error""#)
    case .recoveryThreshold:
      key(
        .number(nil), .optional,
        "where a firing alert is good again: on the healthy side of the threshold, or equal",
        example: "0.03")
    case .recoveryMinutes:
      key(
        .minutes, .defaults(to: .number(0)),
        "how long samples must be good before a firing alert resolves", example: "10")
    case .minSamples:
      key(
        .integer(1...100_000), .derived("2, or 1 where `duration_minutes` is 0"),
        "how many bad samples it takes", example: "3")
    case .maxGapMinutes:
      key(
        .positiveMinutes, .derived("from `evaluation`"),
        "the longest time between two samples that still belong together", example: "60")
    case .onGap:
      key(
        .words(OnGap.self), .derived("from `evaluation`"),
        "after a longer gap: begin again, or count the unseen time", example: #""count""#)
    case .onMissing:
      key(
        .words(OnMissing.self), .derived("`alert`, or `hold` under `--allow-missing-metrics`"),
        "a metric that is not there counts as bad, as unknown or as good", example: #""hold""#)
    case .unit:
      key(
        .text(.line, max: 20), .optional,
        "`ratio` (shown as %), `ms`, `s`, `count` or a word of your own", example: #""ratio""#)
    case .summary:
      key(
        .text(.line, max: Key.longestText), .optional, "what is wrong, in one line",
        example: #""Too many requests fail""#)
    case .description:
      key(
        .text(.line, max: Key.longestText), .optional, "what it means and whom it hurts",
        example: #""More than 5 % of answers are errors""#)
    case .runbook:
      key(
        .text(.runbook, max: Key.longestText), .optional,
        "what to do: an https link, or a file of the repository, which `check` looks for",
        example: #""docs/release/incident-observability-runbook.md""#)
    case .dashboard:
      key(
        .text(.link, max: Key.longestText), .optional, "where to look",
        example: #""https://grafana.example/d/api""#)
    case .owner:
      key(.text(.line, max: 200), .optional, "who is responsible", example: #""platform""#)
    case .labels:
      key(
        .labels, .optional, "carried by the alert, over the configuration's own labels",
        example: #"{"team": "search"}"#)
    }
  }
}
