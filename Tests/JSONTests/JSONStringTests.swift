@testable import JSON
internal import Testing

@Suite("JSON strings")
struct JSONStringTests {
  @Test(
    "Invalid escapes, and characters that must be escaped, are rejected",
    arguments: [
      Refused("\"a\tb\"", "control character U+0009 in a string: escape it", column: 3),
      Refused("\"\n\"", "control character U+000A in a string: escape it", column: 2),
      Refused("\"\u{0}\"", "control character U+0000 in a string: escape it", column: 2),
      Refused(
        "\"0123456789abcde\u{1F}\"", "control character U+001F in a string: escape it",
        column: 17),
      Refused(#""\a""#, "expected one of \"\\/bfnrtu after a '\\', found 'a'", column: 3),
      Refused(#""\x41""#, "expected one of \"\\/bfnrtu after a '\\', found 'x'", column: 3),
      Refused(#""\'""#, "expected one of \"\\/bfnrtu after a '\\', found '''", column: 3),
      Refused(#""\U0041""#, "expected one of \"\\/bfnrtu after a '\\', found 'U'", column: 3),
      Refused("\"\\\n\"", "expected one of \"\\/bfnrtu after a '\\', found U+000A", column: 3),
      Refused(#""\u12G4""#, "expected four hexadecimal digits after '\\u', found 'G'", column: 6),
      Refused(#""\u123""#, "expected four hexadecimal digits after '\\u', found '\"'", column: 7),
      Refused(#""\u+123""#, "expected four hexadecimal digits after '\\u', found '+'", column: 4),
      Refused(
        #""\uD800""#, #"\uD800 is an unpaired surrogate"#, column: 2),
      Refused(
        #""a\udc00""#, #"\uDC00 is an unpaired surrogate"#, column: 3),
      Refused(
        #""\uDBFFx""#, #"\uDBFF is an unpaired surrogate"#, column: 2),
      Refused(
        #""\uD800\n""#, #"\uD800 is an unpaired surrogate"#, column: 2),
      Refused(
        #""\uD83D\uD83D\uDE00""#, #"\uD83D is an unpaired surrogate"#,
        column: 2),
      Refused(
        #""\uDE00\uD83D""#, #"\uDE00 is an unpaired surrogate"#, column: 2),
      Refused(
        #"["\uD83D\u0041"]"#, #"\uD83D is an unpaired surrogate"#, column: 3),
      Refused(
        [0x22, 0x61, 0xC0, 0x80, 0x22], "invalid UTF-8 in a string: the byte 0xC0",
        column: 3),
    ])
  func refuses(document: Refused) { document.check() }

  @Test(
    "A string is valid UTF-8 if and only if String accepts it", arguments: UInt8(0x80)...0xFF)
  func isUTF8(lead: UInt8) {
    var wrong: [[UInt8]] = []
    let others: [UInt8] = [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
    for second in others {
      for third in others {
        for fourth in others {
          let text = [lead, second, third, fourth]
          let isValid = String(validating: text, as: UTF8.self) != nil
          let fault = fault(in: [0x22] + text + [0x22])
          if (fault == nil) != isValid || fault?.isTruncation == true { wrong.append(text) }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test("Special bytes are found at every position in a word of eight bytes", arguments: 0..<24)
  func findsSpecialBytes(length: Int) throws {
    let plain = String(repeating: "x", count: length)
    for (written, meant) in [("\\\"", "\""), ("\\\\", "\\"), ("é", "é"), ("\\u0000", "\u{0}")] {
      let text = "[\"\(plain)\(written)\(plain)\", 1]"
      guard case .array(let elements) = try JSONNode.parse(Array(text.utf8)).value,
        case .string(let string) = elements.first?.value
      else {
        Issue.record("not an array with a string")
        return
      }
      #expect(string == plain + meant + plain)
    }
    for control in UInt8(0)..<0x20 {
      let bytes = Array("\"\(plain)".utf8) + [control] + Array("\"".utf8)
      #expect(fault(in: bytes)?.offset == length + 1)
    }
  }

  @Test("Escapes in every Unicode plane are decoded")
  func undoesEscapes() throws {
    for value in stride(from: UInt32(0), to: 0x11_0000, by: 251) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let units = Character(scalar).utf16.map { unit in
        let hex = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      }
      let document = Array("\"\(units.joined())\"".utf8)
      guard case .string(let string) = try JSONNode.parse(document).value else {
        Issue.record("not a string")
        return
      }
      #expect(Array(string.unicodeScalars) == [scalar])
    }
  }
}
