internal import JSON
internal import TestSupport
internal import Testing

@testable import AlertEngine

@Suite("The order of a list")
struct ListOrderTests {
  @Test(
    "Once instances are named, neither order nor insertions change an alert",
    arguments: 0..<40)
  func permutations(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let rules = [
      #""metric_path": "l.*.v", "instance_by": ["n"], "duration_minutes": 3"#,
      #""metric_path": "$.l[?@.v>=0].v", "instance_by": ["n"], "duration_minutes": 2, "recovery_minutes": 2"#,
      #""metric_path": "$.l[*].c", "instance_by": ["n"], "measure": "increase", "window_minutes": 2"#,
      #""metric_path": "$.l[*].s", "instance_by": ["n"], "measure": "changes", "window_minutes": 3, "threshold": 1"#,
      #""metric_path": "$.l[*].c", "aggregate": "sum", "measure": "rate_per_minute", "window_minutes": 2, "instance_by": ["n"]"#,
      #""metric_path": "$.l[*].v", "aggregate": "max", "instance_by": ["g"]"#,
    ]
    var still = try Probe(rules[0], rules[1], rules[2], rules[3], rules[4], rules[5])
    var shuffled = try Probe(rules[0], rules[1], rules[2], rules[3], rules[4], rules[5])
    var counters = Array(repeating: 0, count: 6)
    for minute in 0..<15 {
      var elements: [String] = []
      for index in 0..<6 {
        counters[index] += Int.random(in: 0...9, using: &random)
        // The last two come and go.
        guard index < 4 || Bool.random(using: &random) else { continue }
        elements.append(
          #"{"n": "e\#(index)", "g": "g\#(index % 2)", "v": \#(Int.random(in: 0...9, using: &random)), "#
            + #""c": \#(counters[index]), "s": "\#(Bool.random(using: &random))"}"#)
      }
      let ordered = "{\"l\": [\(elements.joined(separator: ","))]}"
      elements.shuffle(using: &random)
      let other = "{\"l\": [\(elements.joined(separator: ","))]}"
      let expected = try still.see(ordered, atMinute: Double(minute))
      #expect(try shuffled.see(other, atMinute: Double(minute)) == expected)
      #expect(shuffled.transitions == still.transitions)
      #expect((shuffled.state == still.state) == true)
    }
  }
}
