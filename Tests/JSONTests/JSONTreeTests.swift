@testable import JSON
internal import Testing

@Suite("A JSON document as a tree")
struct JSONTreeTests {
  @Test(
    "A tree keeps every value",
    arguments: [
      ("null", "null"), ("true", "true"), (" false ", "false"), ("\"\"", "\"\""),
      ("\t\n\r [ ] ", "[]"), ("{ }", "{}"), ("[1 ,2.5,-3e2]", "[1.0,2.5,-300.0]"),
      ("[[],[[]],{}]", "[[],[[]],{}]"),
      (#"{"b":1,"a":{"":null}}"#, #"{"b":1.0,"a":{"":null}}"#),
      (#""\"\\\/\b\f\n\r\t""#, "\"\"\\/\u{8}\u{C}\n\r\t\""),
      (#""\u00e9\u20AC\ud83D\uDe00\u0000""#, "\"é€😀\u{0}\""),
      ("\"é€😀\u{7F}\u{FFFF}\u{10FFFF}\"", "\"é€😀\u{7F}\u{FFFF}\u{10FFFF}\""),
      (#"{"\u0061\n":"\\u0061"}"#, "{\"a\n\":\"\\u0061\"}"),
    ])
  func keepsValues(text: String, expected: String) throws {
    #expect(described(try JSONNode.parse(Array(text.utf8))) == expected)
  }

  @Test("A tree has the offsets of values and keys")
  func knowsPlaces() throws {
    let root = try JSONNode.parse(Array(" {\n \"a\" : [1, true]}".utf8))
    guard case .object(let members) = root.value, let member = members.first,
      case .array(let elements) = member.value.value
    else {
      Issue.record("not the tree that was written")
      return
    }
    #expect(root.offset == 1)
    #expect(member.keyOffset == 4)
    #expect(member.value.offset == 10)
    #expect(elements.map(\.offset) == [11, 14])
  }

  @Test("The line and column of a byte are counted from 1")
  func countsPlaces() {
    let bytes = Array("ab\r\n\né]".utf8)
    let places = (0...bytes.count).map { JSONFailure.place(of: $0, in: bytes) }
    #expect(places.map(\.line) == [1, 1, 1, 1, 2, 3, 3, 3, 3])
    #expect(places.map(\.column) == [1, 2, 3, 4, 1, 1, 2, 3, 4])
  }

  private func described(_ node: JSONNode) -> String {
    switch node.value {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .number(let number): "\(number)"
    case .string(let string): "\"\(string)\""
    case .array(let elements): "[\(elements.map(described).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\"\($0.key)\":\(described($0.value))" }.joined(separator: ","))}"
    }
  }
}
