internal import JSON
@testable import Prometheus
internal import Testing

@Suite("Documents that are not in the Prometheus text format")
struct ExpositionRefusalTests {
  private static let wrongType =
    "expected a type such as counter, gauge, histogram, summary or untyped"

  @Test(
    "A line that the format does not allow is refused with its place",
    arguments: [
      ("x 1\n1x 1\n", "line 2, column 1: expected a metric name, found '1'"),
      ("x 1\n  -x 1\n", "line 2, column 3: expected a metric name, found '-'"),
      ("x.y 1\n", "line 1, column 2: expected a blank or '{' after the name, found '.'"),
      ("x\n", "line 1, column 2: expected a blank or '{' after the name, found U+000A"),
      ("x \n", "line 1, column 3: expected a value, found U+000A"),
      ("x 1 2 3\n", "line 1, column 7: expected the end of the line, found '3'"),
      ("x 1 a\n", "line 1, column 5: expected the end of the line, found 'a'"),
      (
        "x 1\r\n",
        "line 1, column 4: expected a line feed alone at the end of a line, found U+000D"
      ),
      ("x 1 # {} 1\n", "line 1, column 5: expected the end of the line, found '#'"),
      ("x{a=\"1\" 1\n", "line 1, column 9: expected ',' or '}', found '1'"),
      ("x{a=\"1\"b=\"2\"} 1\n", "line 1, column 8: expected ',' or '}', found 'b'"),
      ("x{a=\"1\",,} 1\n", "line 1, column 9: expected a label name, found ','"),
      ("x{,} 1\n", "line 1, column 3: expected a label name, found ','"),
      ("x{a:b=\"1\"} 1\n", "line 1, column 4: expected '=', found ':'"),
      ("x{1=\"1\"} 1\n", "line 1, column 3: expected a label name, found '1'"),
      ("x{a=1} 1\n", "line 1, column 5: expected a label value in double quotes, found '1'"),
      ("x{a=\"1\n\"} 1\n", "line 1, column 7: expected the closing quote of a text, found U+000A"),
      ("x{a=\"\\d\"} 1\n", "line 1, column 7: expected one of \\\"n after a '\\', found 'd'"),
      ("x{b=\"1\",a=\"2\",b=\"3\"} 1\n", "line 1, column 15: a sample has the same label twice"),
      ("x{__name__=\"y\"} 1\n", "line 1, column 3: a label must not be named __name__"),
      // Also where nobody asks for the sample.
      ("y{__name__=\"y\"} 1\n", "line 1, column 3: a label must not be named __name__"),
      ("{x=\"1\"} 1\n", "line 1, column 2: expected a metric name in double quotes, found 'x'"),
      ("{\"x\" \"y\"} 1\n", "line 1, column 6: expected ',' or '}' after the name, found '\"'"),
      ("# TYPE x\n", "line 1, column 9: \(wrongType), found U+000A"),
      ("# TYPE x meter\n", "line 1, column 10: \(wrongType), found 'm'"),
      ("# TYPE x gauge y\n", "line 1, column 16: expected the end of the line, found 'y'"),
      ("# HELP \n", "line 1, column 8: expected a metric name, found U+000A"),
      ("x 1\n# EOF\nx 2\n", "line 3, column 1: expected nothing after '# EOF', found 'x'"),
    ])
  func refusesLine(document: String, expected: String) { refuse(document, expected) }

  @Test(
    "A value or timestamp in another notation is refused",
    arguments: [
      ("0x1p-2", "line 1, column 4: expected the end of the line, found 'x'"),
      ("1_000", "line 1, column 4: expected the end of the line, found '_'"),
      ("1,5", "line 1, column 4: expected the end of the line, found ','"),
      ("1.2.3", "line 1, column 6: expected the end of the line, found '.'"),
      ("+NaN", "line 1, column 3: expected a value, found '+'"),
      ("--1", "line 1, column 3: expected a value, found '-'"),
      ("infinit", "line 1, column 3: expected a value, found 'i'"),
      ("\"1\"", "line 1, column 3: expected a value, found '\"'"),
      (".", "line 1, column 4: expected a digit, found U+000A"),
      ("1e", "line 1, column 5: expected a digit, found U+000A"),
      ("1e309", "line 1, column 3: a number is too large for a double"),
      ("-1e999", "line 1, column 4: a number is too large for a double"),
      ("1 1.5", "line 1, column 6: expected the end of the line, found '.'"),
      ("1 -", "line 1, column 6: expected a timestamp in whole milliseconds"),
      ("1 9223372036854775808", "line 1, column 5: expected a timestamp in whole milliseconds"),
      ("1-5", "line 1, column 4: expected the end of the line, found '-'"),
    ])
  func refusesNumber(text: String, expected: String) { refuse("x \(text)\n", expected) }

