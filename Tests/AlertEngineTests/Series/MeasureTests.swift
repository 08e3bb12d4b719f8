internal import JSON
internal import Testing

@testable import AlertEngine

@Suite("Measures of several series")
struct MeasureTests {
  @Test(
    "A value is read as its rule says",
    arguments: [
      (#""parse": "number""#, #""12""#, "bad 12"),
      (#""parse": "percent""#, #""87 %""#, "good 0.87"),
      (#""parse": "bytes""#, #""1kB""#, "bad 1000"),
      (#""parse": "duration""#, #""1m30s""#, "bad 90"),
      (#""parse": "quantity""#, #""250m""#, "good 0.25"), (#""parse": "number""#, "7", "bad 7"),
      (#""scale": 0.5"#, "12", "bad 6"), ("", #""12""#, "bad a string"),
      (#""parse": "number""#, #""x""#, #"bad the text "x""#),
      (#""comparison": "in", "threshold": ["red", "yellow"]"#, #""red""#, "bad red"),
      (#""comparison": "in", "threshold": ["red", "yellow"]"#, #""green""#, "good green"),
      (#""comparison": "not_in", "threshold": [1, 2]"#, "3", "bad 3"),
      (#""comparison": "not_in", "threshold": [1, 2]"#, "true", "bad a bool"),
      (#""comparison": "in", "threshold": [true]"#, "true", "bad true"),
      (#""threshold_path": "w""#, "6", "bad 6"), (#""threshold_path": "w""#, "4", "good 4"),
      (#""threshold_path": "x""#, "6", "bad missing"),
      (#""measure": "quotient", "denominator_path": "w""#, "30", "bad 6"),
      (#""measure": "quotient", "denominator_path": "z""#, "30", "unknown zero_denominator"),
      (
        #""measure": "quotient", "denominator_path": "z", "on_missing": "clear""#, "0",
        "unknown zero_denominator"
      ),
    ])
  func values(members: String, value: String, expected: String) throws {
    var probe = try Probe(#""metric_path": "v""# + (members.isEmpty ? "" : ", \(members)"))
    #expect(try probe.see(#"{"v": \#(value), "w": 5, "z": 0}"#) == ["r \(expected)"])
  }

  @Test("A time without a zone says so, unless the rule gives it one")
  func zones() throws {
    let document = #"{"t": "2026-11-18 11:06:30"}"#
    var probe = try Probe(#""metric_path": "t", "measure": "age_seconds""#)
    #expect(
      try probe.see(document) == ["r bad a time without a zone (set time_zone)"])
    probe = try Probe(#""metric_path": "t", "measure": "age_seconds", "time_zone": "UTC""#)
    #expect(try probe.see(document) == ["r bad 10"])
  }

  @Test("The oldest of several times has the greatest age")
  func ages() throws {
    let document = #"{"l": [{"t": 1794999990}, {"t": 1794999000}]}"#
    for (aggregate, age) in [("max", "bad 1000"), ("min", "bad 10"), ("avg", "bad 505")] {
      var probe = try Probe(
        #""metric_path": "$.l[*].t", "measure": "age_seconds", "aggregate": "\#(aggregate)""#)
      #expect(try probe.see(document) == ["r \(age)"])
    }
  }

  @Test("The least time that is left is that until the earliest time, whatever the year")
  func countdowns() throws {
    let document = #"{"l": [{"t": "2026-11-18T11:07:40Z"}, {"t": "9999-12-31T00:00:00Z"}]}"#
    for (aggregate, left) in [("min", "r good 60000"), ("max", "r good 2516")] {
      var probe = try Probe(
        #""metric_path": "$.l[*].t", "measure": "age_seconds", "scale": -1000, "comparison": "lt", "#
          + #""aggregate": "\#(aggregate)""#)
      let seen = try probe.see(document)
      #expect(seen[0].hasPrefix(left), "\(seen)")
    }
  }

  @Test("A sum of growth is divided by one counter for all")
  func oneDenominator() throws {
    var probe = try Probe(
      #""metric_path": "$.routes[*].errors", "aggregate": "sum", "denominator_path": "total", "#
        + #""measure": "ratio", "window_minutes": 10, "threshold": 0.2"#)
    try probe.see(#"{"routes": [{"errors": 1}, {"errors": 2}], "total": 100}"#)
    #expect(
      try probe.see(#"{"routes": [{"errors": 2}, {"errors": 4}], "total": 110}"#, atMinute: 10)
        == ["r bad 0.3"])
  }

  @Test("Changes of any value are counted over the window")
  func changes() throws {
    var probe = try Probe(
      #""metric_path": "v", "measure": "changes", "window_minutes": 10, "threshold": 1"#)
    var seen: [String] = []
    for (minute, value) in ["1", "1", #""x""#, #""x""#, "true", "true", "true"].enumerated() {
      seen += try probe.see("{\"v\": \(value)}", atMinute: Double(minute * 2))
    }
    #expect(seen.prefix(3).allSatisfy { $0 == "r unknown warming_up" })
    #expect(seen.dropFirst(3) == ["r good 1", "r bad 2", "r bad 2", "r bad 2"])
  }

  @Test("A sum of growth counts new series from their first sample, and gone ones in the window")
  func growth() throws {
    var probe = try Probe(
      #""metric_path": "$.l.*", "measure": "increase", "window_minutes": 10, "aggregate": "sum""#)
    let documents = [
      #"{"l": {"a": 100, "b": 50}}"#, #"{"l": {"a": 103, "b": 50, "c": 900}}"#,
      #"{"l": {"a": 105, "c": 904}}"#, #"{"l": {"a": 105, "c": 904}}"#,
      #"{"l": {"a": 105, "c": 904}}"#, #"{"l": {"a": 1, "c": 904}}"#, #"{"l": {"a": 4, "c": 904}}"#,
    ]
    // After five minutes, growth is scaled to ten.
    let expected = [
      "unknown warming_up", "bad 6", "bad 9", "bad 6", "good 0", "unknown unstable_counter",
      "good 4",
    ]
    for (index, document) in documents.enumerated() {
      #expect(try probe.see(document, atMinute: Double(index * 5)) == ["r \(expected[index])"])
    }
  }

  @Test("Sums of growth by name are divided by those of the same name")
  func ratios() throws {
    var probe = try Probe(
      #""metric_path": "$.s[*].codes['5xx']", "denominator_path": "$.s[*].codes.*", "#
        + #""measure": "ratio", "window_minutes": 10, "aggregate": "sum", "instance_by": ["n"], "#
        + #""threshold": 0.2"#)
    try probe.see(
      #"{"s": [{"n": "a", "codes": {"2xx": 90, "5xx": 10}}, {"n": "b", "codes": {"2xx": 5, "5xx": 5}}]}"#
    )
    #expect(
      try probe.see(
        #"{"s": [{"n": "b", "codes": {"2xx": 14, "5xx": 6}}, {"n": "a", "codes": {"2xx": 95, "5xx": 15}}]}"#,
        atMinute: 10) == ["r[a] bad 0.5", "r[b] good 0.1"])
  }

  @Test("Facts about the response are values; where they were not recorded, they are unknown")
  func responses() throws {
    var probe = try Probe(
      #""metric_path": "@response.status", "comparison": "ne", "threshold": 200"#,
      #""metric_path": "@response.seconds", "threshold": 2"#)
    let facts = ResponseFacts(status: 503, seconds: 0.5, bytes: 10)
    #expect(try probe.see("{}", response: facts) == ["r bad 503", "r2 good 0.5"])
    #expect(
      try probe.see("{}", atMinute: 1) == ["r unknown not_recorded", "r2 unknown not_recorded"])
  }

  @Test("A rule applies to its targets only, and to those of its format")
  func targets() throws {
    let root = """
      , "targets": [{"name": "a", "base_url": "http://a", "format": "json"},
        {"name": "b", "base_url": "http://b", "format": "prometheus"}]
      """
    let rules = (
      #""metric_path": "v", "targets": ["a"]"#, #""metric": "v""#,
      #""metric_path": "@response.bytes""#
    )
    var json = try Probe(rules.0, rules.1, rules.2, root: root)
    let facts = ResponseFacts(bytes: 1)
    #expect(
      try json.see(#"{"v": 1}"#, response: facts, of: "a") == ["r good 1", "r3 good 1"])
    var text = try Probe(rules.0, rules.1, rules.2, format: .prometheus, root: root)
    #expect(try text.see("v 7\n", response: facts, of: "b") == ["r2 bad 7", "r3 good 1"])
  }
}
