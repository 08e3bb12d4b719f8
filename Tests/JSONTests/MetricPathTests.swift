@testable import JSON
internal import Testing

@Suite("Metric paths")
struct MetricPathTests {
  @Test(
    "A path is parsed into keys, indices and stars",
    arguments: [
      ("a", [.key("a", index: nil)]),
      ("a.b_c.d-e", [.key("a", index: nil), .key("b_c", index: nil), .key("d-e", index: nil)]),
      ("*", [.wildcard]),
      ("a.*.b", [.key("a", index: nil), .wildcard, .key("b", index: nil)]),
      ("a*.**", [.key("a*", index: nil), .key("**", index: nil)]),
      (#"\*"#, [.key("*", index: nil)]),
      (#"a\.b"#, [.key("a.b", index: nil)]),
      (#"\.\\"#, [.key(#".\"#, index: nil)]),
      ("0.12", [.key("0", index: 0), .key("12", index: 12)]),
      ("00.-1.1e2", [.key("00", index: nil), .key("-1", index: nil), .key("1e2", index: nil)]),
      ("999999999", [.key("999999999", index: 999_999_999)]),
      ("1000000000", [.key("1000000000", index: nil)]),
      ("é. .😀", [.key("é", index: nil), .key(" ", index: nil), .key("😀", index: nil)]),
    ] as [(String, [MetricPath.Segment])])
  func isParsed(text: String, segments: [MetricPath.Segment]) throws {
    let path = try MetricPath(text)
    #expect(path.segments == segments)
    #expect(path.description == text)
    #expect(path.hasWildcard == segments.contains(.wildcard))
  }

  @Test(
    "An invalid path is refused with the reason",
    arguments: [
      ("", "a path must not be empty"),
      (".", #""." has an empty segment"#),
      (".a", #"".a" has an empty segment"#),
      ("a.", #""a." has an empty segment"#),
      ("a..b", #""a..b" has an empty segment"#),
      (#"a\b"#, #""a\b" has a \ before something other than a dot, a * or a \"#),
      (#"a\"#, #""a\" ends with a single \"#),
      (#"a.\"#, #""a.\" ends with a single \"#),
      (Array(repeating: "a", count: 33).joined(separator: "."), "a path has at most 32 segments"),
      (String(repeating: "a", count: 1_025), "a path has at most 1,024 bytes"),
    ])
  func refuses(text: String, reason: String) {
    let mistake = #expect(throws: MetricPath.Mistake.self) { try MetricPath(text) }
    #expect(mistake?.reason == reason)
  }

  @Test(
    "A key is escaped byte by byte, whatever makes one character with a dot",
    arguments: ["a.b", "e.\u{484}20", "\\\u{301}", "$\u{301}", "@", "*", "\u{d4e}."])
  func escaped(key: String) throws {
    let path = try MetricPath(MetricPath.escaped(key, isFirst: true))
    guard case .key(let read, _)? = path.segments.first, path.segments.count == 1 else {
      Issue.record("\(path.text) is not one key")
      return
    }
    #expect(read.utf8.elementsEqual(key.utf8))
  }

  @Test("A path may be as long as the limits allow")
  func mayBeLong() throws {
    let deepest = Array(repeating: "*", count: 32).joined(separator: ".")
    #expect(try MetricPath(deepest).segments.count == 32)
    #expect(try MetricPath(String(repeating: "a", count: 1_024)).segments.count == 1)
  }
}
