internal import Testing
@testable import Text

@Suite("Times as services write them")
struct TimeReadingTests {
  @Test(
    "A time with a zone is an instant, whichever zone is given",
    arguments: [
      ("2026-11-21T10:15:00Z", "2026-11-21T10:15:00Z"),
      ("2026-11-21t10:15:00.25z", "2026-11-21T10:15:00.250Z"),
      ("2026-11-21 10:15:00Z", "2026-11-21T10:15:00Z"),
      ("2026-11-21T10:15:00+03:00", "2026-11-21T07:15:00Z"),
      ("2026-11-21T10:15:00+0300", "2026-11-21T07:15:00Z"),
      ("2026-11-21T10:15:00+03", "2026-11-21T07:15:00Z"),
      ("2026-11-21 10:15:00.123456-0530", "2026-11-21T15:45:00.123Z"),
      ("2026-11-21 10:15:00 +01:00", "2026-11-21T09:15:00Z"),
      ("2026-11-21 10:15:00 UTC", "2026-11-21T10:15:00Z"),
      ("2026-11-21T10:15:00 GMT", "2026-11-21T10:15:00Z"),
      ("2026-11-21 10:15:00 +0000 UTC", "2026-11-21T10:15:00Z"),
      ("2026-11-21 10:15:00.123456789 +0100 CET", "2026-11-21T09:15:00.123Z"),
      ("2026-11-21 10:15:00 +0300 +03", "2026-11-21T07:15:00Z"),
      ("2026-11-21 10:15:00.5 +0000 UTC m=+0.123456789", "2026-11-21T10:15:00.500Z"),
      ("2026-11-21 10:15:00 +0000 UTC m=-1.000000001", "2026-11-21T10:15:00Z"),
      ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
      ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"),
      ("Saturday, 21-Nov-26 10:15:00 GMT", "2026-11-21T10:15:00Z"),
      ("Friday, 31-Dec-69 23:59:59 GMT", "2069-12-31T23:59:59Z"),
      ("Sat, 21 Nov 2026 10:15:00 +0200", "2026-11-21T08:15:00Z"),
      ("2024-02-29 00:00:00Z", "2024-02-29T00:00:00Z"),
      ("2016-12-31 23:59:60 UTC", "2017-01-01T00:00:00Z"),
      ("2017-01-01 00:59:60 +0100", "2017-01-01T00:00:00Z"),
      ("Sat, 31 Dec 2016 23:59:60 GMT", "2017-01-01T00:00:00Z"),
    ])
  func reads(text: String, expected: String) throws {
    let instant = try #require(Instant(rfc3339: expected))
    #expect(TimeReading(text) == .time(instant))
    #expect(TimeReading(text, zone: TimeOffset("-11")) == .time(instant))
  }

  @Test(
    "A time without a zone needs one",
    arguments: [
      "2026-11-21T10:15:00", "2026-11-21 10:15:00", "Sat, 21 Nov 2026 10:15:00",
      "Saturday, 21-Nov-26 10:15:00",
    ])
  func needsZone(text: String) throws {
    #expect(TimeReading(text) == .withoutZone)
    let instant = try #require(Instant(rfc3339: "2026-11-21T10:15:00Z"))
    #expect(TimeReading(text, zone: TimeOffset("UTC")) == .time(instant))
    #expect(TimeReading(text, zone: TimeOffset("+02:00")) == .time(instant - .seconds(7_200)))
  }

  @Test(
    "The third form of HTTP is in UTC unless a zone is given",
    arguments: [
      ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"),
      ("Sat Nov 21 10:15:00 2026", "2026-11-21T10:15:00Z"),
    ])
  func readsAsctime(text: String, expected: String) throws {
    let instant = try #require(Instant(rfc3339: expected))
    #expect(TimeReading(text) == .time(instant))
    #expect(TimeReading(text, zone: TimeOffset("+01")) == .time(instant - .seconds(3_600)))
  }

  @Test(
    "Anything else is no time",
    arguments: [
      "", " ", "now", "1795000000", "2026-11-21", "10:15:00", "2026-11-21T10:15Z",
      "2026-11-21  10:15:00Z", "2026-11-21_10:15:00Z", "12026-11-21T10:15:00Z",
      "26-11-21T10:15:00Z", "2026-02-29T10:15:00Z", "2026-13-01T10:15:00Z", "2026-11-21T24:00:00Z",
      "2026-11-21T10:60:00Z", "2026-11-21T10:15:61Z", "2026-11-21T10:15:60Z",
      "2026-11-21 10:15:60Z",
      "2026-11-21T10:15:00.Z", "2026-11-21T10:15:00+3", "2026-11-21T10:15:00+030",
      "2026-11-21T10:15:00+03:", "2026-11-21T10:15:00+24", "2026-11-21T10:15:00+0360",
      "2026-11-21T10:15:00+03:00:00", "2026-11-21T10:15:00 CET", "2026-11-21T10:15:00 PST",
      "2026-11-21T10:15:00Zx", "2026-11-21T10:15:00 +0000 ", "2026-11-21T10:15:00 +0000 utc",
      "2026-11-21T10:15:00 m=+0.1", "2026-11-21 10:15:00 +0000 UTC m=", "0000-01-01T00:00:00+01",
      "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
      "So, 06 Nov 1994 08:49:37 GMT",
      "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun 06 Nov 1994 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 EST", "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 UTC 1994",
      "Sun, 06 Nov 1994 08:49 GMT", "é", "2026-11-21T10:15:00Ｚ",
    ])
  func refuses(text: String) {
    #expect(TimeReading(text) == .notATime)
    #expect(TimeReading(text, zone: TimeOffset("UTC")) == .notATime)
  }

  @Test(
    "A zone is UTC or an offset",
    arguments: [
      ("UTC", 0), ("+02:00", 7_200), ("-0530", -19_800), ("+00:00", 0), ("+14", 50_400),
      ("Z", nil), ("utc", nil), ("CET", nil), ("Europe/Berlin", nil), ("2", nil), ("+2", nil),
      ("+24:00", nil), ("+02:60", nil), ("UTC+2", nil), ("", nil), ("+02:00 ", nil),
    ] as [(String, Int?)])
  func readsOffsets(text: String, expected: Int?) {
    #expect(TimeOffset(text)?.secondsAhead == expected)
  }
}
