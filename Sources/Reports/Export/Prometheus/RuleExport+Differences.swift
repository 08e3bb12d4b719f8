internal import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

extension PrometheusExport {
  /// What differs for every rule.
  static let everywhere = [
    "Unknown is not held: if a target is down, or a value is missing or guarded, Prometheus resets "
      + "what is pending and resolves what fires (after `keep_firing_for`). Here, an alert holds.",
    "Gaps are not gaps: between two scrapes, Prometheus uses the last value for up to 5 minutes; "
      + "there is no evidence that is counted, reset or doubted.",
    "A target that is down has no values, so only `endpoint_down` fires for it. One that responds "
      + "with something other than JSON (a login page, an empty body) is up for json_exporter: its "
      + "rules with `on_missing: alert` fire, and `endpoint_down` does not.",
    "A value of another kind (a text where a number is expected) is missing for json_exporter; it "
      + "makes true and false 1 and 0, and reads numbers in texts.",
    "In a dotted path, a number is an index of a list for json_exporter, never a key.",
    "Silences, acknowledgements and the history of the state file are not exported; silence alerts "
      + "in Alertmanager.",
    "Two scrapes, two series: values of one target that two rules read at one moment may come from "
      + "different scrapes.",
  ]
}

extension Rule {
  /// Whether it fires in Prometheus while a target has nothing at a selector.
  ///
  /// An empty list has no series, either, and is good with `on_gone: resolve`.
  func noticesAbsence(of selector: Selector) -> Bool {
    guard onMissing ?? .alert == .alert else { return false }
    return switch selector {
    case .response: false
    case .query(let query): query.isSingular
    case .path(let path): !path.hasWildcard || onGone == .hold
    case .metric: true
    }
  }

  /// What Prometheus does differently with this rule, each in a sentence.
  var differences: [String] {
    differencesOfMeasure + differencesOfSeries + differencesOfCondition + differencesOfEvidence
      + differencesOfText
  }

  private var differencesOfMeasure: [String] {
    var found: [String] = []
    switch measurement.measure {
    case .value, .quotient: break
    case .age:
      found.append(
        "`measure` age_seconds: a time is seconds since 1970, and has a negative age in the future")
    case .increase, .ratePerMinute, .ratio, .quantile:
      found.append(
        "`measure`: Prometheus extrapolates growth to the ends of "
          + "`window_minutes`, begins with the second sample in it, and takes every fall for a reset"
      )
    case .changes:
      found.append(
        "`measure` changes: Prometheus does not count the change to the first sample of "
          + "`window_minutes`, and series have no texts")
    }
    if case .query = measurement.selector, measurement.kind == .changes {
      found.append("`measure` changes: an element that is new has no changes")
    }
    if let parse = measurement.parse {
      found.append(
        "`parse` \(parse.rawValue): json_exporter reads only plain numbers in texts, so another "
          + "notation is missing")
    }
    if measurement.timeZone != nil {
      found.append("`time_zone`: times without a zone are not read")
    }
    return found
  }

  private var differencesOfSeries: [String] {
    var found: [String] = []
    if case .response = measurement.selector {
      found.append(
        "`\(selectorText)` is what blackbox_exporter measures with its own request (module http_2xx)"
      )
    }
    if case .query(let query) = measurement.selector {
      if query.openLevels > 1, !measurement.instanceBy.isEmpty {
        found.append(
          "`instance_by`: json_exporter looks up the fields in the innermost element only")
      }
    }
    let selectors = [measurement.selector, measurement.denominator].compactMap(\.self)
    for selector in selectors {
      guard case .metric(let metric) = selector else { continue }
      let names = metric.labelNames + measurement.instanceBy.map(\.text)
      for name in names where name.asLabel != name {
        let words = "the label `\(name)` is `\(name.asLabel)` in Prometheus"
        if !found.contains(words) { found.append(words) }
      }
      if metric.name.asMetric != metric.name {
        found.append("the metric `\(metric.name)` is `\(metric.name.asMetric)` in Prometheus")
      }
    }
    if !measurement.selector.isSingular, onMissing ?? .alert == .alert {
      found.append(
        noticesAbsence(of: measurement.selector)
          ? "`on_missing`: an empty list or family of series counts as missing, and one alert without an "
            + "instance fires"
          : "`on_missing`: that the list itself is missing is not noticed")
    }
    if measurement.hasInstances, format == .json, onMissing ?? .alert == .alert {
      found.append("`on_missing`: an instance without a value is bad here, and has no series there")
    }
    let others = [measurement.denominator, condition.threshold.selector].compactMap(\.self)
    if measurement.hasInstances, others.contains(where: { $0.isSingular && noticesAbsence(of: $0) })
    {
      found.append(
        "`on_missing`: without the threshold or the denominator, one alert without an instance fires, "
          + "rather than each instance")
    }
    if measurement.hasInstances, onGone == .hold {
      found.append("`on_gone` hold: an instance that is gone resolves in Prometheus")
    }
    if onMissing == .hold {
      found.append("`on_missing` hold: a metric that is missing resolves in Prometheus")
    }
    if measurement.detail != nil {
      found.append("`detail_path`: the text is not in messages; series have no texts")
    }
    return found
  }

  private var differencesOfCondition: [String] {
    var found: [String] = []
    if condition.comparesTexts {
      found.append("texts are compared as the label `value` of a series that is 1")
    }
    if case .list(let list) = condition.threshold, Set(list.map(\.isText)).count > 1 {
      found.append("`threshold`: of a list of texts and others, only the texts are compared")
    }
    if minRequestCount > 0 {
      found.append(
        "`min_request_count`: with fewer requests, a firing alert resolves and a pending one starts "
          + "over; here, it holds")
    }
    if let badSamples {
      found.append(
        "`bad_samples`: \(badSamples.atLeast) of the last \(badSamples.of) minutes, whatever the "
          + "interval of evaluations is; unknown samples count as good, and it can fire before there "
          + "are \(badSamples.of)")
    }
    return found
  }

  private var differencesOfEvidence: [String] {
    var found: [String] = []
    if let ownMinSamples {
      found.append("`min_samples` \(ownMinSamples): Prometheus counts time, not samples")
    }
    if maxGap != .seconds(3_600) {
      found.append("`max_gap_minutes` \(maxGap.inMinutes): Prometheus has no gaps")
    }
    if onGap != .reset { found.append("`on_gap` \(onGap.rawValue): Prometheus has no gaps") }
    if sparseSamples != EvaluationSettings.defaultSparseSamples {
      found.append("`sparse_samples` \(sparseSamples): Prometheus has no groups of samples")
    }
    if !dependsOn.isEmpty {
      found.append(
        "`depends_on`: Alertmanager inhibits while it knows of the other alert, also what it has "
          + "sent before")
    }
    return found
  }

  private var differencesOfText: [String] {
    var found: [String] = []
    if let unit, measurement.kind != .age || unit != .seconds {
      found.append("`unit`: messages of Alertmanager have no value")
    }
    if let runbook = text.runbook, !runbook.hasPrefix("https://") {
      found.append("`runbook`: a file of the repository, so there is no link")
    }
    if !allowed.isEmpty { found.append("`allow` is for `check` alone") }
    return found
  }
}
