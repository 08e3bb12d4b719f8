@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

@Suite("PagerDuty")
struct PagerDutyReceiverTests {
  private func receiver() throws -> PagerDutyReceiver {
    PagerDutyReceiver(
      base: try HTTPAddress(PagerDutyReceiver.defaultBase), routingKey: "ROUTING-KEY")
  }

  private func body(_ message: Message) throws -> JSONNode {
    try JSONNode.parse(receiver().request(for: message).body)
  }

  static let messages: [(String, Message)] = [
    ("pagerduty.firing.json", IncidentSample.message(IncidentSample.notification(instance: "SCC"))),
    (
      "pagerduty.reminder.json",
      IncidentSample.message(
        IncidentSample.notification(.reminder, sequence: 1),
        at: IncidentSample.firedAt + .seconds(14_400))
    ),
    ("pagerduty.resolved.json", IncidentSample.message(IncidentSample.notification(.resolved))),
    ("pagerduty.plain.json", IncidentSample.message(IncidentSample.notification(), form: .plain)),
  ]

  @Test("The bodies are the approved ones", arguments: messages)
  func bodies(name: String, message: Message) throws {
    let request = try receiver().request(for: message)
    try IncidentFixture.expect(try IncidentFixture.pretty(request.body), is: name)
    #expect(request.url.display == "https://events.pagerduty.com/v2/enqueue")
    #expect(request.method == .post)
  }

  @Test("All events of an alert have the same key, and each acts on the incident as it should")
  func key() throws {
    let key = IncidentSample.notification().fingerprint.text
    for event in AlertNotification.Event.allCases {
      let body = try body(IncidentSample.message(IncidentSample.notification(event)))
      #expect(body["dedup_key"]?.text == key)
      let action =
        switch event {
        case .firing, .reminder: "trigger"
        case .acknowledged: "acknowledge"
        case .resolved, .firedAndResolved: "resolve"
        }
      #expect(body["event_action"]?.text == action)
      #expect((body["payload"] == nil) == (action != "trigger"))
    }
  }

  @Test("Severities keep their names", arguments: Severity.allCases)
  func severity(severity: Severity) throws {
    var notification = IncidentSample.notification()
    notification.severity = severity
    let body = try body(IncidentSample.message(notification))
    #expect(body["payload"]?["severity"]?.text == severity.rawValue)
  }

  static let responses: [(Int, String, String)] = [
    (202, #"{"status":"success"}"#, "delivered"), (202, "", "broken"), (200, "", "broken"),
    (200, #"{"status":"success"}"#, "broken"), (202, "<html>Sign in</html>", "broken"),
    (400, #"{"errors":["Invalid routing key"]}"#, "broken"),
    (400, #"{"errors":["'routing_key' is missing or blank"]}"#, "broken"),
    (400, #"{"errors":["'payload.severity' is invalid"]}"#, "poison"),
    (403, "", "broken"), (429, "", "transient"), (500, "", "transient"), (413, "", "poison"),
  ]

  @Test("Each response has its outcome", arguments: responses)
  func meaning(status: Int, body: String, meaning: String) throws {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    let outcome = try receiver().outcome(of: response, at: IncidentSample.now)
    #expect("\(outcome)".hasPrefix(meaning))
  }

  @Test("Hostile texts arrive bounded and harmless", arguments: IncidentSample.hostileTexts)
  func hostile(text: String) throws {
    let request = try receiver().request(for: IncidentSample.message(IncidentSample.hostile(text)))
    let tree = try JSONNode.parse(request.body)
    #expect(request.body.count < 100_000)
    #expect(!tree.allTexts.isEmpty)
    for text in tree.allTexts { #expect(printable(text, limit: 5_000) == text) }
    #expect((tree["payload"]?["summary"]?.text ?? "").count <= 1_024)
    let links = (tree["links"]?.elements ?? []).map { $0["href"]?.text }
    #expect(links.allSatisfy { (try? HTTPAddress($0 ?? "")) != nil }, "where there are any")
  }
}
