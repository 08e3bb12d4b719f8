internal import Testing

@testable import JSON
@testable import Text

@Suite("Writing JSON")
struct JSONTextTests {
  @Test("A value is written according to RFC 8259")
  func values() {
    let table: [(JSONText, String)] = [
      (.null, "null"), (.bool(true), "true"), (.integer(-120), "-120"), (.integer(0), "0"),
      (.integer(Int64.min), "-9223372036854775808"), (.number(5), "5"), (.number(-0.0), "0"),
      (.number(0.1), "0.1"), (.number(1e300), "1e+300"),
      (.number(9_007_199_254_740_991), "9007199254740991"), (.number(.infinity), #""+Inf""#),
      (.number(-.infinity), #""-Inf""#), (.number(.nan), "null"),
      (.number(nil), "null"), (.string(nil), "null"), (.minutes(.seconds(90)), "1.5"),
      (.instant(Instant(milliseconds: 1_795_000_000_000)), "\"2026-11-18T11:06:40Z\""),
      (.instant(Instant(milliseconds: -1)), "\"1969-12-31T23:59:59.999Z\""),
      (.instant(Instant(milliseconds: .max)), "\"292278994-08-17T07:12:55.807Z\""),
      (.array([]), "[]"), (.object([]), "{}"),
      (.document(Array("{\"a\":  1}".utf8)), "{\"a\":  1}"),
    ]
    for (text, json) in table {
      #expect(String(decoding: text.encoded(.compact), as: UTF8.self) == json)
    }
  }

  @Test(
    "A string is escaped where it must be, and where it could be a command",
    arguments: [
      ("", ""), ("plain and longer than eight bytes", "plain and longer than eight bytes"),
      ("a\"b\\c", "a\\\"b\\\\c"), ("\n\r\t\u{0}\u{1F}", "\\n\\r\\t\\u0000\\u001f"),
      ("twelve bytes\u{7F}", "twelve bytes\\u007f"), ("\u{85}", "\\u0085"), ("é\u{A0}", "é\u{A0}"),
      ("##[error]", "#\\u0023[error]"), ("# heading ##", "# heading ##"), ("日本語 text", "日本語 text"),
    ])
  func strings(text: String, json: String) {
    for filler in 0..<9 {
      let before = String(repeating: ".", count: filler)
      let written = JSONText.string(before + text).encoded(.compact)
      #expect(String(decoding: written, as: UTF8.self) == "\"\(before)\(json)\"")
    }
  }

  @Test("Every string survives a round trip, whatever its neighbouring characters")
  func everyByte() throws {
    let scalars = (0...0x17F).compactMap { Unicode.Scalar(UInt32($0)) }
    for scalar in scalars {
      let text = "abcdefg\(scalar)hijklmnopq\(scalar)"
      guard
        case .string(let read) = try JSONNode.parse(JSONText.string(text).encoded(.compact)).value
      else {
        Issue.record("\(scalar.value) is no string")
        continue
      }
      #expect(read == text)
    }
  }

  @Test("A pretty document has one member or element per line")
  func layout() {
    let text: JSONText = [
      "name": "a", "none": .omitted, "empty": .array([String]()) { .string($0) },
      "list": .array([1, 2]) { .integer($0) }, "leaves": .array(["x", .null]),
      "line": .line(["b": .array(["y", ["z": .null]])]),
      "sorted": .strings(["b": "2", "a": "1"]),
    ]
    #expect(
      text.printed() == """
        {
          "name": "a",
          "empty": [],
          "list": [
            1,
            2
          ],
          "leaves": ["x", null],
          "line": {"b": ["y", {"z": null}]},
          "sorted": {
            "a": "1",
            "b": "2"
          }
        }
        """)
  }

  @Test("A document written in pieces equals the one written at once")
  func pieces() {
    var writer = JSONWriter(.pretty)
    var bytes: [UInt8] = []
    writer.open(.object)
    writer.write(membersOf: ["first": .integer(1)])
    writer.key("list")
    writer.open(.array)
    bytes += writer.take()
    for number in 0..<3 {
      writer.write(line: ["number": .integer(number)])
      bytes += writer.take()
    }
    writer.close(.array)
    writer.write(membersOf: ["last": .bool(false)])
    writer.close(.object)
    bytes += writer.take()
    let whole: JSONText = [
      "first": .integer(1), "list": .array(0..<3) { .line(["number": .integer($0)]) },
      "last": .bool(false),
    ]
    #expect(String(decoding: bytes, as: UTF8.self) == whole.printed())
    #expect(writer.take().isEmpty)
  }
}
