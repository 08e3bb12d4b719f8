@testable import JSON
internal import Testing
@testable import Text

@Suite("Commands to CI runners in printed lines")
struct InertTests {
  @Test(
    "Text that a runner would obey becomes a visible escape",
    arguments: [
      ("::error::x", "\\u{3a}:error::x"), ("  \t::x", "  \t\\u{3a}:x"),
      ("a\n::x\r::y", "a\n\\u{3a}:x\r\\u{3a}:y"), ("\u{a0}\u{3000}::x", "\u{a0}\u{3000}\\u{3a}:x"),
      ("\u{feff}:\u{200b}:x", "\u{feff}\\u{3a}\u{200b}:x"), (":::", "\\u{3a}::"),
      ("a ##[error]x", "a #\\u{23}[error]x"), ("###[x", "##\\u{23}[x"),
      ("##vso[task.x]", "#\\u{23}vso[task.x]"), ("##VSO[a", "#\\u{23}VSO[a"),
      ("##teamcity[m", "#\\u{23}teamcity[m"), ("#\u{ad}#\u{200b}[x", "#\u{ad}\\u{23}\u{200b}[x"),
    ])
  func commands(text: String, shown: String) {
    #expect(inert(text) == shown)
    #expect(inert(shown) == shown)
  }

  @Test(
    "All other text is kept",
    arguments: [
      "", "a::b", "## heading", "##", "##]", "#[x]", "# # [x]", "12:00", ": :", "x\n :y", "## a[x]",
      "std::vector ##1[",
    ])
  func harmless(text: String) {
    #expect(inert(text) == text)
  }

  @Test(
    "A JSON string keeps its value and holds no command",
    arguments: [
      "##[error]x", "a##vso[b]", "##\u{e9}[", "#\u{200b}#[", "##v", "#1", "###[", "##[##[",
    ])
  func json(text: String) throws {
    var writer = JSONWriter(.compact)
    writer.string(text)
    let json = String(decoding: writer.bytes, as: UTF8.self)
    guard case .string(let value) = try JSONNode.parse(writer.bytes).value else {
      Issue.record("no string")
      return
    }
    #expect(value == text)
    #expect(inert(json) == json)
    #expect(text.contains("[") || json == "\"\(text)\"")
  }

  @Test(
    "A long line of markers loses nothing",
    arguments: ["#", ":", "##a", "#\u{e9}", "\u{e9}"])
  func long(piece: String) {
    let text = String(repeating: piece, count: 50_000)
    #expect(inert(text).utf8.count >= text.utf8.count)
  }
}
