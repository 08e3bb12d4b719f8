@testable import JSON
internal import Testing
@testable import Text

@Suite("Instances of a path with stars")
struct InstancesTests {
  private func instances(_ path: String, in text: String) throws -> Instances {
    let plan = PathPlan([try MetricPath(path)])
    return try extract(plan, from: Array(text.utf8)).instances(at: 0)
  }

  /// One instance per line: `name=value`.
  private func described(_ instances: Instances) -> [String] {
    instances.entries.map { entry in
      switch entry.found {
      case .absent: "\(entry.name)=absent"
      case .null: "\(entry.name)=null"
      case .array: "\(entry.name)=array"
      case .object: "\(entry.name)=object"
      case .odd(let what): "\(entry.name)=\(what)"
      case .scalar(.number(let number)): "\(entry.name)=\(number)"
      case .scalar(.string(let string)): "\(entry.name)=\"\(string)\""
      case .scalar(.bool(let bool)): "\(entry.name)=\(bool)"
      }
    }
  }

  @Test(
    "Each match is one instance, sorted by name",
    arguments: [
      ("*", #"{"b":2,"a":1}"#, ["a=1.0", "b=2.0"]),
      ("*", #"[true,"x",null,[],{}]"#, ["0=true", "1=\"x\"", "2=null", "3=array", "4=object"]),
      (
        "s.*.age", #"{"s":{"z":{"age":1},"a":{"age":null},"m":{"other":1}}}"#,
        ["a=null", "m=absent", "z=1.0"]
      ),
      (
        "s.*.age", #"{"s":{"a":1,"b":null,"c":[],"d":{"age":{"age":1}}}}"#,
        ["a=absent", "b=absent", "c=absent", "d=object"]
      ),
      ("s.*.0", #"{"s":{"a":[5],"b":{"0":6},"c":[]}}"#, ["a=5.0", "b=6.0", "c=absent"]),
      ("*.*", #"{"b":{"y":1,"x":2},"a":[3]}"#, ["a/0=3.0", "b/x=2.0", "b/y=1.0"]),
      (
        "*.k.*.v", #"{"b":{"k":[{"v":1},{}]},"a":{"k":{"z":{"v":2}}}}"#,
        ["a/z=2.0", "b/0=1.0", "b/1=absent"]
      ),
      ("s.*", #"{"t":{"a":1},"s":{}}"#, []),
      ("*", "[]", []),
      (
        "*.v", #"{"a/b":{"v":1},"a":{"v":2},"c\\":{"v":3},"\/":{"v":4}}"#,
        ["/=4.0", "a=2.0", "a/b=1.0", #"c\=3.0"#]
      ),
      (
        "*.*", #"{"a/b":{"c":1},"a":{"b/c":2},"x\\":{"y":3},"x":{"\\y":4}}"#,
        [#"a/b\/c=2.0"#, #"a\/b/c=1.0"#, #"x/\\y=4.0"#, #"x\\/y=3.0"#]
      ),
      (
        "*", #"{"\u0062":1,"é":2,"Z":3,"😀":4,"\uffee":5}"#,
        ["Z=3.0", "b=1.0", "é=2.0", "\u{FFEE}=5.0", "😀=4.0"]
      ),
      (
        "*", "[0,1,2,3,4,5,6,7,8,9,10]",
        [
          "0=0.0", "1=1.0", "10=10.0", "2=2.0", "3=3.0", "4=4.0", "5=5.0", "6=6.0", "7=7.0",
          "8=8.0", "9=9.0",
        ]
      ),
      ("*", #"{"":1}"#, ["=1.0"]),
      ("*.*", #"{"":{"":1,"a":2}}"#, ["/=1.0", "/a=2.0"]),
      ("*", #"{"f":1,"e\u0301":2}"#, ["e\u{301}=2.0", "f=1.0"]),
    ] as [(String, String, [String])])
  func areOneForEachMatch(path: String, text: String, expected: [String]) throws {
    let instances = try instances(path, in: text)
    #expect(described(instances) == expected)
    #expect(instances.unreadable.isEmpty)
    #expect(!instances.isOverLimit)
  }

  @Test(
    "Instances are unknown if the parent of a star is absent or not a container",
    arguments: [
      ("s.*", "{}", [""], []), ("s.*", #"{"s":null}"#, [""], []), ("s.*", #"{"s":7}"#, [""], []),
      ("s.*", #"{"s":"x"}"#, [""], []), ("s.*", #"{"s":true}"#, [""], []),
      ("s.*", "[]", [""], []), ("s.t.*.v", #"{"s":{}}"#, [""], []),
      ("*", "7", [""], []), ("*", "null", [""], []),
      ("*.*", #"{"c":{},"b":null,"a":1,"d":{"x":2}}"#, ["a", "b"], ["d/x=2.0"]),
      (
        "*.k.*", #"{"a":{"k":[1]},"b":{},"c":{"k":"x"},"d":{"k":[]},"e":[]}"#, ["b", "c", "e"],
        ["a/0=1.0"]
      ),
      ("*.*.*", #"{"a":{"b":1,"c":[2]},"d":null}"#, ["a/b", "d"], ["a/c/0=2.0"]),
      ("*.*.*", "3", [""], []),
      ("*.*", #"{"a/b":1}"#, [#"a\/b"#], []),
    ] as [(String, String, [String], [String])])
  func areUnknown(path: String, text: String, unreadable: [String], entries: [String]) throws {
    let instances = try instances(path, in: text)
    #expect(instances.unreadable == unreadable)
    #expect(described(instances) == entries)
  }

  @Test("Paths through the same containers do not affect each other")
  func doNotDisturbEachOther() throws {
    let text = #"{"a":{"x":{"v":1},"y":{"v":2,"w":[8,9]}},"b":{"x":{"v":3}}}"#
    let expected: [(path: String, entries: [String])] = [
      ("*.x.v", ["a=1.0", "b=3.0"]), ("a.*.v", ["x=1.0", "y=2.0"]),
      ("*.*.v", ["a/x=1.0", "a/y=2.0", "b/x=3.0"]), ("a.*.w", ["x=absent", "y=array"]),
      ("a.y.*.1", ["v=absent", "w=9.0"]), ("*.*.w.*", ["a/y/0=8.0", "a/y/1=9.0"]),
      ("a.*.v", ["x=1.0", "y=2.0"]), ("*", ["a=object", "b=object"]), ("c.*", []),
    ]
    let plan = PathPlan(try expected.map { try MetricPath($0.path) } + [MetricPath("a.x.v")])
    let extraction = try extract(plan, from: Array(text.utf8))
    for (index, path) in expected.enumerated() {
      #expect(described(extraction.instances(at: index)) == path.entries, "\(path.path)")
    }
    #expect(extraction.found(at: expected.count) == .scalar(.number(1)))
    #expect(extraction.instances(at: 5).unreadable == ["a/x", "b/x"])
    #expect(extraction.instances(at: 8).unreadable == [""])
  }

  @Test(
    "A thousand instances are kept, the first ones if there are more",
    arguments: [999, 1_000, 1_001, 5_000])
  func areLimited(count: Int) throws {
    let members = (0..<count).map { "\"k\($0)\":{\"v\":\($0)}" }.joined(separator: ",")
    for path in ["s.*.v", "s.*.x", "s.*.v.*"] {
      let instances = try instances(path, in: "{\"s\":{\(members)}}")
      let kept = instances.entries.count + instances.unreadable.count
      #expect(instances.isOverLimit == (count > Instances.limit))
      #expect(kept == min(count, Instances.limit))
    }
  }

  @Test("A path over the limit does not affect another path's instances")
  func limitIsPerPath() throws {
    let elements = (0..<2_000).map { $0 == 1_500 ? "{\"few\":[1]}" : "{\"few\":[]}" }
    let text = "{\"s\":[\(elements.joined(separator: ","))]}"
    let paths = try ["s.*", "s.*.few.*", "s.1500.*"].map { try MetricPath($0) }
    let extraction = try extract(PathPlan(paths), from: Array(text.utf8))
    #expect(extraction.instances(at: 0).isOverLimit)
    #expect(described(extraction.instances(at: 1)) == ["1500/0=1.0"])
    #expect(described(extraction.instances(at: 2)) == ["few=array"])
  }

  @Test("Names are cut to 200 bytes at a character, and stay distinct")
  func namesAreBounded() throws {
    let stem = String(repeating: "é", count: 99)
    let keys = ["\(stem)xx", "\(stem)xxA", "\(stem)xxB", "\(stem)xé"]
    let text = "{\(keys.map { "\"\($0)\":[1]" }.joined(separator: ","))}"
    func cut(_ name: String) -> String {
      var digest = FNV1a()
      digest.combine(name)
      return String(repeating: "é", count: 90) + "…" + digest.hex
    }
    let ofOneStar = try instances("*", in: text).entries.map(\.name)
    #expect(Set(ofOneStar) == Set([keys[0]] + keys.dropFirst().map(cut)))
    let ofTwoStars = try instances("*.*", in: text).entries.map(\.name)
    #expect(Set(ofTwoStars) == Set(keys.map { cut($0 + "/0") }))
    #expect((ofOneStar + ofTwoStars).allSatisfy { $0.utf8.count <= 200 })
  }

  @Test("Names that are equal as Unicode text stay distinct: all but the first get a hash")
  func equivalentNamesStayApart() throws {
    let entries = try instances("*", in: "{\"e\u{301}\":1,\"\u{E9}\":2}").entries
    #expect(entries.map(\.found) == [.scalar(.number(1)), .scalar(.number(2))])
    #expect(Set(entries.map(\.name)).count == 2)
  }
}
