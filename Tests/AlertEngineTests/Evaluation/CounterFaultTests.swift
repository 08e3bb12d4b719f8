internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Counters that fall")
struct CounterFaultTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let counters: [Double]
    /// The most that the service really counted in one step.
    let growth: Double
    var testDescription: String { name }
  }

  static let rows = [
    Row(name: "a restart", counters: [50_000, 50_001, 12, 40, 41, 42], growth: 40),
    Row(name: "a restart at a low value", counters: [3, 4, 0, 1, 2, 3], growth: 2),
    Row(name: "a restart from nothing", counters: [900, 0, 0, 3, 4], growth: 3),
    Row(name: "a glitch of zero", counters: [50_002, 0, 50_003, 50_004], growth: 2),
    Row(
      name: "two glitches of zero in a row", counters: [50_002, 0, 0, 50_003, 50_004], growth: 2),
    Row(name: "glitches of zero again and again", counters: [50, 0, 51, 0, 52, 0, 53], growth: 2),
    Row(name: "a fall by one", counters: [50_001, 50_000, 50_001, 50_002], growth: 2),
    Row(name: "falls by one", counters: [9, 8, 9, 8, 10, 9, 10], growth: 2),
    Row(
      name: "two replicas in turn", counters: [920, 521, 922, 523, 924, 525, 926, 527], growth: 4),
    Row(
      name: "two replicas in turn that are close", counters: [920, 900, 922, 903, 924, 905],
      growth: 4),
    Row(
      name: "three replicas in turn",
      counters: [920, 521, 130, 922, 523, 132, 924, 525, 134, 926], growth: 4),
    Row(
      name: "a counter of 32 bits that wraps around",
      counters: [4_294_967_290, 4_294_967_295, 4, 10, 16], growth: 10),
  ]

  /// The largest growth that a rule without a guard is told for a window of so many steps.
  static func most(_ counters: [Double], steps: Double, minutes: Double) -> Double {
    var rule = WindowTests.rule(.ratePerMinute)
    rule.measurement = .increase(Timeline.path("c"), window: .minutes(steps))
    rule.duration = .minutes(minutes)
    var timeline = Timeline(rule)
    var most = 0.0
    for (minute, counter) in counters.enumerated() {
      let check = timeline.run("{\"c\":\(counter)}", atMinute: Double(minute)).checks[0]
      most = max(most, check.observation.number ?? 0)
    }
    return most
  }

  @Test(
    "No window shows more than the service counted", arguments: rows,
    [1.0, 2, 3, 5])
  func growth(_ row: Row, steps: Double) {
    let most = Self.most(row.counters, steps: steps, minutes: 0)
    // Half a window is scaled to a whole one.
    #expect(most <= row.growth * steps, "\(most) of at most \(row.growth * steps)")
  }

  @Test(
    "A rule on growth never fires on them, with or without a duration", arguments: rows, [0, 10])
  func firing(_ row: Row, minutes: Double) {
    var rule = WindowTests.rule(.increase)
    rule.measurement = .increase(Timeline.path("c"), window: .minutes(5))
    rule.condition = Condition(.gt, .number(row.growth * 5))
    rule.duration = .minutes(minutes)
    var timeline = Timeline(rule)
    for (minute, counter) in row.counters.enumerated() {
      let evaluation = timeline.run("{\"c\":\(counter)}", atMinute: Double(minute))
      #expect(!evaluation.transitions.contains { $0.event == .firing }, "minute \(minute)")
    }
  }

  @Test("A real restart is evaluated from the second sample after it", arguments: [1.0, 2, 5])
  func restart(steps: Double) {
    var rule = WindowTests.rule(.increase)
    rule.measurement = .increase(Timeline.path("c"), window: .minutes(steps))
    var timeline = Timeline(rule)
    let counters = [49_990.0, 49_992, 49_994, 49_996, 49_998, 50_000, 12, 40]
    let last = counters.enumerated().map { minute, counter in
      timeline.run("{\"c\":\(counter)}", atMinute: Double(minute)).checks[0].observation
    }
    #expect(
      last[6]
        == .unknown(.unstableCounter(.fell(isDenominator: false, from: 50_000, to: 12))))
    #expect(last[7].number == 28 + (steps > 1 ? 12 : 0) + 2 * max(0, steps - 2))
  }
}

@Suite("Numbers that must be equal")
struct ExactNumberTests {
  @Test(
    "From 2^53 on, equality is a wrong type, and order is not",
    arguments: Comparison.allCases.filter { !$0.takesList },
    ["9007199254740991", "9007199254740993", "1e300", "-1e16"])
  func exact(comparison: Comparison, number: String) throws {
    var timeline = Timeline(
      Timeline.rule(minutes: 0, comparison: comparison, threshold: .number(9_007_199_254_740_991)))
    let observation = timeline.run(number, atMinute: 0).checks[0].observation
    let isExact = number == "9007199254740991"
    switch comparison {
    case .eq, .ne, .in, .notIn: #expect(isExact == (observation.number != nil))
    case .gt, .gte, .lt, .lte: #expect(observation.number != nil)
    }
    if !isExact, comparison == .eq {
      #expect(observation == .bad(.wrongType(found: "a number too large to be exact")))
    }
  }

  @Test(
    "A threshold that cannot be exact is a mistake with eq and ne only",
    arguments: Comparison.allCases.filter { !$0.takesList })
  func threshold(comparison: Comparison) {
    let text = """
      {"rules": [{"name": "r", "metric_path": "a", "comparison": "\(comparison.rawValue)",
       "threshold": 9007199254740993, "duration_minutes": 0}]}
      """
    let mistakes: ConfigurationMistakes? = {
      do throws(ConfigurationMistakes) {
        _ = try Configuration.decode(Array(text.utf8))
        return nil
      } catch { return error }
    }()
    switch comparison {
    case .eq, .ne, .in, .notIn: #expect(mistakes?.count == 1)
    case .gt, .gte, .lt, .lte: #expect(mistakes == nil)
    }
  }
}
