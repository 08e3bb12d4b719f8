@testable import AlertEngine
@testable import JSON
internal import Testing

@Suite("The transition between two phases")
struct TransitionTests {
  private static let evidence = Evidence(startingAt: Timeline.origin)
  private static let episode = Episode(
    breach: Breach(evidence: evidence), firedAt: Timeline.origin, severity: .error, labels: [:])

  private static func phase(_ kind: Phase.Kind) -> Phase {
    switch kind {
    case .inactive: .inactive
    case .pending: .pending(Breach(evidence: evidence))
    case .firing: .firing(episode)
    case .recovering: .recovering(episode, evidence)
    }
  }

  /// The table of `docs/semantics.md`, in which recovering counts as firing.
  private static func event(from before: Phase.Kind, to after: Phase.Kind) -> Transition.Event? {
    switch (before, after) {
    case (.inactive, .pending): .pending
    case (.inactive, .firing), (.inactive, .recovering): .firing
    case (.pending, .firing), (.pending, .recovering): .firing
    case (.pending, .inactive): .cancelled
    case (.firing, .inactive), (.recovering, .inactive): .resolved
    case (.firing, .pending), (.recovering, .pending): .resolved
    case (.inactive, .inactive), (.pending, .pending): nil
    case (.firing, .firing), (.firing, .recovering): nil
    case (.recovering, .firing), (.recovering, .recovering): nil
    }
  }

  @Test(
    "The pair of phases decides the event, and only a cancelled or resolved alert has a cause",
    arguments: Phase.Kind.allCases, Phase.Kind.allCases)
  func causes(before: Phase.Kind, after: Phase.Kind) {
    for cause in [nil] + Transition.Cause.allCases {
      let transition = Transition(
        of: AlertKey(rule: "r"), from: Self.phase(before), to: Self.phase(after),
        at: Timeline.instant(5), cause: cause)
      let event = Self.event(from: before, to: after)
      #expect(transition?.event == event)
      let goesBack = event == .cancelled || event == .resolved
      #expect(transition?.cause == (goesBack ? cause : nil))
      let hasEpisode = event == .firing || event == .resolved
      #expect(transition?.episode == (hasEpisode ? Self.episode : nil))
    }
  }

  @Test(
    "An alert that becomes bad when the clock is set back has no cause",
    arguments: [(0.0, "1 firing"), (10, "1 pending")])
  func clockSetBack(minutes: Double, expected: String) {
    var timeline = Timeline(Timeline.rule(minutes: minutes))
    #expect(timeline.play("g@60 b@1") == expected)
  }

  @Test(
    "An alert that becomes bad under a new condition has no cause",
    arguments: [(0.0, "1 firing"), (10, "1 pending")])
  func conditionChanged(minutes: Double, expected: String) {
    var timeline = Timeline(Timeline.rule(minutes: minutes))
    #expect(timeline.play("g@0") == "")
    timeline.rules[0].condition.threshold = .scalar(.number(0.06))
    #expect(timeline.play("b@1") == expected)
  }
}
