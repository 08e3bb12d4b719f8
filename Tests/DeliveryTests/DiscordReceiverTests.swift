@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("Discord")
struct DiscordReceiverTests {
  private static let url = "https://discord.example/api/webhooks/1/secret?thread_id=7"

  private let url: HTTPAddress
  private let receiver: DiscordReceiver

  init() throws {
    url = try HTTPAddress(Self.url)
    receiver = DiscordReceiver(
      url: url,
      mention: DiscordMention("<@&123456>"))
  }

  @Test("The bodies are the approved ones", arguments: SampleMessages.table)
  func fixtures(name: String, message: Message) throws {
    try ReceiverFixture.expect(receiver.request(for: message), is: "discord.\(name)")
  }

  @Test("Discord is asked to return the message")
  func wait() {
    let asked = receiver.request(for: .sample()).url
    #expect(asked == url.adding(query: "wait=true"))
  }

  @Test(
    "No hostile text becomes a mention, a link or a format, or breaks a limit",
    arguments: HostileText.table)
  func hostile(text: String) throws {
    for form in [Message.Form.full, .plain] {
      for message in SampleMessages.everyForm(text, [form]) {
        let body = try JSONNode.parse(receiver.request(for: message).body)
        expectHarmless(body)
        #expect((body["embeds"]?.elements ?? []).isEmpty == (form == .plain))
      }
    }
  }

  @Test("The longest message is within all limits", arguments: SampleMessages.longest)
  func longest(message: Message) throws {
    expectHarmless(try JSONNode.parse(receiver.request(for: message).body))
  }

  @Test(
    "A digest has as much as fits, and says how much it leaves out", arguments: [6, 40, 200, 1_000])
  func digest(count: Int) throws {
    let message = SampleMessages.digest(of: count, "SCC_DECISIONS")
    let body = try JSONNode.parse(receiver.request(for: message).body)
    expectHarmless(body)
    let lines = body["embeds"]?.elements.first?["description"]?.text?.split(separator: "\n") ?? []
    let told = lines.count { $0.contains("since 10:03") }
    #expect(told >= min(count, 20))
    #expect(lines.contains("and \(count - told) more") == (told < count))
  }

  private func expectHarmless(_ body: JSONNode) {
    #expect(body.isVisible)
    #expect(body["allowed_mentions"]?["parse"]?.elements.isEmpty == true)
    #expect(body["allowed_mentions"]?["roles"]?.strings().map(\.text) == ["123456"])
    let content = body["content"]?.text ?? ""
    #expect((1...2_000).contains(content.utf16.count))
    #expect(isDefused(String(content.trimmingPrefix("<@&123456>").trimmingPrefix("\n"))))
    for embed in body["embeds"]?.elements ?? [] {
      let title = embed["title"]?.text ?? ""
      #expect((1...256).contains(title.utf16.count))
      #expect(isDefused(title))
      let description = embed["description"]?.text ?? ""
      #expect((1...4_096).contains(description.utf16.count))
      for line in description.split(separator: "\n") where !isLinks(line) {
        #expect(isDefused(String(line)))
      }
    }
  }

  /// Whether everything with an effect in Discord's Markdown is preceded by a backslash.
  private func isDefused(_ text: String) -> Bool {
    for line in text.split(separator: "\n") {
      var rest = line.unicodeScalars[...]
      while let scalar = rest.popFirst() {
        if scalar == "\\" {
          guard let next = rest.popFirst(), !next.properties.isAlphabetic else { return false }
        } else if "*_~`|[]<@".unicodeScalars.contains(scalar) {
          return false
        } else if scalar == ":", rest.starts(with: "//".unicodeScalars) {
          return false
        }
      }
      guard let first = line.unicodeScalars.first, !"#>-+".unicodeScalars.contains(first) else {
        return false
      }
    }
    return true
  }

  private func isLinks(_ line: Substring) -> Bool {
    line.split(separator: " · ").allSatisfy { link in
      let parts = link.dropFirst().dropLast().split(separator: "](")
      return link.first == "[" && link.last == ")" && parts.count == 2
        && ["Runbook", "Dashboard", "Run"].contains(parts[0])
        && !parts[1].contains { "()[]".contains($0) }
        && MessageItem.Link("", String(parts[1])).isAddress
    }
  }

  @Test(
    "A message mentions exactly the users and roles in the configuration",
    arguments: [
      ("<@12> <@34>", #"{"parse": [], "users": ["12", "34"]}"#),
      ("<@&5>", #"{"parse": [], "roles": ["5"]}"#), ("@everyone", #"{"parse": ["everyone"]}"#),
      ("<@12x> <#3>", #"{"parse": []}"#),
      ("@here <@12>", #"{"parse": ["everyone"], "users": ["12"]}"#),
    ])
  func mention(text: String, allowed: String) throws {
    let receiver = DiscordReceiver(url: url, mention: DiscordMention(text))
    let firing = String(decoding: receiver.request(for: .sample()).body, as: UTF8.self)
    #expect(firing.hasSuffix(#""allowed_mentions": \#(allowed)}"#))
    #expect(firing.hasPrefix(#"{"content": "\#(text)""#))
    let resolved = String(
      decoding: receiver.request(for: .sample(.sample(.resolved))).body, as: UTF8.self)
    #expect(resolved.hasSuffix(#""allowed_mentions": {"parse": []}}"#))
    #expect(!resolved.contains("content"))
  }

  @Test(
    "Only a 2xx with Discord's own response is a delivery",
    arguments: [
      (200, #"{"id": "1", "type": 0}"#, "delivered"), (204, "", "delivered"),
      (200, "<html>Please log in</html>", "broken"), (200, "{}", "broken"),
      (400, #"{"embeds": ["0"]}"#, "poison"), (404, #"{"code": 10015}"#, "broken"),
      (401, "", "broken"), (429, "", "transient"), (500, "", "transient"),
    ])
  func outcomes(status: Int, body: String, outcome: String) {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    #expect(receiver.outcome(of: response, at: AlertNotification.sampleNow).word == outcome)
  }

  @Test(
    "The pause after a 429 is that of the body, in decimal seconds, else that of the header",
    arguments: [
      (#"{"retry_after": 0.6501, "global": false}"#, .milliseconds(651)),
      (#"{"retry_after": 64}"#, .seconds(64)), (#"{"retry_after": -1}"#, .seconds(3)),
      (#"{"retry_after": 1e300}"#, .seconds(3)), (#"{"retry_after": "9"}"#, .seconds(3)),
      ("<html>", .seconds(3)),
    ] as [(String, Duration)])
  func retryAfter(body: String, pause: Duration) {
    let response = HTTPResponse(
      status: 429, headers: ["Retry-After": "3"], body: Array(body.utf8))
    guard
      case .transient(let failure) = receiver.outcome(of: response, at: AlertNotification.sampleNow)
    else {
      Issue.record("not transient")
      return
    }
    #expect(failure.retryAfter == pause)
  }
}
