@testable import AlertEngine
@testable import JSON
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Samples further apart than max_gap")
struct SparseEvidenceTests {
  typealias Row = PhaseTests.Row

  private static func every(_ minutes: Double, _ kinds: String, from start: Double = 0) -> String {
    kinds.enumerated().map { "\($1)@\(start + Double($0) * minutes)" }.joined(separator: " ")
  }

  static let recovering = Timeline.rule(recovery: 10)

  static let rows = [
    Row("three bad samples 90 minutes apart fire", every(90, "bbb"), "0 pending, 180 firing"),
    Row("three bad samples 200 minutes apart fire", every(200, "bbb"), "0 pending, 400 firing"),
    Row(
      "three good samples in a row resolve", every(90, "bbbggg"),
      "0 pending, 180 firing, 450 resolved", rule: recovering),
    Row(
      "a bad sample starts the recovery over", every(90, "bbbggbggg"),
      "0 pending, 180 firing, 720 resolved", rule: recovering),
    Row(
      "bad, bad, good never fires", every(90, "bbgbbgbbgbbg"),
      "0 pending, 180 cancelled, 270 pending, 450 cancelled, 540 pending, 720 cancelled, "
        + "810 pending, 990 cancelled"),
    Row("two of them are not enough", every(90, "bb"), "0 pending"),
    Row(
      "a rule may want fewer groups", every(90, "bb"), "0 pending, 90 firing",
      rule: Timeline.rule(sparse: 2)),
    Row(
      "a rule that wants more samples wants as many groups", every(90, "bbbbb"),
      "0 pending, 360 firing", rule: Timeline.rule(samples: 5)),
    Row(
      "min_samples does not count for a recovery", every(90, "bbbbbggg"),
      "0 pending, 360 firing, 630 resolved", rule: Timeline.rule(samples: 5, recovery: 10)),
    Row(
      "the first and the last must be a duration apart", every(90, "bbbbb"),
      "0 pending, 270 firing", rule: Timeline.rule(minutes: 270)),
    Row(
      "several samples within max_gap are one group", "b@0 b@1 b@2 b@90 b@91 b@200",
      "0 pending, 200 firing", rule: Timeline.rule(minutes: 20, samples: 3)),
    Row(
      "unknown samples far from any other neither count nor end the run",
      "b@0 !@70 b@150 !@220 !@230 b@300", "0 pending, 300 firing"),
    Row(
      "a near unknown sample after it leaves the gap in doubt", "b@0 !@60 b@90 b@180 b@270",
      "0 pending, 270 firing"),
    Row(
      "a near unknown sample before it does so too", "b@0 !@70 b@130 b@220 b@310",
      "0 pending, 310 firing"),
    Row(
      "a near unknown sample counts although a far one follows",
      "b@0 b@90 !@100 low@155 b@250 b@350 b@450",
      "0 pending, 155 cancelled no_evidence, "
        + "250 pending, 450 firing"),
    Row(
      "without doubt a pending alert waits for the next sample", "b@0 !@90 !@180 g@270",
      "0 pending, 270 cancelled"),
    Row(
      "unknown samples near good ones start the recovery over",
      "b@0 b@10 g@100 !@110 g@200 g@300 g@400", "0 pending, 10 firing, 400 resolved",
      rule: recovering),
    Row(
      "no duration fires on the first", every(90, "bg"), "0 firing, 90 resolved",
      rule: Timeline.rule(minutes: 0)),
  ]

  @Test("Samples of one kind in a row also count as evidence", arguments: rows)
  func table(_ row: Row) {
    var timeline = Timeline(row.rule)
    #expect(timeline.play(row.samples) == row.expected)
  }

  @Test("Until the last group, the check says how many of the required samples came, how far apart")
  func reason() {
    var timeline = Timeline(Timeline.rule(samples: 4, recovery: 10))
    #expect(timeline.run("b@0").checks[0].reason == nil)
    let second = timeline.run("b@90")
    #expect(second.checks[0].reason == .sampledTooRarely(gap: .minutes(90), groups: 2, of: 4))
    #expect(second.checks[0].status == .pending && second.status == .warn)
    #expect(
      timeline.run("b@200").checks[0].reason
        == .sampledTooRarely(gap: .minutes(110), groups: 3, of: 4))
    // A sample soon after it is of the same group, and the usual rule can decide.
    #expect(timeline.run("b@205").checks[0].reason == nil)
    #expect(timeline.run("b@300").checks[0].reason == nil)
    #expect(timeline.run("g@400").checks[0].reason == nil)
    #expect(
      timeline.run("g@500").checks[0].reason
        == .sampledTooRarely(gap: .minutes(100), groups: 2, of: 3))
  }

  @Test(
    "Nothing is promised where a gap or an unknown sample leaves open what the next one decides")
  func noPromise() {
    var timeline = Timeline(Timeline.rule())
    _ = timeline.run("b@0")
    let check = timeline.run("!@90").checks[0]
    #expect(check.hasGap(at: Timeline.instant(90)) && !check.hasGap(at: Timeline.instant(60)))
    _ = timeline.play("!@130 b@180")
    #expect(timeline.run("b@270").checks[0].phase.kind == .pending)
    #expect(timeline.run("!@280").checks[0].decision() == nil)
    var counting = Timeline(Timeline.rule(onGap: .count))
    _ = counting.run("b@0")
    #expect(!counting.run("!@90").checks[0].hasGap(at: Timeline.instant(90)))
  }

  @Test("An alert fired by sparse samples has been active since the first, with the worst peak")
  func joined() throws {
    var timeline = Timeline(Timeline.rule(minutes: 15))
    _ = timeline.play("0.9@0 0.1@90 0.2@100")
    let check = timeline.run("0.1@200").checks[0]
    let breach = try #require(check.phase.episode?.breach)
    #expect(breach.activeAt == Timeline.instant(0))
    #expect(breach.evidence.count == 4)
    #expect(breach.evidence.longestGap == .minutes(100))
    #expect(breach.peak == Peak(value: 0.9, at: Timeline.instant(0)))
  }

  @Test("An alert fired by one group has been active since that group, with its own peak")
  func alone() throws {
    var timeline = Timeline(Timeline.rule())
    _ = timeline.play("0.9@0 0.1@90")
    let breach = try #require(timeline.run("0.2@100").checks[0].phase.episode?.breach)
    #expect(breach.activeAt == Timeline.instant(90))
    #expect(breach.peak == Peak(value: 0.2, at: Timeline.instant(100)))
    #expect(breach.evidence.earlier == nil && breach.earlierPeak == nil)
  }

  @Test("On any sparse grid, an alert fires and resolves at the third such sample, never before")
  func property() {
    for seed in UInt64(0)..<300 {
      var random = SplitMix64(seed: seed)
      let step = Double.random(in: 61...900, using: &random).rounded()
      var timeline = Timeline(Self.recovering)
      var (isFiring, run, isBad) = (false, 0, true)
      for index in 0..<40 {
        let next = Int.random(in: 0..<3, using: &random) > 0 ? isBad : !isBad
        run = next == isBad ? run + 1 : 1
        isBad = next
        let sample = timeline.run(isBad ? "b" : "g", atMinute: step * Double(index))
        if run >= 3 { isFiring = isBad }
        let found = sample.checks[0].phase.episode != nil
        // A recovery that a bad sample ends keeps firing.
        #expect(found == isFiring, "seed \(seed), sample \(index)")
      }
    }
  }
}
