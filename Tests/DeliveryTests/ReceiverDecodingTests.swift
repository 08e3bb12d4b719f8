@testable import AlertEngine
@testable import Delivery
@testable import JSON
internal import Testing

@Suite("Decoding receivers")
struct ReceiverDecodingTests {
  private static let rule =
    #"{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0}"#

  private func decode(_ more: String) throws -> Configuration {
    try Configuration.decode(
      Array(#"{"rules": [\#(Self.rule)]\#(more)}"#.utf8),
      receivers: ReceiverCatalogue.standard.types)
  }

  private func decodeReceiver(_ members: String) throws -> ReceiverSettings {
    try #require(try decode(#", "receivers": [{"name": "n", \#(members)}]"#).receivers.first)
  }

  typealias Sources = [ReceiverSource: SecretSource]
  typealias Values = [String: ReceiverSettings.Value]

  static let receivers: [(members: String, type: ReceiverType, sources: Sources, values: Values)] =
    [
      (#""type": "webhook", "url_env": "U""#, WebhookReceiver.type, [.url: .variable("U")], [:]),
      (
        #""type": "webhook", "url_file": "u", "token_env": "T""#, WebhookReceiver.type,
        [.url: .file("u"), .token: .variable("T")], [:]
      ),
      (
        #""type": "alertmanager", "url_env": "U", "token_file": "/t", "expires_minutes": 0.5"#,
        AlertmanagerReceiver.type, [.url: .variable("U"), .token: .file("/t")],
        ["expires_minutes": .scalar(.number(0.5))]
      ),
      (
        #""type": "slack", "url_env": "U", "mention": "<!here>""#, SlackReceiver.type,
        [.url: .variable("U")], ["mention": .scalar(.string("<!here>"))]
      ),
      (#""type": "teams", "url_file": "/u""#, TeamsReceiver.type, [.url: .file("/u")], [:]),
      (
        #""type": "discord", "url_env": "U", "mention": "<@&1>""#, DiscordReceiver.type,
        [.url: .variable("U")], ["mention": .scalar(.string("<@&1>"))]
      ),
      (
        #""type": "pagerduty", "routing_key_file": "k", "url_env": "U""#, PagerDutyReceiver.type,
        [.routingKey: .file("k"), .url: .variable("U")], [:]
      ),
      (#""type": "github""#, GitHubReceiver.type, [:], [:]),
      (
        #""type": "github", "repository_env": "R", "token_file": "t", "labels": ["a", "b"], "url_env": "U""#,
        GitHubReceiver.type,
        [.repository: .variable("R"), .token: .file("t"), .url: .variable("U")],
        ["labels": .texts(["a", "b"])]
      ),
      (
        #""type": "ntfy", "url_file": "u", "topic_file": "t", "token_env": "K""#,
        NtfyReceiver.type, [.url: .file("u"), .topic: .file("t"), .token: .variable("K")], [:]
      ),
      (
        #""type": "email", "to": ["a@b", "c@d"], "from": "e@f", "sendmail": "/s""#,
        EmailReceiver.type, [:],
        [
          "to": .texts(["a@b", "c@d"]), "from": .scalar(.string("e@f")),
          "sendmail": .scalar(.string("/s")),
        ]
      ),
    ]

  @Test("Every type is decoded with its values")
  func readsTypes() throws {
    for (members, type, sources, values) in Self.receivers {
      #expect(
        try decodeReceiver(members)
          == ReceiverSettings(name: "n", type: type, sources: sources, values: values))
    }
    #expect(Set(Self.receivers.map(\.type)) == Set(ReceiverCatalogue.standard.types))
  }

  @Test("A missing value has its default")
  func hasDefaults() throws {
    let table = [
      (#""type": "alertmanager", "url_env": "U""#, "expires after 4 h"),
      (
        #""type": "github""#,
        "repository from GITHUB_REPOSITORY, token from GITHUB_TOKEN, labels ops-alert"
      ),
      (#""type": "email", "to": ["a@b.example"]"#, "to a@b.example, by /usr/sbin/sendmail"),
    ]
    for (members, words) in table {
      let sentence = ReceiverCatalogue.standard.sentence(for: try decodeReceiver(members))
      #expect(sentence.contains(", \(words), for"))
    }
  }

  @Test("Severities are those in the configuration, or all, and a receiver is optional")
  func readsCommonKeys() throws {
    let teams = #""type": "teams", "url_env": "U""#
    let some = try decodeReceiver(#"\#(teams), "severities": ["info", "critical"]"#)
    #expect(some.severities == [.critical, .info] && !some.isRequired)
    let all = try decodeReceiver(#"\#(teams), "required": true"#)
    #expect(all.severities == Set(Severity.allCases) && all.isRequired)
  }

  @Test("Receivers keep the order of the file")
  func keepsOrder() throws {
    let receivers = ["b", "a", "c"].map { #"{"name": "\#($0)", "type": "github"}"# }
    let configuration = try decode(#", "receivers": [\#(receivers.joined(separator: ","))]"#)
    #expect(configuration.receivers.map(\.name) == ["b", "a", "c"])
  }

  @Test(
    "Notifications have their defaults, and 0 turns reminders off",
    arguments: [
      ("", NotificationSettings(reminder: .seconds(14_400), digestOver: 5)),
      (#", "notifications": {}"#, NotificationSettings()),
      (
        #", "notifications": {"reminder_hours": 0.5, "digest_over": 0}"#,
        NotificationSettings(reminder: .seconds(1_800), digestOver: 0)
      ),
      (
        #", "notifications": {"reminder_hours": 0}"#,
        NotificationSettings(reminder: .zero, digestOver: 5)
      ),
    ])
  func readsNotifications(more: String, settings: NotificationSettings) throws {
    #expect(try decode(more).notifications == settings)
  }

  @Test(
    "A secret in the wrong place is never repeated",
    arguments: ReceiverCatalogue.standard.types.flatMap(\.sources).map(\.source).flatMap {
      [$0.variableKey.name, $0.fileKey.name]
    }
    .flatMap { [$0, $0.replacing("_env", with: "").replacing("_file", with: "")] },
    [#""https://h.example/s3cr-et""#, "31415926535", #"["s3cr-et"]"#, #"{"s3cr-et": 31415926535}"#])
  func keepsSecrets(key: String, value: String) throws {
    let receivers = ReceiverCatalogue.standard.types.enumerated().map { place, type in
      #"{"name": "n\#(place)", "type": "\#(type.name)", "\#(key)": \#(value)}"#
    }
    let mistakes = try #require(throws: ConfigurationMistakes.self) {
      try decode(#", "receivers": [\#(receivers.joined(separator: ", "))]"#)
    }
    let description = mistakes.description
    for place in receivers.indices {
      #expect(description.contains("receivers[\(place)].\(key): "))
    }
    #expect(!description.contains("s3cr-et"))
    #expect(!description.contains("31415926535"))
  }

  @Test("Whatever replaces a value, the result is either mistakes or all the receivers")
  func losesNoReceiver() throws {
    let replacements = [
      "null", "true", "1e300", "-1", "0.5", #""""#, #""slack""#, #""email""#, "[]", "{}", "[{}]",
      #"["info"]"#, #"["a@b"]"#, #""/a""#, #""A""#,
    ]
    let keys = Grammar.receiver(of: ReceiverCatalogue.standard.types).keys
    for receiver in Self.receivers {
      let members = receiver.members.split(separator: /, (?="[a-z_]+":)/).map(String.init)
      let own = Set(Grammar.receiver(of: [receiver.type]).keys.map(\.name))
      for key in keys {
        let kept = members.filter { !$0.hasPrefix("\"\(key.name)\"") }
        // Whatever it holds, the key of another type is a mistake.
        for replacement in own.contains(key.name) ? replacements : ["null"] {
          let name = key.name == "name" ? [] : [#""name": "n""#]
          let all = name + kept + ["\"\(key.name)\": \(replacement)"]
          do {
            let text = #", "receivers": [{\#(all.joined(separator: ", "))}]"#
            #expect(try decode(text).receivers.count == 1)
          } catch let mistakes as ConfigurationMistakes {
            #expect(!mistakes.listed.isEmpty)
            #expect(!mistakes.description.contains("not JSON"))
          }
        }
      }
    }
  }
}
