internal import Testing

@testable import JSON

@Suite("JSONPath queries")
struct JSONPathTests {
  private static let store = #"""
    {"store":{"book":[
      {"category":"reference","author":"Rees","price":8.95},
      {"category":"fiction","author":"Waugh","price":12.99},
      {"category":"fiction","author":"Melville","isbn":"0-553","price":8.99},
      {"category":"fiction","author":"Tolkien","isbn":"0-395","price":22.99}],
      "bicycle":{"color":"red","price":399}},
     "o":{"j":1,"k":2,"'":3,"é":4},"a":[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}],
     "e":"\u00e9\n","n":null,"list":[[0,1],[2]],"same":[1,1.0,1e0,"1",true,null,[1,{"x":2}],{"x":1,"y":[]}]}
    """#

  /// The normalized paths of what a query selects from the store.
  private static func places(_ text: String) throws -> [String] {
    try JSONDocumentTests.read(store) { tree, bytes in
      try JSONPath(text).select(in: tree, bytes, keepsRepeats: true).entries
        .compactMap { $0.value.map { tree.normalizedPath(of: $0, in: bytes) } }
    }
  }

  @Test(
    "Names, indices, wildcards, slices and unions select as in section 2.3",
    arguments: [
      ("$", ["$"]), ("$.o.j", ["$['o']['j']"]), ("$['o'][\"j\"]", ["$['o']['j']"]),
      (#"$.o['\'']"#, [#"$['o']['\'']"#]), (#"$.o['\u00e9', 'x']"#, ["$['o']['é']"]),
      ("$.o.é", ["$['o']['é']"]), ("$.x.y", []), ("$.n.x", []), ("$.a.j", []), ("$.o[0]", []),
      ("$.list[0][1]", ["$['list'][0][1]"]), ("$.list[-1]", ["$['list'][1]"]),
      ("$.list[-3]", []), ("$.list[2]", []), ("$.n", ["$['n']"]),
      ("$.list[*]", ["$['list'][0]", "$['list'][1]"]), ("$.e.*", []),
      ("$.list[*][0]", ["$['list'][0][0]", "$['list'][1][0]"]),
      ("$.a[1:3]", ["$['a'][1]", "$['a'][2]"]), ("$.a[8:]", ["$['a'][8]", "$['a'][9]"]),
      ("$.a[1:6:2]", ["$['a'][1]", "$['a'][3]", "$['a'][5]"]),
      ("$.a[3:0:-2]", ["$['a'][3]", "$['a'][1]"]),
      ("$.list[::-1]", ["$['list'][1]", "$['list'][0]"]),
      ("$.a[-2:]", ["$['a'][8]", "$['a'][9]"]), ("$.a[:1]", ["$['a'][0]"]), ("$.a[::0]", []),
      ("$.o[0:1]", []), ("$.list[0, 0]", ["$['list'][0]", "$['list'][0]"]),
      ("$ ['list'] [ 1 , -1 ]", ["$['list'][1]", "$['list'][1]"]),
      ("$.list..[0]", ["$['list'][0]", "$['list'][0][0]", "$['list'][1][0]"]),
      (
        "$.list..*",
        ["$['list'][0]", "$['list'][1]", "$['list'][0][0]", "$['list'][0][1]", "$['list'][1][0]"]
      ),
      ("$..color", ["$['store']['bicycle']['color']"]),
    ])
  func selects(query: String, places: [String]) throws {
    #expect(try Self.places(query) == places)
  }

  @Test(
    "A filter selects the children for which it holds (section 2.3.5)",
    arguments: [
      ("$.a[?@.b=='kilo']", [9]), ("$.a[?@>3.5]", [1, 4, 5]), ("$.a[?@.b]", [6, 7, 8, 9]),
      ("$.a[?!@.b]", [0, 1, 2, 3, 4, 5]), ("$.a[?@<2 || @.b==\"k\"]", [2, 7]),
      ("$.a[?@>1 && @<4]", [0, 3]), ("$.a[?!(@>1 && @<4) && @>0]", [1, 2, 4, 5]),
      ("$.a[?@.b<'k']", [6]), ("$.a[?@.b>='k']", [7, 9]), ("$.a[?@.b!='k' && @.b]", [6, 8, 9]),
      ("$.a[?@==@.x]", []), ("$.a[?@.x==@.y]", Array(0...9)), ("$.a[?@.b==$.a[8].b]", [8]),
      ("$.a[?@==$.o.j]", [2]), ("$.a[?@.*]", [6, 7, 8, 9]), ("$.a[?@[?@=='j']]", [6]),
      ("$.a[?length(@.b)==1]", [6, 7]), ("$.a[?length(@.b)<1]", [8]),
      ("$.a[?count(@.*)==1]", [6, 7, 8, 9]), ("$.a[?value(@..b)=='j']", [6]),
      ("$.a[?value($.a[*])==1]", []), ("$.a[?match(@.b, 'k.*')]", [7, 9]),
      ("$.a[?search(@.b, 'l')]", [9]), ("$.a[?match(@.b, '[')]", []),
      ("$.a[?match(@.b, $.a[7].b)]", [7]), ("$.a[?search(@.b, $.n)]", []),
      ("$.same[?@==1]", [0, 1, 2]), ("$.same[?@=='1']", [3]), ("$.same[?@==true]", [4]),
      ("$.same[?@==null]", [5]), ("$.same[?@==$.same[6]]", [6]),
      ("$.same[?@!=1]", [3, 4, 5, 6, 7]),
      ("$.same[?@<=true]", [4]), ("$.same[?@<true]", []), ("$.same[?1e0==@]", [0, 1, 2]),
      ("$.same[?length(@)==1]", [3]), ("$.same[?length(@)==2]", [6, 7]),
    ] as [(String, [Int])])
  func filters(query: String, indices: [Int]) throws {
    let list = query.dropFirst(2).prefix { $0 != "[" }
    #expect(try Self.places(query) == indices.map { "$['\(list)'][\($0)]" })
  }

  @Test("Objects are equal whatever the order of their members")
  func deepEquality() throws {
    let document = #"[{"a":1,"b":[{"c":null}]},{"b":[{"c":null}],"a":1.0},{"a":1},{"a":1,"c":2}]"#
    let places = try JSONDocumentTests.read(document) { tree, bytes in
      try JSONPath("$[?@==$[0]]").select(in: tree, bytes).entries.map { tree.index(of: $0.element) }
    }
    #expect(places == [0, 1])
  }

  @Test(
    "What is not a query is a mistake that says what was expected, and where",
    arguments: [
      ("", "expected '$' at character 1, found the end"),
      ("a.b", "expected '$' at character 1, found 'a'"),
      ("$.", "expected a name or '*' at character 3, found the end"),
      ("$é", "expected '.', '[' or the end at character 2, found 'é'"),
      ("$.é]", "expected '.', '[' or the end at character 4, found ']'"),
      ("$ ", "expected '.', '[' or the end at character 2, found ' '"),
      ("$.0", "expected a name or '*' at character 3, found '0': write an index as [0]"),
      ("$. a", "expected a name or '*' at character 3, found ' '"),
      (
        "$.a-b",
        "expected '.' or '[' at character 4, found '-': write a name with other characters as ['a-b']"
      ),
      (
        "$.a.length()",
        "expected '.' or '[' at character 11, found '(': functions belong in filters: $[?length(@) > 1]"
      ),
      ("$...a", "expected a name or '*' at character 4, found '.'"),
      (
        "$[a]", "expected a name in quotes, an index, a slice, '*' or '?' at character 3, found 'a'"
      ),
      (
        "$[(@.a)]",
        "expected a name in quotes, an index, a slice, '*' or '?' at character 3, found '(': a filter begins with '?'"
      ),
      ("$[1", "expected ',' or ']' at character 4, found the end"),
      ("$[01]", "an index with a leading zero at character 3"),
      ("$[-0]", "an index with a leading zero at character 3"),
      ("$[9007199254740992]", "an index beyond 9007199254740991 at character 3"),
      ("$['a]", "expected the closing quote at character 6, found the end"),
      (#"$['\a']"#, #"expected an escape: one of '\/bfnrtu at character 5, found 'a'"#),
      (#"$['\ud800']"#, "half of a surrogate pair at character 5"),
      (
        "$['\t']",
        "expected a character at character 4, found '\\u{9}': write a control character as \\u0009"
      ),
      ("$[?@.a=1]", "expected '==' at character 7, found '='"),
      ("$[?@.a & @.b]", "expected '&&' at character 8, found '&'"),
      ("$[?@.a | @.b]", "expected '||' at character 8, found '|'"),
      (
        "$[?@.a =~ 'b']",
        "expected '==' at character 8, found '=': for a pattern, write match(@.a, 'b.*')"
      ),
      (
        "$[?a==1]",
        "expected '@', '$', a literal or a function at character 4, found 'a': write a member of the element as @.a"
      ),
      (
        "$[?1]",
        "expected a comparison at character 5, found ']': a value is neither true nor false"
      ),
      (
        "$[?true]",
        "expected a comparison at character 8, found ']': a value is neither true nor false"
      ),
      (
        "$[?@.* == 1]",
        "a query that may select several nodes has no value at character 4, use count(…) or value(…)"
      ),
      (
        "$[?match(@, 'a') == true]",
        "match and search are true or false, not values at character 4, write them alone"
      ),
      (
        "$[?lenght(@) > 1]",
        #"there is no function "lenght" at character 4, did you mean length?"#
      ),
      (
        "$[?length(@.a)]",
        "expected a comparison at character 15, found ']': a value is neither true nor false"
      ),
      ("$[?count(1) > 1]", "expected a query such as @.a at character 11, found ')'"),
      ("$[?length(@, @) > 1]", "expected ')' at character 12, found ','"),
      ("$[?match(@)]", "expected ',' at character 11, found ')'"),
      ("$[?@.a == 01]", "a number with a leading zero at character 11"),
      ("$[?@.a == 1.]", "expected a digit at character 13, found ']'"),
      ("$[?(@.a]", "expected ')' at character 8, found ']'"),
      ("$[?@.a \u{1B}]", "expected ',' or ']' at character 8, found '\\u{1b}'"),
    ])
  func refuses(text: String, reason: String) {
    let mistake = #expect(throws: JSONPath.Mistake.self) { try JSONPath(text) }
    #expect(mistake?.reason == reason)
    #expect(reason.contains("at character \(mistake?.position ?? 0)"))
  }

  @Test("However a query is made, reading it ends in a sentence")
  func isBounded() throws {
    let levels = JSONPath.mostLevels
    #expect(throws: Never.self) {
      try JSONPath(
        "$" + String(repeating: "[?@", count: levels) + String(repeating: "]", count: levels))
    }
    for (open, middle, close) in [("[?@", "", "]"), ("[?(", "@", ")]"), ("[?length(", "@", ")>1]")]
    {
      let text =
        "$" + String(repeating: open, count: 100_000) + middle
        + String(repeating: close, count: 100_000)
      let mistake = #expect(throws: JSONPath.Mistake.self) { try JSONPath(text) }
      #expect(mistake?.reason.isEmpty == false)
    }
    let parentheses = "$[?" + String(repeating: "(", count: 100_000)
    let mistake = #expect(throws: JSONPath.Mistake.self) { try JSONPath(parentheses) }
    #expect(mistake?.reason == "filters nest deeper than 32 levels at character 36")
    let long = "$" + String(repeating: ".a", count: JSONPath.mostSegments)
    #expect(throws: Never.self) { try JSONPath(long) }
    #expect(throws: JSONPath.Mistake.self) { try JSONPath(long + ".a") }
  }

  @Test("A literal that is not an I-Regexp is valid, but known")
  func patternMistakes() throws {
    let query = try JSONPath(#"$[?match(@.a, '\\d+') || @[?search(@, '[')] || match(@, 'a')]"#)
    #expect(
      query.patternMistakes == [
        #""\\d+" matches nothing, since it is not an I-Regexp: unknown escape: \d at character 2"#,
        #""[" matches nothing, since it is not an I-Regexp: expected ']' at the end"#,
      ])
    #expect(try JSONPath("$[?match(@, 'a')]").patternMistakes.isEmpty)
  }

  @Test(
    "A query is singular by its syntax",
    arguments: [
      ("$", true), ("$.a['b'][0]", true), ("$[-1]", true), ("$[0,1]", false), ("$.*", false),
      ("$[0:1]", false), ("$..a", false), ("$[?@]", false), ("$.a[*].b", false),
    ])
  func isSingular(text: String, isSingular: Bool) throws {
    #expect(try JSONPath(text).isSingular == isSingular)
  }
}
