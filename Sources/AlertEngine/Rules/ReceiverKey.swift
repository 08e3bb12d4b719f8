internal import JSON

/// The keys of a receiver; `ReceiverType` says which type takes which.
package enum ReceiverKey: Int, KeyName {
  case name, type, severities, required
  case urlEnv, urlFile, tokenEnv, tokenFile, routingKeyEnv, routingKeyFile
  case repositoryEnv, repositoryFile, topicEnv, topicFile
  case mention, expiresMinutes, labels, to, from, sendmail

  package static let grammar = Grammar(
    "a receiver", keys: ReceiverKey.self,
    relations: ReceiverSource.allCases.flatMap(\.relations)
      + [
        only(.mention), only(.expiresMinutes), only(.labels), only(.from), only(.sendmail),
        .needed("to", where: "type", is: types { $0.neededKeys.contains(.to) }),
        .form("mention", .slackMention, where: "type", is: [ReceiverType.slack.rawValue]),
        .form("mention", .discordMention, where: "type", is: [ReceiverType.discord.rawValue]),
      ])

  /// A key that only those types may have that have it of their own.
  private static func only(_ key: ReceiverKey) -> Grammar.Relation {
    .forbidden(key.key.name, where: "type", is: types { !$0.ownKeys.contains(key) })
  }

  package var key: Key {
    switch self {
    case .name:
      Key(
        "name", .text(.name, max: 60), .required, "unique; what reports call it",
        example: #""oncall-chat""#)
    case .type:
      Key("type", .words(ReceiverType.self), .required, "what it is", example: #""slack""#)
    case .severities:
      Key(
        "severities", .someWords(Severity.self), .derived("all of them"),
        "the alerts that go there", example: #"["critical", "error"]"#)
    case .required:
      Key(
        "required", .bool, .defaults(to: .bool(false)),
        "whether an unset variable is a mistake; otherwise the receiver is skipped with a notice",
        example: "true")
    case .urlEnv: .variable("url", "the address", example: "OPS_ALERT_SLACK_URL")
    case .urlFile: .file("url", "the address")
    case .tokenEnv: .variable("token", "the token", example: "GITHUB_TOKEN")
    case .tokenFile: .file("token", "the token")
    case .routingKeyEnv:
      .variable("routing_key", "the routing key", example: "PAGERDUTY_ROUTING_KEY")
    case .routingKeyFile: .file("routing_key", "the routing key")
    case .repositoryEnv:
      .variable("repository", "`owner/name` of the repository", example: "GITHUB_REPOSITORY")
    case .repositoryFile: .file("repository", "`owner/name` of the repository")
    case .topicEnv: .variable("topic", "the topic", example: "NTFY_TOPIC")
    case .topicFile: .file("topic", "the topic")
    case .mention:
      Key(
        "mention", .text(.line, max: 200), .optional,
        "who is called by a firing alert, blanks between several: in `slack` `<!here>`, "
          + "`<!channel>`, `<!everyone>`, `<@U…>` or `<!subteam^S…>`, in `discord` `@here`, "
          + "`@everyone`, `<@digits>` or `<@&digits>`", example: #""<!here>""#)
    case .expiresMinutes:
      Key(
        "expires_minutes", .positiveMinutes, .defaults(to: .number(240)),
        "how long Alertmanager keeps an alert on without another run", example: "60")
    case .labels:
      Key(
        "labels", .values(.text(.issueLabel, max: 50), atMost: 20), .derived(#"`["ops-alert"]`"#),
        "the labels of the issues that are opened",
        example: #"["ops-alert", "api"]"#)
    case .to:
      Key(
        "to", .values(.text(.mailAddress, max: 254), atMost: 50), .derived("required by `email`"),
        "who gets the mail", example: #"["oncall@example.com"]"#)
    case .from:
      Key(
        "from", .text(.mailAddress, max: 254), .derived("what `sendmail` puts there"),
        "the sender of the mail", example: #""alerts@example.com""#)
    case .sendmail:
      Key(
        "sendmail", .text(.absoluteFile, max: Key.longestText),
        .defaults(to: .string("/usr/sbin/sendmail")), "the program that sends the mail",
        example: #""/usr/sbin/sendmail""#)
    }
  }
}

/// The keys of `notifications`.
package enum NotificationKey: Int, KeyName {
  case reminderHours, digestOver

  package static let grammar = Grammar("`notifications`", keys: NotificationKey.self)

  package var key: Key {
    switch self {
    case .reminderHours:
      Key(
        "reminder_hours", .number(0...8_760), .defaults(to: .number(4)),
        "the time between two reminders of an alert that goes on firing; 0 for none",
        example: "12")
    case .digestOver:
      Key(
        "digest_over", .integer(0...1_000), .defaults(to: .number(5)),
        "more events than this for one chat become one message", example: "10")
    }
  }
}

/// What a receiver reads from a variable or a file, never from the configuration.
package enum ReceiverSource: CaseIterable, Sendable {
  case url, token, routingKey, repository, topic

  /// How much a type of receiver wants it.
  package enum Need: Hashable, Sendable {
    case required, optional
    /// Read from this variable where the configuration says nothing.
    case variable(String)
  }

  package var keys: (variable: ReceiverKey, file: ReceiverKey) {
    switch self {
    case .url: (.urlEnv, .urlFile)
    case .token: (.tokenEnv, .tokenFile)
    case .routingKey: (.routingKeyEnv, .routingKeyFile)
    case .repository: (.repositoryEnv, .repositoryFile)
    case .topic: (.topicEnv, .topicFile)
    }
  }

  /// One of the two keys where a type needs it, at most one where it may have it, else none.
  fileprivate var relations: [Grammar.Relation] {
    let names = [keys.variable.key.name, keys.file.key.name]
    let needy = types { $0.sources[self] == .required }
    let other = types { $0.sources[self].map { $0 != .required } ?? false }
    let strange = types { $0.sources[self] == nil }
    return (needy.isEmpty ? [] : [.oneOf(names, where: "type", is: needy)])
      + (other.isEmpty ? [] : [.atMostOneOf(names, where: "type", is: other)])
      + (strange.isEmpty ? [] : names.map { .forbidden($0, where: "type", is: strange) })
  }
}

extension ReceiverType {
  /// What it reads from variables or files.
  package var sources: [ReceiverSource: ReceiverSource.Need] {
    switch self {
    case .webhook, .alertmanager: [.url: .required, .token: .optional]
    case .slack, .teams, .discord: [.url: .required]
    case .pagerduty: [.routingKey: .required, .url: .optional]
    case .github:
      [
        .repository: .variable("GITHUB_REPOSITORY"), .token: .variable("GITHUB_TOKEN"),
        .url: .optional,
      ]
    case .ntfy: [.url: .required, .topic: .required, .token: .optional]
    case .email: [:]
    }
  }

  /// The other keys that it cannot do without.
  package var neededKeys: [ReceiverKey] {
    switch self {
    case .webhook, .alertmanager, .slack, .teams, .discord, .pagerduty, .github, .ntfy: []
    case .email: [.to]
    }
  }

  /// The other keys that it may have and not every type has.
  package var ownKeys: [ReceiverKey] {
    switch self {
    case .webhook, .teams, .pagerduty, .ntfy: []
    case .alertmanager: [.expiresMinutes]
    case .slack, .discord: [.mention]
    case .github: [.labels]
    case .email: [.from, .sendmail]
    }
  }
}

extension Key {
  fileprivate static func variable(_ stem: String, _ what: String, example: String) -> Key {
    Key(
      "\(stem)_env", .text(.variable, max: 200), .derived("as the type needs it"),
      "the environment variable that holds \(what)", example: "\"\(example)\"")
  }

  fileprivate static func file(_ stem: String, _ what: String) -> Key {
    Key(
      "\(stem)_file", .text(.file, max: longestText), .derived("as the type needs it"),
      "the file that holds \(what); read in every run", example: "\"/run/secrets/\(stem)\"")
  }
}

/// The words of those types of which something holds.
private func types(where holds: (ReceiverType) -> Bool) -> [String] {
  ReceiverType.allCases.filter(holds).map(\.rawValue)
}
