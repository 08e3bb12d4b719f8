internal import Foundation
package import HTTP
package import JSON
package import Testing

/// An approved request body: `Tests/Fixtures/receivers/slack.firing.json`.
///
/// `UPDATE_FIXTURES=1 swift test --filter Notify` rewrites them; review the diff.
package enum ReceiverFixture {
  /// Compares the body of a request, pretty-printed, with the file.
  package static func expect(
    _ request: HTTPRequest, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let body = try pretty(request.body)
    let file = Repository.root.appending(path: "Tests/Fixtures/receivers/\(name).json")
    if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
      try Data(body.utf8).write(to: file)
    }
    #expect(
      try body == String(contentsOf: file, encoding: .utf8), sourceLocation: sourceLocation)
  }

  package static func pretty(_ json: [UInt8]) throws -> String {
    var writer = JSONWriter(.pretty)
    write(try JSONNode.parse(json), to: &writer)
    writer.newline()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ node: JSONNode, to writer: inout JSONWriter) {
    switch node.value {
    case .null: writer.null()
    case .bool(let bool): writer.bool(bool)
    case .number(let number): writer.number(number)
    case .string(let string): writer.string(string)
    case .array(let elements): writer.array(elements) { write($1, to: &$0) }
    case .object(let members):
      writer.object { writer in
        for member in members {
          writer.key(member.key)
          write(member.value, to: &writer)
        }
      }
    }
  }
}

/// What tests look up in a body.
extension JSONNode {
  /// All strings in it with their keys; strings in a list have the key of the list.
  package func strings(under key: String = "") -> [(key: String, text: String)] {
    switch value {
    case .string(let text): [(key, text)]
    case .array(let elements): elements.flatMap { $0.strings(under: key) }
    case .object(let members): members.flatMap { $0.value.strings(under: $0.key) }
    case .null, .bool, .number: []
    }
  }

  /// All objects with this `type`, which may include the root.
  package func objects(ofType type: String) -> [JSONNode] {
    switch value {
    case .array(let elements): elements.flatMap { $0.objects(ofType: type) }
    case .object(let members):
      (self["type"]?.text == type ? [self] : [])
        + members.flatMap { $0.value.objects(ofType: type) }
    case .null, .bool, .number, .string: []
    }
  }
}
