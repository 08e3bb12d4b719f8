internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Two windows and burn rates")
struct BurnRateTests {
  static func rule(
    short: Double = 5, window: Double = 60, objective: Double = 0.999, rate: Double = 14.4,
    aggregate: Aggregate? = nil
  ) -> Rule {
    let burnRate = BurnRate(objective: objective, rate: rate)
    let errors = aggregate == nil ? "c" : "c.*"
    let total = aggregate == nil ? "d" : "d.*"
    return Rule(
      name: "r",
      measurement: Measurement(
        .ratio(denominator: .path(Timeline.path(total)), window: .minutes(window)),
        of: .path(Timeline.path(errors)), shortWindow: .minutes(short), aggregate: aggregate),
      condition: Condition(.gt, .number(burnRate.threshold)), burnRate: burnRate,
      duration: .zero)
  }

  @Test(
    "A burn rate times the error budget is the threshold of the SRE Workbook, table 5-8",
    arguments: [
      (0.999, 14.4, 0.0144), (0.999, 6, 0.006), (0.999, 1, 0.001), (0.99, 14.4, 0.144),
      (0.9999, 14.4, 0.00144), (0.995, 6, 0.03),
    ])
  func isTheBudgetTimesTheRate(objective: Double, rate: Double, threshold: Double) {
    #expect(BurnRate(objective: objective, rate: rate).threshold == threshold)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Minute, errors and requests.
    let readings: [(Double, Double, Double)]
    let expected: Observation
  }

  private static func sample(
    _ value: Double, over minutes: Double, short: (Double, Double)?
  ) -> Sample {
    var sample = Sample(.number(value), span: .minutes(minutes))
    sample.short = short.map { .measured(value: $0.0, span: .minutes($0.1)) }
    return sample
  }

  static let rows = [
    Row(
      testDescription: "bad over both windows is bad",
      readings: [(0, 0, 0), (55, 10, 900), (60, 40, 1_000)],
      expected: .bad(.sample(sample(0.04, over: 60, short: (0.3, 5))))),
    Row(
      testDescription: "bad only over the short window is good",
      readings: [(0, 0, 0), (55, 0, 9_900), (60, 30, 10_000)],
      expected: .good(.sample(sample(0.003, over: 60, short: (0.3, 5))))),
    Row(
      testDescription: "bad only over the long window is good: it is over",
      readings: [(0, 0, 0), (55, 500, 9_900), (60, 500, 10_000)],
      expected: .good(.sample(sample(0.05, over: 60, short: (0, 5))))),
    Row(
      testDescription: "good over the short window is good while the long one warms up",
      readings: [(0, 0, 0), (5, 0, 100)],
      expected: .good(.sample(Sample(.number(0), span: .minutes(5))))),
    Row(
      testDescription: "bad over the short window is unknown while the long one warms up",
      readings: [(0, 0, 0), (5, 50, 100)], expected: .unknown(.warmingUp)),
    Row(
      testDescription: "bad over the long window is unknown without requests in the short one",
      readings: [(0, 0, 0), (55, 50, 100), (60, 50, 100)],
      expected: .unknown(.lowVolume(count: 0, sample: nil))),
  ]

  private static func text(_ reading: (Double, Double, Double)) -> String {
    "{\"c\": \(reading.1), \"d\": \(reading.2)}"
  }

  @Test("Both windows must be bad, and either may be good", arguments: rows)
  func needsBoth(row: Row) {
    var timeline = Timeline(Self.rule())
    var last: Observation?
    for reading in row.readings {
      last = timeline.run(Self.text(reading), atMinute: reading.0).checks[0].observation
    }
    #expect(last == row.expected)
  }

