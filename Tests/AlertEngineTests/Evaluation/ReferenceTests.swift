@testable import AlertEngine
internal import TestSupport
internal import Testing

@Suite("The engine compared with other implementations")
struct ReferenceTests {
  /// What a Prometheus alerting rule does on a regular grid with `for` and `keep_firing_for`.
  static func prometheus(_ isBad: [Bool], step: Int, hold: Int, keep: Int) -> [Bool] {
    var activeAt: Int?
    var isFiring = false
    var keepSince: Int?
    return isBad.enumerated().map { index, isBad in
      let now = index * step
      if isBad {
        keepSince = nil
        let since = activeAt ?? now
        activeAt = since
        if now - since >= hold { isFiring = true }
      } else if isFiring, keep > 0, now - (keepSince ?? now) < keep {
        keepSince = keepSince ?? now
      } else {
        activeAt = nil
        isFiring = false
        keepSince = nil
      }
      return isFiring
    }
  }

  @Test("With regular samples, a rule fires when a Prometheus rule does", arguments: 0..<200)
  func parity(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let step = Int.random(in: 1...7, using: &random)
    let hold = Int.random(in: 0...15, using: &random)
    let keep = Int.random(in: 0...2, using: &random) * Int.random(in: 0...9, using: &random)
    var isBad = Bool.random(using: &random)
    let samples = (0..<60).map { _ in
      if Int.random(in: 0..<4, using: &random) == 0 { isBad.toggle() }
      return isBad
    }
    var timeline = Timeline(Timeline.rule(minutes: Double(hold), recovery: Double(keep)))
    let fired = samples.enumerated().map { index, isBad in
      let evaluation = timeline.run(isBad ? "b" : "g", atMinute: Double(index * step))
      return evaluation.checks[0].phase.episode != nil
    }
    #expect(fired == Self.prometheus(samples, step: step, hold: hold, keep: keep))
  }

  @Test("For any samples, transitions alternate and only good samples resolve", arguments: 0..<100)
  func invariants(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed) &+ 7_000)
    var rule = Timeline.rule(
      minutes: Double.random(in: 0...20, using: &random).rounded(),
      maxGap: Double.random(in: 1...30, using: &random).rounded(),
      onGap: Bool.random(using: &random) ? .reset : .count,
      recovery: Double.random(in: 0...10, using: &random).rounded())
    rule.onMissing = .hold
    var timeline = Timeline(rule)
    var phase = Transition.Event.resolved
    var minute = 0.0
    var transitions = 0
    for _ in 0..<80 {
      minute += Double.random(in: -0.5...20, using: &random)
      if Int.random(in: 0..<30, using: &random) == 0 { minute -= 200 }
      let sample = ["b", "b", "g", "_", "low", "!", "skip"].randomElement(using: &random) ?? "b"
      let evaluation = timeline.run(sample, atMinute: minute)
      for transition in evaluation.transitions where transition.key.rule == "r" {
        switch (phase, transition.event) {
        case (.resolved, .pending), (.cancelled, .pending), (.resolved, .firing),
          (.cancelled, .firing), (.pending, .firing), (.pending, .cancelled):
          break
        case (.firing, .resolved):
          #expect(sample == "g", "seed \(seed): resolved by \(sample)")
        default:
          Issue.record("seed \(seed): \(transition.event) after \(phase)")
        }
        phase = transition.event
        transitions += 1
      }
      let kind = timeline.state.alerts[AlertKey(rule: "r")]?.phase.kind ?? .inactive
      #expect((kind == .firing || kind == .recovering) == (phase == .firing))
      #expect((kind == .pending) == (phase == .pending))
    }
    #expect(transitions > 0)
  }
}
