@testable import AlertEngine
internal import Testing

@Suite("Recent values in the state")
struct RecentValuesTests {
  /// 1,200 rules, of which the last reads `v` and all others `w`.
  @Test(
    "Values are kept for the first checks, and for later pending or firing ones up to a limit",
    arguments: [
      (#"{"w": 0.01, "v": 0.01}"#, 500), (#"{"w": 0.01, "v": 0.1}"#, 501),
      (#"{"w": 0.1, "v": 0.1}"#, 1_000),
    ])
  func bound(_ document: String, _ withRecentValues: Int) {
    var timeline = Timeline(Timeline.rule("last"))
    timeline.rules = (1..<1_200).map { Timeline.rule("r\($0)", path: "w") } + timeline.rules
    for minute in 0..<2 { _ = timeline.run(document, atMinute: Double(minute)) }
    let kept = Array(timeline.state.alerts.values)
    #expect(kept.count { !$0.recent.isEmpty } == withRecentValues)
    // Every check is kept, `endpoint_down` too.
    #expect(kept.count == 1_201)
  }

  @Test("A value that is not evidence is kept as such, and so is a missing one")
  func evidence() {
    var timeline = Timeline(Timeline.rule(volume: 20))
    timeline.rules[0].onMissing = .hold
    for (minute, sample) in ["_", "g", "low", "!", "b"].enumerated() {
      _ = timeline.run(sample, atMinute: Double(minute))
    }
    let recent = timeline.state.alerts[AlertKey(rule: "r")]?.recent.entries ?? []
    #expect(recent.map(\.value) == [nil, 0.01, 0.1, nil, 0.1])
    #expect(recent.map(\.isEvidence) == [false, true, false, false, true])
  }

  @Test("The kind of the last observation is kept for every check")
  func seen() {
    var timeline = Timeline(Timeline.rule(volume: 20))
    let kinds: [(String, Seen)] = [
      ("b", .bad), ("g", .good), ("low", .unknown(.lowVolume)), ("!", .unknown(.unreachable)),
      ("_", .bad), ("\"text\"", .bad), ("skip", .unknown(.notAttempted)),
    ]
    for (minute, (sample, seen)) in kinds.enumerated() {
      _ = timeline.run(sample, atMinute: Double(minute))
      #expect(timeline.state.alerts[AlertKey(rule: "r")]?.seen == seen, "\(sample)")
    }
  }
}
