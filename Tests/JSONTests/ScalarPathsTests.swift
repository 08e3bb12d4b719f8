@testable import JSON
internal import Testing

@Suite("The paths of the scalars in a document")
struct ScalarPathsTests {
  @Test("Each path leads to its scalar, however odd its keys")
  func leadToScalars() throws {
    let document = Array(
      #"{"a.b": 1, "c": [{"*": 2}, {"x\\y": 3}], "$d": 4, "e": {"$f": 5, "n": null}}"#.utf8)
    let paths = scalarPaths(in: document)
    #expect(paths == [#"a\.b"#, #"c.0.\*"#, #"c.1.x\\y"#, #"\$d"#, "e.$f"])
    let plan = PathPlan(try paths.map { path in try MetricPath(path) })
    let found = try extract(plan, from: document)
    #expect(
      paths.indices.map { found.found(at: $0) } == (1...5).map { .scalar(.number(Double($0))) })
  }

  @Test(
    "A scalar to which no path leads is not listed",
    arguments: [
      ("5", []), (#"{"": 1, "a": 2}"#, ["a"]), (#"{"": {"b": 2}, "a": {"": 1, "c": 3}}"#, ["a.c"]),
      (String(repeating: "[", count: 33) + "1" + String(repeating: "]", count: 33), []),
    ] as [(String, [String])])
  func leavesOutUnreachable(document: String, expected: [String]) {
    #expect(scalarPaths(in: Array(document.utf8)) == expected)
  }

  @Test("No more are listed than asked for, nor those after a mistake")
  func isBounded() {
    #expect(scalarPaths(in: Array("[1,2,3]".utf8), limit: 2) == ["0", "1"])
    #expect(scalarPaths(in: Array("[1,}2]".utf8)) == ["0"])
    let long = String(repeating: "k", count: 300)
    #expect(scalarPaths(in: Array(#"{"\#(long)": {"a": 1}, "b": 2}"#.utf8)) == ["b"])
    let deep =
      String(repeating: #"{"key":["#, count: 200) + "1" + String(repeating: "]}", count: 200)
    #expect(scalarPaths(in: Array(deep.utf8)).isEmpty)
  }

  @Test(
    "What no dotted path leads to is not listed",
    arguments: [
      ##"{"": {"b": 2}, "A": 3}"##, ##"{"": 1, "A": 3}"##, ##"{"x": {"": {"b": 1}}, "A": 3}"##,
      ##"{"\ud800": {"b": 1}, "A": 3}"##,
    ])
  func unsayable(document: String) {
    #expect(scalarPaths(in: Array(document.utf8)) == ["A"])
    #expect(scalarPaths(in: Array("5".utf8)).isEmpty)
  }
}
