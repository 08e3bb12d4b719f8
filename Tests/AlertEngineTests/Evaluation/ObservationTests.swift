internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("The effect of a sample on a rule")
struct ObservationTests {
  static func check(_ rule: Rule, _ samples: String) throws -> Check {
    var timeline = Timeline(rule)
    var last: Evaluation?
    for sample in samples.split(separator: " ") { last = timeline.run(sample) }
    return try #require(last?.checks.first)
  }

  @Test(
    "Each comparison holds on its own side of the threshold",
    arguments: [
      (Comparison.gt, [false, false, true]), (.gte, [false, true, true]),
      (.lt, [true, false, false]), (.lte, [true, true, false]), (.eq, [false, true, false]),
      (.ne, [true, false, true]),
    ])
  func comparisons(_ comparison: Comparison, _ expected: [Bool]) {
    let condition = Condition(comparison, .number(5))
    let held = [4.0, 5.0, 6.0].map { condition.isBad(.number($0), whileOpen: false) }
    #expect(held == expected)
  }

  @Test(
    "A recovery threshold inverts the strictness",
    arguments: [
      (Comparison.gt, [false, false, true]), (.gte, [false, true, true]),
      (.lt, [true, false, false]), (.lte, [true, true, false]),
    ])
  func recovery(_ comparison: Comparison, _ expected: [Bool]) {
    let condition = Condition(comparison, .number(100), recoveryThreshold: 5)
    let held = [4.0, 5.0, 6.0].map { condition.isBad(.number($0), whileOpen: true) }
    #expect(held == expected)
  }

  @Test("A number, a string and a Boolean are three types: true is not 1, \"5\" is not 5")
  func kinds() {
    #expect(Condition(.eq, .number(1)).isBad(.bool(true), whileOpen: false) == nil)
    #expect(Condition(.ne, .number(5)).isBad(.string("5"), whileOpen: false) == nil)
    #expect(Condition(.ne, .string("ok")).isBad(.string("down"), whileOpen: false) == true)
    #expect(Condition(.eq, .bool(false)).isBad(.bool(false), whileOpen: false) == true)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let onMissing: OnMissing?
    let sample: String
    let observation: Observation
    let status: Check.Status
    var testDescription: String { name }
  }

  static let rows = [
    Row(
      name: "missing is bad unless the rule says otherwise", onMissing: nil, sample: "_@0",
      observation: .bad(.missing), status: .pending),
    Row(
      name: "null is missing", onMissing: nil, sample: "null@0",
      observation: .bad(.missing), status: .pending),
    Row(
      name: "missing may be held", onMissing: .hold, sample: "_@0",
      observation: .unknown(.missing), status: .unknown),
    Row(
      name: "missing may be clear", onMissing: .clear, sample: "_@0",
      observation: .good(.missing), status: .pass),
    Row(
      name: "a string where a number belongs is bad", onMissing: nil, sample: "\"5\"@0",
      observation: .bad(.wrongType(found: "a string")), status: .pending),
    Row(
      name: "a wrong type is held under hold", onMissing: .hold, sample: "true@0",
      observation: .unknown(.wrongType(found: "a bool")), status: .unknown),
    Row(
      name: "a wrong type is never clear", onMissing: .clear, sample: "[]@0",
      observation: .unknown(.wrongType(found: "an array")), status: .unknown),
    Row(
      name: "too few requests are low volume, with the value", onMissing: nil, sample: "low@0",
      observation: .unknown(.lowVolume(count: 19, sample: Sample(.number(0.1)))), status: .unknown),
    Row(
      name: "an unreachable endpoint is unknown for a rule", onMissing: nil, sample: "!@0",
      observation: .unknown(.unreachable(cause: "connection refused")), status: .unknown),
    Row(
      name: "a quiet service may lack its metric", onMissing: nil, sample: #"{"n":0}@0"#,
      observation: .unknown(.lowVolume(count: 0, sample: nil)), status: .unknown),
  ]

  @Test("A value that cannot be evaluated is never good", arguments: rows)
  func unknowns(_ row: Row) throws {
    let check = try Self.check(Timeline.rule(onMissing: row.onMissing), row.sample)
    #expect(check.observation == row.observation)
    #expect(check.status == row.status)
  }

  @Test("A missing metric fires like any other breach, and the check says that it is missing")
  func missingFires() {
    var timeline = Timeline(Timeline.rule())
    #expect(timeline.play("_@0 _@10") == "0 pending, 10 firing")
    #expect(timeline.run("_@11").checks[0].reason == .missing)
  }

  @Test("The run decides whether a missing metric holds if the rule does not")
  func allowMissing() {
    var timeline = Timeline(Timeline.rule())
    timeline.onMissing = .hold
    #expect(timeline.play("_@0 _@10") == "")
    timeline.rules[0].onMissing = .alert
    #expect(timeline.play("_@20 _@30") == "20 pending, 30 firing")
  }

  @Test("A service without traffic may omit its counter")
  func quietCounter() throws {
    let rule = Rule(
      name: "r", measurement: .increase(Timeline.path("c"), window: .minutes(10)),
      condition: Condition(.gt, .number(5)), duration: .zero, minRequestCount: 20)
    #expect(
      try Self.check(rule, #"{"n":3}@0"#).observation
        == .unknown(.lowVolume(count: 3, sample: nil)))
  }

