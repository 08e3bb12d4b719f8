@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("Slack")
struct SlackReceiverTests {
  private static let url = "https://hooks.slack.example/services/T0/B0/secret"

  private let url: HTTPAddress
  private let receiver: SlackReceiver

  init() throws {
    url = try HTTPAddress(Self.url)
    receiver = SlackReceiver(
      url: url, mention: "<!here>")
  }

  @Test("The bodies are the approved ones", arguments: SampleMessages.table)
  func fixtures(name: String, message: Message) throws {
    try ReceiverFixture.expect(receiver.request(for: message), is: "slack.\(name)")
  }

  @Test("The request is a POST of JSON to the webhook")
  func request() {
    let request = receiver.request(for: .sample())
    #expect(request.method == .post)
    #expect(request.url == url)
    #expect(
      request.headers.map { "\($0.name.text): \($0.value)" } == [
        "Content-Type: application/json"
      ])
  }

  @Test(
    "No hostile text becomes a mention, a link or a format, or breaks a limit",
    arguments: HostileText.table)
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
    "A digest has as much as fits, and says how much it leaves out",
    arguments: [6, 40, 200, 1_000],
    [Message.Form.full, .plain])
  func digest(count: Int, form: Message.Form) throws {
    let message = SampleMessages.digest(of: count, "SCC_DECISIONS", form: form)
    let request = receiver.request(for: message)
    try expectHarmless(request, message)
    let body = try JSONNode.parse(request.body)
    let texts = body["blocks"]?.elements.compactMap { $0["text"]?["text"]?.text } ?? []
    let told = texts.count { $0.contains("since 10:03") }
    guard form == .full else { return }
    #expect(told >= min(count, 40))
    #expect(texts.contains("and \(count - told) more") == (told < count))
  }

  /// External text is in plain text; markup is only for the configured mention and full addresses.
  private func expectHarmless(_ request: HTTPRequest, _ message: Message) throws {
    #expect(String(decoding: request.body, as: UTF8.self).utf16.count <= 10_000)
    let body = try JSONNode.parse(request.body)
    #expect(body.isVisible)
    for type in ["plain_text", "header"] {
      #expect(body.objects(ofType: type).isEmpty == (message.form == .plain))
    }
    for node in body.objects(ofType: "plain_text") {
      let text = node["text"]?.text ?? ""
      #expect(!text.contains { "<>".contains($0) })
      #expect((1...3_000).contains(text.utf16.count))
    }
    for node in body.objects(ofType: "mrkdwn") {
      let text = node["text"]?.text ?? ""
      #expect(text.utf16.count <= 3_000)
      #expect(text == "<!here>" || text.split(separator: " · ").allSatisfy { isLink($0) })
    }
    for node in body.objects(ofType: "header") {
      #expect((node["text"]?["text"]?.text ?? "").utf16.count <= 150)
    }
    var text = body["text"]?.text ?? ""
    if message.form == .plain { text = String(text.trimmingPrefix("<!here>\n")) }
    #expect(!text.contains { "<>".contains($0) })
    #expect((1...3_000).contains(text.utf16.count))
    #expect((body["blocks"]?.elements.count ?? 0) <= 50)
  }

  private func isLink(_ text: Substring) -> Bool {
    let parts = text.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
    return text.first == "<" && text.last == ">" && parts.count == 2
      && MessageItem.Link("", String(parts[0]).replacing("&amp;", with: "&")).isAddress
      && ["Runbook", "Dashboard", "Run"].contains(parts[1])
  }

  @Test(
    "A resolution mentions nobody",
    arguments: [
      (Message.sample(.sample(.resolved)), false), (.sample(.sample(.firedAndResolved)), false),
      (.sample(.sample(.reminder)), true), (.sample([.sample(), .sample(.resolved)]), false),
      (.sample([.sample(), .sample(.resolved, rule: "other")]), true),
    ])
  func mentions(message: Message, isMentioned: Bool) {
    let body = String(decoding: receiver.request(for: message).body, as: UTF8.self)
    #expect(body.contains(#""text": "<!here>""#) == isMentioned)
  }

  @Test(
    "Only a 2xx with ok is a delivery",
    arguments: [
      (200, "ok", "delivered"), (201, " ok\n", "delivered"), (200, "", "broken"),
      (200, "<html>Please log in</html>", "broken"), (200, "okay", "broken"),
      (200, "invalid_payload", "poison"), (200, "no_text", "poison"),
      (400, "invalid_blocks", "poison"), (403, "invalid_token", "broken"),
      (400, "channel_not_found", "broken"), (200, "no_service", "broken"), (404, "", "broken"),
      (429, "", "transient"), (500, "rollup_error", "transient"), (503, "ok", "transient"),
    ])
  func outcomes(status: Int, body: String, outcome: String) {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    #expect(receiver.outcome(of: response, at: AlertNotification.sampleNow).word == outcome)
  }
}
