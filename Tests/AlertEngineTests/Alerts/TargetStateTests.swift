@testable import AlertEngine
internal import Testing
@testable import Text

@Suite("A target's state after its clock was set back")
struct TargetStateTests {
  private static let now = Timeline.instant(100)
  private static let key = AlertKey(rule: "r")

  private static func state(_ alert: Alert, lastReadable: Instant? = nil) -> TargetState {
    TargetState(
      alerts: [key: alert], lastObservation: Timeline.instant(200), lastReadable: lastReadable,
      lastSnapshotTime: Timeline.instant(300))
  }

  /// An alert after the clock was set back.
  private static func alert(_ alert: Alert) throws -> Alert {
    var state = state(alert)
    state.forget(after: now)
    return try #require(state.alerts[key])
  }

  @Test(
    "The time of the last readable snapshot is never ahead of now",
    arguments: [(nil, nil), (99, 99), (100, 100), (101, 100), (5_000, 100)]
      as [(Double?, Double?)])
  func lastReadable(before: Double?, after: Double?) {
    var state = Self.state(Alert(conditionHash: 1), lastReadable: before.map(Timeline.instant))
    state.forget(after: Self.now)
    #expect(state.lastReadable == after.map(Timeline.instant))
    #expect(state.lastObservation == nil)
    #expect(state.lastSnapshotTime == Timeline.instant(300), "that is the service's own clock")
  }

  @Test("Recent values after now are dropped, and one at exactly now is kept")
  func recentValues() throws {
    var recent = RecentValues()
    for minute in [90.0, 100, 100.001, 120] {
      recent.append(minute, at: Timeline.instant(minute), isEvidence: true)
    }
    let left = try Self.alert(Alert(conditionHash: 1, recent: recent)).recent.entries
    #expect(left.map(\.value) == [90, 100])
  }

  /// First and last bad sample, longest gap and peak of a firing alert, in minutes, before and after.
  private static let episodes:
    [(before: (Double, Double, Double, Double), after: (Double, Double, Double, Double))] = [
      ((50, 90, 30, 80), (50, 90, 30, 80)),
      ((50, 100, 50, 100), (50, 100, 50, 100)),
      ((50, 160, 110, 160), (50, 100, 50, 100)),
      ((50, 160, 20, 60), (50, 100, 20, 60)),
      ((120, 160, 40, 140), (100, 100, 0, 100)),
    ]

  private static func breach(
    _ dates: (first: Double, last: Double, gap: Double, peak: Double)
  ) -> Breach {
    Breach(
      evidence: Evidence(
        first: Timeline.instant(dates.first), last: Timeline.instant(dates.last), count: 3,
        longestGap: .minutes(dates.gap)),
      peak: Peak(value: 7, at: Timeline.instant(dates.peak)))
  }

  @Test(
    "No time of an episode is ahead of now, and no gap is longer than the evidence",
    arguments: episodes.indices, [90.0, 100, 170])
  func episode(row: Int, firedAt: Double) throws {
    let (before, after) = Self.episodes[row]
    let episode = Episode(
      breach: Self.breach(before), firedAt: Timeline.instant(firedAt), severity: .error,
      labels: ["team": "one"])
    var expected = episode
    expected.breach = Self.breach(after)
    expected.firedAt = Timeline.instant(min(firedAt, 100))
    let recovery = Evidence(startingAt: Timeline.instant(165))
    for phase in [Phase.firing(episode), .recovering(episode, recovery)] {
      #expect(try Self.alert(Alert(phase: phase, conditionHash: 1)).phase == .firing(expected))
    }
  }

  @Test("Pending evidence, absences and counter series that extend beyond now are dropped")
  func others() throws {
    let series = { (minute: Double) in
      CounterSeries(
        startingAt: Timeline.instant(minute), with: .init(counter: 1), sourceHash: 1)
    }
    let dates = (first: 90.0, last: 95.0, gap: 5.0, peak: 95.0)
    for (minute, isKept) in [(99.0, true), (100, true), (101, false)] {
      let left = try Self.alert(
        Alert(
          phase: .pending(Self.breach(dates)), conditionHash: 1,
          absence: Absence(first: Timeline.instant(90), count: 1), series: series(minute)))
      #expect(left.phase == .inactive)
      #expect(left.absence == nil)
      #expect((left.series != nil) == isKept, "a series up to minute \(minute)")
    }
  }
}
