@testable import AlertEngine
@testable import Delivery
@testable import HTTP
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

@Suite("The text of an issue")
struct GitHubTextTests {
  /// The body of the first write for a message, after the list of issues.
  private func written(_ message: Message, listing issues: String = "[]") async throws -> JSONNode {
    let authors = issues == "[]" ? [] : [GitHubConversation.authors(7)]
    let transport = ScriptedTransport(
      [GitHubConversation.response(200, issues)] + authors + [GitHubConversation.response(201)])
    _ = try await GitHubConversation.receiver(labels: ["ops-alert", "p1"]).deliver(
      message, reference: nil, over: transport)
    return try JSONNode.parse(try #require(transport.asked.last).body)
  }

  static let messages: [(String, Message, String)] = [
    (
      "github.open.json", IncidentSample.message(IncidentSample.notification(instance: "SCC")), "[]"
    ),
    (
      "github.plain.json",
      IncidentSample.message(
        IncidentSample.notification(), form: .plain), "[]"
    ),
    (
      "github.reminder.json",
      IncidentSample.message(
        IncidentSample.notification(.reminder, sequence: 1),
        at: IncidentSample.firedAt + .seconds(14_520)), "[\(GitHubConversation.issue(7))]"
    ),
  ]

  @Test("The text is the approved one", arguments: messages)
  func signedOff(name: String, message: Message, issues: String) async throws {
    var writer = JSONWriter(.pretty)
    let node = try await written(message, listing: issues)
    // The readable text is below the rest, line by line.
    let body = try #require(node["body"]?.text)
    writer.object { writer in
      if let title = node["title"]?.text {
        writer.key("title")
        writer.string(title)
      }
      writer.key("labels")
      writer.array(node["labels"]?.elements ?? []) { $0.string($1.text ?? "") }
      writer.key("body")
      writer.array(body.split(separator: "\n", omittingEmptySubsequences: false)) {
        $0.string(String($1))
      }
    }
    try IncidentFixture.expect(String(decoding: writer.bytes, as: UTF8.self) + "\n", is: name)
  }

  @Test("Text from outside has no effect in Markdown", arguments: IncidentSample.hostileTexts)
  func hostile(text: String) async throws {
    let message = IncidentSample.message(IncidentSample.hostile(text))
    let node = try await written(message)
    let body = try #require(node["body"]?.text)
    #expect(body.utf8.count <= 65_536)
    let title = try #require(node["title"]?.text)
    #expect(title.utf16.count <= 256)
    #expect(!title.contains(/[@#][A-Za-z0-9]/))

    let lines = body.split(separator: "\n")
    let fingerprint = message.notifications[0].fingerprint.text
    #expect(lines.last?.hasPrefix("<!-- ops-alert-eval fp=\(fingerprint) ") == true)
    #expect(lines.count > 2)
    for line in lines.dropLast() {
      let rest = Self.withoutCode(String(line))
      #expect(printable(String(line), limit: 10_000) == line)
      // What is left is the program's own text and links in angle brackets.
      #expect(!rest.contains(/[@#`!\[\]\\&]/))
      #expect(rest.replacing(/<https?:\/\/[^<> ]+>/, with: "").firstMatch(of: /[<>]|:\/\//) == nil)
    }
  }

  @Test("The text is short enough, whatever a digest holds, and keeps its marker")
  func bound() async throws {
    let many = (0..<200).map { number in
      var notification = IncidentSample.hostile(String(repeating: "<@a`#1", count: 400))
      notification.sequence = number
      return notification
    }
    let message = Message(many, to: "issues", at: IncidentSample.now)
    let body = try #require(try await written(message)["body"]?.text)
    #expect(body.utf8.count <= 65_536)
    #expect(body.utf8.count > 50_000)
    #expect(body.hasSuffix(" -->"))
  }

  /// A line without its code spans, as CommonMark defines them.
  private static func withoutCode(_ line: String) -> String {
    var rest = Array(line.unicodeScalars)[...]
    var result = String.UnicodeScalarView()
    while let first = rest.first {
      guard first == "`" else {
        result.append(first)
        rest = rest.dropFirst()
        continue
      }
      let fence = rest.prefix { $0 == "`" }.count
      rest = rest.dropFirst(fence)
      while true {
        guard let start = rest.firstIndex(of: "`") else { return String(result) + "`" }
        let run = rest[start...].prefix { $0 == "`" }.count
        rest = rest[(start + run)...]
        if run == fence { break }
      }
    }
    return String(result)
  }
}
