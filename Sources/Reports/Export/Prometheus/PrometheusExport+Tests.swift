internal import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

extension PrometheusExport {
  /// The unit tests for promtool, with a comment on each one left out, and all that is left out.
  func testFile(_ tests: [PlayedRuleTest]) -> (text: String, skipped: [Difference]) {
    let counts = Dictionary(tests.compactMap { $0.interval.map { ($0, 1) } }, uniquingKeysWith: +)
    let interval = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? .seconds(60)
    var comments: [String] = []
    var skipped: [Difference] = []
    func skip(_ test: PlayedRuleTest, _ rule: String? = nil, since reason: String) {
      comments.append(
        ([test.name] + [rule].compactMap(\.self) + ["not exported", reason]).joined(separator: ": ")
      )
      let place = rule.map { "rule tests of \($0)" } ?? "rule test \(test.name)"
      let difference = Difference(place: place, text: "not exported: \(reason)")
      if !skipped.contains(difference) { skipped.append(difference) }
    }
    var groups: [YAML] = []
    for test in tests {
      guard test.interval == interval else {
        skip(
          test, since: "its samples are not \(interval.promQL) apart, unlike those of most tests")
        continue
      }
      var made = UnitTest(test, in: self, every: interval)
      for name in test.rules.sorted() {
        if let reason = made.add(name) { skip(test, name, since: reason) }
      }
      if let group = made.group { groups.append(group) }
    }
    let document: YAML = [
      "rule_files": ["rules.yml"], "evaluation_interval": .word(interval.promQL),
      "tests": .list(groups),
    ]
    return (document.file(comments), skipped)
  }
}

/// A rule test as a unit test for promtool.
private struct UnitTest {
  private let test: PlayedRuleTest
  private let export: PrometheusExport
  private let interval: Duration
  private let target: String
  private var checks: [YAML] = []

  init(_ test: PlayedRuleTest, in export: PrometheusExport, every interval: Duration) {
    self.test = test
    self.export = export
    self.interval = interval
    let configuration = export.configuration
    let first = configuration.targets.first {
      ($0.format ?? configuration.defaultFormat) == test.format
    }
    target = test.target ?? first?.name ?? "default"
  }

  private var job: String { RuleExport.job(test.format) }

  // MARK: - Checks

  /// Adds the alerts of a rule; returns why it cannot.
  mutating func add(_ name: String) -> String? {
    let alerts = test.alerts.filter { $0.key.rule == name }
    if alerts.contains(where: \.holds) {
      return "the alert holds while a sample is unknown, which Prometheus does not do"
    }
    if alerts.contains(where: \.lacksValue) {
      return "an instance without a value is bad, and has no series in Prometheus"
    }
    var labels = export.endpointLabels
    var annotations = export.annotations(of: export.endpointText)
    var expected: [(labels: [(String, String)], firing: [Bool])] = []
    if name == EndpointSettings.ruleName {
      guard test.format != .none else { return "blackbox_exporter's series are not made" }
      expected = alerts.map { ([], $0.firing) }
    } else {
      guard let rule = export.rules.first(where: { $0.rule.name == name }) else { return nil }
      if let reason = obstacle(rule.rule) { return reason }
      labels = rule.labels
      annotations = export.annotations(of: rule.rule.text)
      for alert in alerts {
        guard let own = seriesLabels(of: alert, rule.rule) else {
          return "it is not clear which series the instance \(alert.key.instance ?? "") has"
        }
        expected.append((own, alert.firing))
      }
    }
    let all = labels + [("job", job), ("instance", target)]
    for sample in moments(expected.map(\.firing)) {
      let firing = expected.filter { $0.firing[sample] }.map { alert -> YAML in
        let own = alert.labels.filter { !$0.1.isEmpty }
        let labels = all.filter { label in !own.contains { $0.0 == label.0 } } + own
        return [
          "exp_labels": .map(labels.map { (key: $0.0, value: .text($0.1)) }),
          "exp_annotations": .map(annotations.map { (key: $0.0, value: .text($0.1)) }),
        ]
      }
      checks.append([
        "eval_time": .word((interval * sample).promQL), "alertname": .text(name),
        "exp_alerts": .list(firing),
      ])
    }
    return nil
  }

  /// The samples at which something changes, those before them, the first and the last.
  private func moments(_ firing: [[Bool]]) -> [Int] {
    guard let count = test.series.first?.cells.count, count > 0 else { return [] }
    var moments: Set<Int> = [0, count - 1]
    for alert in firing {
      for sample in 1..<max(1, count) where alert[sample] != alert[sample - 1] {
        moments.formUnion([sample - 1, sample])
      }
    }
    return moments.sorted()
  }

