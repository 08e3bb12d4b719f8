internal import TestSupport
internal import Testing
@testable import Text

@Suite("RFC 3339")
struct RFC3339Tests {
  @Test(
    "A text is parsed into an instant, which is written in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
      ("1970-01-01t00:00:01z", 1_000, "1970-01-01T00:00:01Z"),
      ("1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"),
      ("2026-11-21T10:15:00Z", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2026-11-21T10:15:00.5Z", 1_795_256_100_500, "2026-11-21T10:15:00.500Z"),
      ("2026-11-21T10:15:00.007Z", 1_795_256_100_007, "2026-11-21T10:15:00.007Z"),
      (
        "2026-11-21T10:15:00.1239999999999999999999Z", 1_795_256_100_123, "2026-11-21T10:15:00.123Z"
      ),
      ("2026-11-21T10:15:00.0009Z", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2026-11-21T11:15:00+01:00", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2026-11-21T00:45:00-09:30", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2026-11-21T10:15:00-00:00", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2026-11-22T10:14:00+23:59", 1_795_256_100_000, "2026-11-21T10:15:00Z"),
      ("2000-02-29T12:00:00Z", 951_825_600_000, "2000-02-29T12:00:00Z"),
      ("2024-02-29T23:59:59Z", 1_709_251_199_000, "2024-02-29T23:59:59Z"),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000, "2017-01-01T00:00:00Z"),
      ("2017-01-01T01:59:60+02:00", 1_483_228_800_000, "2017-01-01T00:00:00Z"),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000, "0000-01-01T00:00:00Z"),
      ("0000-02-29T00:00:00Z", -62_162_121_600_000, "0000-02-29T00:00:00Z"),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] as [(String, Int64, String)])
  func givesInstant(text: String, milliseconds: Int64, inUTC: String) throws {
    let instant = try #require(Instant(rfc3339: text))
    #expect(instant.milliseconds == milliseconds)
    #expect(instant.rfc3339 == inUTC)
    #expect(Instant(rfc3339: Substring(inUTC)) == instant)
  }

  @Test(
    "Any other notation, or a date that does not exist, is rejected",
    arguments: [
      "", "2026", "2026-11-21", "2026-11-21T10:15Z", "2026-11-21T10:15:00", "2026-11-21 10:15:00Z",
      " 2026-11-21T10:15:00Z", "2026-11-21T10:15:00Z ", "2026-11-21T10:15:00Z\n",
      "2026-11-21T10:15:00ZZ", "2026-11-21T10:15:00.Z", "2026-11-21T10:15:00,5Z",
      "2026-11-21T10:15:00.5", "2026-11-21T10:15:00UTC", "2026-11-21T10:15:00+0100",
      "2026-11-21T10:15:00+01", "2026-11-21T10:15:00+1:00", "2026-11-21T10:15:00+24:00",
      "2026-11-21T10:15:00+01:60", "2026-11-21T10:15:00+01:00Z", "2026-11-21T24:00:00Z",
      "2026-11-21T10:60:00Z", "2026-11-21T10:15:61Z", "2026-11-21T10:15:60Z",
      "2016-12-31T23:59:60+01:00", "2026-00-21T10:15:00Z", "2026-13-21T10:15:00Z",
      "2026-11-00T10:15:00Z", "2026-11-31T10:15:00Z", "2026-12-32T10:15:00Z",
      "2026-02-29T10:15:00Z", "1900-02-29T10:15:00Z", "2100-02-29T10:15:00Z",
      "2024-02-30T10:15:00Z",
      "26-11-21T10:15:00Z", "02026-11-21T10:15:00Z", "-2026-11-21T10:15:00Z",
      "+2026-11-21T10:15:00Z", "2026-1-21T10:15:00Z", "2026-11-21T1:15:00Z", "20261121T101500Z",
      "2026-W47-6T10:15:00Z", "2026/11/21T10:15:00Z", "２026-11-21T10:15:00Z",
      "2026-11-21T10:15:00\u{2212}01:00", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
      "9999-12-31T23:59:60Z", "now",
    ])
  func refuses(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test("Every day from 1890 to 2110 follows the previous one")
  func daysFollowEachOther() throws {
    let day: Int64 = 86_400_000
    var instant = try #require(Instant(rfc3339: "1890-01-01T00:00:00Z"))
    let end = try #require(Instant(rfc3339: "2110-01-01T00:00:00Z"))
    #expect((end.milliseconds - instant.milliseconds) / day == 80_353)
    var last = ""
    while instant < end {
      let text = instant.rfc3339
      #expect(Instant(rfc3339: text) == instant && text > last)
      last = text
      instant.milliseconds += day
    }
  }

  @Test("Random instants survive a round trip through text")
  func randomInstants() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<5_000 {
      let range = Int64(-62_167_219_200_000)..<253_402_300_800_000
      let instant = Instant(milliseconds: .random(in: range, using: &generator))
      #expect(Instant(rfc3339: instant.rfc3339) == instant)
    }
  }

  @Test(
    "An instant has short forms for people",
    arguments: [
      ("2026-11-21T10:03:59.999Z", "10:03", "2026-11-21 10:03"),
      ("2026-01-02T00:00:00+00:30", "23:30", "2026-01-01 23:30"),
      ("1969-12-31T09:05:00Z", "09:05", "1969-12-31 09:05"),
    ])
  func hasShortForms(text: String, clockTime: String, dayAndTime: String) throws {
    let instant = try #require(Instant(rfc3339: text))
    #expect(instant.clockTime == clockTime)
    #expect(instant.dayAndTime == dayAndTime)
  }

  @Test("Every instant has a text", arguments: [Int64.min, .max])
  func isTotal(milliseconds: Int64) {
    let text = Instant(milliseconds: milliseconds).rfc3339
    #expect(text.hasSuffix("Z"))
    #expect(Instant(rfc3339: text) == nil)
  }
}
