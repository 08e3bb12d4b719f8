internal import AlertEngine
internal import Prometheus
internal import Text

extension PrometheusExport {
  /// The name of the heartbeat's alert and of its receiver.
  var heartbeat: String { unused("ops_heartbeat") }

  /// A name that no rule and no receiver has.
  func unused(_ name: String) -> String {
    let taken = configuration.rules.map(\.name) + configuration.receivers.map(\.name)
    return taken.contains(name) ? unused(name + "_") : name
  }

  func rulesFile() -> String {
    var all = rules.map { export in
      rule(
        export.rule.name, export.expression, for: export.rule.duration,
        keepFiringFor: export.rule.recoveryDuration,
        export.labels.map { ($0.name, export.template($0)) },
        annotations(of: export.rule.text), comments: export.comments)
    }
    all.append(endpointRule)
    if configuration.heartbeat != nil {
      all.append(
        rule(
          heartbeat, "vector(1)", for: .zero, keepFiringFor: .zero, [],
          [("summary", "Prometheus evaluates rules")], comments: ["The heartbeat: it always fires."]
        ))
    }
    let groups: YAML = [
      "groups": [["name": "ops-alert-eval", "interval": .word("1m"), "rules": .list(all)]]
    ]
    let version = configuration.version.map { ["Version of the configuration: \($0)"] } ?? []
    let notes = (Self.everywhere + general).map { "differs: " + $0 }
    return groups.file(version + notes)
  }

  private func rule(
    _ name: String, _ expression: String, for duration: Duration, keepFiringFor: Duration,
    _ labels: [(name: String, value: String)], _ annotations: [(String, String)], comments: [String]
  ) -> YAML {
    var members: [(key: String, value: YAML)] = [
      ("alert", .text(name)), ("expr", .block(expression)), ("for", .word(duration.promQL)),
    ]
    if keepFiringFor > .zero {
      members.append(("keep_firing_for", .word(keepFiringFor.promQL)))
    }
    if !labels.isEmpty {
      members.append(
        ("labels", .map(labels.map { (key: $0.name, value: .text($0.value)) })))
    }
    let texts = annotations.map { (key: $0.0, value: YAML.text($0.1.asTemplate)) }
    if !texts.isEmpty { members.append(("annotations", .map(texts))) }
    return .noted(comments, .map(members))
  }

  /// The annotations of a rule's alerts.
  func annotations(of text: RuleText) -> [(String, String)] {
    let isLink = text.runbook?.hasPrefix("https://") == true
    let all = [
      ("summary", text.summary), ("description", text.description),
      (isLink ? "runbook_url" : "runbook", text.runbook), ("dashboard_url", text.dashboard),
      ("owner", text.owner),
    ]
    return all.compactMap { name, text in text.map { (name, $0) } }
  }

  var endpointLabels: [(name: String, value: String)] {
    let endpoint = configuration.endpoint
    var labels = [
      (name: "severity", value: endpoint.severity.rawValue),
      (name: "breach_status", value: endpoint.breachStatus.rawValue),
    ]
    for (label, value) in configuration.labels.sorted(by: { $0.key < $1.key })
    where !labels.contains(where: { $0.name == label.asLabel }) {
      labels.append((name: label.asLabel, value: value))
    }
    return labels
  }

  var endpointText: RuleText {
    RuleText(summary: configuration.endpoint.summary, runbook: configuration.endpoint.runbook)
  }

  private var endpointRule: YAML {
    let jobs = [SnapshotFormat.json, .prometheus].map(RuleExport.job).joined(separator: "|")
    let expression =
      "up{\("job".asMatcher("=~", jobs))} == 0\nor\n"
      + "probe_http_status_code{\("job".asMatcher("=", RuleExport.job(nil))), only=\"response\"} == 0"
    return rule(
      EndpointSettings.ruleName, expression, for: configuration.endpoint.duration,
      keepFiringFor: .zero, endpointLabels.map { ($0.name, $0.value.asTemplate) },
      annotations(of: endpointText),
      comments: ["differs: a snapshot no newer than the previous one does not make it fire"])
  }
}