  private func obstacle(_ rule: Rule) -> String? {
    let measurement = rule.measurement
    switch measurement.kind {
    case .value, .quotient: break
    case .age, .increase, .ratePerMinute, .ratio, .changes, .quantile:
      return "Prometheus computes \(measurement.kind.rawValue) differently"
    }
    if rule.badSamples != nil || rule.ownMinSamples != nil {
      return "Prometheus counts time, not samples"
    }
    if interval > rule.maxGap { return "its samples are farther apart than `max_gap_minutes`" }
    if rule.condition.comparesTexts || measurement.parse != nil {
      return "series of promtool have no texts"
    }
    let selectors = [
      measurement.selector, measurement.denominator, rule.condition.threshold.selector,
    ]
    for selector in selectors.compactMap(\.self) {
      switch selector {
      case .metric(let metric):
        let family = test.series.filter { $0.name == metric.name }
        let isEmpty = family.first?.cells.indices.contains { sample in
          family.allSatisfy { $0.cells[sample] == .missing }
        }
        if isEmpty == true, rule.noticesAbsence(of: selector) {
          return "an empty family of series counts as missing in Prometheus"
        }
      case .path where measurement.instanceBy.isEmpty && measurement.aggregate == nil: break
      case .path, .query: return "json_exporter's labels are not made"
      case .response: return "blackbox_exporter's series are not made"
      }
    }
    return nil
  }

  /// The labels that an alert has from its series; `nil` if that is not clear.
  private func seriesLabels(
    of alert: PlayedRuleTest.Alert, _ rule: Rule
  ) -> [(String, String)]? {
    guard let instance = alert.key.instance else { return [] }
    guard case .metric(let metric) = rule.measurement.selector else {
      return [(JSONMetrics.keyLabel, instance)]
    }
    var labels = alert.labels
    if rule.measurement.aggregate == nil {
      let series = test.series.filter { series in
        series.name == metric.name && alert.labels.allSatisfy { series.labels[$0.key] == $0.value }
      }
      guard series.count == 1 else { return nil }
      labels = series[0].labels
    }
    return labels.sorted { $0.key < $1.key }.map { ($0.key.asLabel, $0.value) }
  }

  // MARK: - Series

  var group: YAML? {
    guard !checks.isEmpty else { return nil }
    let base = ["job".asMatcher("=", job), "instance".asMatcher("=", target)]
    let up = (test.series.first?.cells ?? []).indices.map { sample in
      test.series.contains { $0.cells[sample] == .down } ? 0.0 : 1.0
    }
    var series = [Self.series("up", base, up)]
    for one in test.series {
      let values = one.cells.enumerated().map { sample, cell -> Double? in
        guard up[sample] == 1, case .scalar(let scalar) = cell else { return nil }
        return switch scalar {
        case .number(let number): number
        case .bool(let bool): bool ? 1 : 0
        case .string: nil
        }
      }
      guard let path = one.path else {
        let labels = one.labels.sorted { $0.key < $1.key }.map {
          $0.key.asLabel.asMatcher("=", $0.value)
        }
        series.append(Self.series(one.name.asMetric, labels + base, values))
        continue
      }
      for metric in export.metrics.all {
        guard let pattern = try? MetricPath(metric.selector), metric.form == .number,
          let key = path.instance(of: pattern)
        else { continue }
        let labels = key.isEmpty ? [] : [JSONMetrics.keyLabel.asMatcher("=", key)]
        series.append(Self.series(metric.series, labels + base, values))
      }
    }
    return [
      "name": .text(test.name), "interval": .word(interval.promQL), "input_series": .list(series),
      "alert_rule_test": .list(checks),
    ]
  }

  private static func series(_ name: String, _ labels: [String], _ values: [Double?]) -> YAML {
    var words: [String] = []
    var place = 0
    while place < values.count {
      let value = values[place]
      let count = values[place...].prefix { $0 == value }.count
      switch value {
      case let number?: words.append(count == 1 ? "\(number)" : "\(number)+0x\(count - 1)")
      case nil:
        // A series that ends is marked; one that has not begun is not.
        if place > 0 { words.append("stale") }
        let rest = place > 0 ? count - 1 : count
        if rest > 0 { words.append(rest == 1 ? "_" : "_x\(rest)") }
      }
      place += count
    }
    return [
      "series": .text("\(name){\(labels.joined(separator: ", "))}"),
      "values": .text(words.joined(separator: " ")),
    ]
  }
}

extension MetricPath {
  /// The name of the instance that a concrete path has in a path with stars; empty if there are no
  /// stars, `nil` if it is another path.
  fileprivate func instance(of pattern: MetricPath) -> String? {
    guard segments.count == pattern.segments.count else { return nil }
    var name = InstanceName()
    for (own, other) in zip(segments, pattern.segments) {
      switch (own, other) {
      case (.key(let key, _), .wildcard): name.append(key: key.utf8)
      case (.key(let key, _), .key(let expected, _)) where key.utf8.elementsEqual(expected.utf8):
        break
      case (.key, .key), (.wildcard, _): return nil
      }
    }
    return name.text
  }
}
