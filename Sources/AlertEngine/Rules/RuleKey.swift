internal import JSON

/// The keys of a rule.
package enum RuleKey: Int, KeyName {
  case name, metricPath, measure, windowMinutes, denominatorPath
  case comparison, threshold, durationMinutes, minRequestCount, breachStatus, severity
  case recoveryThreshold, recoveryMinutes, minSamples, maxGapMinutes, onGap, onMissing
  case unit, summary, description, runbook, dashboard, owner, labels

  package static let grammar = Grammar(
    "a rule", keys: RuleKey.self,
    relations: [
      .needed("window_minutes", where: "measure", is: words(where: \MeasureKind.needsWindow)),
      .needed(
        "denominator_path", where: "measure", is: words(where: \MeasureKind.needsDenominator)),
      .numeric("threshold", where: "comparison", is: words(where: \Comparison.isOrdering)),
      .numeric("threshold", where: "measure", is: words { $0 != MeasureKind.value }),
      .forbidden(
        "recovery_threshold", where: "comparison",
        is: words { (comparison: Comparison) in !comparison.isOrdering }),
    ])

  package var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.name, max: 200), .required, "unique; `endpoint_down` is taken",
        example: #""error_rate""#)
    case .metricPath:
      Key(
        "metric_path", .path(wildcards: true), .required,
        "where the number stands in the snapshot; `*` makes an instance of every key",
        example: #""request_metrics.errors.rate""#)
    case .measure:
      Key(
        "measure", .words(MeasureKind.self), .defaults(to: .string(MeasureKind.value.rawValue)),
        "how a sample is made of it", example: #""ratio""#)
    case .windowMinutes:
      Key(
        "window_minutes", .positiveMinutes, .derived("required by the windowed measures"),
        "the time over which `increase`, `rate_per_minute` and `ratio` look back; only with them",
        example: "10")
    case .denominatorPath:
      Key(
        "denominator_path", .path(wildcards: true), .derived("required by `ratio`"),
        "the counter that `ratio` divides by; only with it",
        example: #""request_metrics.requests.total""#)
    case .comparison:
      Key(
        "comparison", .words(Comparison.self), .required,
        "a sample is bad when it compares so with the threshold",
        example: #""gt""#)
    case .threshold:
      Key(
        "threshold", .scalar, .required,
        "a text or bool only with `eq` and `ne` and the measure `value`",
        example: "0.05")
    case .durationMinutes:
      Key(
        "duration_minutes", .minutes, .required,
        "how long samples must be bad; 0 fires on the first", example: "10")
    case .minRequestCount:
      Key(
        "min_request_count", .integer(0...1_000_000_000_000), .defaults(to: .number(0)),
        "fewer requests than this prove nothing", example: "20")
    case .breachStatus: .breachStatus
    case .severity: .severity
    case .recoveryThreshold:
      Key(
        "recovery_threshold", .number(nil), .optional,
        "where a firing alert is good again: on the healthy side of the threshold, or equal",
        example: "0.03")
    case .recoveryMinutes:
      Key(
        "recovery_minutes", .minutes, .defaults(to: .number(0)),
        "how long samples must be good before a firing alert resolves", example: "10")
    case .minSamples:
      Key(
        "min_samples", .integer(1...100_000), .derived("2, or 1 where `duration_minutes` is 0"),
        "how many bad samples it takes", example: "3")
    case .maxGapMinutes:
      Key(
        "max_gap_minutes", .positiveMinutes, .derived("from `evaluation`"),
        "the longest time between two samples that still belong together", example: "60")
    case .onGap:
      Key(
        "on_gap", .words(OnGap.self), .derived("from `evaluation`"),
        "after a longer gap: begin again, or count the unseen time", example: #""count""#)
    case .onMissing:
      Key(
        "on_missing", .words(OnMissing.self),
        .derived("`alert`, or `hold` under `--allow-missing-metrics`"),
        "a metric that is not there counts as bad, as unknown or as good", example: #""hold""#)
    case .unit:
      Key(
        "unit", .text(.line, max: 20), .derived("`s` for `age_seconds`, else none"),
        "`ratio` (shown as %), `ms`, `s`, `count` or a word of your own", example: #""ratio""#)
    case .summary:
      Key(
        "summary", .text(.line, max: Key.longestText), .optional, "what is wrong, in one line",
        example: #""Too many requests fail""#)
    case .description:
      Key(
        "description", .text(.line, max: Key.longestText), .optional,
        "what it means and whom it hurts",
        example: #""More than 5 % of answers are errors""#)
    case .runbook:
      Key(
        "runbook", .text(.runbook, max: Key.longestText), .optional,
        "what to do: an https link, or a file of the repository, which `check` looks for",
        example: #""docs/release/incident-observability-runbook.md""#)
    case .dashboard:
      Key(
        "dashboard", .text(.link, max: Key.longestText), .optional, "where to look",
        example: #""https://grafana.example/d/api""#)
    case .owner:
      Key("owner", .text(.line, max: 200), .optional, "who is responsible", example: #""platform""#)
    case .labels:
      Key(
        "labels", .labels, .optional, "carried by the alert, over the configuration's own labels",
        example: #"{"team": "search"}"#)
    }
  }
}

/// The words of those cases of which something holds.
private func words<Word: CaseIterable & RawRepresentable<String>>(
  where holds: (Word) -> Bool
) -> [String] {
  Word.allCases.filter(holds).map(\.rawValue)
}

extension MeasureKind {
  fileprivate var needsWindow: Bool {
    switch self {
    case .value, .age: false
    case .increase, .ratePerMinute, .ratio: true
    }
  }

  fileprivate var needsDenominator: Bool {
    switch self {
    case .value, .age, .increase, .ratePerMinute: false
    case .ratio: true
    }
  }
}

extension Comparison {
  /// Whether it compares by size, which only numbers have.
  fileprivate var isOrdering: Bool {
    switch self {
    case .gt, .gte, .lt, .lte: true
    case .eq, .ne: false
    }
  }
}
