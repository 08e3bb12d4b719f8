@testable import AlertEngine
@testable import JSON
internal import TestSupport
internal import Testing

@Suite("Numbers at the limits of a double")
struct ExtremeNumberTests {
  static let measures: [MeasureKind] = [.value, .increase, .ratePerMinute, .ratio]
  static let numbers = [
    0, -0.0, 1, .leastNonzeroMagnitude, 1e-300, 1e-10, 1e10, 1e300, 1e308, 1.7e308,
  ]

  @Test("No sample, peak or history is infinite, whatever a service reports", arguments: 0..<60)
  func finite(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for kind in Self.measures {
      var rule = WindowTests.rule(kind)
      rule.condition = Condition(.gt, .number(0.5))
      var timeline = Timeline(rule)
      for step in 0..<8 {
        let counter = Self.numbers.randomElement(using: &random) ?? 0
        let denominator = Self.numbers.randomElement(using: &random) ?? 0
        let evaluation = timeline.run(
          "{\"c\":\(counter),\"d\":\(denominator)}", atMinute: Double(step) * 6)
        #expect(evaluation.checks[0].observation.number?.isFinite != false)
        let alert = timeline.state.alerts[AlertKey(rule: "r")]
        #expect(alert?.phase.breach?.peak?.value.isFinite != false)
        #expect(alert?.series?.isFinite != false)
      }
    }
  }

  @Test("Counters beyond the range of a number have the wrong type and never clear an alert")
  func beyondNumbers() {
    var rule = WindowTests.rule(.ratio)
    rule.condition = Condition(.gt, .number(0.5))
    var timeline = Timeline(rule)
    let readings = [(0.0, 0.0), (1.7e308, 1.7e308), (1e308, 1e308)]
    var events: [Transition.Event] = []
    for (index, (counter, denominator)) in readings.enumerated() {
      let document = "{\"c\":\(counter),\"d\":\(denominator)}"
      events += timeline.run(document, atMinute: Double(index) * 6).transitions.map(\.event)
    }
    #expect(events == [.firing])
  }

  @Test("A time outside the range of RFC 3339 is not a time", arguments: ["9e20", "-9e14", "1e21"])
  func unwritableTime(_ time: String) {
    var timeline = Timeline(Timeline.rule(volume: 0))
    timeline.evaluation.snapshotTimePath = Timeline.path("t")
    #expect(
      timeline.run("{\"v\":1,\"t\":\(time)}", atMinute: 0).warnings == [.noSnapshotTime(path: "t")])
    #expect(timeline.state.lastSnapshotTime == nil)
  }
}
