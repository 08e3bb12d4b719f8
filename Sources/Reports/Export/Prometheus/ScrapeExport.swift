internal import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

/// What Prometheus and json_exporter scrape.
struct ScrapeExport {
  private struct Target {
    var name: String
    var url: ScrapeURL
    var format: SnapshotFormat
    var settings: TargetSettings?
    /// The name of its module of json_exporter.
    var module: String
  }

  private let configuration: Configuration
  private let metrics: [JSONMetrics.Metric]
  private var targets: [Target] = []
  private(set) var differences: [PrometheusExport.Difference] = []

  init(_ export: PrometheusExport) {
    configuration = export.configuration
    metrics = export.metrics.all
    var modules: Set<String> = []
    for settings in configuration.targets.isEmpty ? [nil] : configuration.targets.map(Optional.init)
    {
      let name = settings?.name ?? "default"
      var module = name.asName
      while !modules.insert(module).inserted { module += "_" }
      let address = settings?.address ?? .baseURLVariable("OPS_API_BASE_URL")
      let target = Target(
        name: name, url: ScrapeURL(address),
        format: settings?.format ?? configuration.defaultFormat, settings: settings, module: module)
      targets.append(target)
      let place = "target \(name)"
      differences += Self.tasks(of: target, at: address).map { text in
        PrometheusExport.Difference(place: place, text: text, isTask: true)
      }
      if let settings, settings.acceptedStatuses != .success, target.format != .json {
        differences.append(
          PrometheusExport.Difference(
            place: place,
            text: "`accept_status`: Prometheus reads only responses with the status 200"))
      }
    }
  }

  private static func tasks(of target: Target, at address: TargetSettings.Address) -> [String] {
    let settings = target.settings
    var found: [String] = []
    switch address {
    case .baseURLVariable(let name), .metricsURLVariable(let name):
      found.append("its address is in \(name): put it in the place of \(name).invalid")
    case .metricsURL(let text) where text.contains("?"):
      found.append(
        "`metrics_url` is in prometheus.yml as it is: if its query has a secret, replace it by "
          + "`bearer_token_env` or `basic_auth_env`")
    case .baseURL, .metricsURL: break
    }
    if target.url.isChanged, target.format == .prometheus {
      found.append(
        "Prometheus cannot send a %2F in a path, nor bytes that are not UTF-8: it requests another "
          + "address; scrape one without them")
    }
    switch settings?.basicAuth {
    case nil: break
    case .variable(let name)?:
      found.append(
        "`basic_auth_env` \(name): put the user in the place of user-of-\(name), and the password in "
          + "secrets/\(name)")
    case .file(let path)?:
      found.append(
        "`basic_auth_file` \(path): put the user in the place of its name, and leave only the "
          + "password in the file")
    }
    if let variable = settings?.bearerTokenVariable {
      found.append("put the token in \(variable) into the file secrets/\(variable)")
    } else if settings?.basicAuth == nil {
      found.append(
        "no credentials are sent: if OPS_API_BEARER_TOKEN has a token for it, add `authorization`")
    }
    for (header, variable) in (settings?.headerVariables ?? [:]).sorted(by: { $0.key < $1.key }) {
      found.append("`headers_env`: the header \(header) (from \(variable)) is not sent")
    }
    return found
  }

  // MARK: - prometheus.yml

  var prometheus: String {
    var jobs: [YAML] = []
    let json = targets.filter { $0.format == .json }
    if !json.isEmpty {
      jobs.append(
        probe(
          "ops_json", path: "/probe", module: nil, exporter: "127.0.0.1:7979", json,
          ["json_exporter --config.file=json_exporter.yml"]))
    }
    for (index, target) in targets.filter({ $0.format == .prometheus }).enumerated() {
      jobs.append(job("ops_prometheus_\(index + 1)", target))
    }
    let asked = configuration.rules.filter {
      if case .response = $0.measurement.selector { true } else { false }
    }
    let probed = targets.filter { target in
      target.format == .none
        || asked.contains { $0.targets?.contains(target.name) ?? true }
    }
    if !probed.isEmpty {
      jobs.append(
        probe(
          RuleExport.job(nil), path: "/probe", module: "http_2xx", exporter: "127.0.0.1:9115",
          probed, ["blackbox_exporter"]))
    }
    let document: YAML = [
      "global": ["scrape_interval": .word("1m"), "evaluation_interval": .word("1m")],
      "rule_files": ["rules.yml"],
      "alerting": ["alertmanagers": [["static_configs": [["targets": ["127.0.0.1:9093"]]]]]],
      "scrape_configs": .list(jobs),
    ]
    let notes = differences.map(\.placedComment)
    return document.file(
      ["The label `instance` is the name of the target, and `job` that of its format."] + notes)
  }

