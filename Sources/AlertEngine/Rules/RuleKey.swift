internal import JSON

/// The keys of a rule.
package enum RuleKey: Int, KeyName {
  case name, metricPath, measure, windowMinutes, denominatorPath
  case comparison, threshold, durationMinutes, minRequestCount, breachStatus, severity
  case recoveryThreshold, recoveryMinutes, minSamples, maxGapMinutes, onGap, sparseSamples
  case onMissing
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

  var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.name, max: 200), .required, "unique; `endpoint_down` is taken",
        example: #""error_rate""#)
    case .metricPath:
      Key(
        "metric_path", .path(wildcards: true), .required,
        "path of the value in the snapshot; `*` makes an instance of every key",
        example: #""request_metrics.errors.rate""#)
    case .measure:
      Key(
        "measure", .words(MeasureKind.self), .defaults(to: .string(MeasureKind.value.rawValue)),
        "how the value is computed", example: #""ratio""#)
    case .windowMinutes:
      Key(
        "window_minutes", .positiveMinutes, .derived("required by the windowed measures"),
        "the window of `increase`, `rate_per_minute` and `ratio`; only with them",
        example: "10")
    case .denominatorPath:
      Key(
        "denominator_path", .path(wildcards: true), .derived("required by `ratio`"),
        "path of the counter that `ratio` divides by; only with it",
        example: #""request_metrics.requests.total""#)
    case .comparison:
      Key(
        "comparison", .words(Comparison.self), .required,
        "a sample is bad when this holds between its value and the threshold",
        example: #""gt""#)
    case .threshold:
      Key(
        "threshold", .scalar, .required,
        "a number; with `eq` or `ne` and the measure `value`, also a string or a bool",
        example: "0.05")
    case .durationMinutes:
      Key(
        "duration_minutes", .minutes, .required,
        "how long samples must be bad before the alert fires; 0 fires on the first bad sample",
        example: "10")
    case .minRequestCount:
      Key(
        "min_request_count", .integer(0...1_000_000_000_000), .defaults(to: .number(0)),
        "with fewer requests, the sample is unknown (`low_volume`)", example: "20")
    case .breachStatus: .breachStatus
    case .severity: .severity
    case .recoveryThreshold:
      Key(
        "recovery_threshold", .number(nil), .optional,
        "where a firing alert recovers: on the healthy side of the threshold, or equal to it",
        example: "0.03")
    case .recoveryMinutes:
      Key(
        "recovery_minutes", .minutes, .defaults(to: .number(0)),
        "how long samples must be good before a firing alert resolves", example: "10")
    case .minSamples:
      Key(
        "min_samples", .integer(1...100_000), .derived("2, or 1 if `duration_minutes` is 0"),
        "the minimum number of bad samples before the alert fires", example: "3")
    case .maxGapMinutes:
      Key(
        "max_gap_minutes", .positiveMinutes, .derived("from `evaluation`"),
        "the longest time between two samples that count as continuous evidence", example: "60")
    case .onGap:
      Key(
        "on_gap", .words(OnGap.self), .derived("from `evaluation`"),
        "after a longer gap: `reset` the evidence, or `count` the unobserved time",
        example: #""count""#
      )
    case .sparseSamples:
      Key(
        "sparse_samples", .integer(2...100_000), .derived("from `evaluation`"),
        "how many samples of one kind in a row, each after a longer gap, also count as evidence",
        example: "4")
    case .onMissing:
      Key(
        "on_missing", .words(OnMissing.self),
        .derived("`alert`, or `hold` with `--allow-missing-metrics`"),
        "a missing metric is bad (`alert`), unknown (`hold`) or good (`clear`)", example: #""hold""#
      )
    case .unit:
      Key(
        "unit", .text(.line, max: 20), .derived("`s` for `age_seconds`, else none"),
        "`ratio` (shown as %), `ms`, `s` (shown as days, hours and minutes), `bytes` or `B` (shown as "
          + "KiB to TiB), `count` or any other word", example: #""ratio""#)
    case .summary:
      Key(
        "summary", .text(.line, max: Key.longestText), .optional, "what is wrong, in one line",
        example: #""Too many requests fail""#)
    case .description:
      Key(
        "description", .text(.line, max: Key.longestText), .optional,
        "what it means, and who is affected",
        example: #""More than 5 % of responses are errors""#)
    case .runbook:
      Key(
        "runbook", .text(.runbook, max: Key.longestText), .optional,
        "what to do: an https link, or a file in the repository, which `check` looks for",
        example: #""docs/release/incident-observability-runbook.md""#)
    case .dashboard:
      Key(
        "dashboard", .text(.link, max: Key.longestText), .optional, "where to look",
        example: #""https://grafana.example/d/api""#)
    case .owner:
      Key("owner", .text(.line, max: 200), .optional, "who is responsible", example: #""platform""#)
    case .labels:
      Key(
        "labels", .labels, .optional,
        "added to the alert; these override the labels of the configuration",
        example: #"{"team": "search"}"#)
    }
  }
}

/// The raw values of the cases that satisfy a predicate.
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
