internal import TestSupport

@testable import AlertEngine
@testable import JSON
internal import Testing
@testable import Text

@Suite("M bad samples of N")
struct BadSamplesTests {
  static func rule(_ atLeast: Int, of: Int, minutes: Double = 0) -> Rule {
    var rule = Timeline.rule(minutes: minutes)
    rule.badSamples = BadSamples(atLeast: atLeast, of: of)
    return rule
  }

  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let rule: Rule
    let samples: String
    let transitions: String
  }

  static let rows = [
    Row(
      testDescription: "it fires at the third bad sample of the last five", rule: rule(3, of: 5),
      samples: "g@0 b@1 g@2 b@3 b@4", transitions: "4 firing"),
    Row(
      testDescription: "the samples need not follow each other", rule: rule(3, of: 5),
      samples: "b@0 b@1 g@2 g@3 b@4", transitions: "4 firing"),
    Row(
      testDescription: "fewer samples than that are unknown, however bad", rule: rule(3, of: 5),
      samples: "b@0 b@1 b@2 b@3", transitions: ""),
    Row(
      testDescription: "a single outlier never fires", rule: rule(2, of: 3),
      samples: "g@0 g@1 b@2 g@3 g@4 b@5 g@6 g@7", transitions: ""),
    Row(
      testDescription: "it resolves once fewer of the last ones are bad", rule: rule(2, of: 3),
      samples: "g@0 b@1 b@2 g@3 g@4", transitions: "2 firing, 4 resolved"),
    Row(
      testDescription: "unknown samples count for nothing", rule: rule(2, of: 3),
      samples: "g@0 b@1 low@2 !@3 b@4 low@5 g@6 g@7", transitions: "4 firing, 7 resolved"),
    Row(
      testDescription: "a missing metric is a bad sample", rule: rule(2, of: 3),
      samples: "g@0 _@1 _@2", transitions: "2 firing"),
    Row(
      testDescription: "a duration begins with the first result that is bad",
      rule: rule(2, of: 3, minutes: 10), samples: "b@0 b@2 g@4 b@6 b@8 b@10 b@12 b@14",
      transitions: "4 pending, 14 firing"),
    Row(
      testDescription: "samples older than max_gap times N are forgotten", rule: rule(2, of: 2),
      samples: "b@0 b@121 b@122", transitions: "122 firing"),
    Row(
      testDescription: "samples that are just not older still count", rule: rule(2, of: 2),
      samples: "b@0 b@120", transitions: "120 firing"),
  ]

  @Test("Samples are counted as the table says", arguments: rows)
  func counts(row: Row) {
    var timeline = Timeline(row.rule)
    let transitions = timeline.play(row.samples)
    #expect(transitions == row.transitions)
  }

  @Test("Until there are N samples, the check is warming up and shows its value")
  func warmsUp() {
    var timeline = Timeline(Self.rule(2, of: 3))
    let check = timeline.run("b", atMinute: 0).checks[0]
    #expect(check.reason?.reason == .warmingUp)
    #expect(check.observation.number == 0.1)
    #expect(check.observation.value == .number(0.1))
  }

  @Test("Another count discards the evidence, as another threshold does")
  func isPartOfTheCondition() {
    var timeline = Timeline(Self.rule(2, of: 3, minutes: 10))
    #expect(timeline.play("b@0 b@1 b@2") == "2 pending")
    timeline.rules = [Self.rule(2, of: 4, minutes: 10)]
    #expect(timeline.play("b@3") == "3 cancelled condition_changed")
    #expect(timeline.run("b", atMinute: 4).checks[0].reason?.reason == .warmingUp)
  }

  @Test("A sample with a wrong time leaves the count as it is")
  func ignoresOldSamples() {
    var timeline = Timeline(Self.rule(2, of: 3))
    #expect(timeline.play("g@0 b@1 b@1 b@1 g@2 g@3") == "")
  }

  /// CloudWatch's definition: the last `of` datapoints that are not missing, any `atLeast` of them.
  private static func reference(
    _ samples: [(minute: Int, isBad: Bool?)], _ rule: BadSamples, maxGap: Int
  ) -> [Bool?] {
    samples.indices.map { index in
      guard samples[index].isBad != nil else { return nil }
      let known = samples[...index].filter { $0.isBad != nil }.suffix(rule.of)
      let young = known.filter { samples[index].minute - $0.minute <= maxGap * rule.of }
      guard young.count == rule.of else { return nil }
      return young.count { $0.isBad == true } >= rule.atLeast
    }
  }

  @Test("300 random series agree with CloudWatch's definition")
  func agreesWithCloudWatch() {
    var random = SplitMix64(seed: 15)
    for _ in 0..<300 {
      let of = Int.random(in: 2...7, using: &random)
      let counted = BadSamples(atLeast: Int.random(in: 1...of, using: &random), of: of)
      var rule = Self.rule(counted.atLeast, of: of)
      rule.maxGap = .minutes(10)
      var minute = 0
      let samples = (0..<40).map { _ in
        minute +=
          Int.random(in: 0..<12, using: &random) == 0
          ? 9 * of : Int.random(in: 1...4, using: &random)
        let isBad: Bool? = [true, false, nil, true, false].randomElement(using: &random) ?? nil
        return (minute: minute, isBad: isBad)
      }
      var timeline = Timeline(rule)
      let found: [Bool?] = samples.map { sample in
        let word = sample.isBad.map { $0 ? "b" : "g" } ?? "low"
        switch timeline.run(word, atMinute: Double(sample.minute)).checks[0].observation {
        case .bad: return true
        case .good: return false
        case .unknown: return nil
        }
      }
      #expect(found == Self.reference(samples, counted, maxGap: 10))
    }
  }
}
