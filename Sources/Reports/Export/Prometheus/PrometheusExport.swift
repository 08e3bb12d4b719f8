package import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

/// The files with which Prometheus, json_exporter and Alertmanager do what a configuration says, as
/// far as they can.
package struct PrometheusExport {
  /// Something that is not the same there.
  package struct Difference: Hashable, Sendable {
    /// What it is about: `error_rate`, `receiver chat`; empty for everything.
    package var place: String
    package var text: String
    /// Whether there is something to do before the files do what they can.
    package var isTask = false

    /// The same as a comment of a file, without its place.
    var comment: String { (isTask ? "to do: " : "differs: ") + text }
    /// The same with its place.
    var placedComment: String {
      (isTask ? "to do: " : "differs: ") + (place.isEmpty ? "" : place + ": ") + text
    }
  }

  /// The files by name, in the order of the list that the command prints.
  package private(set) var files: [(name: String, text: String)] = []
  /// All differences, in the order of the configuration.
  package private(set) var differences: [Difference] = []

  let configuration: Configuration
  /// One for each rule, in their order.
  private(set) var rules: [RuleExport] = []
  private(set) var metrics = JSONMetrics()

  /// The first line of every file, by which the next export knows its own.
  package static let mark = "# Written by ops-alert-eval export prometheus."

  package static let fileNames = [
    "rules.yml", "rules.test.yml", "prometheus.yml", "json_exporter.yml", "alertmanager.yml",
  ]

  /// Exports a configuration.
  ///
  /// - Parameters:
  ///   - configuration: the configuration.
  ///   - tests: rule tests of it.
  package init(_ configuration: Configuration, tests: [PlayedRuleTest] = []) {
    self.configuration = configuration
    note("", Self.everywhere + general)
    for rule in configuration.rules {
      var own = LabelNames()
      let labels = own.labels(
        configuration.labels.merging(rule.labels) { _, own in own }, rule.severity,
        rule.breachStatus)
      var export = RuleExport(rule, of: configuration, labels: labels, &metrics)
      export.differences += own.differences
      note(rule.name, export.obstacles, isTask: true)
      note(rule.name, export.differences)
      rules.append(export)
    }
    add("rules.yml", rulesFile())
    let (tests, skipped) = testFile(tests)
    add("rules.test.yml", tests)
    let scrape = ScrapeExport(self)
    add("prometheus.yml", scrape.prometheus)
    add("json_exporter.yml", scrape.jsonExporter)
    let alertmanager = AlertmanagerExport(self)
    add("alertmanager.yml", alertmanager.file)
    differences += scrape.differences + alertmanager.differences
    differences += skipped
  }

  /// How many rules there are, and how many of them fire, or never fire, until their series exist.
  package var counts: (rules: Int, firing: Int, silent: Int) {
    let effects = rules.compactMap(\.untilPublished)
    let firing = effects.count { $0 == .fires }
    return (rules.count, firing, effects.count - firing)
  }

  /// What is to do, or what is different: each text once, together with others of the same places.
  package func grouped(tasks: Bool) -> [(places: [String], texts: [String])] {
    let all = differences.filter { $0.isTask == tasks }
    let places = Dictionary(grouping: all, by: \.text).mapValues { $0.map(\.place) }
    var seen: Set<String> = []
    var groups: [(places: [String], texts: [String])] = []
    for text in all.map(\.text) where seen.insert(text).inserted {
      let own = places[text] ?? []
      if let index = groups.firstIndex(where: { $0.places == own }) {
        groups[index].texts.append(text)
      } else {
        groups.append((own, [text]))
      }
    }
    return groups
  }

  private mutating func note(_ place: String, _ texts: [String], isTask: Bool = false) {
    differences += texts.map { Difference(place: place, text: $0, isTask: isTask) }
  }

  private mutating func add(_ name: String, _ text: String) {
    files.append((name: name, text: Self.mark + "\n" + text))
  }

  /// What differs because of the configuration's own keys.
  var general: [String] {
    var found: [String] = []
    let evaluation = configuration.evaluation
    if let path = evaluation.snapshotTimePath {
      found.append(
        "`snapshot_time_path` \(path.text): a snapshot that is not newer counts like any other")
    }
    if configuration.maxGap != .seconds(3_600) {
      found.append("`max_gap_minutes`: Prometheus has no gaps")
    }
    if configuration.notifications.digestOver != NotificationSettings().digestOver {
      found.append("`digest_over`: Alertmanager sends the alerts of a rule as one message")
    }
    if configuration.notifications.timeZone != nil {
      found.append("`notifications.time_zone`: Alertmanager's messages are in UTC")
    }
    if configuration.heartbeat != nil {
      found.append(
        "`heartbeat`: an alert that always fires is sent as a POST every 5 minutes; it shows that "
          + "alerts are delivered, not that every target was evaluated")
    }
    return found
  }
}

/// The labels of alerts, under names that Prometheus accepts.
private struct LabelNames {
  var differences: [String] = []

  mutating func labels(
    _ labels: [String: String], _ severity: Severity, _ status: BreachStatus
  ) -> [(name: String, value: String)] {
    var all = [
      (name: "severity", value: severity.rawValue),
      (name: "breach_status", value: status.rawValue),
    ]
    for (label, value) in labels.sorted(by: { $0.key < $1.key }) {
      let name = label.asLabel
      guard !all.contains(where: { $0.name == name }) else {
        differences.append("the label `\(label)` is left out, since another one is `\(name)` too")
        continue
      }
      if name != label { differences.append("the label `\(label)` is `\(name)` in Prometheus") }
      all.append((name: name, value: value))
    }
    return all
  }
}

extension String {
  /// A text that a template of Go leaves as it is.
  var asTemplate: String { replacingBytes("{{", with: #"{{ "{{" }}"#) }
}