  @Test(
    "Without a valid request count, there is no guard: the rule is evaluated, with a warning",
    arguments: [
      (nil, "nothing"), ("null", "null"), ("-1", "a negative number"),
      ("-1e300", "a negative number"),
      ("\"100\"", "a string"), ("true", "a bool"), ("[100]", "an array"), ("{}", "an object"),
    ] as [(String?, String)], ["0.1", "0.01"])
  func unguarded(_ count: (text: String?, found: String), value: String) {
    let member = count.text.map { ", \"n\": \($0)" } ?? ""
    let document = "{\"v\": \(value)\(member)}"
    var guarded = Timeline(Timeline.rule(minutes: 0, volume: 20))
    let evaluation = guarded.run(document, atMinute: 0)
    #expect(evaluation.warnings == [.noRequestCount(path: "n", found: count.found, rules: 1)])
    #expect(evaluation.checks[0].status == (value == "0.1" ? .fail : .pass))
    var free = Timeline(Timeline.rule(minutes: 0, volume: 0))
    let other = free.run(document, atMinute: 0)
    #expect(other.warnings.isEmpty)
    #expect(other.checks[0].status == (value == "0.1" ? .fail : .pass))
  }

  @Test(
    "A request count guards its own rule, and no other",
    arguments: [("0", false), ("19.9", false), ("20", true), ("1e308", true)])
  func guarded(_ count: String, isEnough: Bool) {
    let document = "{\"v\": 0.1, \"n\": \(count)}"
    var guarded = Timeline(Timeline.rule(minutes: 0, volume: 20))
    #expect(guarded.run(document, atMinute: 0).checks[0].status == (isEnough ? .fail : .unknown))
    var free = Timeline(Timeline.rule(minutes: 0, volume: 0))
    #expect(free.run(document, atMinute: 0).checks[0].status == .fail)
  }

  @Test("Routine unknowns do not affect the run's status; others make it a warning")
  func runStatus() {
    var timeline = Timeline(Timeline.rule())
    #expect(timeline.run("low@0").status == nil)
    #expect(timeline.run("!@1").status == .warn)
    #expect(timeline.run("g@2").status == nil)
    #expect(timeline.run("_@3").status == .warn)
  }

  static let ageRule = Rule(
    name: "r", measurement: .age(Timeline.path("t")), condition: Condition(.gt, .number(60)),
    duration: .zero)

  @Test(
    "An age is the time since a timestamp, in seconds",
    arguments: [
      ("{\"t\":\"2026-11-18T11:06:40Z\"}", 0.0), ("{\"t\":\"2026-11-18T12:06:40+01:00\"}", 0.0),
      ("{\"t\":1794999400}", 600), ("{\"t\":1794999400000}", 600), ("{\"t\":1795000060}", 0),
    ])
  func ages(_ document: String, _ expected: Double) throws {
    let seen = try Self.check(Self.ageRule, document + "@0").observation.value
    #expect(Timeline.origin.rfc3339 == "2026-11-18T11:06:40Z")
    #expect(seen == .number(expected))
  }

  @Test("An age is in seconds unless the rule sets a unit")
  func ageUnit() {
    #expect(Self.ageRule.unit == .seconds)
    #expect(Timeline.rule().unit == nil)
  }

  @Test(
    "A value that is not a time, or is more than a minute ahead, has the wrong type",
    arguments: ["\"yesterday\"", "true", "1795000061", "1e300"])
  func noAges(_ value: String) throws {
    guard case .bad(.wrongType) = try Self.check(Self.ageRule, "{\"t\":\(value)}@0").observation
    else {
      Issue.record("\(value) was taken for a time")
      return
    }
  }

  @Test("A stale snapshot is unknown for a rule, but ages continue")
  func stale() {
    var timeline = Timeline(Timeline.rule(volume: 0))
    timeline.rules.append(Self.ageRule)
    timeline.rules[1].name = "age"
    timeline.evaluation.snapshotTimePath = Timeline.path("t")
    let document = #"{"v":0.01,"t":1795000000}"#
    #expect(timeline.run(document + "@0").checks.map(\.status) == [.pass, .pass, .pass])
    let second = timeline.run(document + "@2")
    #expect(second.checks[0].observation == .unknown(.stale))
    #expect(second.checks[1].observation.value == .number(120))
    #expect(second.checks[2].observation == .bad(.stale))
  }

  @Test("A snapshot without a timestamp counts as stale, with a warning")
  func noSnapshotTime() {
    var timeline = Timeline(Timeline.rule())
    timeline.evaluation.snapshotTimePath = Timeline.path("t")
    let evaluation = timeline.run("g@0")
    #expect(evaluation.checks[0].observation == .unknown(.stale))
    #expect(evaluation.warnings == [.noSnapshotTime(path: "t")])
  }

  @Test("A service whose clock was set back is stale once and then continues")
  func serviceClockSetBack() {
    var timeline = Timeline(Timeline.rule(volume: 0))
    timeline.evaluation.snapshotTimePath = Timeline.path("t")
    let times = [1_000, 100, 160]
    let observations = times.enumerated().map { minute, time in
      timeline.run("{\"v\":0.01,\"t\":\(time)}", atMinute: Double(minute)).checks[0].status
    }
    #expect(observations == [.pass, .unknown, .pass])
  }

  @Test("endpoint_down is bad without a snapshot and good with one, for its own duration")
  func endpointDown() {
    var timeline = Timeline(Timeline.rule())
    timeline.endpoint = EndpointSettings(duration: .minutes(10))
    timeline.showsEndpoint = true
    #expect(
      timeline.play("g@0 !@1 !@6 skip@10 !@11 !@12 g@13")
        == "1 pending endpoint_down, 11 firing endpoint_down, 13 resolved endpoint_down")
  }
}
