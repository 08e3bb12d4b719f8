@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import TestSupport
internal import Testing

@Suite("Building receivers from the configuration")
struct ReceiverCatalogueTests {
  private static let variables = [
    "KEY": "R0UTINGKEY", "TOKEN": "gh-token", "REPO": "acme/ops", "AM": "https://am.example",
    "LOCAL": "http://127.0.0.1:9", "PLAIN": "http://am.example/hooks/s3cr-et",
    "BAD": "acme/ops/../x", "HOOK": "https://chat.example/hooks/s3cr-et", "TOPIC": "ops-alerts",
    "BAD_TOPIC": "ops s3cr-et",
  ]

  private static func made(
    _ members: String, _ secrets: inout Secrets
  ) throws -> (any Receiver)? {
    try ReceiverCatalogue.standard.receiver(for: .sample(members), reading: &secrets)
  }

  private static func made(
    _ members: String, variables: [String: String] = variables
  ) throws -> (any Receiver)? {
    var secrets = Secrets(variables: variables)
    return try made(members, &secrets)
  }

  /// The members beside the name, and where the receiver sends; `nil` for one that is not set up.
  static let receivers: [(members: String, head: String?)] = [
    (#""type": "webhook", "url_env": "AM", "token_env": "TOKEN""#, "POST https://am.example/"),
    (#""type": "webhook", "url_env": "UNSET""#, nil),
    (#""type": "webhook", "url_env": "AM", "token_env": "UNSET""#, nil),
    (#""type": "alertmanager", "url_env": "AM""#, "POST https://am.example/api/v2/alerts"),
    (#""type": "alertmanager", "url_env": "AM", "token_env": "UNSET""#, nil),
    (
      #""type": "slack", "url_env": "HOOK", "mention": "<!here>""#,
      "POST https://chat.example/hooks/s3cr-et"
    ),
    (#""type": "slack", "url_env": "UNSET""#, nil),
    (#""type": "teams", "url_env": "HOOK""#, "POST https://chat.example/hooks/s3cr-et"),
    (#""type": "teams", "url_env": "UNSET""#, nil),
    (
      #""type": "discord", "url_env": "HOOK""#, "POST https://chat.example/hooks/s3cr-et"
    ),
    (#""type": "discord", "url_env": "UNSET", "mention": "@here""#, nil),
    (
      #""type": "pagerduty", "routing_key_env": "KEY""#,
      "POST https://events.pagerduty.com/v2/enqueue"
    ),
    (
      #""type": "pagerduty", "routing_key_env": "KEY", "url_env": "LOCAL""#,
      "POST http://127.0.0.1:9/v2/enqueue"
    ),
    (#""type": "pagerduty", "routing_key_env": "KEY", "url_env": "UNSET""#, nil),
    (#""type": "pagerduty", "routing_key_env": "UNSET""#, nil),
    (gitHub(), "POST https://api.github.com/repos/acme/ops/issues"),
    (gitHub(#", "url_env": "LOCAL""#), "POST http://127.0.0.1:9/repos/acme/ops/issues"),
    (gitHub(repository: "UNSET"), nil),
    (gitHub(#", "url_env": "UNSET""#), nil),
    (
      #""type": "ntfy", "url_env": "HOOK", "topic_env": "TOPIC", "token_env": "TOKEN""#,
      "POST https://chat.example/hooks/s3cr-et"
    ),
    (#""type": "ntfy", "url_env": "UNSET", "topic_env": "TOPIC""#, nil),
    (#""type": "ntfy", "url_env": "HOOK", "topic_env": "UNSET""#, nil),
    (#""type": "ntfy", "url_env": "HOOK", "topic_env": "TOPIC", "token_env": "UNSET""#, nil),
    (#""type": "email", "to": ["a@b.c"], "sendmail": "/bin/mail""#, "/bin/mail -t -i"),
  ]

  private static func gitHub(_ more: String = "", repository: String = "REPO") -> String {
    #""type": "github", "repository_env": "\#(repository)", "token_env": "TOKEN"\#(more)"#
  }

  @Test(
    "A receiver is ready if its variables are set, and skipped if one is not",
    arguments: receivers)
  func makes(members: String, head: String?) throws {
    let receiver = try Self.made(members)
    let message = IncidentSample.message(IncidentSample.notification())
    let request = (receiver as? any RequestReceiver)?.request(for: message)
    let preview = receiver?.preview(of: message, reference: nil).first
    #expect(request.map { "\($0.method.rawValue) \($0.url.display)" } ?? preview?.head == head)
  }

  @Test("The table above has every type")
  func isComplete() throws {
    let types = try Self.receivers.map { try ReceiverSettings.sample($0.members).type }
    #expect(Set(types) == Set(ReceiverCatalogue.standard.types))
  }

  @Test(
    "An unusable value is a mistake that reveals no secret",
    arguments: [
      #""type": "teams", "url_env": "PLAIN""#, #""type": "alertmanager", "url_env": "PLAIN""#,
      #""type": "ntfy", "url_env": "HOOK", "topic_env": "BAD_TOPIC""#,
      gitHub(repository: "BAD"), gitHub(repository: "TOKEN"), gitHub(#", "url_env": "PLAIN""#),
    ])
  func mistakes(members: String) throws {
    let mistake = try #require(throws: ReceiverMistake.self) { try Self.made(members) }
    #expect(!mistake.description.contains("s3cr-et"))
  }

  @Test(
    "An invalid routing key is refused and never shown",
    arguments: ["\"R0123456789abcdef\"", "# prod\r\nR0123456789abcdef", "two words"])
  func routingKey(text: String) throws {
    let mistake = try #require(throws: ReceiverMistake.self) {
      try Self.made(#""type": "pagerduty", "routing_key_env": "KEY""#, variables: ["KEY": text])
    }
    #expect(!mistake.description.contains("R0123"))
    #expect(mistake.description.hasPrefix("KEY: a routing key has only"))
  }

  @Test("Keys and tokens are kept secret, and a repository's name stays in the links")
  func secrets() throws {
    var secrets = Secrets(variables: Self.variables)
    for members in [Self.gitHub(), #""type": "pagerduty", "routing_key_env": "KEY""#] {
      _ = try Self.made(members, &secrets)
    }
    #expect(
      secrets.redact("R0UTINGKEY gh-token https://github.com/acme/ops")
        == "[redacted] [redacted] https://github.com/acme/ops")
  }

  @Test("Issues go to the API of the runner's own GitHub")
  func enterprise() throws {
    let receiver = try Self.made(
      Self.gitHub(),
      variables: Self.variables.merging(["GITHUB_API_URL": "https://ghe.example/api/v3"]) { $1 })
    let resolved = IncidentSample.message(IncidentSample.notification(.resolved))
    #expect(
      receiver?.preview(of: resolved, reference: "7").map(\.head) == [
        "PATCH https://ghe.example/api/v3/repos/acme/ops/issues/7",
        "POST https://ghe.example/api/v3/repos/acme/ops/issues/7/comments",
      ])
  }

  @Test("Incident systems get no digests, and only Alertmanager forgets alerts")
  func traits() {
    let types = ReceiverCatalogue.standard.types
    #expect(
      types.filter(\.keepsIncidents).map(\.name) == ["alertmanager", "pagerduty", "github"])
    #expect(types.filter(\.forgetsAlerts).map(\.name) == ["alertmanager"])
  }

  @Test("Types that share a key agree on everything except its meaning, its example and its form")
  func sharedKeys() {
    let keys = ReceiverCatalogue.standard.types.flatMap(\.keys)
    for (name, shared) in Dictionary(grouping: keys, by: \.name) {
      let facts = shared.map { "\($0.kind) \($0.presence)" }
      #expect(Set(facts).count == 1, "\(name)")
    }
    #expect(keys.count > Set(keys.map(\.name)).count, "no key is shared")
  }

  @Test("A mention consists of one or more of the service's own forms")
  func mentions() throws {
    let table: [(type: String, right: [String], wrong: [String])] = [
      (
        "slack",
        [
          "<!here>", "<!here> <!channel>", "<!here>  <!everyone>", "<@U1>", "<@W1>",
          "<!subteam^S1>", "<@U1> <!subteam^S1>",
        ],
        [
          "<!here> ", " <!here>", "<!here><!here>", "<!here>\u{301}", "<!Here>", "<@U>", "<@X1>",
          "<@Uä>", "<@U1", "<!subteam^S>", "<!subteam^U1>", "@here", "<@1>", "<@&1>",
        ]
      ),
      (
        "discord",
        ["@here", "@everyone", "@here @everyone", "<@1>", "<@&1>", "<@1> <@&1>"],
        ["@here, @everyone", "<@!1>", "<@>", "<@&>", "<@١>", "<!here>", "<@U1>", " @here"]
      ),
    ]
    for (type, right, wrong) in table {
      let pattern = try #require(
        ReceiverCatalogue.standard.types.first { $0.name == type }?.forms["mention"])
      #expect(right.filter { !pattern.matches($0) } == [])
      #expect(wrong.filter(pattern.matches) == [])
    }
  }
}
