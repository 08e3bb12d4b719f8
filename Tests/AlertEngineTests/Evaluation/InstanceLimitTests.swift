@testable import AlertEngine
internal import Testing

@Suite("Instances at the limit, and instances whose names share a prefix")
struct InstanceLimitTests {
  private static func document(_ names: Range<Int>, value: Int) -> String {
    let members = names.map { #""k\#($0)":{"v":\#(value)}"# }
    return "{\"s\":{\(members.joined(separator: ","))}}"
  }

  private static func timeline() -> Timeline {
    Timeline(Timeline.rule(path: "s.*.v", minutes: 0, volume: 0))
  }

  private static let tooMany = Unknown.wrongType(found: "more than 1,000 instances")

  /// Instances in the snapshot, and healthy and firing ones that are gone; how many alerts the state
  /// holds then, and whether the limit is exceeded.
  private static let rows: [(there: Int, healthy: Int, firing: Int, known: Int, isTooMany: Bool)] =
    [
      (999, 0, 0, 999, false), (1_000, 0, 0, 1_000, false), (1_001, 0, 0, 1_001, true),
      (400, 600, 0, 1_000, false), (400, 601, 0, 400, false),
      (400, 0, 600, 1_000, false), (400, 0, 601, 1_001, true),
      (400, 1, 600, 1_000, false), (400, 300, 300, 1_000, false), (400, 301, 300, 700, false),
    ]

  @Test(
    "Exactly 1,000 instances are kept; above that, healthy ones that are gone are forgotten first",
    arguments: rows.indices)
  func limit(row: Int) {
    let (there, healthy, firing, known, isTooMany) = Self.rows[row]
    var timeline = Self.timeline()
    if healthy > 0 {
      _ = timeline.run(Self.document(10_000..<10_000 + healthy, value: 0), atMinute: 0)
    }
    if firing > 0 {
      let both =
        (10_000..<10_000 + healthy).map { #""k\#($0)":{"v":0}"# }
        + (20_000..<20_000 + firing).map { #""k\#($0)":{"v":1}"# }
      _ = timeline.run("{\"s\":{\(both.joined(separator: ","))}}", atMinute: 1)
    }
    let evaluation = timeline.run(Self.document(0..<there, value: 0), atMinute: 2)
    #expect(timeline.alerts.count == known)
    #expect((evaluation.checks.first?.reason == Self.tooMany) == isTooMany)
    // One more for `endpoint_down`.
    #expect(evaluation.checks.count == known + 1)
    #expect(evaluation.checks.count { $0.phase.kind == .firing } == firing + (isTooMany ? 1 : 0))
  }

  @Test(
    "An unreadable parent makes only its own instances missing",
    arguments: ["db2", "d", "dba", "db\\u002f"])
  func prefixes(other: String) {
    var timeline = Timeline(Timeline.rule(path: "s.*.t.*", minutes: 0, volume: 0))
    _ = timeline.play(#"{"s":{"db":{"t":{"x":0}},"\#(other)":{"t":{"x":0}}}}@0"#)
    // The other parent is readable, and its instance is gone.
    let evaluation = timeline.run(#"{"s":{"db":{"t":null},"\#(other)":{"t":{}}}}@1"#)
    let firing = evaluation.checks.filter { $0.phase.kind == .firing }
    #expect(firing.map(\.instance) == ["db/x"])
    #expect(evaluation.checks.count { $0.reason == .gone } == 1)
  }
}
