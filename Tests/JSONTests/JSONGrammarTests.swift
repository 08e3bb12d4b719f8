@testable import JSON
internal import Testing

@Suite("The JSON grammar")
struct JSONGrammarTests {
  @Test(
    "Every kind of value is accepted, even as the whole document",
    arguments: [
      "null", "true", "false", "0", "-0", "-0.0", "0e1", "0E-1", "0.0e+1", "10", "1e5", "1E+05",
      "-1.5e-3", "123456789012345678901234567890", "1e-400", "0e999999999999999999999",
      "1.7976931348623157e308", "1e-999999999999999999999", "0.00e400",
      "\"\"", "\"a\"", "\"seven b\"", "\"eight by\"", "\"nine byte\"", "\"/\"", "\"\u{7F}\"",
      "\"\\u0000\\u001F\\ud7ff\\uE000\\uFFFF\"", "\"\\uD800\\uDC00\\uDBFF\\uDFFF\"",
      "\"é\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\u{FEFF}\u{2028}\"",
      "[]", "[[]]", "[ ]", "[null,true,0,\"\",[],{}]", "{}", "{\t}", "{\"\":0}",
      "{\"a\":{\"a\":{}}}",
      "[{\"a\":0},{\"a\":0}]", "{\"a\":0,\"A\":0,\"a \":0,\"\\u0000\":0,\"\\u0000a\":0}",
      " \t\r\n[\r\n\t 1\t,\n2 \r] \t\r\n", "                        [                        ]",
    ])
  func accepts(text: String) {
    #expect(fault(in: Array(text.utf8)) == nil)
  }

  @Test(
    "A token in the wrong place is refused",
    arguments: [
      Refused("[1,]", "expected a value, found ']'", column: 4),
      Refused("[,1]", "expected a value, found ','", column: 2),
      Refused("[1,,2]", "expected a value, found ','", column: 4),
      Refused("[1 2]", "expected ',' or ']', found '2'", column: 4),
      Refused("[1}", "expected ',' or ']', found '}'", column: 3),
      Refused("[1:2]", "expected ',' or ']', found ':'", column: 3),
      Refused("[\"a\"\"b\"]", "expected ',' or ']', found '\"'", column: 5),
      Refused("]", "expected a value, found ']'", column: 1),
      Refused("{\"a\":1,}", "expected a key in double quotes, found '}'", column: 8),
      Refused("{,}", "expected a key in double quotes, found ','", column: 2),
      Refused("{a:1}", "expected a key in double quotes, found 'a'", column: 2),
      Refused("{'a':1}", "expected a key in double quotes, found '''", column: 2),
      Refused("{1:1}", "expected a key in double quotes, found '1'", column: 2),
      Refused("{\"a\"}", "expected ':', found '}'", column: 5),
      Refused("{\"a\",1}", "expected ':', found ','", column: 5),
      Refused("{\"a\"=1}", "expected ':', found '='", column: 5),
      Refused("{\"a\"::1}", "expected a value, found ':'", column: 6),
      Refused("{\"a\":}", "expected a value, found '}'", column: 6),
      Refused("{\"a\":1 \"b\":2}", "expected ',' or '}', found '\"'", column: 8),
      Refused("{\"a\":1]", "expected ',' or '}', found ']'", column: 7),
      Refused("{\"a\":1;}", "expected ',' or '}', found ';'", column: 7),
      Refused(
        "{\n  \"a\": 1,\r\n  é\n}", "expected a key in double quotes, found U+00E9", line: 3,
        column: 3),
      Refused("<html>", "expected a value, found '<'", column: 1),
      Refused("[// no\n1]", "expected a value, found '/'", column: 2),
      Refused("[1 /* no */]", "expected ',' or ']', found '/'", column: 4),
      Refused("[1]#", "expected the end of the document, found '#'", column: 4),
      Refused("{}\n{}", "expected the end of the document, found '{'", line: 2, column: 1),
      Refused("1 1", "expected the end of the document, found '1'", column: 3),
      Refused("[]\u{0}", "expected the end of the document, found U+0000", column: 3),
      Refused("[\u{0}]", "expected a value, found U+0000", column: 2),
      Refused("[\u{C}1]", "expected a value, found U+000C", column: 2),
      Refused("\u{B}1", "expected a value, found U+000B", column: 1),
      Refused("[\u{A0}1]", "expected a value, found U+00A0", column: 2),
      Refused("\u{2028}", "expected a value, found U+2028", column: 1),
      Refused("\u{1F600}", "expected a value, found U+1F600", column: 1),
      Refused("[\u{1B}[31m]", "expected a value, found U+001B", column: 2),
      Refused(
        [0x5B, 0x80, 0x5D], "expected a value, found the byte 0x80, which is not UTF-8", column: 2),
      Refused("NaN", "expected a value, found 'N'", column: 1),
      Refused("[Infinity]", "expected a value, found 'I'", column: 2),
      Refused("True", "expected a value, found 'T'", column: 1),
      Refused("nul1", "expected \"null\", found '1'", column: 4),
      Refused("[truE]", "expected \"true\", found 'E'", column: 5),
      Refused("[fals]", "expected \"false\", found ']'", column: 6),
      Refused("nulll", "expected the end of the document, found 'l'", column: 5),
      Refused("'a'", "expected a value, found '''", column: 1),
      Refused("undefined", "expected a value, found 'u'", column: 1),
    ])
  func refuses(document: Refused) { document.check() }

