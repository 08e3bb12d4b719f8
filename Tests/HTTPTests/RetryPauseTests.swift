@testable import HTTP
internal import Testing
@testable import Text

@Suite("The pause before a retry")
struct RetryPauseTests {
  /// Sun, 06 Nov 1994 08:49:37 GMT.
  private static let now = Instant(milliseconds: 784_111_777_000)

  @Test(
    "The range of a random pause doubles, up to ten seconds",
    arguments: [(0, 500), (1, 1_000), (4, 8_000), (5, 10_000), (60, 10_000)])
  func spread(attempt: Int, milliseconds: Int) {
    let longest = RetryPause(jitter: { $0 }, now: { Self.now })
    #expect(
      longest.pause(afterAttempt: attempt, retryAfter: nil) == .milliseconds(milliseconds))
    let shortest = RetryPause(jitter: { _ in .zero }, now: { Self.now })
    #expect(shortest.pause(afterAttempt: attempt, retryAfter: nil) == .zero)
  }

  @Test(
    "A pause is never shorter than the server asks for",
    arguments: [
      ("7", 7_000), ("0.3", 300), ("Sun, 06 Nov 1994 08:49:57 GMT", 20_000),
      ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("Thu, 29 Feb 1996 00:00:00 GMT", 3_600_000),
      ("Sunday, 06-Nov-94 08:49:57 GMT", 20_000), ("Sun Nov  6 08:49:57 1994", 20_000),
      ("Tue Nov 15 08:49:57 1994", 3_600_000), ("Friday, 01-Jan-27 00:00:00 GMT", 3_600_000),
      ("3601", 3_600_000), ("99999999999999999999999999", 3_600_000), ("0007", 7_000),
      (String(repeating: "9", count: 500), 3_600_000), ("soon", 0), ("-5", 0), ("nan", 0),
      ("inf", 0), ("0x10", 0), ("1.2.3", 0),
      ("1e300", 0), ("Sun, 99 Nov 1994 08:49:57 GMT", 0), ("", 0),
      ("Fri, 31 Feb 1995 00:00:00 GMT", 0),
    ] as [(String, Int64)])
  func retryAfter(header: String, milliseconds: Int64) {
    let pause = RetryPause(jitter: { _ in .zero }, now: { Self.now })
    #expect(pause.pause(afterAttempt: 0, retryAfter: header) == .milliseconds(milliseconds))
  }

  @Test("A pause is random between zero and the full range")
  func random() {
    let pauses = (0..<100).map { _ in RetryPause.random(.seconds(1)) }
    #expect(pauses.allSatisfy { (.zero ... .seconds(1)).contains($0) })
    #expect(Set(pauses).count > 90)
  }
}
