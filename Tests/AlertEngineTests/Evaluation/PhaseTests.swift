@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("The phases of an alert")
struct PhaseTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let name: String
    let rule: Rule
    let samples: String
    let expected: String
    var testDescription: String { name }

    init(_ name: String, _ samples: String, _ expected: String, rule: Rule = Timeline.rule()) {
      self.name = name
      self.rule = rule
      self.samples = samples
      self.expected = expected
    }
  }

  static let everyMinute3To12 = (3...12).map { "b@\($0)" }.joined(separator: " ")

  static let rows = [
    Row("good samples change nothing", "g@0 g@1 g@2", ""),
    Row("one bad sample is pending, whatever comes of it", "b@0", "0 pending"),
    Row(
      "bad samples at minutes 3 to 13 fire at 13", "\(everyMinute3To12) b@13",
      "3 pending, 13 firing"),
    Row(
      "bad samples at minutes 3 to 12 do not fire", "\(everyMinute3To12) g@13",
      "3 pending, 13 cancelled"),
    Row("two samples a duration apart are enough", "b@0 b@10", "0 pending, 10 firing"),
    Row(
      "a rule that asks for four samples waits for the fourth", "b@0 b@10 b@20 b@21",
      "0 pending, 21 firing", rule: Timeline.rule(samples: 4)),
    Row(
      "no duration fires on the first bad sample", "g@0 b@1",
      "1 firing", rule: Timeline.rule(minutes: 0)),
    Row(
      "no duration with two samples asked for waits for the second", "b@0 b@1",
      "0 pending, 1 firing", rule: Timeline.rule(minutes: 0, samples: 2)),
    Row(
      "a good sample begins the count again", "b@0 b@6 g@7 b@8 b@14 b@18",
      "0 pending, 7 cancelled, 8 pending, 18 firing"),
    Row(
      "a firing alert resolves on the first good sample", "b@0 b@10 b@11 g@12",
      "0 pending, 10 firing, 12 resolved"),
    Row(
      "recovery minutes must be filled with good samples", "b@0 b@10 g@12 g@15 g@22",
      "0 pending, 10 firing, 22 resolved", rule: Timeline.rule(recovery: 10)),
    Row(
      "one bad sample while recovering goes back to firing and pages nobody again",
      "b@0 b@10 g@12 b@15 g@16 g@25 g@26",
      "0 pending, 10 firing, 26 resolved", rule: Timeline.rule(recovery: 10)),
    Row(
      "the endpoint being down neither ends nor proves anything", "b@0 !@5 b@10 !@11 !@500 g@501",
      "0 pending, 10 firing, 501 resolved"),
    Row(
      "unknown samples do not extend evidence", "b@0 !@5 b@10 b@11",
      "0 pending, 11 firing", rule: Timeline.rule(samples: 3)),
    Row(
      "low volume holds a firing alert and never clears it", "b@0 b@10 low@20 low@300 b@301",
      "0 pending, 10 firing"),
    Row(
      "a pending alert that nobody saw for longer than max_gap goes back", "b@0 !@60 !@61 b@62",
      "0 pending, 61 cancelled no_evidence, 62 pending"),
    Row(
      "under count a pending alert stays through silence", "b@0 !@100 b@500",
      "0 pending, 500 firing", rule: Timeline.rule(onGap: .count)),
    Row("a gap of exactly max_gap still holds together", "b@0 b@60", "0 pending, 60 firing"),
    Row("a longer gap begins the run again", "b@0 b@61 b@70 b@71", "0 pending, 71 firing"),
    Row(
      "gaps do not end a firing alert", "b@0 b@10 b@500 g@900",
      "0 pending, 10 firing, 900 resolved"),
    Row(
      "evidence of recovery starts another group over a gap", "b@0 b@10 g@20 g@100 g@109 g@110",
      "0 pending, 10 firing, 110 resolved", rule: Timeline.rule(recovery: 10)),
    Row(
      "under count a recovery lasts through a gap", "b@0 b@10 g@20 !@60 g@200",
      "0 pending, 10 firing, 200 resolved", rule: Timeline.rule(onGap: .count, recovery: 10)),
    Row(
      "until it is on the healthy side of the recovery threshold it fires",
      "b@0 b@10 0.04@11 0.0300001@12 0.03@13",
      "0 pending, 10 firing, 13 resolved", rule: Timeline.rule(recoveryThreshold: 0.03)),
    Row(
      "a pending alert does not know the recovery threshold", "b@0 0.04@10",
      "0 pending, 10 cancelled", rule: Timeline.rule(recoveryThreshold: 0.03)),
    Row("not attempted holds", "b@0 b@10 skip@11 g@12", "0 pending, 10 firing, 12 resolved"),
    Row(
      "a resolved alert begins a new episode", "b@0 g@1 b@2",
      "0 firing, 1 resolved, 2 firing", rule: Timeline.rule(minutes: 0)),
  ]

  @Test("The phases follow the table", arguments: rows)
  func phases(_ row: Row) {
    var timeline = Timeline(row.rule)
    #expect(timeline.play(row.samples) == row.expected)
  }

  @Test("Of two samples at the same time, the second is ignored with a warning")
  func sameInstant() {
    var timeline = Timeline(Timeline.rule(minutes: 0, samples: 2))
    _ = timeline.run("b@5")
    let before = timeline.state
    let second = timeline.run("b@5")
    #expect(second.transitions.isEmpty)
    #expect(timeline.state == before)
    #expect(second.warnings == [.sampleIgnored(at: Timeline.instant(5), last: Timeline.instant(5))])
    #expect(second.checks[0].status == .pending)
  }

  @Test("When a clock is set back by an hour, pending evidence is dropped and starts over")
  func clockSetBackWhilePending() {
    var timeline = Timeline(Timeline.rule())
    #expect(timeline.play("b@60 b@69") == "60 pending")
    let first = timeline.run("b@10")
    #expect(first.warnings == [.clockWasAhead(by: .minutes(59))])
    #expect(first.transitions.isEmpty)
    #expect(first.checks[0].phase.breach?.evidence.count == 1)
    #expect(timeline.play("b@19 b@20") == "20 firing")
  }

  @Test("When a clock is set back, a pending alert that is no longer bad is cancelled")
  func clockSetBackAndGood() {
    var timeline = Timeline(Timeline.rule())
    #expect(timeline.play("b@60 !@1") == "60 pending, 1 cancelled clock_set_back")
    #expect(timeline.play("b@60 g@1") == "60 pending, 1 cancelled")
  }

  @Test("A firing alert keeps firing when the clock is set back, and its recovery restarts")
  func clockSetBackWhileFiring() {
    var timeline = Timeline(Timeline.rule(recovery: 10))
    #expect(timeline.play("b@60 b@70 g@79") == "60 pending, 70 firing")
    #expect(timeline.play("g@5 g@14 g@15") == "15 resolved")
  }

  @Test("Times from a clock that was ahead become now")
  func datesAreCut() {
    var timeline = Timeline(Timeline.rule(minutes: 0))
    #expect(timeline.play("0.9@120") == "120 firing")
    let breach = timeline.run("0.1@10").checks[0].phase.breach
    #expect(breach?.evidence.first == Timeline.instant(10))
    #expect(breach?.evidence.last == Timeline.instant(10))
    #expect(breach?.peak == Peak(value: 0.9, at: Timeline.instant(10)))
    #expect(timeline.run("0.1@12").checks[0].phase.breach?.evidence.span == .minutes(2))
  }

  @Test("An alert that needs only more samples says how many")
  func lackingSamples() {
    var timeline = Timeline(Timeline.rule(minutes: 0, samples: 5))
    #expect(timeline.run("b@0").checks[0].decision()?.samples == 4)
    #expect(timeline.run("b@1").checks[0].decision()?.samples == 3)
  }

  @Test("A sample up to a minute older than the last one is only ignored")
  func slightlyOlder() {
    var timeline = Timeline(Timeline.rule(minutes: 0))
    #expect(timeline.play("b@5 g@4.5 g@4 g@5.5") == "5 firing, 5.5 resolved")
  }

  @Test("The peak is the worst number since the evidence began, in the comparison's direction")
  func peaks() {
    var above = Timeline(Timeline.rule())
    _ = above.play("0.2@0 0.1@5 0.3@10 0.25@12")
    #expect(above.state.peak == Peak(value: 0.3, at: Timeline.instant(10)))
    var below = Timeline(Timeline.rule(comparison: .lt, threshold: .number(5)))
    _ = below.play("4@0 2@5 3@10")
    #expect(below.state.peak == Peak(value: 2, at: Timeline.instant(5)))
    var equal = Timeline(Timeline.rule(comparison: .eq, threshold: .number(5)))
    _ = equal.play("5@0 5@10")
    #expect(equal.state.peak == nil)
    var broken = Timeline(Timeline.rule())
    _ = broken.play("0.9@0 0.1@61")
    #expect(broken.state.peak == Peak(value: 0.1, at: Timeline.instant(61)))
  }

  @Test("The severity and labels that receivers see are fixed when an alert fires")
  func labelsAreFixed() {
    var rule = Timeline.rule(minutes: 0)
    rule.labels = ["team": "one"]
    var timeline = Timeline(rule)
    _ = timeline.run("b@0")
    timeline.rules[0].labels = ["team": "two"]
    timeline.rules[0].severity = .info
    let resolved = timeline.run("g@1").transitions[0]
    #expect(resolved.episode?.labels == ["team": "one"])
    #expect(resolved.episode?.severity == .critical)
  }
}

extension TargetState {
  fileprivate var peak: Peak? { alerts[AlertKey(rule: "r")]?.phase.breach?.peak }
}
