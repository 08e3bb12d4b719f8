internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Measures over a window")
struct WindowTests {
  static func rule(_ kind: MeasureKind, volume: Int = 0) -> Rule {
    let path = Timeline.path("c")
    let window = Duration.minutes(10)
    let measurement: Measurement =
      switch kind {
      case .value: .value(path)
      case .age: .age(path)
      case .increase: .increase(path, window: window)
      case .ratePerMinute: .ratePerMinute(path, window: window)
      case .ratio: .ratio(path, denominator: Timeline.path("d"), window: window)
      case .quotient:
        Measurement(.quotient(denominator: .path(Timeline.path("d"))), of: .path(path))
      case .changes: Measurement(.changes(window: window), of: .path(path))
      case .quantile: Measurement(.quantile(0.5, window: window), of: .path(path))
      }
    return Rule(
      name: "r", measurement: measurement, condition: Condition(.gt, .number(1e9)),
      duration: .zero, minRequestCount: volume)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let kind: MeasureKind
    /// Minute, counter and denominator.
    let readings: [(Double, Double, Double)]
    let expected: Observation
    var volume = 0
    var testDescription: String { name }
  }

  static func value(_ number: Double, over minutes: Double, hasReset: Bool = false) -> Observation {
    .good(.sample(Sample(.number(number), span: .minutes(minutes), hasReset: hasReset)))
  }

  static let rows = [
    Row(
      name: "one snapshot is no window", kind: .increase, readings: [(0, 5, 0)],
      expected: .unknown(.warmingUp)),
    Row(
      name: "less than half a window is warming up", kind: .increase,
      readings: [(0, 5, 0), (4.9, 9, 0)], expected: .unknown(.warmingUp)),
    Row(
      name: "half a window serves, and the increase is scaled", kind: .increase,
      readings: [(0, 5, 0), (5, 9, 0)], expected: value(8, over: 5)),
    Row(
      name: "a whole window is exact", kind: .increase,
      readings: [(0, 5, 0), (5, 6, 0), (10, 12, 0)], expected: value(7, over: 10)),
    Row(
      name: "the base is the newest entry that is a window old", kind: .increase,
      readings: [(0, 0, 0), (2, 100, 0), (7, 110, 0), (12, 120, 0)], expected: value(20, over: 10)),
    Row(
      name: "a base older than the window is scaled down", kind: .increase,
      readings: [(0, 0, 0), (15, 30, 0)], expected: value(20, over: 15)),
    Row(
      name: "a base older than window and max_gap is warming up", kind: .increase,
      readings: [(0, 0, 0), (71, 30, 0)], expected: .unknown(.warmingUp)),
    Row(
      name: "a base exactly that old still serves", kind: .ratePerMinute,
      readings: [(0, 0, 0), (70, 140, 0)], expected: value(2, over: 70)),
    Row(
      name: "a rate is divided by the minutes that it spans", kind: .ratePerMinute,
      readings: [(0, 0, 0), (6, 30, 0)], expected: value(5, over: 6)),
    Row(
      name: "whether a counter that fell was reset, only the next sample shows", kind: .increase,
      readings: [(0, 100, 0), (5, 110, 0), (10, 3, 0)],
      expected: .unknown(.unstableCounter(.fell(isDenominator: false, from: 110, to: 3)))),
    Row(
      name: "if it stays low it was, and what it shows is growth", kind: .increase,
      readings: [(0, 100, 0), (5, 110, 0), (8, 3, 0), (10, 5, 0)],
      expected: value(15, over: 10, hasReset: true)),
    Row(
      name: "if it is back it was a glitch", kind: .increase,
      readings: [(0, 100, 0), (5, 110, 0), (8, 3, 0), (10, 112, 0)], expected: value(12, over: 10)),
    Row(
      name: "a fall by less than an eighth is noise", kind: .increase,
      readings: [(0, 80, 0), (5, 88, 0), (10, 78, 0)], expected: value(8, over: 10)),
    Row(
      name: "a fall by an eighth is not", kind: .increase,
      readings: [(0, 80, 0), (5, 88, 0), (10, 77, 0)],
      expected: .unknown(.unstableCounter(.fell(isDenominator: false, from: 88, to: 77)))),
    Row(
      name: "two resets inside the window are an unstable counter", kind: .increase,
      readings: [(0, 100, 0), (3, 2, 0), (6, 90, 0), (10, 5, 0)],
      expected: .unknown(.unstableCounter(.keepsFalling(times: 2, resets: 1)))),
    Row(
      name: "two falls are too, whatever came of them", kind: .increase,
      readings: [(0, 100, 0), (3, 99, 0), (6, 101, 0), (8, 100, 0), (10, 105, 0)],
      expected: .unknown(.unstableCounter(.keepsFalling(times: 2, resets: 0)))),
    Row(
      name: "a reset before the window is no matter", kind: .increase,
      readings: [
        (0, 100, 0), (1, 2, 0), (2, 4, 0), (5, 5, 0), (7, 6, 0), (9, 7, 0), (12, 9, 0),
      ], expected: value(5, over: 10)),
    Row(
      name: "a ratio is growth by growth", kind: .ratio,
      readings: [(0, 10, 100), (10, 15, 200)], expected: value(0.05, over: 10)),
    Row(
      name: "a reset of the denominator resets both", kind: .ratio,
      readings: [(0, 10, 1_000), (5, 12, 1_100), (8, 14, 40), (10, 15, 60)],
      expected: value(17 / 160, over: 10, hasReset: true)),
    Row(
      name: "if only the counter was reset, the ratio begins anew", kind: .ratio,
      readings: [(0, 900, 1_000), (5, 500, 1_100), (8, 500, 1_150), (9, 505, 1_200)],
      expected: .unknown(.warmingUp)),
    Row(
      name: "it is then measured from the fall", kind: .ratio,
      readings: [(0, 900, 1_000), (5, 500, 1_100), (8, 500, 1_150), (10, 505, 1_200)],
      expected: value(5 / 100, over: 5)),
    Row(
      name: "a counter that comes back after that is unstable", kind: .ratio,
      readings: [(0, 900, 1_000), (5, 400, 1_100), (8, 405, 1_150), (12, 910, 1_200)],
      expected: .unknown(.unstableCounter(.keepsFalling(times: 2, resets: 0)))),
    Row(
      name: "a ratio is back only when both counters are", kind: .ratio,
      readings: [(0, 10, 1_000), (5, 12, 1_100), (8, 0, 0), (10, 3, 1_200)],
      expected: value(5 / 1_300, over: 10, hasReset: true)),
    Row(
      name: "a gauge in a ratio is no counter, and not low volume", kind: .ratio,
      readings: [(0, 40, 100), (3, 39, 100), (6, 42, 100), (8, 41, 100), (10, 42, 100)],
      expected: .unknown(.unstableCounter(.keepsFalling(times: 2, resets: 0)))),
    Row(
      name: "a denominator that does not grow is low volume", kind: .ratio,
      readings: [(0, 10, 100), (10, 10, 100)],
      expected: .unknown(.lowVolume(count: 0, sample: nil))),
    Row(
      name: "a ratio's volume is the growth of its denominator", kind: .ratio,
      readings: [(0, 10, 1_000), (10, 11, 1_019)],
      expected: .unknown(
        .lowVolume(count: 19, sample: Sample(.number(1 / 19), span: .minutes(10)))), volume: 20),
    Row(
      name: "an increase's volume is the number of requests", kind: .increase,
      readings: [(0, 10, 19), (10, 11, 19)],
      expected: .unknown(
        .lowVolume(count: 19, sample: Sample(.number(1), span: .minutes(10)))), volume: 20),
    Row(
      name: "a negative counter is a wrong type", kind: .increase, readings: [(0, -1, 0)],
      expected: .bad(.wrongType(found: "a negative number"))),
  ]

