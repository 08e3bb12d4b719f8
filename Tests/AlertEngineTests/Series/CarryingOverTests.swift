internal import JSON
internal import Testing

@testable import AlertEngine

@Suite("Alerts whose series get other names")
struct CarryingOverTests {
  private static let document =
    #"{"l": [{"n": "a", "v": 9}, {"n": "b", "v": 1}, {"n": "c", "v": 7}]}"#
  /// The same elements, in another order.
  private static let reordered =
    #"{"l": [{"n": "c", "v": 7}, {"n": "a", "v": 9}, {"n": "b", "v": 1}]}"#

  @Test(
    "What fires goes on as the same episode under its new name, without a word",
    arguments: [
      (
        #""metric_path": "l.*.v""#, #""metric_path": "l.*.v", "instance_by": ["n"]"#,
        ["a": "0", "c": "2"]
      ),
      (#""metric_path": "l.*.v""#, #""metric_path": "$.l[*].v""#, ["0": nil, "2": nil]),
      (
        #""metric_path": "$.l[*].v""#, #""metric_path": "l.*.v", "instance_by": ["n"]"#,
        ["a": "0", "c": "2"]
      ),
    ] as [(String, String, [String: String?])])
  func carriesOver(before: String, after: String, former: [String: String?]) throws {
    var old = try Probe(before)
    try old.see(Self.document)
    #expect(old.transitions.count == 2)
    var new = try Probe(after, after: old)
    try new.see(Self.document, atMinute: 1)
    #expect(new.transitions.isEmpty)
    for (name, known) in former {
      let episode = try #require(
        new.state.alerts[AlertKey(rule: "r", instance: name)]?.phase.episode)
      #expect(episode.firedAt == Timeline.instant(0))
      #expect(episode.formerKey?.instance == known)
    }
    #expect(new.state.alerts.count == 3 + 1)
    // From here on, names alone count.
    let isNamed = after.contains("instance_by")
    try new.see(isNamed ? Self.reordered : Self.document, atMinute: 2)
    #expect(new.transitions.isEmpty)
  }

  @Test("One alert that fires goes on as that of a single aggregate; of several, each ends")
  func aggregates() throws {
    for (document, expected) in [
      (#"{"l": [{"v": 9}, {"v": 1}]}"#, [] as [String]),
      (
        #"{"l": [{"v": 9}, {"v": 8}]}"#,
        ["1 resolved[0] condition_changed", "1 resolved[1] condition_changed", "1 firing"]
      ),
    ] {
      var old = try Probe(#""metric_path": "l.*.v""#)
      try old.see(document)
      var new = try Probe(#""metric_path": "l.*.v", "aggregate": "max""#, after: old)
      try new.see(document, atMinute: 1)
      #expect(new.transitions == expected)
      #expect(new.state.alerts[AlertKey(rule: "r")]?.phase.kind == .firing)
    }
  }

  @Test("Names that an earlier version escaped become the plain key")
  func plainKeys() throws {
    let document = #"{"d": {"/": 9, "/var": 1}}"#
    var probe = try Probe(#""metric_path": "d.*""#)
    try probe.see(document)
    var state = probe.state
    let fired = state.alerts.removeValue(forKey: AlertKey(rule: "r", instance: "/"))
    state.alerts[AlertKey(rule: "r", instance: #"\/"#)] = fired
    state.namingHash = nil
    var next = try Probe(#""metric_path": "d.*""#, keeping: state)
    #expect(try next.see(document, atMinute: 1) == ["r[/] bad 9", "r[/var] good 1"])
    #expect(next.transitions.isEmpty)
  }

  @Test("A change of scale, parse or threshold_path discards evidence")
  func discards() throws {
    let rule = #""metric_path": "v", "duration_minutes": 10"#
    for change in [#", "scale": 2"#, #", "parse": "number""#, #", "threshold_path": "w""#] {
      var old = try Probe(rule)
      try old.see(#"{"v": 9, "w": 5}"#)
      var new = try Probe(rule + change, after: old)
      try new.see(#"{"v": 9, "w": 5}"#, atMinute: 10)
      #expect(new.last?.checks[0].phase.kind == .pending, "\(change)")
      #expect(new.last?.checks[0].phase.breach?.activeAt == Timeline.instant(10), "\(change)")
    }
  }

  @Test("Alerts wait for a snapshot in which their series can be seen")
  func waits() throws {
    var old = try Probe(#""metric_path": "l.*.v""#)
    try old.see(Self.document)
    for unseen in [#"{"l": null}"#, "{}"] {
      var new = try Probe(#""metric_path": "l.*.v", "instance_by": ["n"]"#, after: old)
      try new.see(unseen, atMinute: 1)
      #expect(new.transitions.isEmpty)
      try new.see(Self.document, atMinute: 2)
      #expect(new.transitions.isEmpty)
      #expect(new.state.alerts[AlertKey(rule: "r", instance: "a")]?.phase.kind == .firing)
    }
  }

  @Test("Only alerts that fire are waited for: a rule without any is missing at once")
  func doesNotWait() throws {
    var old = try Probe(#""metric_path": "l.*.v""#)
    try old.see(#"{"l": [{"n": "a", "v": 1}]}"#)
    var new = try Probe(#""metric_path": "l.*.v", "instance_by": ["n"]"#, after: old)
    #expect(try new.see("{}", atMinute: 1) == ["r bad missing"])
  }

  @Test("New names that are among the old ones do not stand in the way")
  func overlapping() throws {
    let document = #"{"l": [{"n": 1, "v": 9}, {"n": 2, "v": 1}]}"#
    var old = try Probe(#""metric_path": "$.l[*].v""#)
    try old.see(document)
    var new = try Probe(#""metric_path": "$.l[*].v", "instance_by": ["n"]"#, after: old)
    #expect(try new.see(document, atMinute: 1) == ["r[1] bad 9", "r[2] good 1"])
    #expect(new.transitions.isEmpty)
    // A former name that another series has now would be known to receivers twice.
    let other = #"{"l": [{"n": 1, "v": 1}, {"n": 2, "v": 9}]}"#
    old = try Probe(#""metric_path": "$.l[*].v""#)
    try old.see(other)
    new = try Probe(#""metric_path": "$.l[*].v", "instance_by": ["n"]"#, after: old)
    try new.see(other, atMinute: 1)
    #expect(new.transitions == ["1 resolved[1] condition_changed", "1 firing[2]"])
  }
}
