@testable import AlertEngine
internal import Testing

@Suite("Recent values in the state")
struct RecentValuesTests {
  /// 1,200 rules, of which the last reads `v` and all others `w`.
  @Test(
    "Values are kept for the first checks, and for later pending or firing ones up to a limit",
    arguments: [
      (#"{"w": 0.01, "v": 0.01}"#, 500, 500), (#"{"w": 0.01, "v": 0.1}"#, 501, 501),
      (#"{"w": 0.1, "v": 0.1}"#, 1_000, 1_200),
    ])
  func bound(_ document: String, _ withRecentValues: Int, _ alerts: Int) {
    var timeline = Timeline(Timeline.rule("last"))
    timeline.rules = (1..<1_200).map { Timeline.rule("r\($0)", path: "w") } + timeline.rules
    for minute in 0..<2 { _ = timeline.run(document, atMinute: Double(minute)) }
    let kept = Array(timeline.state.alerts.values)
    #expect(kept.count { !$0.recent.isEmpty } == withRecentValues)
    #expect(kept.count == alerts)
  }
}
