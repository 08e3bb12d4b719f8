@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("Teams")
struct TeamsReceiverTests {
  private let receiver: TeamsReceiver

  init() throws {
    receiver = TeamsReceiver(url: try HTTPAddress("https://teams.example/workflows/secret"))
  }

  @Test("The bodies are the approved ones", arguments: SampleMessages.table)
  func fixtures(name: String, message: Message) throws {
    try ReceiverFixture.expect(receiver.request(for: message), is: "teams.\(name)")
  }

  @Test(
    "No hostile text gets into Markdown or breaks the limit", arguments: HostileText.table
  )
  func hostile(text: String) throws {
    for message in SampleMessages.everyForm(text) {
      try expectHarmless(receiver.request(for: message))
    }
  }

  @Test("The longest message is within all limits", arguments: SampleMessages.longest)
  func longest(message: Message) throws {
    let request = receiver.request(for: message)
    try expectHarmless(request)
    let body = try JSONNode.parse(request.body)
    for type in ["FactSet", "Action.OpenUrl"] { #expect(!body.objects(ofType: type).isEmpty) }
  }

  @Test(
    "A digest has as much as fits, and says how much it leaves out", arguments: [6, 40, 200, 1_000])
  func digest(count: Int) throws {
    let request = receiver.request(for: SampleMessages.digest(of: count, "SCC_DECISIONS"))
    try expectHarmless(request)
    let texts = try JSONNode.parse(request.body).objects(ofType: "TextRun")
      .compactMap { $0["text"]?.text }
    let told = texts.count { $0.contains("since 10:03") }
    #expect(told >= min(count, 60))
    #expect(texts.contains("and \(count - told) more") == (told < count))
  }

  private func expectHarmless(_ request: HTTPRequest) throws {
    #expect(request.body.count <= 20_000)
    let body = try JSONNode.parse(request.body)
    #expect(body.isVisible)
    #expect(body.objects(ofType: "TextBlock").isEmpty)
    for facts in body.objects(ofType: "FactSet") {
      for (_, text) in facts.strings() {
        #expect(text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
      }
    }
    #expect(!body.objects(ofType: "TextRun").isEmpty)
    for run in body.objects(ofType: "TextRun") {
      #expect(run["text"]?.text?.contains("{{") == false)
    }
    for action in body.objects(ofType: "Action.OpenUrl") {
      let link = MessageItem.Link("", action["url"]?.text ?? "")
      #expect(link.isAddress)
    }
    let elsewhere: Set = [
      "type", "contentType", "$schema", "version", "width", "title", "value", "size", "weight",
      "color", "url",
    ]
    for (key, text) in body.strings() where key != "text" {
      #expect(elsewhere.contains(key))
      #expect(key == "url" || text.utf8.count <= 60)
    }
  }

  @Test(
    "A 2xx is a delivery unless its body names an error, and a workflow that is off is broken",
    arguments: [
      (202, "", "delivered"), (200, "1", "delivered"), (413, "", "poison"), (404, "", "broken"),
      (200, "<!DOCTYPE html><title>Sign in</title>", "broken"),
      (200, #"{"error":{"code":"DirectApiAuthorizationRequired"}}"#, "broken"),
      (200, Self.failed(429), "transient"), (200, Self.failed(413), "poison"),
      (200, Self.failed(403), "broken"),
      (400, #"{"error":{"code":"TriggerInputSchemaMismatch"}}"#, "poison"),
      (400, #"{"error":{"code":"WorkflowTriggerIsNotEnabled"}}"#, "broken"),
      (429, "", "transient"), (502, "", "transient"), (401, "", "broken"),
    ])
  func outcomes(status: Int, body: String, outcome: String) {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    #expect(receiver.outcome(of: response, at: AlertNotification.sampleNow).word == outcome)
  }

  /// What a connector answers for an error of Teams.
  private static func failed(_ status: Int) -> String {
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error "
      + "\(status) with ContextId tcid=0"
  }
}