  @Test(
    "An encoding other than plain UTF-8 is refused",
    arguments: [
      Refused(
        "\u{FEFF}{}", "the document begins with a byte order mark: save it as UTF-8 without one",
        column: 1),
      Refused("[]\u{FEFF}", "expected the end of the document, found U+FEFF", column: 3),
      Refused(
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        "expected a value, found the byte 0xFF, which is not UTF-8", column: 1),
      Refused([0x00, 0x7B, 0x00, 0x7D], "expected a value, found U+0000", column: 1),
      Refused(
        [0x7B, 0x00, 0x7D, 0x00], "expected a key in double quotes, found U+0000", column: 2),
    ])
  func refusesEncodings(document: Refused) { document.check() }

  @Test(
    "A document that ends early is reported as such",
    arguments: [
      Refused("", "the document is empty", column: 1, isTruncation: true),
      Refused(" \n ", "the document is empty", line: 2, column: 2, isTruncation: true),
      .cut("[", "a value"), .cut("[1", "',' or ']'"), .cut("[1,", "a value"),
      .cut("{", "a key in double quotes"), .cut("{\"a", "the closing quote of a string"),
      .cut("{\"a\"", "':'"), .cut("{\"a\":", "a value"), .cut("{\"a\":1", "',' or '}'"),
      .cut("{\"a\":1,", "a key in double quotes"), .cut("tru", "\"true\""), .cut("f", "\"false\""),
      .cut("n", "\"null\""), .cut("-", "a digit"), .cut("1.", "a digit"), .cut("1e", "a digit"),
      .cut("1e-", "a digit"), .cut("\"", "the closing quote of a string"),
      .cut("\"\\", "one of \"\\/bfnrtu after a '\\'"),
      .cut("\"\\u00e", "four hexadecimal digits after '\\u'"),
      .cut("\"\\ud83d", "the second half of a surrogate pair"),
      .cut("\"\\ud83d\\", "the second half of a surrogate pair"),
      .cut("\"\\ud83d\\u", "four hexadecimal digits after '\\u'"),
    ])
  func tellsTruncation(document: Refused) { document.check() }

  @Test("Every prefix of an object is reported as truncated and never accepted")
  func everyPrefixIsTruncated() {
    let text = #" {"a": [1.5e+10, -0, true, false, null, "é😀\u00e9\ud83d\ude00\n"], "b": {"": []}}"#
    let bytes = Array(text.utf8)
    #expect(fault(in: bytes) == nil)
    for length in bytes.indices {
      let fault = fault(in: Array(bytes[..<length]))
      #expect(fault?.isTruncation == true, "after \(length) bytes")
      #expect(fault?.offset == length)
    }
  }

  @Test("Documents may nest up to 128 levels deep", arguments: [("[", "]"), ("{\"a\":", "}")])
  func limitsDepth(opening: String, closing: String) {
    func nested(_ depth: Int) -> [UInt8] {
      let middle = opening == "[" ? "" : "0"
      let text = String(repeating: opening, count: depth) + middle
      return Array((text + String(repeating: closing, count: depth)).utf8)
    }
    #expect(fault(in: nested(128)) == nil)
    let fault129 = fault(in: nested(129))
    #expect(fault129?.reason == "arrays and objects nest deeper than 128 levels")
    #expect(fault129?.offset == 128 * opening.utf8.count)
    #expect(fault129?.isTruncation == false)
    #expect(fault(in: nested(100_000)) == fault129)
  }

  @Test("Depth is counted separately in each branch")
  func depthIsPerBranch() {
    let branch = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
    let text = "[" + Array(repeating: branch, count: 5).joined(separator: ",") + "]"
    #expect(fault(in: Array(text.utf8)) == nil)
  }
}
