@testable import JSON
internal import Testing

/// JSON that RFC 8259 allows and programs disagree on.
@Suite("Valid but odd documents")
struct OddDocumentTests {
  private func extraction(_ path: String, of text: String) throws -> Extraction {
    try extract(PathPlan([try MetricPath(path)]), from: Array(text.utf8))
  }

  private static let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)

  /// What is odd, and how it is named where a path leads to it.
  static let oddities: [(String, Extraction.Oddity)] = [
    (#""\ud800""#, .loneSurrogate),
    (#""x\udc00y""#, .loneSurrogate),
    (#""\ud800\ud800\udc00""#, .loneSurrogate),
    (#""\ud800\n""#, .loneSurrogate),
    ("1e309", .tooLarge), ("-1e999", .tooLarge),
  ]

  @Test(
    "Oddities that no path leads to do not matter",
    arguments: oddities.map(\.0) + [
      deep, #"{"k": 1, "k": 2}"#, #"{"\ud800": 1}"#, #"{"\ud800": 1, "\ud801": 2}"#,
    ])
  func elsewhere(odd: String) throws {
    for text in [#"{"a": 5, "x": \#(odd)}"#, #"{"x": [\#(odd)], "a": 5}"#] {
      #expect(try extraction("a", of: text).found(at: 0) == .scalar(.number(5)))
      #expect(throws: JSONFailure.self) { try JSONNode.parse(Array(text.utf8)) }
    }
  }

  @Test("Where a path leads to it, it is named", arguments: oddities)
  func named(odd: String, what: Extraction.Oddity) throws {
    #expect(try extraction("a.b", of: #"{"a": {"b": \#(odd)}}"#).found(at: 0) == .odd(what))
    let instances = try extraction("a.*", of: #"{"a": {"b": \#(odd), "c": 5}}"#).instances(at: 0)
    #expect(instances.entries.map(\.found) == [.odd(what), .scalar(.number(5))])
  }

  @Test(
    "A duplicate key is named wherever a path goes through it",
    arguments: [
      ("a", #"{"a": 1, "a": 2}"#), ("a", #"{"a": 1, "\u0061": 1}"#),
      ("a.b", #"{"a": {"b": 1}, "a": {"c": 2}}"#), ("a.b", #"{"a": {"c": 1}, "a": 5}"#),
      ("0.a", #"[{"a": 1, "b": 1, "a": 2}]"#),
      ("a", "{" + (0..<100).map { "\"k\($0)\": 1, " }.joined() + #""a": 1, "a": 2}"#),
    ])
  func duplicates(path: String, text: String) throws {
    #expect(try extraction(path, of: text).found(at: 0) == .odd(.duplicateKey))
  }

  @Test(
    "An instance whose key is a duplicate is one instance, and odd",
    arguments: [
      ("a.*", #"{"a": {"k": 1, "k": 2, "m": 3}}"#),
      ("a.*.v", #"{"a": {"k": {"v": 1}, "k": {}, "m": {"v": 3}}}"#),
    ])
  func instances(path: String, text: String) throws {
    let entries = try extraction(path, of: text).instances(at: 0).entries
    #expect(entries.map(\.name) == ["k", "m"])
    #expect(entries.map(\.found) == [.odd(.duplicateKey), .scalar(.number(3))])
  }

  @Test("No instance below a duplicate key is certain")
  func below() throws {
    let text = #"{"a": {"k": 1}, "a": {"m": 3}}"#
    let entries = try extraction("a.*", of: text).instances(at: 0).entries
    #expect(entries.map(\.found) == Array(repeating: .odd(.duplicateKey), count: 2))
  }

  @Test("A skeleton finds the same oddities as the document that it was made from")
  func skeleton() throws {
    let plan = PathPlan(try ["a", "b", "c.d"].map { try MetricPath($0) })
    let texts = [
      #"{"a": 1, "b": "x", "c": {"d": 1}, "c": {"d": 2}}"#,
      #"{"a": 1e999, "b": "\udfff", "c": {"d": 5}, "c": {"d": 6}}"#,
    ].map { Array($0.utf8) }
    let skeleton = try #require(
      texts[0].withUnsafeBufferPointer { Skeleton(of: $0, by: plan, deeperBy: 0) })
    for text in texts {
      let whole = try extract(plan, from: text)
      let quick = try #require(text.withUnsafeBufferPointer { skeleton.extract(from: $0) })
      for path in 0..<3 { #expect(quick.found(at: path) == whole.found(at: path)) }
    }
  }

  @Test("512 levels are read, and no more")
  func depth() {
    for (count, isRead) in [(512, true), (513, false)] {
      let text = String(repeating: "[", count: count) + String(repeating: "]", count: count)
      #expect(((try? extract(PathPlan([]), from: Array(text.utf8))) != nil) == isRead)
    }
  }
}
