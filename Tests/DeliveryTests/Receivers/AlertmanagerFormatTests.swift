@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Alertmanager's formats")
struct AlertmanagerFormatTests {
  private func webhook() throws -> WebhookReceiver {
    WebhookReceiver(
      url: try HTTPAddress("https://hook.example/alerts"),
      authorization: [HTTPHeader(.authorization, "Bearer t")])
  }

  private func alertmanager() throws -> AlertmanagerReceiver {
    AlertmanagerReceiver(
      base: try HTTPAddress("https://am.example/prefix/"), authorization: [],
      expires: .seconds(14_400))
  }

  static let webhookMessages: [(String, Message)] = [
    ("webhook.firing.json", IncidentSample.message(IncidentSample.notification())),
    (
      "webhook.resolved.json",
      IncidentSample.message(IncidentSample.notification(.resolved), at: IncidentSample.resolvedAt)
    ),
    (
      "webhook.digest.json",
      IncidentSample.message(
        IncidentSample.notification(instance: "a"), IncidentSample.notification(.resolved))
    ),
    ("webhook.plain.json", IncidentSample.message(IncidentSample.notification(), form: .plain)),
  ]

  @Test("The webhook's bodies are the approved ones", arguments: webhookMessages)
  func webhookBodies(name: String, message: Message) throws {
    let request = try webhook().request(for: message)
    try IncidentFixture.expect(try IncidentFixture.pretty(request.body), is: name)
    #expect(request.method == .post)
    let headers = request.headers.map { "\($0.name.text): \($0.value)" }
    #expect(
      headers == [
        "Content-Type: application/json", "Idempotency-Key: \(message.id)",
        "Authorization: Bearer t",
      ])
  }

  static let alertmanagerMessages: [(String, Message)] = [
    ("alertmanager.firing.json", IncidentSample.message(IncidentSample.notification())),
    (
      "alertmanager.reminder.json",
      IncidentSample.message(
        IncidentSample.notification(.reminder, instance: "SCC", sequence: 2, isTest: true),
        at: IncidentSample.firedAt + .seconds(28_860))
    ),
    (
      "alertmanager.resolved.json",
      IncidentSample.message(
        IncidentSample.notification(.resolved), at: IncidentSample.resolvedAt + .seconds(900))
    ),
  ]

  @Test("Alertmanager's bodies are the approved ones", arguments: alertmanagerMessages)
  func alertmanagerBodies(name: String, message: Message) throws {
    let request = try alertmanager().request(for: message)
    try IncidentFixture.expect(try IncidentFixture.pretty(request.body), is: name)
    #expect(request.url.display == "https://am.example/prefix/api/v2/alerts")
  }

  @Test("An alert's labels stay the same from its firing to its resolution, whatever its value")
  func identity() throws {
    var labels: Set<[String: String]> = []
    for event in AlertNotification.Event.allCases {
      let request = try alertmanager().request(
        for: IncidentSample.message(IncidentSample.notification(event)))
      let alerts = try JSONNode.parse(request.body).elements
      #expect(alerts.count == 1)
      labels.insert(try #require(alerts.first?["labels"]).texts)
    }
    #expect(
      labels == [
        [
          "alertname": "error_rate", "target": "production", "severity": "critical",
          "service": "legal-api", "environment": "production",
        ]
      ])
  }

  @Test("An alert that expires is posted again with a later end, and is the same alert")
  func repetition() throws {
    let firing = IncidentSample.notification()
    let later = IncidentSample.now + .seconds(600)
    let first = try alertmanager().request(for: IncidentSample.message(firing))
    let again = try alertmanager().request(for: IncidentSample.message(firing, at: later))
    let alerts = try [first, again].map { try JSONNode.parse($0.body).elements[0] }
    #expect(alerts[0]["labels"]?.texts == alerts[1]["labels"]?.texts)
    #expect(alerts[0]["startsAt"]?.text == "2026-11-21T10:15:00Z")
    #expect(alerts[0]["endsAt"]?.text == "2026-11-21T14:15:03Z")
    #expect(alerts[1]["endsAt"]?.text == "2026-11-21T14:25:03Z")
  }

  @Test("No end comes before its start, however wrong the clocks are")
  func endAfterStart() throws {
    var resolved = IncidentSample.notification(.resolved)
    resolved.at = resolved.firedAt - .seconds(60)
    let long = Instant(milliseconds: 0)
    for message in [
      IncidentSample.message(resolved),
      IncidentSample.message(IncidentSample.notification(), at: long),
    ] {
      let alert = try JSONNode.parse(alertmanager().request(for: message).body).elements[0]
      #expect(alert["endsAt"]?.text == "2026-11-21T10:15:00Z")
    }
  }

  @Test(
    "A group's key is written as Alertmanager writes it",
    arguments: [
      (nil, #"{}:{alertname="error_rate", target="production"}"#),
      ("a\"b\\c", #"{}:{alertname="error_rate", instance="a\"b\\c", target="production"}"#),
    ])
  func groupKey(instance: String?, key: String) throws {
    for event in AlertNotification.Event.allCases {
      let message = IncidentSample.message(
        IncidentSample.notification(event, instance: instance))
      let body = try JSONNode.parse(webhook().request(for: message).body)
      #expect(body["groupKey"]?.text == key)
    }
  }

  @Test("A digest's group is its target, or nothing, and never that of one alert")
  func digestKey() throws {
    var elsewhere = IncidentSample.notification()
    elsewhere.target = "staging"
    let here = IncidentSample.notification()
    for (other, key) in [
      (IncidentSample.notification(instance: "a"), #"{}:{target="production"}"#),
      (elsewhere, "{}:{}"),
    ] {
      let body = try JSONNode.parse(
        webhook().request(for: IncidentSample.message(here, other)).body)
      #expect(body["groupKey"]?.text == key)
    }
  }

  @Test("The status of a digest is resolved only if all its alerts are")
  func status() throws {
    let over = IncidentSample.message(
      IncidentSample.notification(), IncidentSample.notification(.resolved))
    let open = IncidentSample.message(
      IncidentSample.notification(.resolved), IncidentSample.notification(instance: "a"))
    #expect(try JSONNode.parse(webhook().request(for: over).body)["status"]?.text == "resolved")
    #expect(try JSONNode.parse(webhook().request(for: open).body)["status"]?.text == "firing")
  }

  @Test("Hostile texts arrive bounded and harmless", arguments: IncidentSample.hostileTexts)
  func hostile(text: String) throws {
    let message = IncidentSample.message(IncidentSample.hostile(text))
    for request in [
      try webhook().request(for: message), try alertmanager().request(for: message),
    ] {
      let tree = try JSONNode.parse(request.body)
      #expect(request.body.count < 100_000)
      #expect(!request.body.contains(0x0A))
      #expect(!tree.allTexts.isEmpty)
      for text in tree.allTexts { #expect(printable(text, limit: 5_000) == text) }
      let alert = try #require((tree["alerts"] ?? tree).elements.first)
      let names = Set((alert["labels"]?.texts ?? [:]).keys)
      #expect(names.isSubset(of: ["alertname", "target", "severity", "instance", "service"]))
      let generator = try #require(alert["generatorURL"]?.text)
      #expect(generator.isEmpty || (try? HTTPAddress(generator)) != nil)
    }
  }
}
