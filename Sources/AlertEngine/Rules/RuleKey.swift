internal import JSON

/// The keys of a rule.
package enum RuleKey: Int, KeyName {
  case name, metricPath, metric, instanceBy, aggregate
  case measure, windowMinutes, shortWindowMinutes, denominatorPath, denominatorMetric, quantile
  case parse, scale, timeZone
  case comparison, threshold, thresholdPath, objective, burnRate
  case badSamples, durationMinutes, minRequestCount, breachStatus, severity
  case recoveryThreshold, recoveryMinutes, minSamples, maxGapMinutes, onGap, sparseSamples
  case onMissing, onGone, dependsOn, targets
  case unit, summary, description, runbook, dashboard, owner, detailPath, labels, allow

  package static let grammar = Grammar(
    "a rule", keys: RuleKey.self,
    relations: [
      .exactlyOne(["metric_path", "metric"]),
      .exactlyOne(["threshold", "threshold_path", "objective"]),
      .together(["objective", "burn_rate"]),
      .needed("window_minutes", where: "measure", is: words(where: \MeasureKind.needsWindow)),
      .forbidden("short_window_minutes", where: "measure", is: words { $0 != MeasureKind.ratio }),
      .oneOf(
        ["denominator_path", "denominator_metric"], where: "measure",
        is: words(where: \MeasureKind.needsDenominator)),
      .forbidden(
        "denominator_path", where: "measure", is: words(where: \MeasureKind.needsNoDenominator)),
      .forbidden(
        "denominator_metric", where: "measure", is: words(where: \MeasureKind.needsNoDenominator)),
      .needed("quantile", where: "measure", is: words { $0 == MeasureKind.quantile }),
      .forbidden("time_zone", where: "measure", is: words { $0 != MeasureKind.age }),
      .numeric("threshold", where: "comparison", is: words(where: \Comparison.isOrdering)),
      .numeric("threshold", where: "measure", is: words { $0 != MeasureKind.value }),
      .listed("threshold", where: "comparison", is: words(where: \Comparison.takesList)),
      .forbidden(
        "recovery_threshold", where: "comparison",
        is: words { (comparison: Comparison) in !comparison.isOrdering }),
      .forbidden(
        "threshold_path", where: "comparison", is: words(where: \Comparison.takesList)),
      .forbidden("objective", where: "comparison", is: words { $0 != Comparison.gt && $0 != .gte }),
      .forbidden(
        "objective", where: "measure", is: words { (kind: MeasureKind) in !kind.canBeShare }),
      .atMostOne(["recovery_threshold", "threshold_path"]),
      .atMostOne(["recovery_threshold", "bad_samples"]),
    ])

  var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.name, max: 200), .required, "unique; `endpoint_down` is taken",
        example: #""error_rate""#)
    case .metricPath:
      Key(
        "metric_path", .selector, .derived("exactly one of `metric_path` and `metric`"),
        "where the value is in the snapshot: a dotted path (`*` makes every key an instance), a "
          + "JSONPath query (`$.…`), or `@response.status`, `.seconds` or `.bytes`",
        example: #""request_metrics.errors.rate""#)
    case .metric:
      Key(
        "metric", .metric, .derived("exactly one of `metric_path` and `metric`"),
        "a PromQL selector, for targets of the format `prometheus`; for `quantile`, the base name of "
          + "a histogram",
        example: #""node_filesystem_avail_bytes{fstype!=\"tmpfs\"}""#)
    case .instanceBy:
      Key(
        "instance_by", .values(.path(wildcards: false), atMost: 8),
        .derived("what the path matched"),
        "the fields (or labels) that name an instance, as paths from its element or from one around "
          + "it",
        example: #"["metadata.namespace", "metadata.name"]"#)
    case .aggregate:
      Key(
        "aggregate", .words(Aggregate.self), .optional,
        "combines all series into one value, or, with `instance_by`, those of each instance",
        example: #""sum""#)
    case .measure:
      Key(
        "measure", .words(MeasureKind.self), .defaults(to: .string(MeasureKind.value.rawValue)),
        "how the value is computed", example: #""ratio""#)
    case .windowMinutes:
      Key(
        "window_minutes", .positiveMinutes, .derived("required by the windowed measures"),
        "the window of `increase`, `rate_per_minute`, `ratio`, `changes` and `quantile`; only with "
          + "them",
        example: "10")
    case .shortWindowMinutes:
      Key(
        "short_window_minutes", .positiveMinutes, .optional,
        "a second window, shorter than `window_minutes`: a sample is bad only if the ratio is bad "
          + "over both; only with `ratio`",
        example: "5")
    case .denominatorPath:
      Key(
        "denominator_path", .selector, .derived("required by `ratio` and `quotient`"),
        "where to find what `ratio` and `quotient` divide by; only with them",
        example: #""request_metrics.requests.total""#)
    case .denominatorMetric:
      Key(
        "denominator_metric", .metric, .derived("the same for `metric`"),
        "the selector of what `ratio` and `quotient` divide by; only with them",
        example: #""node_filesystem_size_bytes""#)
    case .quantile:
      Key(
        "quantile", .number(0...1), .derived("required by `quantile`"),
        "which quantile of the histogram; only with the measure `quantile`", example: "0.95")
    case .parse:
      Key(
        "parse", .words(ValueParse.self), .derived("a text is not a number"),
        "reads a text as a `number` (`12`), `percent` (`87 %` is 0.87), `bytes` (`1.5 GiB`), "
          + "`duration` (`1m30s`, in seconds) or Kubernetes `quantity` (`250m`)",
        example: #""bytes""#)
    case .scale:
      Key(
        "scale", .number(nil), .defaults(to: .number(1)),
        "what the value is multiplied by", example: "0.001")
    case .timeZone:
      Key(
        "time_zone", .text(.offset, max: 10), .optional,
        "the zone of times that name none; only with `age_seconds`", example: #""UTC""#)
    case .comparison:
      Key(
        "comparison", .words(Comparison.self), .required,
        "a sample is bad when this holds between its value and the threshold",
        example: #""gt""#)
    case .threshold:
      Key(
        "threshold", .listOr(.scalar, list: .values(.scalar, atMost: Key.mostScalars)),
        .derived("exactly one of `threshold`, `threshold_path` and `objective`"),
        "a number; with `eq` or `ne` and the measure `value`, also a string or a bool; with `in` "
          + "or `not_in`, a list of them",
        example: "0.05")
    case .thresholdPath:
      Key(
        "threshold_path", .selector,
        .derived("exactly one of `threshold`, `threshold_path` and `objective`"),
        "where the threshold is in the snapshot, for each instance or for all",
        example: #""queues.*.limit""#)
    case .objective:
      Key(
        "objective", .number(0...0.999_999),
        .derived("exactly one of `threshold`, `threshold_path` and `objective`"),
        "the promised share of good events; the threshold is `burn_rate` × (1 - `objective`); only "
          + "with `gt` and `gte`",
        example: "0.999")
    case .burnRate:
      Key(
        "burn_rate", .number(0.001...1_000_000), .derived("required by `objective`"),
        "how many times faster than allowed the error budget is spent; only with `objective`",
        example: "14.4")
    case .badSamples:
      Key(
        "bad_samples", .object(BadSamplesKey.grammar), .derived("each sample counts by itself"),
        "how many of the last samples must be bad for the observation to be bad",
        example: #"{"at_least": 3, "of": 5}"#)
    case .durationMinutes:
      Key(
        "duration_minutes", .anyMinutes, .required,
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
        "recovery_minutes", .anyMinutes, .defaults(to: .number(0)),
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
    case .onGone:
      Key(
        "on_gone", .words(OnGone.self), .defaults(to: .string(OnGone.hold.rawValue)),
        "an instance that is no longer in a readable snapshot is unknown (`hold`) or good "
          + "(`resolve`, for lists of problems)",
        example: #""resolve""#)
    case .dependsOn:
      Key(
        "depends_on", .values(.text(.dependency, max: 201), atMost: 20), .optional,
        "rules, of the same target or `rule@target`: while one of them fires, new alerts of this rule "
          + "are not sent", example: #"["endpoint_down"]"#)
    case .targets:
      Key(
        "targets", .values(.text(.line, max: 100), atMost: 1_000),
        .derived("all targets of its format"),
        "the targets that the rule applies to", example: #"["production"]"#)
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
    case .detailPath:
      Key(
        "detail_path", .path(wildcards: false), .optional,
        "path of a text to add to messages, looked up like `instance_by`", example: #""Output""#)
    case .labels:
      Key(
        "labels", .labels, .optional,
        "added to the alert; these override the labels of the configuration",
        example: #"{"team": "search"}"#)
    case .allow:
      Key(
        "allow", .values(.word(Lint.Name.ofRules.map(\.rawValue)), atMost: Lint.Name.ofRules.count),
        .optional,
        "warnings and notes that `check` leaves out for this rule", example: #"["share_above_1"]"#
      )
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
  var needsWindow: Bool {
    switch self {
    case .value, .age, .quotient: false
    case .increase, .ratePerMinute, .ratio, .changes, .quantile: true
    }
  }

  /// Whether its values can be a share of bad events.
  fileprivate var canBeShare: Bool {
    switch self {
    case .value, .ratio, .quotient: true
    case .age, .increase, .ratePerMinute, .changes, .quantile: false
    }
  }

  fileprivate var needsDenominator: Bool {
    switch self {
    case .value, .age, .increase, .ratePerMinute, .changes, .quantile: false
    case .ratio, .quotient: true
    }
  }

  fileprivate var needsNoDenominator: Bool { !needsDenominator }
}
