@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("ntfy")
struct NtfyReceiverTests {
  private static let url = "https://ntfy.example/"

  private let url: HTTPAddress
  private let receiver: NtfyReceiver

  init() throws {
    url = try HTTPAddress(Self.url)
    receiver = try NtfyReceiver(
      url: url, topic: "ops-alerts_1",
      authorization: [HTTPHeader(.authorization, "Bearer tk_secret")])
  }

  @Test("The bodies are the approved ones", arguments: SampleMessages.table)
  func fixtures(name: String, message: Message) throws {
    try ReceiverFixture.expect(receiver.request(for: message), is: "ntfy.\(name)")
  }

  @Test("The token is sent if there is one")
  func token() throws {
    let headers = receiver.request(for: .sample()).headers
    #expect(headers.map(\.name) == [.contentType, .authorization])
    let open = try NtfyReceiver(url: url, topic: "a", authorization: [])
    #expect(open.request(for: .sample()).headers.map(\.name) == [.contentType])
  }

  @Test("No hostile text breaks out of its place or the limit", arguments: HostileText.table)
  func hostile(text: String) throws {
    for message in SampleMessages.everyForm(text) {
      try expectHarmless(receiver.request(for: message), message)
    }
  }

  @Test("The longest message is within all limits", arguments: SampleMessages.longest)
  func longest(message: Message) throws {
    try expectHarmless(receiver.request(for: message), message)
  }

  @Test(
    "A digest has as much as fits, and says how much it leaves out", arguments: [6, 40, 200, 1_000])
  func digest(count: Int) throws {
    let message = SampleMessages.digest(of: count, "SCC_DECISIONS")
    let request = receiver.request(for: message)
    try expectHarmless(request, message)
    let text = try JSONNode.parse(request.body)["message"]?.text ?? ""
    let lines = text.split(separator: "\n")
    let told = lines.count { $0.contains("since 10:03") }
    #expect(told >= min(count, 20))
    #expect(lines.contains("and \(count - told) more") == (told < count))
  }

  private func expectHarmless(_ request: HTTPRequest, _ message: Message) throws {
    let body = try JSONNode.parse(request.body)
    #expect(body.isVisible)
    let text = body["message"]?.text ?? ""
    #expect((1...4_096).contains(text.utf8.count))
    #expect(text.hasSuffix(message.reference))
    #expect((body["title"]?.text ?? "").unicodeScalars.count <= 100)
    #expect(body["topic"]?.text == "ops-alerts_1")
    // There is no Markdown, action or file.
    let known: Set = ["topic", "title", "message", "tags", "click"]
    #expect(body.strings().allSatisfy { known.contains($0.key) })
    let click = body["click"]?.text
    #expect(click.map { MessageItem.Link("", $0).isAddress } ?? true)
  }

  @Test(
    "The priority is the severity's, and a resolution makes no sound",
    arguments: [
      (AlertNotification.Event.firing, Severity.critical, 5.0), (.firing, .error, 4),
      (.reminder, .warning, 3), (.firing, .info, 2), (.resolved, .critical, 3),
      (.resolved, .info, 2), (.firedAndResolved, .error, 3),
    ])
  func priority(event: AlertNotification.Event, severity: Severity, priority: Double) throws {
    let request = receiver.request(for: .sample(.sample(event, severity: severity)))
    guard case .number(let number)? = try JSONNode.parse(request.body)["priority"]?.value else {
      Issue.record("no priority")
      return
    }
    #expect(number == priority)
  }

  @Test(
    "A tap opens the dashboard, or else the run, or else the runbook",
    arguments: [
      ("https://a.example/", "https://b.example/", "https://c.example/", "https://b.example/"),
      ("https://a.example/", nil, "https://c.example/", "https://c.example/"),
      ("https://a.example/", nil, nil, "https://a.example/"), ("docs/a.md", nil, nil, nil),
      ("docs/a.md", "javascript:x", nil, nil),
    ] as [(String?, String?, String?, String?)])
  func click(runbook: String?, dashboard: String?, run: String?, click: String?) throws {
    let message = Message.sample(
      .sample { facts in
        facts.runbook = runbook
        facts.dashboard = dashboard
        facts.run = run
      })
    #expect(try JSONNode.parse(receiver.request(for: message).body)["click"]?.text == click)
  }

  @Test(
    "An invalid topic is a mistake",
    arguments: ["", "a/b", "a b", "ä", String(repeating: "a", count: 65), "a\n"])
  func topic(name: String) {
    #expect(throws: ReceiverMistake.self) {
      try NtfyReceiver(url: url, topic: name, authorization: [])
    }
  }

  @Test(
    "Only a 2xx with the message and its title is a delivery",
    arguments: [
      (200, #"{"id": "x1", "event": "message", "title": "T"}"#, "delivered"),
      (200, #"{"id": "x1", "event": "message", "message": "{\"topic\":"}"#, "broken"),
      (200, "<html>", "broken"), (401, "", "broken"), (403, "", "broken"), (413, "", "poison"),
      (429, "", "transient"), (507, "", "transient"),
    ])
  func outcomes(status: Int, body: String, outcome: String) {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    #expect(receiver.outcome(of: response, at: AlertNotification.sampleNow).word == outcome)
  }
}
