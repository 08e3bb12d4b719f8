@testable import JSON
internal import Testing

@Suite("Extraction of plain paths")
struct ExtractionTests {
  private func found(_ path: String, in text: String) throws -> Extraction.Found {
    let plan = PathPlan([try MetricPath(path)])
    return try extract(plan, from: Array(text.utf8)).found(at: 0)
  }

  @Test(
    "A path finds its value",
    arguments: [
      ("a", #"{"a":1}"#, .scalar(.number(1))),
      ("a", #"{"a":-2.5e3}"#, .scalar(.number(-2_500))),
      ("a", #"{"a":true}"#, .scalar(.bool(true))),
      ("a", #"{"a":false}"#, .scalar(.bool(false))),
      ("a", #"{"a":"5"}"#, .scalar(.string("5"))),
      ("a", #"{"a":"\u00e9\n"}"#, .scalar(.string("é\n"))),
      ("a", #"{"a":""}"#, .scalar(.string(""))),
      ("a", #"{"a":null}"#, .null),
      ("a", #"{"a":[]}"#, .array),
      ("a", #"{"a":[1]}"#, .array),
      ("a", #"{"a":{}}"#, .object),
      ("a", #"{"a":{"a":1}}"#, .object),
      ("a.b.c", #"{"a":{"b":{"c":1}}}"#, .scalar(.number(1))),
      ("a.b.c", #"{"x":{"b":{"c":2}},"a":{"x":[{"c":3}],"b":{"x":4,"c":1}}}"#, .scalar(.number(1))),
      (#"a\.b"#, #"{"a":{"b":2},"a.b":1}"#, .scalar(.number(1))),
      (#"\*"#, #"{"a":2,"*":1}"#, .scalar(.number(1))),
      (#"a\\b"#, #"{"a\\b":1}"#, .scalar(.number(1))),
      ("é", #"{"\u00e9":1}"#, .scalar(.number(1))),
      ("a/b", #"{"a\/b":1}"#, .scalar(.number(1))),
      ("😀", #"{"\ud83d\ude00":1}"#, .scalar(.number(1))),
      (
        "a long key, longer than eight bytes", #"{"a long key, longer than eight bytes":1}"#,
        .scalar(.number(1))
      ),
    ] as [(String, String, Extraction.Found)])
  func finds(path: String, text: String, expected: Extraction.Found) throws {
    #expect(try found(path, in: text) == expected)
  }

  @Test(
    "An index finds elements of arrays, and keys with the same digits in objects",
    arguments: [
      ("a.0", #"{"a":[7,8]}"#, .scalar(.number(7))),
      ("a.1", #"{"a":[7,8]}"#, .scalar(.number(8))),
      ("a.2", #"{"a":[7,8]}"#, .absent),
      ("a.1", #"{"a":{"1":7}}"#, .scalar(.number(7))),
      ("a.01", #"{"a":{"01":7}}"#, .scalar(.number(7))),
      ("a.01", #"{"a":[7,8]}"#, .absent),
      ("a.-1", #"{"a":[7,8]}"#, .absent),
      ("a.9999999999", #"{"a":[7,8]}"#, .absent),
      ("a.10.b", #"{"a":[0,1,2,3,4,5,6,7,8,9,{"b":7}]}"#, .scalar(.number(7))),
      ("0", "[7]", .scalar(.number(7))),
      ("0.1", "[[6,7]]", .scalar(.number(7))),
      ("a.length", #"{"a":[7,8]}"#, .absent),
    ] as [(String, String, Extraction.Found)])
  func walksIntoArrays(path: String, text: String, expected: Extraction.Found) throws {
    #expect(try found(path, in: text) == expected)
  }

  @Test(
    "A path that leads nowhere finds nothing",
    arguments: [
      ("a", "{}"), ("a", "[]"), ("a", "7"), ("a", "null"), ("a", #""a""#), ("a", #"{"A":1}"#),
      ("a", #"{"b":{"a":1}}"#), ("a.b", #"{"a":1}"#), ("a.b", #"{"a":null}"#),
      ("a.b", #"{"a":"b"}"#), ("a.b", #"{"a":[{"b":1}]}"#), ("a.b", #"{"b":{"a":1}}"#),
      ("a.b", #"{"a.b":1}"#), ("é", #"{"e\u0301":1}"#),
    ])
  func findsNothing(path: String, text: String) throws {
    #expect(try found(path, in: text) == .absent)
  }

  @Test("Results are in the order of the paths, however often a path occurs")
  func answersEachPath() throws {
    let paths = ["a.b", "a", "a.b", "c", "a.b.0"]
    let plan = PathPlan(try paths.map { try MetricPath($0) })
    let extraction = try extract(plan, from: Array(#"{"c":"x","a":{"b":[3]}}"#.utf8))
    #expect(
      paths.indices.map { extraction.found(at: $0) } == [
        .array, .object, .array, .scalar(.string("x")), .scalar(.number(3)),
      ])
  }

  @Test("Paths whose keys have the same hash stay distinct")
  func tellsCollidingKeysApart() throws {
    let keys = ["collide0hashes_0", "tDDJMuxY6_'DmDRF", "WocOE2Ymd3XVa6Vl"]
    let plan = PathPlan(try keys.map { try MetricPath($0) })
    let text = #"{"WocOE2Ymd3XVa6Vl":2,"s6eg5h0g;w!peQZ&":3,"collide0hashes_0":0}"#
    let extraction = try extract(plan, from: Array(text.utf8))
    #expect(extraction.found(at: 0) == .scalar(.number(0)))
    #expect(extraction.found(at: 1) == .absent)
    #expect(extraction.found(at: 2) == .scalar(.number(2)))
  }

  @Test(
    "A mistake outside every path invalidates the whole document",
    arguments: [
      #"{"a":1,"b":[01]}"#, #"{"a":1,"b":"\ud8"}"#, #"{"a":1,"b":[1,]}"#, #"{"a":1} x"#,
      #"{"a":1"#, #"{"a":[1,{"c":1,c:1}]}"#,
    ])
  func refusesTheWhole(text: String) throws {
    let bytes = Array(text.utf8)
    let plan = PathPlan([try MetricPath("a"), try MetricPath("a.*")])
    let error = #expect(throws: JSONFailure.self) { try extract(plan, from: bytes) }
    #expect(error == fault(in: bytes))
  }

  @Test("Each of ten thousand paths finds its value")
  func manyPaths() throws {
    let names = (0..<10_000).map { "s\($0 / 100).k\($0 % 100)" }
    let plan = PathPlan(try names.map { try MetricPath($0) })
    let sections = (0..<100).map { section in
      let members = (0..<100).map { "\"k\($0)\":\(section * 100 + $0)" }
      return "\"s\(section)\":{\(members.joined(separator: ","))}"
    }
    let extraction = try extract(plan, from: Array("{\(sections.joined(separator: ","))}".utf8))
    #expect(
      names.indices.allSatisfy { extraction.found(at: $0) == .scalar(.number(Double($0))) })
  }
}