  private func labels(_ target: Target) -> [(key: String, value: YAML)] {
    [("instance", .text(target.name.asTargetLabel))]
  }

  private func probe(
    _ name: String, path: String, module: String?, exporter: String, _ targets: [Target],
    _ notes: [String]
  ) -> YAML {
    let configs = targets.map { target in
      var labels = labels(target)
      if let module {
        labels.append(("__param_module", .text(module)))
        if target.format == .none { labels.append(("only", "response")) }
      } else {
        labels.append(("__param_module", .text(target.module)))
      }
      return YAML.map([("targets", [.text(target.url.text)]), ("labels", .map(labels))])
    }
    return .noted(
      notes,
      [
        "job_name": .text(name), "metrics_path": .text(path), "static_configs": .list(configs),
        "relabel_configs": [
          ["source_labels": ["__address__"], "target_label": "__param_target"],
          ["target_label": "__address__", "replacement": .text(exporter)],
        ],
      ])
  }

  private func job(_ name: String, _ target: Target) -> YAML {
    var members: [(key: String, value: YAML)] = [
      ("job_name", .text(name)), ("scheme", .text(target.url.scheme)),
      ("metrics_path", .text(target.url.path)),
    ]
    if !target.url.parameters.isEmpty {
      members.append(
        ("params", .map(target.url.parameters.map { (key: $0.name, value: .texts($0.values)) })))
    }
    members += credentials(target)
    let labels = labels(target) + [("job", .text(RuleExport.job(.prometheus)))]
    members.append(
      ("static_configs", [["targets": [.text(target.url.authority)], "labels": .map(labels)]]))
    members.append(("metric_relabel_configs", OwnNames.relabeling))
    return .map(members)
  }

  private func credentials(_ target: Target) -> [(key: String, value: YAML)] {
    if let variable = target.settings?.bearerTokenVariable {
      return [("authorization", ["credentials_file": .text("secrets/" + variable)])]
    }
    switch target.settings?.basicAuth {
    case nil: return []
    case let source?:
      let name = if case .variable(let name) = source { "user-of-" + name } else { "user-of-file" }
      return [
        ("basic_auth", ["username": .text(name), "password_file": .text(source.secretFile)])
      ]
    }
  }

  // MARK: - json_exporter.yml

  var jsonExporter: String {
    let modules = targets.filter { $0.format == .json }.map { target in
      var members: [(key: String, value: YAML)] = [
        (
          "metrics",
          .list(
            metrics.filter { $0.obstacle == nil && $0.targets?.contains(target.name) ?? true }
              .map(metric))
        )
      ]
      let credentials = credentials(target)
      if !credentials.isEmpty { members.append(("http_client_config", .map(credentials))) }
      if let statuses = target.settings?.acceptedStatuses, statuses != .success {
        let all = AcceptedStatuses.possible.filter(statuses.contains)
        members.append(("valid_status_codes", .list(all.map(YAML.number))))
      }
      return (key: target.module, value: YAML.map(members))
    }
    let document: YAML = ["modules": .map(modules)]
    let lacking = metrics.compactMap { metric in
      metric.obstacle.map { "to do: \(metric.series) is not made of \(metric.selector): \($0)" }
    }
    return document.file(lacking)
  }

  private func metric(_ metric: JSONMetrics.Metric) -> YAML {
    .noted(metric.isTime ? [JSONMetrics.timeObstacle] : [], entry(metric))
  }

  private func entry(_ metric: JSONMetrics.Metric) -> YAML {
    func braced(_ path: String?) -> YAML {
      .text(path.map { $0.isEmpty ? "{$}" : "{\($0)}" } ?? "{$}")
    }
    let elements = metric.path?.elements
    let value = metric.path?.value
    var members: [(key: String, value: YAML)] = [("name", .text(metric.name))]
    let help = ("help", YAML.text("what is at \(metric.selector)"))
    guard metric.isOfElements else {
      return .map(members + [help, ("path", braced(value))])
    }
    var labels = metric.labels.map { (key: $0.name, value: braced($0.path)) }
    let made: (String, YAML)
    switch metric.form {
    case .number: made = ("value", braced(value))
    case .element: made = ("count", "1")
    case .text:
      labels.append(("value", braced(value)))
      made = ("text", "1")
    }
    members += [("type", "object"), help, ("path", braced(elements))]
    members += [("labels", .map(labels)), ("values", .map([(key: made.0, value: made.1)]))]
    return .map(members)
  }
}

extension SecretSource {
  /// The file that Prometheus and Alertmanager read it from.
  var secretFile: String {
    switch self {
    case .variable(let name): "secrets/" + name
    case .file(let path): path
    }
  }
}

extension String {
  /// A label of a target: never empty, which would be no label.
  fileprivate var asTargetLabel: String { isEmpty ? "_" : self }
}
