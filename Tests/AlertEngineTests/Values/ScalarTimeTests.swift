@testable import AlertEngine
internal import JSON
internal import Testing
internal import Text

@Suite("Times in snapshots")
struct ScalarTimeTests {
  @Test(
    "A number is the time since 1970, in the unit that its magnitude tells",
    arguments: [
      (0, 0), (1_795_000_000, 1_795_000_000_000), (1_795_000_000.25, 1_795_000_000_250),
      (1_795_000_000_123, 1_795_000_000_123), (1_795_000_000_123_456, 1_795_000_000_123),
      (1_795_000_000_123_456_768, 1_795_000_000_123), (-1, -1_000), (1e11, 100_000_000_000_000),
      (100_000_000_001, 100_000_000_001), (1e14, 100_000_000_000_000), (1e17, 100_000_000_000_000),
    ] as [(Double, Int64)])
  func readsEpochs(number: Double, milliseconds: Int64) {
    let expected = TimeReading.time(Instant(milliseconds: milliseconds))
    #expect(Scalar.number(number).time() == expected)
  }

  @Test(
    "What is outside the years 0 to 9999 is no time",
    arguments: [1e21, -1e11, -1e300, .greatestFiniteMagnitude, .nan, .infinity])
  func refusesNumbers(number: Double) { #expect(Scalar.number(number).time() == .notATime) }

  @Test("A bool is no time, nor is a number in a text")
  func needsParse() {
    #expect(Scalar.bool(true).time() == .notATime)
    #expect(Scalar.string("1795000000").time() == .notATime)
  }

  @Test("A time without a zone is an instant only in a zone")
  func needsZone() {
    let text = Scalar.string("2026-11-21 10:15:00")
    #expect(text.time() == .withoutZone)
    #expect(
      text.time(in: TimeOffset("+02:00"))
        == .time(Instant(milliseconds: 1_795_248_900_000)))
  }
}
