internal import AlertEngine
internal import JSON
internal import Text

extension AlertmanagerExport {
  /// What Alertmanager needs to know of a receiver, what is to do for it, and what differs.
  static func settings(
    of receiver: ReceiverSettings
  ) -> (settings: [(key: String, value: YAML)], tasks: [String], notes: [String]) {
    let isExported = !["github", "ntfy", "alertmanager"].contains(receiver.type.name)
    var tasks = isExported ? receiver.filesToWrite : []
    var notes = isExported ? [] : receiver.unreadSources
    if receiver.isRequired {
      notes.append("`required`: Alertmanager does not start without a file that it needs")
    }
    for key in receiver.values.keys.sorted() where !Self.exported(key, receiver.type.name) {
      notes.append("`\(key)` is not exported")
    }
    func file(_ stem: String) -> YAML {
      .text(receiver.place(stem)?.secretFile ?? "secrets/\(stem)")
    }
    let resolved = (key: "send_resolved", value: YAML.word("true"))
    switch receiver.type.name {
    case "webhook":
      var members: [(key: String, value: YAML)] = [("url_file", file("url")), resolved]
      if receiver.place("token") != nil {
        members.append(
          ("http_config", ["authorization": ["credentials_file": file("token")]]))
      }
      notes.append("the body is Alertmanager's JSON, not that of docs/receivers.md")
      return ([("webhook_configs", [.map(members)])], tasks, notes)
    case "slack":
      var members: [(key: String, value: YAML)] = [("api_url_file", file("url")), resolved]
      if case .scalar(.string(let mention)) = receiver.values["mention"] {
        let text = #"{{ if eq .Status "firing" }}"# + mention.asTemplate + " {{ end }}"
        members.append(("text", .text(text + #"{{ template "slack.default.text" . }}"#)))
      }
      return ([("slack_configs", [.map(members)])], tasks, notes)
    case "teams":
      return (
        [
          (
            "msteamsv2_configs",
            [["webhook_url_file": file("url"), "send_resolved": .word("true")]]
          )
        ],
        tasks, notes
      )
    case "discord":
      if receiver.values["mention"] != nil { notes.append("`mention` is not exported") }
      return (
        [("discord_configs", [["webhook_url_file": file("url"), "send_resolved": .word("true")]])],
        tasks, notes
      )
    case "pagerduty":
      if receiver.place("url") != nil {
        tasks.append("`url_env`, `url_file`: set `url` to the address of the region")
      }
      return (
        [
          (
            "pagerduty_configs",
            [
              [
                "routing_key_file": file("routing_key"),
                "severity": "{{ .CommonLabels.severity }}", "send_resolved": .word("true"),
              ]
            ]
          )
        ], tasks, notes
      )
    case "email":
      tasks.append(
        "mail goes to the server at localhost:25, not to `sendmail`; set `smarthost` and what it needs"
      )
      var members: [(key: String, value: YAML)] = [
        ("to", .text((receiver.textList("to") ?? []).joined(separator: ", ")))
      ]
      let from: String? =
        if case .scalar(.string(let from)) = receiver.values["from"] { from } else { nil }
      members += [
        ("from", .text(from ?? "alertmanager@localhost")), ("smarthost", "localhost:25"),
        ("require_tls", .word("false")), resolved,
      ]
      return ([("email_configs", [.map(members)])], tasks, notes)
    case "alertmanager":
      tasks.append(
        "Prometheus itself sends all alerts to Alertmanager: put this address into prometheus.yml")
    default:
      tasks.append(
        "Alertmanager has no receiver of the type \(receiver.type.name): it sends nothing until you "
          + "add a webhook that does")
    }
    return ([], tasks, notes)
  }

  private static func exported(_ key: String, _ type: String) -> Bool {
    ["mention", "to", "from"].contains(key) && type != "github"
  }
}

extension ReceiverSettings {
  /// Where something that the configuration names is read.
  fileprivate func place(_ stem: String) -> SecretSource? {
    sources.first { $0.key.stem == stem }?.value
  }

  /// The variables whose content must become a file.
  fileprivate var filesToWrite: [String] {
    sortedSources.compactMap { source, place in
      guard case .variable(let name) = place else { return nil }
      return "`\(source.stem)_env`: put what \(name) holds into the file secrets/\(name)"
    }
  }

  /// What names an address or a secret that no exported file reads.
  fileprivate var unreadSources: [String] {
    sortedSources.map { source, place in
      switch place {
      case .variable(let name): "`\(source.stem)_env` \(name) is not read"
      case .file(let path): "`\(source.stem)_file` \(path) is not read"
      }
    }
  }

  private var sortedSources: [(ReceiverSource, SecretSource)] {
    sources.sorted { $0.key.stem < $1.key.stem }.map { ($0.key, $0.value) }
  }

  fileprivate func textList(_ key: String) -> [String]? {
    if case .texts(let texts) = values[key] { texts } else { nil }
  }
}
