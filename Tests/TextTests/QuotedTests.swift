internal import Testing
@testable import Text

@Suite("Quoting text from files")
struct QuotedTests {
  @Test(
    "Quoted text cannot control the terminal",
    arguments: [
      ("plain ä", #""plain ä""#), ("a\"b\\", #""a\"b\\""#), ("a\nb\tc\r", #""a\nb\tc\r""#),
      ("\u{1B}[31m", #""\u{1b}[31m""#), ("\u{202E}", #""\u{202e}""#),
    ])
  func escapes(text: String, quoted: String) {
    #expect(text.quoted == quoted)
  }

  @Test("A long text is cut")
  func cuts() {
    #expect(String(repeating: "x", count: 60).quoted == "\"\(String(repeating: "x", count: 60))\"")
    #expect(String(repeating: "x", count: 61).quoted == "\"\(String(repeating: "x", count: 60))…\"")
  }
}
