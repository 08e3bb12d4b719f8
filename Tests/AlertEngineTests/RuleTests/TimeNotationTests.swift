@testable import AlertEngine
internal import Testing

@Suite("The notation of times")
struct TimeNotationTests {
  @Test(
    "A duration is parsed to milliseconds, and written in the same notation",
    arguments: [
      ("0", 0, "0s"), ("0s", 0, "0s"), ("90s", 90_000, "1m30s"), ("10m", 600_000, "10m"),
      ("1h30m", 5_400_000, "1h30m"), ("500ms", 500, "500ms"), ("1.5m", 90_000, "1m30s"),
      ("36h", 129_600_000, "1d12h"), ("1d1h1m1s1ms", 90_061_001, "1d1h1m1s1ms"),
      ("1.001s", 1_001, "1s1ms"), ("60s", 60_000, "1m"),
    ])
  func reads(text: String, milliseconds: Int, written: String) {
    let duration = Duration(notation: text)
    #expect(duration == .milliseconds(milliseconds))
    #expect(duration?.notation == written)
  }

  @Test(
    "An invalid time is refused",
    arguments: [
      "", "5", "m", "1 m", "-1m", "1w", "1.m", "1.2345s", "1m ", "00", "1M", "1234567890s",
    ])
  func refuses(text: String) {
    #expect(Duration(notation: text) == nil)
  }

  @Test(
    "A notation of irregular times gives every time",
    arguments: [
      ("0s", [0]), ("0s 60s 2m+1mx3 30m", [0, 60, 120, 180, 240, 1_800]), ("5m+30sx2", [300, 330]),
      (" 1s  2s ", [1, 2]), ("0", [0]),
    ])
  func readsTimes(text: String, seconds: [Int]) throws {
    let times = try SampleTimes(notation: text)
    #expect((0..<times.count).map { times[$0] } == seconds.map { .seconds($0) })
    #expect(times.last == .seconds(seconds.last ?? 0))
    for (index, second) in seconds.enumerated() {
      #expect(times.index(of: .seconds(second)) == index)
      #expect(times.index(of: .milliseconds(second * 1_000 + 1)) == nil)
      #expect(times.index(notAfter: .milliseconds(second * 1_000 + 1)) == index)
    }
    #expect(times.index(notAfter: .milliseconds((seconds.first ?? 0) * 1_000 - 1)) == nil)
  }

  @Test(
    "Invalid irregular times are refused with their token",
    arguments: [
      ("0s 2m 1m", "\"1m\" (token 3) is not after 2m"),
      ("0s 0s", "\"0s\" (token 2) is not after 0s"),
      ("0s+1mx3 2m", "\"2m\" (token 2) is not after 2m"),
      (
        "soon",
        "\"soon\" (token 1) is not a time: expected 0s, 90s or 1h30m, for example, or T+DxN for N "
          + "times, D apart"
      ),
      ("1m+1m", "\"1m+1m\" (token 1) needs xN after it, the number of times"),
      ("1m+0sx2", "\"1m+0sx2\" (token 1) has a step of 0; use a longer one"),
      ("0s+1mx0", "\"0s+1mx0\" (token 1) needs a whole number from 1 to 100000 after its x"),
      ("0s+1sx100000 2d", "expected at most 100000 times, found more"),
      ("4000d", "\"4000d\" (token 1) is more than 10 years after the start"),
      (
        "0s 999999999d999999999d+999999999dx100000",
        "\"999999999d999999999d+999999999dx100000\" (token 2) is more than 10 years after the start"
      ),
      ("", "expected at least one time"),
    ])
  func refusesTimes(text: String, reason: String) {
    let mistake = #expect(throws: NotationMistake.self) { try SampleTimes(notation: text) }
    #expect(mistake?.reason == reason)
  }
}
