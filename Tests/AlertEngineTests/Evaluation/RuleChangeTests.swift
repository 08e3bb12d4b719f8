internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("Rules that change or disappear between two runs")
struct RuleChangeTests {
  static let changes: [(String, @Sendable (inout Rule) -> Void)] = [
    ("threshold", { $0.condition.threshold = .scalar(.number(0.06)) }),
    ("comparison", { $0.condition.comparison = .gte }),
    ("recovery threshold", { $0.condition.recoveryThreshold = 0.04 }),
    ("volume guard", { $0.minRequestCount = 21 }),
    ("path", { $0.measurement = .value(Timeline.path("w")) }),
    ("measure", { $0.measurement = .increase(Timeline.path("v"), window: .minutes(10)) }),
  ]

  @Test("A changed condition discards pending evidence", arguments: changes.indices)
  func conditionDiscards(_ index: Int) {
    var timeline = Timeline(Timeline.rule())
    _ = timeline.run("b@0")
    Self.changes[index].1(&timeline.rules[0])
    let evaluation = timeline.run(#"{"v":0.1,"w":0.1,"n":100}@10"#)
    #expect(
      evaluation.checks[0].phase.kind != .firing, "\(Self.changes[index].0) kept the evidence")
    #expect(evaluation.checks[0].phase.breach?.evidence.first != Timeline.origin)
  }

  @Test("A changed duration, severity or text keeps the evidence")
  func othersKeep() {
    var timeline = Timeline(Timeline.rule())
    _ = timeline.run("b@0")
    timeline.rules[0].duration = .minutes(5)
    timeline.rules[0].severity = .info
    timeline.rules[0].text.summary = "new"
    #expect(timeline.play("b@5") == "5 firing")
  }

  @Test("A firing alert keeps firing under the new condition, and its peak starts over")
  func firingStays() {
    var timeline = Timeline(Timeline.rule())
    #expect(timeline.play("0.9@0 0.9@10") == "0 pending, 10 firing")
    timeline.rules[0].condition.threshold = .scalar(.number(0.2))
    let held = timeline.run("0.3@11")
    #expect(held.transitions.isEmpty)
    #expect(held.checks[0].phase.breach?.peak?.value == 0.3)
    #expect(timeline.play("0.1@12") == "12 resolved")
  }

  @Test("Recovery evidence of the old condition does not count")
  func recoveryDiscarded() {
    var timeline = Timeline(Timeline.rule(recovery: 10))
    _ = timeline.play("b@0 b@10 g@11 g@20")
    timeline.rules[0].condition.threshold = .scalar(.number(0.06))
    #expect(timeline.play("g@21 g@30 g@31") == "31 resolved")
  }

  @Test("An alert whose rule was removed ends with that cause")
  func removed() {
    var timeline = Timeline(Timeline.rule(minutes: 0))
    timeline.rules.append(Timeline.rule("q"))
    _ = timeline.run("b@0")
    timeline.rules = [Timeline.rule("other")]
    #expect(timeline.play("g@1") == "1 cancelled q rule_removed, 1 resolved rule_removed")
    #expect(timeline.alerts.allSatisfy { $0.rule == "other" })
  }
}
