internal import JSON
internal import Testing

@testable import AlertEngine

@Suite("Series and their names")
struct SeriesTests {
  private static let queues = """
    {"items": [{"vhost": "/", "name": "a", "size": 7, "tags": {"q": "x"}, "note": "seven"},
      {"vhost": "/", "name": "b", "size": 3, "tags": {"q": "y"}},
      {"vhost": "prod", "name": "a", "size": 9, "tags": {"q": "x/y"}, "note": "nine"}],
     "cluster": {"name": "main", "limit": 8}, "disks": {"/": {"used": 9}, "/var": {"used": 2}}}
    """

  @Test(
    "An instance is named by its fields, or by what its path matched",
    arguments: [
      (#""metric_path": "disks.*.used""#, ["r[/] bad 9", "r[/var] good 2"]),
      (#""metric_path": "$.disks.*.used""#, ["r[/] bad 9", "r[/var] good 2"]),
      (#""metric_path": "items.*.size""#, ["r[0] bad 7", "r[1] good 3", "r[2] bad 9"]),
      (#""metric_path": "$.items[?@.size>5].size""#, ["r[0] bad 7", "r[2] bad 9"]),
      (
        #""metric_path": "items.*.size", "instance_by": ["vhost", "name"]"#,
        [#"r[\//a] bad 7"#, #"r[\//b] good 3"#, "r[prod/a] bad 9"]
      ),
      (
        #""metric_path": "$.items[*].size", "instance_by": ["tags.q"]"#,
        ["r[x] bad 7", "r[x/y] bad 9", "r[y] good 3"]
      ),
      (
        #""metric_path": "$.items[?@.vhost=='prod'].tags.*", "instance_by": ["name"], "#
          + #""comparison": "eq", "threshold": "x/y""#, ["r[a] bad x/y"]
      ),
      (
        #""metric_path": "$.items[?@.name=='b'].size", "instance_by": ["cluster.limit", "name"]"#,
        ["r[8/b] good 3"]
      ),
      (#""metric_path": "$.items[1:].size""#, ["r[1] good 3", "r[2] bad 9"]),
      (#""metric_path": "$..used""#, ["r[disks/\\//used] bad 9", "r[disks/\\/var/used] good 2"]),
      (#""metric_path": "$.cluster.limit""#, ["r bad 8"]),
      (#""metric_path": "$['cluster']['limit']""#, ["r bad 8"]),
    ])
  func names(rule: String, expected: [String]) throws {
    var probe = try Probe(rule)
    #expect(try probe.see(Self.queues) == expected)
  }

  @Test("Elements with the same name are ambiguous, and those without one are unnamed")
  func oddNames() throws {
    var probe = try Probe(#""metric_path": "l.*.v", "instance_by": ["n"]"#)
    let seen = try probe.see(
      #"{"l": [{"n": "a", "v": 9}, {"n": "a", "v": 1}, {"v": 9}, {"n": null, "v": 1}, {"n": 5, "v": 1}]}"#
    )
    #expect(seen == ["r[5] good 1", "r[a] unknown ambiguous", "r[unnamed] unknown unnamed"])
    #expect(try probe.see(#"{"l": [{"n": 5, "v": 1}]}"#, atMinute: 1) == ["r[5] good 1"])
  }

  @Test("The fields that name an instance are labels of its alert, with its text")
  func labels() throws {
    var probe = try Probe(
      #""metric_path": "items.*.size", "instance_by": ["vhost", "tags.q"], "detail_path": "note""#)
    try probe.see(Self.queues)
    let check = try #require(probe.last?.checks.first { $0.instance == "prod/x\\/y" })
    #expect(check.details?.text == "nine")
    #expect(check.phase.episode?.labels == ["vhost": "prod", "q": "x/y"])
  }

  @Test(
    "Aggregates combine all series, or those of each instance",
    arguments: [
      (#""metric_path": "$.items[*].size", "aggregate": "sum""#, ["r bad 19"]),
      (#""metric_path": "$.items[*]", "aggregate": "count", "threshold": 2"#, ["r bad 3"]),
      (#""metric_path": "$.items[*].size", "aggregate": "min""#, ["r good 3"]),
      (#""metric_path": "items.*.size", "aggregate": "max""#, ["r bad 9"]),
      (#""metric_path": "$.items[*].size", "aggregate": "avg", "scale": 3"#, ["r bad 19"]),
      (
        #""metric_path": "$.items[*].size", "aggregate": "sum", "instance_by": ["name"]"#,
        ["r[a] bad 16", "r[b] good 3"]
      ),
      (
        #""metric_path": "$.items[*].size", "denominator_path": "cluster.limit", "#
          + #""measure": "quotient", "instance_by": ["name", "vhost"], "threshold": 1"#,
        [#"r[a/\/] good 0.875"#, "r[a/prod] bad 1.125", #"r[b/\/] good 0.375"#]
      ),
      (
        #""metric_path": "$.items[?@.size>5]", "denominator_path": "$.items[*]", "#
          + #""measure": "quotient", "aggregate": "count", "threshold": 0.5"#,
        ["r bad 0.6666666666666666"]
      ),
      (
        #""metric_path": "items.*.size", "threshold_path": "cluster.limit""#,
        ["r[0] good 7", "r[1] good 3", "r[2] bad 9"]
      ),
      (
        #""metric_path": "$.items[*].name", "aggregate": "sum""#,
        ["r bad a string at $['items'][0]['name']"]
      ),
    ])
  func aggregates(rule: String, expected: [String]) throws {
    var probe = try Probe(rule)
    #expect(try probe.see(Self.queues) == expected)
  }

  /// What selects nothing, and whether something stands where the query begins to select.
  private static let nothings: [(document: String, isReadable: Bool)] = [
    ("{}", false), (#"{"l": null}"#, false), (#"{"l": 5}"#, false), (#"{"l": "x"}"#, false),
    (#"{"l": []}"#, true), (#"{"l": {}}"#, true), (#"{"l": [{"k": 1}]}"#, true),
    (#"{"l": [{"k": 1, "v": null}]}"#, true),
  ]

  @Test(
    "Nothing that is selected passes for nothing that is wrong",
    arguments: [nil, .count, .sum, .min, .max, .avg] as [Aggregate?], MeasureKind.allCases)
  func emptySelections(aggregate: Aggregate?, kind: MeasureKind) throws {
    for path in ["$.l[?@.k==2].v", "l.*.v", "$.l[*].w.x"] {
      for (document, isReadable) in Self.nothings {
        var members = [
          #""metric_path": "\#(path)", "comparison": "lt""#, #""measure": "\#(kind.rawValue)""#,
        ]
        if let aggregate { members.append(#""aggregate": "\#(aggregate.rawValue)""#) }
        if kind.needsWindow { members.append(#""window_minutes": 5"#) }
        if kind == .ratio || kind == .quotient { members.append(#""denominator_path": "d""#) }
        // A measure that does not go with the aggregate is refused.
        guard var probe = try? Probe(members.joined(separator: ", ")) else { continue }
        _ = try probe.see(document)
        let seen = try probe.see(document, atMinute: 5)
        // Zero of them is a number, which may be bad or good: here it is bad.
        let isNumber =
          isReadable && (aggregate == .count || aggregate == .sum)
          && ![.quotient, .ratio].contains(kind)
        #expect(!seen.isEmpty)
        for words in seen {
          #expect(!words.contains(" good "), "\(members): \(document): \(words)")
          if !isNumber { #expect(words.contains("missing"), "\(members): \(document): \(words)") }
        }
      }
    }
  }

  @Test(
    "An empty list is good only for a rule that says so",
    arguments: [
      (#""on_gone": "resolve""#, #"{"l": []}"#, ["r good gone"]),
      (#""on_gone": "resolve""#, "{}", ["r bad missing"]),
      (#""on_gone": "hold""#, #"{"l": []}"#, ["r unknown missing"]),
      (#""on_missing": "clear""#, #"{"l": []}"#, ["r good missing"]),
    ])
  func emptyLists(key: String, document: String, expected: [String]) throws {
    var probe = try Probe(#""metric_path": "$.l[*].v", \#(key)"#)
    #expect(try probe.see(document) == expected)
  }

  @Test("A problem that leaves its list resolves at once with on_gone, and holds without it")
  func goneProblems() throws {
    for (key, after) in [("resolve", "1 resolved[x]"), ("hold", "")] {
      var probe = try Probe(
        #""metric_path": "$.l[?@.open==true].age", "instance_by": ["id"], "on_gone": "\#(key)""#)
      try probe.see(#"{"l": [{"id": "x", "open": true, "age": 9}]}"#)
      #expect(probe.transitions == ["0 firing[x]"])
      // The element is still there, but the filter no longer selects it.
      try probe.see(#"{"l": [{"id": "x", "open": false, "age": 9}]}"#, atMinute: 1)
      #expect(probe.transitions == (after.isEmpty ? [] : [after]))
    }
  }

  @Test("A known instance whose element lost the value is missing, and an unknown one no instance")
  func lostValues() throws {
    var probe = try Probe(#""metric_path": "$.l[*].v", "instance_by": ["n"]"#)
    #expect(try probe.see(#"{"l": [{"n": "a", "v": 1}, {"n": "b"}]}"#) == ["r[a] good 1"])
    #expect(
      try probe.see(#"{"l": [{"n": "a"}, {"n": "b"}]}"#, atMinute: 1) == ["r[a] bad missing"])
    #expect(try probe.see(#"{"l": [{"n": "b"}]}"#, atMinute: 2) == ["r[a] unknown gone"])
  }

  /// A list in a list, and what hides a known instance of it.
  private static let nested =
    #"{"r": [{"n": "eu", "l": [{"id": "x", "v": 9}]}, {"n": "us", "l": []}]}"#

  @Test(
    "Where elements may be hidden or have no name, nothing that is absent resolves or ends",
    arguments: [
      ("$.r[*].l[*].v", #"{"r": [{"n": "eu", "l": null}, {"n": "us", "l": []}]}"#),
      ("$.r[*].l[*].v", #"{"r": [{"n": "eu", "l": 5}, {"n": "us", "l": []}]}"#),
      ("$.r[*].l[*].v", #"{"r": [{"n": "eu", "l": [{"id": null, "v": 9}]}]}"#),
      ("r.*.l.*.v", #"{"r": [{"n": "eu"}, {"n": "us", "l": []}]}"#),
    ])
  func hidden(path: String, document: String) throws {
    for more in ["", #", "on_gone": "resolve""#, #", "aggregate": "max""#] {
      var probe = try Probe(#""metric_path": "\#(path)", "instance_by": ["id"]\#(more)"#)
      #expect(try probe.see(Self.nested) == ["r[x] bad 9"])
      for minute in [1.0, 70, 140, 210] {
        try probe.see(document, atMinute: minute)
        #expect(probe.transitions.filter { $0.contains("[x]") } == [], "\(more)")
      }
      #expect(probe.state.alerts[AlertKey(rule: "r", instance: "x")]?.phase.kind == .firing)
    }
    var sum = try Probe(#""metric_path": "\#(path)", "aggregate": "sum""#)
    #expect(try sum.see(Self.nested) == ["r bad 9"])
    if !document.contains("id") { #expect(try sum.see(document, atMinute: 1) == ["r bad missing"]) }
  }

  @Test("An aggregate at a dotted path misses an element without the value")
  func lostInAggregates() throws {
    var probe = try Probe(#""metric_path": "q.*.depth", "aggregate": "max""#)
    #expect(try probe.see(#"{"q": {"a": {"depth": 9}, "b": {"depth": 1}}}"#) == ["r bad 9"])
    #expect(
      try probe.see(#"{"q": {"a": {}, "b": {"depth": 1}}}"#, atMinute: 1) == ["r bad missing"])
  }

  @Test("A denominator or a threshold that was not searched for is not missing")
  func unsearched() throws {
    let limits = (0..<1_001).map { #""k\#($0)": 1"# }.joined(separator: ",")
    let document = #"{"v": {"zz": 9}, "w": {\#(limits), "zz": 1}}"#
    for key in [#""threshold_path": "w.*""#, #""measure": "quotient", "denominator_path": "w.*""#] {
      var probe = try Probe(#""metric_path": "v.*", "on_missing": "clear", \#(key)"#)
      #expect(try probe.see(document) == ["r[zz] unknown more than 1,000 instances"])
    }
  }
}