  @Test("Also the lines that nobody asked for are checked")
  func checksOtherLines() {
    refuse("y{a=\"1} 5\n", "line 1, column 10: expected the closing quote of a text, found U+000A")
    refuse("y 1e999\n", "line 1, column 3: a number is too large for a double")
    refuse("# HELP y a \\b\nz abc\n", "line 2, column 3: expected a value, found 'a'")
  }

  @Test(
    "OpenMetrics is refused without its end, and with an exemplar that is none",
    arguments: [
      (
        "x 1\n",
        "line 2, column 1: expected '# EOF', with which OpenMetrics ends, found the end of the document"
      ),
      ("", "line 1, column 1: the document is empty"),
      ("x 1 # 5\n# EOF\n", "line 1, column 7: expected an exemplar's '{', found '5'"),
      ("x 1 # {a=\"1\"}\n# EOF\n", "line 1, column 14: expected a value, found U+000A"),
      ("x 1 # {} 1 2 3\n# EOF\n", "line 1, column 14: expected the end of the line, found '3'"),
      ("x 1 NaN\n# EOF\n", "line 1, column 5: expected the end of the line, found 'N'"),
      ("# EOF\n\n", "line 2, column 1: expected nothing after '# EOF', found U+000A"),
    ])
  func refusesOpenMetrics(document: String, expected: String) {
    refuse(document, expected, isOpenMetrics: true)
  }

  @Test("A document that was cut within a line is truncated, unless only a number was cut")
  func noticesTruncation() throws {
    let lines = ["# HELP x y\n", "x{a=\"1\",b=\"é\\n\"} 15 27\n"]
    let document = Array(lines.joined().utf8)
    for count in lines[0].utf8.count + 1..<document.count {
      do {
        let exposition = try read(Array(document.prefix(count)))
        #expect(exposition.samples(named: "x").count == 1 && !exposition.isTerminated, "\(count)")
      } catch {
        #expect(error.isTruncation, "\(count): \(error)")
      }
    }
  }

  @Test(
    "Bytes that are not UTF-8 are refused in label values and in comments",
    arguments: [
      ("x{a=\"", "line 1, column 6: invalid UTF-8 in a string: the byte 0xFF"),
      ("x 1\n# HELP y ", "line 2, column 10: invalid UTF-8 in a string: the byte 0xFF"),
    ])
  func refusesInvalidUTF8(before: String, expected: String) {
    let bytes = Array(before.utf8) + [0xFF] + Array("\"} 1\n".utf8)
    let error = #expect(throws: JSONFailure.self) { try read(bytes) }
    #expect(error?.description == expected)
  }

  @Test(
    "A body in another format is named",
    arguments: [
      ("\n<!DOCTYPE html><html>", "this is HTML or XML"), (" {\"a\": [1]}\n", "this is JSON"),
      ("[]", "this is JSON"),
      (
        "\u{12}\n\u{1}x\u{12}\u{0}\u{18}\u{1}",
        "this is binary data, such as protobuf or a compressed body"
      ),
    ])
  func namesForeignFormat(document: String, expected: String) {
    refuse(document, "line 1, column 1: \(expected), not the Prometheus text format")
  }

  private func refuse(_ document: String, _ expected: String, isOpenMetrics: Bool = false) {
    let error = #expect(throws: JSONFailure.self) {
      try read(document, isOpenMetrics: isOpenMetrics)
    }
    #expect(error?.description == expected)
  }
}