  @Test("Another short window discards the evidence, as another threshold does")
  func isPartOfTheCondition() {
    var timeline = Timeline(Self.rule())
    timeline.rules[0].duration = .minutes(30)
    for (minute, errors, total) in [(0.0, 0.0, 0.0), (55, 10, 900), (60, 40, 1_000)] {
      _ = timeline.run(Self.text((minute, errors, total)), atMinute: minute)
    }
    timeline.rules = [Self.rule(short: 6)]
    timeline.rules[0].duration = .minutes(30)
    let evaluation = timeline.run("{\"c\": 70, \"d\": 2000}", atMinute: 70)
    #expect(evaluation.checks[0].phase.breach?.activeAt == Timeline.instant(70))
  }

  /// One reading of the reference.
  private struct Reading {
    var minute: Int
    var errors: Double
    var total: Double
  }

  /// The Workbook's condition, from all readings: the ratio of the growth since each window's base.
  private static func reference(_ readings: ArraySlice<Reading>, _ windows: [Int], _ limit: Double)
    -> Bool?
  {
    guard let now = readings.last else { return nil }
    let verdicts = windows.map { window -> Bool? in
      let base = readings.last { now.minute - $0.minute >= window } ?? readings.first
      guard let base, now.minute - base.minute >= (window + 1) / 2, now.total > base.total else {
        return nil
      }
      return (now.errors - base.errors) / (now.total - base.total) > limit
    }
    if verdicts.contains(false) { return false }
    return verdicts.contains(nil) ? nil : true
  }

  @Test(
    "Random traffic on a regular grid agrees with the Workbook's condition",
    arguments: [Aggregate?.none, .sum])
  func agreesWithTheWorkbook(aggregate: Aggregate?) {
    var random = SplitMix64(seed: 15)
    for _ in 0..<60 {
      let step = Int.random(in: 1...3, using: &random)
      // So coarse that no entry of the history is dropped.
      let windows = [60, 5].map { $0 * step }
      let rule = Self.rule(
        short: Double(windows[1]), window: Double(windows[0]), aggregate: aggregate)
      var timeline = Timeline(rule)
      var readings: [Reading] = []
      var (errors, total, share) = (0.0, 0.0, 0.0)
      for index in 0..<150 {
        if index % 10 == 0 {
          share = [0, 0, 0.01, 0.015, 0.1].randomElement(using: &random) ?? 0
        }
        let requests = Double([0, 100, 1_000].randomElement(using: &random) ?? 0)
        total += requests
        errors += (requests * share).rounded()
        readings.append(Reading(minute: index * step, errors: errors, total: total))
        let text =
          aggregate == nil
          ? "{\"c\": \(errors), \"d\": \(total)}"
          : "{\"c\": {\"a\": \(errors), \"b\": 0}, \"d\": {\"a\": \(total), \"b\": 0}}"
        let found: Bool? =
          switch timeline.run(text, atMinute: Double(index * step)).checks[0].observation {
          case .bad: true
          case .good: false
          case .unknown: nil
          }
        let expected = Self.reference(
          readings[...], windows, rule.condition.threshold.number ?? 0)
        #expect(found == expected, "at \(index), every \(step) m")
      }
    }
  }

  @Test("A short window keeps its own resolution beside a window of three days")
  func keepsItsResolution() throws {
    var timeline = Timeline(Self.rule(short: 360, window: 4_320, rate: 1))
    // The last six hours are bad, in a sample every five minutes.
    for index in 0...900 {
      let errors = max(0, index - 828)
      _ = timeline.run("{\"c\": \(errors), \"d\": \(index * 100)}", atMinute: Double(index * 5))
    }
    let alert = try #require(timeline.state.alerts[AlertKey(rule: "r")])
    let entries = alert.series?.entries.count ?? 0
    #expect((100...CounterSeries.limit).contains(entries))
    let sample = try #require(
      timeline.run("{\"c\": 73, \"d\": 90100}", atMinute: 4_505).checks[0].observation.sample)
    #expect(sample.short?.span == .minutes(360))
    #expect(sample.span.map { $0 >= .minutes(4_320) && $0 < .minutes(4_370) } == true)
  }
}
