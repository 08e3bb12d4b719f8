internal import Testing
@testable import Text

@Suite("Instants")
struct InstantTests {
  @Test("An instant moves by durations and is ordered by time")
  func moves() {
    let noon = Instant(milliseconds: 43_200_000)
    #expect(noon + .seconds(1.5) - noon == .milliseconds(1_500))
    #expect(noon - .minutes(0.5) == Instant(milliseconds: 43_170_000))
    #expect(noon - .seconds(60) < noon)
    #expect(!(noon < noon))
  }

  @Test("An instant drops everything finer than a millisecond")
  func cuts() {
    #expect(Duration.microseconds(1_999).wholeMilliseconds == 1)
    #expect(Duration.microseconds(-1_999).wholeMilliseconds == -1)
    #expect(Duration.minutes(1.5).inMinutes == 1.5)
  }
}
