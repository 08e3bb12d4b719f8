@testable import Reports
internal import Testing
@testable import Text

@Suite("The samples of a watch")
struct WatchScheduleTests {
  /// Plays samples that take this many seconds each; returns when they began.
  private func begins(every interval: Int, for duration: Int?, taking seconds: [Double]) -> [Double]
  {
    var schedule = WatchSchedule(
      every: .seconds(interval), for: duration.map { .seconds($0) })
    var time = Duration.zero
    var begins: [Double] = []
    for length in seconds {
      while !schedule.isDue(at: time), let wakeUp = schedule.wakeUp, wakeUp > time { time = wakeUp }
      guard schedule.isDue(at: time) else { break }
      begins.append(Double(time.wholeMilliseconds) / 1_000)
      schedule.begin(at: time)
      time += .seconds(length)
      schedule.finish(
        WatchSample(at: WatchStory.begin + time, targets: []), at: time,
        now: WatchStory.begin + time)
    }
    return begins
  }

  @Test("Samples follow a grid; a slow sample skips points, and none overlap")
  func grid() {
    #expect(begins(every: 10, for: nil, taking: [1, 2, 14, 31, 1]) == [0, 10, 20, 40, 80])
  }

  @Test("A sample at the very end of --for is taken, none after it")
  func end() {
    #expect(begins(every: 10, for: 20, taking: [1, 1, 1, 1, 1]) == [0, 10, 20])
    #expect(begins(every: 10, for: 25, taking: [1, 1, 1, 1, 1]) == [0, 10, 20])
    #expect(begins(every: 10, for: 0, taking: [1, 1]) == [0])
  }

  @Test("A pause holds back due samples, but not a requested one")
  func pause() {
    var schedule = WatchSchedule(every: .seconds(10), for: .seconds(60))
    schedule.togglePause()
    #expect(!schedule.isDue(at: .seconds(30)))
    #expect(schedule.maySampleNow(at: .seconds(30)))
    #expect(schedule.isOver(at: .seconds(60)) && !schedule.maySampleNow(at: .seconds(60)))
    schedule.begin(at: .seconds(30))
    #expect(!schedule.maySampleNow(at: .seconds(31)) && !schedule.isOver(at: .seconds(61)))
  }
}
