internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Rules with one instance per key")
struct InstanceTests {
  static func timeline(_ onMissing: OnMissing? = nil, minutes: Double = 0) -> Timeline {
    Timeline(
      Timeline.rule(path: "s.*.v", minutes: minutes, onMissing: onMissing, volume: 0))
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let samples: String
    let expected: String
    var onMissing: OnMissing?
    var minutes = 0.0
    var testDescription: String { name }
  }

  static let rows = [
    Row(
      name: "each key has an alert of its own, in sorted order",
      samples: #"{"s":{"b":{"v":1},"a":{"v":1},"c":{"v":0}}}@0"#,
      expected: "0 firing[a], 0 firing[b]"),
    Row(
      name: "elements of an array are instances by their index",
      samples: #"{"s":[{"v":0},{"v":1}]}@0"#, expected: "0 firing[1]"),
    Row(
      name: "an instance that lacks the metric is missing",
      samples: #"{"s":{"a":{}}}@0"#, expected: "0 firing[a]"),
    Row(
      name: "an absent parent is missing for the rule itself where no instance is known",
      samples: #"{"x":1}@0"#, expected: "0 firing"),
    Row(
      name: "a parent of another kind is missing too",
      samples: #"{"s":5}@0 {"s":null}@1"#, expected: "0 firing"),
    Row(
      name: "an absent parent is missing for every known instance",
      samples: #"{"s":{"a":{"v":0},"b":{"v":0}}}@0 {"x":1}@1"#,
      expected: "1 firing[a], 1 firing[b]"),
    Row(
      name: "a parent that is there again resolves the rule's own alert",
      samples: #"{"x":1}@0 {"s":{"a":{"v":0}}}@1"#, expected: "0 firing, 1 resolved"),
    Row(
      name: "an instance that is absent for longer than max_gap is gone",
      samples:
        #"{"s":{"a":{"v":1},"b":{"v":0}}}@0 {"s":{"b":{"v":0}}}@1 {"s":{"b":{"v":0}}}@61 {"s":{"b":{"v":0}}}@62"#,
      expected: "0 firing[a], 62 resolved[a] instance_gone"),
    Row(
      name: "an unreadable parent does not count as absence",
      samples:
        #"{"s":{"a":{"v":1},"b":{"v":0}}}@0 {"s":{"b":{"v":0}}}@1 !@100 {"s":{"b":{"v":0}}}@30"#,
      expected: "0 firing[a]"),
    Row(
      name: "a returning instance begins a new episode",
      samples: #"{"s":{"a":{"v":1}}}@0 {"s":{}}@1 {"s":{}}@62 {"s":{"a":{"v":1}}}@63"#,
      expected: "0 firing[a], 62 resolved[a] instance_gone, 63 firing[a]"),
    Row(
      name: "an instance that comes back in time goes on firing",
      samples: #"{"s":{"a":{"v":1}}}@0 {"s":{}}@1 {"s":{"a":{"v":1}}}@61 {"s":{}}@62 {"s":{}}@100"#,
      expected: "0 firing[a]"),
  ]

  @Test("Instances appear and disappear with the snapshot's keys", arguments: rows)
  func instances(_ row: Row) {
    var timeline = Self.timeline(row.onMissing, minutes: row.minutes)
    #expect(timeline.play(row.samples) == row.expected)
  }

  @Test("Runs without a readable snapshot do not restart the count of an absence")
  func absenceOverFailures() {
    var timeline = Timeline(
      Timeline.rule(path: "s.*.v", minutes: 0, maxGap: 30, volume: 0))
    let both = #"{"s":{"a":{"v":1},"b":{"v":0}}}"#
    let one = #"{"s":{"b":{"v":0}}}"#
    #expect(
      timeline.play("\(both)@0 \(one)@10 !@20 \(one)@30 \(one)@41")
        == "0 firing[a], 41 resolved[a] instance_gone")
  }

  @Test("Two Unicode forms of the same text are two instances, and the bad one is noticed")
  func twoSpellings() {
    for (one, other) in [("e\u{301}", "\u{e9}"), ("\u{e9}", "e\u{301}")] {
      for values in [(0, 1), (1, 0)] {
        var timeline = Self.timeline()
        let evaluation = timeline.run(
          "{\"s\":{\"\(one)\":{\"v\":\(values.0)},\"\(other)\":{\"v\":\(values.1)}}}@0")
        #expect(
          evaluation.checks.map(\.status).sorted(by: { $0.rawValue < $1.rawValue }) == [
            .fail, .pass, .pass,
          ])
      }
    }
  }

  @Test("When a rule gains a star, the alert of its only series ends with that cause")
  func starAdded() {
    var timeline = Timeline(Timeline.rule(path: "s.a.v", minutes: 0, volume: 0))
    let document = #"{"s":{"a":{"v":1}}}"#
    #expect(timeline.play(document + "@0") == "0 firing")
    timeline.rules = [Timeline.rule(path: "s.*.v", minutes: 0, volume: 0)]
    #expect(timeline.play(document + "@1") == "1 resolved condition_changed, 1 firing[a]")
    #expect(timeline.run(document + "@2").checks.map(\.instance) == ["a", nil])
    #expect(timeline.alerts.count == 1)
  }

  @Test("Beyond the limit of a denominator, an instance is not missing")
  func tooManyDenominators() {
    let rule = Rule(
      name: "r",
      measurement: .ratio(
        Timeline.path("p.*"), denominator: Timeline.path("q.*"), window: .minutes(10)),
      condition: Condition(.gt, .number(0.5)), duration: .zero)
    var timeline = Timeline(rule)
    let many = (0...1_000).map { #""k\#($0)":1"# }.joined(separator: ",")
    let evaluation = timeline.run("{\"p\":{\"k1\":1,\"zz\":1},\"q\":{\(many)}}", atMinute: 0)
    #expect(evaluation.checks[0].reason == .warmingUp)
    #expect(evaluation.checks[1].instance == "zz")
    #expect(evaluation.checks[1].reason == .wrongType(found: "more than 1,000 instances"))
  }

  @Test("A readable parent without instances never passes")
  func emptyParent() {
    var timeline = Self.timeline()
    let evaluation = timeline.run(#"{"s":{}}@0"#)
    #expect(evaluation.checks.map(\.status) == [.unknown, .pass])
    #expect(evaluation.status == .warn)
  }

  @Test("The run in which the last instance disappears still has a check for its rule")
  func lastInstanceGone() {
    var timeline = Self.timeline()
    _ = timeline.play(#"{"s":{"a":{"v":1}}}@0 {"s":{}}@1"#)
    #expect(timeline.run(#"{"s":{}}@62"#).checks.map(\.subject.name) == ["r", "endpoint_down"])
  }

  @Test("Of more than a thousand instances the first are evaluated, and known ones hold")
  func tooMany() {
    var timeline = Self.timeline()
    _ = timeline.run(#"{"s":{"a":{"v":1}}}@0"#)
    let many = (0...1_000).map { #""k\#($0)":{"v":0}"# }.joined(separator: ",")
    let evaluation = timeline.run("{\"s\":{\(many)}}", atMinute: 1)
    #expect(evaluation.checks.map(\.instance).prefix(3) == [nil, "a", "k0"])
    #expect(evaluation.checks.count == 1 + 1_000 + 1)
    #expect(
      evaluation.checks[0].observation == .bad(.wrongType(found: "more than 1,000 instances")))
    #expect(evaluation.checks[0].reason == .wrongType(found: "more than 1,000 instances"))
    #expect(evaluation.checks[1].phase.kind == .firing)
  }

  static func document(_ names: Range<Int>, value: Int) -> String {
    "{\"s\":{" + names.map { #""k\#($0)":{"v":\#(value)}"# }.joined(separator: ",") + "}}"
  }

  @Test(
    "Changing names do not fill the state: healthy instances that are gone are forgotten")
  func changingNames() {
    var timeline = Self.timeline()
    for minute in 0..<5 {
      let names = minute * 600..<(minute + 1) * 600
      let evaluation = timeline.run(Self.document(names, value: 0), atMinute: Double(minute))
      #expect(evaluation.checks.count == 601)
      #expect(evaluation.status == nil)
    }
    #expect(timeline.alerts.count == 600)
  }

  @Test(
    "Pending and firing alerts are never forgotten for new names, of which the first are evaluated"
  )
  func changingNamesWhileFiring() {
    var timeline = Self.timeline()
    _ = timeline.run(Self.document(0..<600, value: 1), atMinute: 0)
    let second = timeline.run(Self.document(600..<1_200, value: 1), atMinute: 1)
    #expect(second.checks[0].reason == .wrongType(found: "more than 1,000 instances"))
    #expect(second.checks.count { $0.phase.kind == .firing } == 1_001)
    #expect(timeline.alerts.count == 1_001)
  }

  @Test("A denominator with the same stars is read from the same instance")
  func denominators() {
    let rule = Rule(
      name: "r",
      measurement: .ratio(
        Timeline.path("p.*.bad"), denominator: Timeline.path("p.*.all"), window: .minutes(10)),
      condition: Condition(.gt, .number(0.5)), duration: .zero)
    var timeline = Timeline(rule)
    let first = #"{"p":{"a":{"bad":0,"all":0},"b":{"bad":0,"all":0}}}@0"#
    let second = #"{"p":{"a":{"bad":9,"all":10},"b":{"bad":1,"all":10}}}@10"#
    #expect(timeline.play(first + " " + second) == "10 firing[a]")
  }

  @Test("When a rule loses its star, the alerts of its instances end")
  func starRemoved() {
    var timeline = Self.timeline()
    _ = timeline.run(#"{"s":{"a":{"v":1}}}@0"#)
    timeline.rules = [Timeline.rule(path: "t", minutes: 0, volume: 0)]
    #expect(timeline.play(#"{"t":0}@1"#) == "1 resolved[a] condition_changed")
  }
}
