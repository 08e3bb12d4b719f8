@testable import AlertEngine
@testable import Delivery
internal import Foundation
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("The document on receivers")
struct ReceiversDocumentTests {
  private static let path = "docs/receivers.md"
  private static let rule =
    #"{"name": "r", "metric_path": "a", "comparison": "gt", "threshold": 1, "duration_minutes": 0}"#

  /// The section of a type.
  private func section(_ type: ReceiverType) throws -> String {
    let text = try "\n" + Repository.text(of: Self.path)
    let parts = text.split(separator: "\n## ").filter { $0.hasPrefix("\(type.name)\n") }
    return String(try #require(parts.first))
  }

  @Test(
    "Every type has a section, and all are in the example",
    arguments: ReceiverCatalogue.standard.types)
  func everyType(type: ReceiverType) throws {
    let section = try section(type)
    #expect(section.contains(#""type": "\#(type.name)""#))
    #expect(section.contains("**Limits.**"))
    let example = try Repository.text(of: "config/examples/receivers.json")
    #expect(
      try Configuration.decode(Array(example.utf8), receivers: ReceiverCatalogue.standard.types)
        .receivers.map(\.type).contains(type))
  }

  @Test("Every configuration in it is valid", arguments: [path, "README.md"])
  func configurations(document: String) throws {
    let text = try Repository.text(of: document)
    let blocks = text.matches(of: /```json\n((?s:.*?))```/).map { String($0.output.1) }
      .filter { $0.contains(#""receivers""#) }
    for block in blocks {
      let isWhole = block.contains(#""rules""#)
      let opening = try #require(block.firstIndex(of: "{"))
      let rest = block[block.index(after: opening)...]
      let whole = isWhole ? block : #"{"rules": [\#(Self.rule)], \#(rest)"#
      #expect(throws: Never.self, "\(block)") {
        let configuration = try Configuration.decode(
          Array(whole.utf8), receivers: ReceiverCatalogue.standard.types)
        #expect(!configuration.receivers.isEmpty)
      }
    }
    #expect(blocks.count >= (document == Self.path ? ReceiverCatalogue.standard.types.count : 1))
  }

  @Test(
    "Its pictures show the approved messages", arguments: ReceiverCatalogue.standard.types
  )
  func pictures(type: ReceiverType) throws {
    let known = try Self.signedOff(type)
    let lines = try section(type).split(separator: "\n").filter { $0.hasPrefix("│ ") }
    // Frames of buttons and a phone's emoji are not in the message.
    let frames: Set<Character> = ["🚨", "✅", " "]
    for line in lines {
      let text = line.dropFirst(2).drop { frames.contains($0) }
      for piece in text.components(separatedBy: "  ") {
        let isButton = piece.hasPrefix("[ ") && piece.hasSuffix(" ]")
        let words = isButton ? String(piece.dropFirst(2).dropLast(2)) : piece
        let isKnown = known.contains(words)
        #expect(isKnown, "\(line)")
      }
    }
    #expect(lines.count >= 5)
  }

  /// All texts of a type's fixtures, as people see them.
  private static func signedOff(_ type: ReceiverType) throws -> String {
    // An issue says what a mail says.
    let kinds = type == GitHubReceiver.type ? [type, EmailReceiver.type] : [type]
    let folder = Repository.root.appending(path: "Tests/Fixtures/receivers")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
      kinds.contains { name.hasPrefix("\($0.name).") }
    }
    return try names.map { name in
      let text = try Repository.text(of: "Tests/Fixtures/receivers/\(name)")
      guard name.hasSuffix(".json") else { return text }
      return try JSONNode.parse(Array(text.utf8)).strings().flatMap { key, text in
        [shown(text), "\(key): \(text)", "\(key)=\"\(text)\""]
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// A text without what Slack and Discord take for escapes, links and mentions.
  private static func shown(_ text: String) -> String {
    text.replacing("&gt;", with: ">").replacing("\\", with: "").replacing("<!here>", with: "@here")
      .replacing("<@&123456>", with: "@oncall")
      .replacing(/<https:[^|>]*\|([^>]*)>/) { String($0.output.1) }
      .replacing(/\[(\w+)\]\([^)]*\)/) { String($0.output.1) }
  }
}
