internal import Testing
@testable import Text

@Suite("Parts of a text")
struct PartsTests {
  @Test(
    "A combining mark after a separator does not hide it, and empty parts count",
    arguments: [
      ("a/b", ["a", "b"]), ("", [""]), ("/", ["", ""]), ("a//b/", ["a", "", "b", ""]),
      ("a/\u{301}b", ["a", "\u{301}b"]), ("é/\u{200D}/x", ["é", "\u{200D}", "x"]),
      ("a\r\n/b", ["a\r\n", "b"]),
    ])
  func parts(text: String, expected: [String]) {
    #expect(text.parts(at: "/").map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test("Only so many separators are taken")
  func atMost() {
    #expect("team=a=b".parts(at: "=", maxSplits: 1) == ["team", "a=b"])
  }
}
