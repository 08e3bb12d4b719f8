internal import Testing
@testable import Text

@Suite("Printable text")
struct PrintableTests {
  @Test(
    "Harmless text is kept",
    arguments: ["", "error_rate", "a \\ b", "größer als 5 %", "法務", "👍🏽", "e\u{301}", "\u{2014}"])
  func harmless(text: String) {
    #expect(printable(text) == text)
  }

  @Test(
    "Characters that move, colour, reorder or hide text become visible escapes",
    arguments: [
      0x00, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0xad, 0x61c, 0x200b, 0x200d,
      0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066,
      0x2067, 0x2068, 0x2069, 0xfeff, 0xe0041, 0xfffe, 0xffff, 0xfdd0, 0x1fffe, 0x10ffff, 0x3164,
      0x34f,
    ] as [UInt32])
  func escaped(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(printable("a\(scalar)b") == "a\\u{\(String(value, radix: 16))}b")
  }

  @Test("What is printable follows from the properties of Unicode")
  func properties() {
    // Variation selectors change how the character before them looks.
    let selectors: ClosedRange<UInt32> = 0xFE00...0xFE0F
    // The other planes are unassigned or private, up to the noncharacters at their ends.
    let assigned: [ClosedRange<UInt32>] = [0...0x3FFFF, 0xE0000...0xEFFFF]
    let ends = (4...0x10 as ClosedRange<UInt32>).map { $0 << 16 | 0xFF00...$0 << 16 | 0xFFFF }
    let odd = (assigned + ends).joined().compactMap(Unicode.Scalar.init).filter {
      let properties = $0.properties
      let isSafe =
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default:
          !properties.isNoncharacterCodePoint
            && (!properties.isDefaultIgnorableCodePoint || selectors.contains($0.value))
        }
      return $0.isPrintable != isSafe
    }
    #expect(odd.isEmpty, "\(odd.map { String($0.value, radix: 16) })")
  }

  @Test("A terminal sequence is printed as its letters")
  func sequence() {
    #expect(printable("\u{1b}[2J\r\n") == "\\u{1b}[2J\\u{d}\\u{a}")
  }

  @Test(
    "A long text is cut to the limit, never inside an escape",
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abc\u{1b}", 9, "abc\\u{1b}"),
      ("abc\u{1b}", 8, "abc…"), ("\u{1b}", 1, "…"), ("äöü", 3, "äöü"), ("äöü", 2, "ä…"),
    ])
  func cut(text: String, limit: Int, expected: String) {
    #expect(printable(text, limit: limit) == expected)
  }

  @Test("A character with a thousand combining marks is cut as well")
  func combiningMarks() {
    let text = "a" + String(repeating: "\u{301}", count: 1_000)
    #expect(printable(text, limit: 50).unicodeScalars.count == 50)
  }
}