  @Test("Growth is measured between two snapshots", arguments: rows)
  func growth(_ row: Row) {
    var timeline = Timeline(Self.rule(row.kind, volume: row.volume))
    timeline.evaluation.requestCount = .path(Timeline.path("d"))
    var last: Observation?
    for (minute, counter, denominator) in row.readings {
      let document = "{\"c\":\(counter),\"d\":\(denominator)}"
      last = timeline.run(document, atMinute: minute).checks[0].observation
    }
    #expect(last == row.expected)
  }

  @Test("A lifetime ratio hardly moves in an outage that a window shows in minutes")
  func outageInAWindow() {
    var rule = Self.rule(.ratio)
    rule.condition = Condition(.gt, .number(0.05))
    rule.duration = .minutes(10)
    var timeline = Timeline(rule)
    var errors = 1_000.0
    var requests = 1_000_000.0
    var transitions: [String] = []
    for minute in 0..<40 {
      requests += 100
      if minute >= 20 { errors += 30 }
      let evaluation = timeline.run("{\"c\":\(errors),\"d\":\(requests)}", atMinute: Double(minute))
      transitions += evaluation.transitions.map(Timeline.words)
    }
    #expect(transitions == ["21 pending", "31 firing"])
    #expect(errors / requests < 0.002)
  }

  @Test("A history has fewer than 120 entries at any interval, and stays accurate enough")
  func thinned() throws {
    var timeline = Timeline(Self.rule(.ratePerMinute))
    var last: Evaluation?
    for second in 0..<3_000 {
      last = timeline.run("{\"c\":\(second)}", atMinute: Double(second) / 60)
    }
    let entries = try #require(timeline.state.alerts[AlertKey(rule: "r")]?.series?.entries)
    #expect(entries.count <= CounterSeries.limit)
    #expect(entries.count >= 50)
    let rate = try #require(last?.checks[0].observation.number)
    #expect(abs(rate - 60) < 0.001)
  }

  @Test("Different paths start a new history, and a different threshold keeps it")
  func otherPaths() {
    var timeline = Timeline(Self.rule(.increase))
    _ = timeline.run("{\"c\":5,\"e\":1}", atMinute: 0)
    timeline.rules[0].condition.threshold = .scalar(.number(1e8))
    #expect(
      timeline.run("{\"c\":9,\"e\":1}", atMinute: 10).checks[0].observation
        == Self.value(4, over: 10))
    timeline.rules[0].measurement = .increase(Timeline.path("e"), window: .minutes(10))
    #expect(
      timeline.run("{\"c\":9,\"e\":1}", atMinute: 20).checks[0].observation
        == .unknown(.warmingUp))
  }

  @Test("A history from a wrong clock is dropped")
  func clockSetBack() {
    var timeline = Timeline(Self.rule(.increase))
    _ = timeline.run("{\"c\":5}", atMinute: 100)
    #expect(timeline.run("{\"c\":9}", atMinute: 10).checks[0].observation == .unknown(.warmingUp))
    #expect(
      timeline.run("{\"c\":9}", atMinute: 20).checks[0].observation == Self.value(0, over: 10))
  }
}
