@testable import AlertEngine
internal import Testing

@Suite("Decoding receivers")
struct ReceiverDecodingTests {
  private static let rule =
    #"{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0}"#

  private func decode(_ more: String) throws -> Configuration {
    try Configuration.decode(Array(#"{"rules": [\#(Self.rule)]\#(more)}"#.utf8))
  }

  private func decodeReceiver(_ members: String) throws -> ReceiverSettings {
    try #require(try decode(#", "receivers": [{"name": "n", \#(members)}]"#).receivers.first)
  }

  typealias Service = ReceiverSettings.Service

  static let services: [(String, Service)] = [
    (#""type": "webhook", "url_env": "U""#, .webhook(url: .variable("U"), token: nil)),
    (
      #""type": "webhook", "url_file": "u", "token_env": "T""#,
      .webhook(url: .file("u"), token: .variable("T"))
    ),
    (
      #""type": "alertmanager", "url_env": "U""#,
      .alertmanager(url: .variable("U"), token: nil, expires: .seconds(240 * 60))
    ),
    (
      #""type": "alertmanager", "url_env": "U", "token_file": "/t", "expires_minutes": 0.5"#,
      .alertmanager(url: .variable("U"), token: .file("/t"), expires: .seconds(30))
    ),
    (#""type": "slack", "url_env": "U""#, .slack(url: .variable("U"), mention: nil)),
    (
      #""type": "slack", "url_env": "U", "mention": "<!here>""#,
      .slack(url: .variable("U"), mention: "<!here>")
    ),
    (#""type": "teams", "url_file": "/u""#, .teams(url: .file("/u"))),
    (#""type": "discord", "url_env": "U""#, .discord(url: .variable("U"), mention: nil)),
    (
      #""type": "discord", "url_env": "U", "mention": "<@&1>""#,
      .discord(url: .variable("U"), mention: "<@&1>")
    ),
    (
      #""type": "pagerduty", "routing_key_env": "K""#,
      .pagerduty(routingKey: .variable("K"), url: nil)
    ),
    (
      #""type": "pagerduty", "routing_key_file": "k", "url_env": "U""#,
      .pagerduty(routingKey: .file("k"), url: .variable("U"))
    ),
    (
      #""type": "github""#,
      .github(
        repository: .variable("GITHUB_REPOSITORY"), token: .variable("GITHUB_TOKEN"),
        labels: ["ops-alert"], url: nil)
    ),
    (
      #""type": "github", "repository_env": "R", "token_file": "t", "labels": ["a", "b"], "url_env": "U""#,
      .github(
        repository: .variable("R"), token: .file("t"), labels: ["a", "b"], url: .variable("U"))
    ),
    (
      #""type": "ntfy", "url_env": "U", "topic_env": "T""#,
      .ntfy(url: .variable("U"), topic: .variable("T"), token: nil)
    ),
    (
      #""type": "ntfy", "url_file": "u", "topic_file": "t", "token_env": "K""#,
      .ntfy(url: .file("u"), topic: .file("t"), token: .variable("K"))
    ),
    (
      #""type": "email", "to": ["a@b.example"]"#,
      .email(to: ["a@b.example"], from: nil, sendmail: "/usr/sbin/sendmail")
    ),
    (
      #""type": "email", "to": ["a@b", "c@d"], "from": "e@f", "sendmail": "/s""#,
      .email(to: ["a@b", "c@d"], from: "e@f", sendmail: "/s")
    ),
  ]

  @Test("Every type is decoded with its values and the defaults of the rest", arguments: services)
  func readsServices(members: String, service: Service) throws {
    #expect(try decodeReceiver(members) == ReceiverSettings(name: "n", service: service))
  }

  @Test("Every type is in the table")
  func isComplete() {
    let types = Self.services.map { ReceiverSettings(name: "n", service: $0.1).type }
    #expect(Set(types) == Set(ReceiverType.allCases))
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
    arguments: ReceiverSource.allCases.flatMap {
      [$0.keys.variable.key.name, $0.keys.file.key.name]
    }
    .flatMap { [$0, $0.replacing("_env", with: "").replacing("_file", with: "")] },
    [#""https://h.example/s3cr-et""#, "31415926535", #"["s3cr-et"]"#, #"{"s3cr-et": 31415926535}"#])
  func keepsSecrets(key: String, value: String) throws {
    for type in ReceiverType.allCases {
      let mistakes = try #require(throws: ConfigurationMistakes.self) {
        try decodeReceiver(#""type": "\#(type.rawValue)", "\#(key)": \#(value)"#)
      }
      #expect(mistakes.description.contains("receivers[0].\(key): "))
      #expect(!mistakes.description.contains("s3cr-et"))
      #expect(!mistakes.description.contains("31415926535"))
    }
  }

  @Test("Whatever replaces a value, the result is either mistakes or all the receivers")
  func losesNoReceiver() throws {
    let replacements = [
      "null", "true", "1e300", "-1", "0.5", #""""#, #""slack""#, #""email""#, "[]", "{}", "[{}]",
      #"["info"]"#, #"["a@b"]"#, #""/a""#, #""A""#,
    ]
    for key in ReceiverKey.allCases.map(\.key) {
      for (members, _) in Self.services {
        for replacement in replacements {
          let kept = members.split(separator: /, (?="[a-z_]+":)/).map(String.init)
            .filter { !$0.hasPrefix("\"\(key.name)\"") }
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
