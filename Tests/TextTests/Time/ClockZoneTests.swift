internal import Testing
@testable import Text

@Suite("Times in a time zone")
struct ClockZoneTests {
  /// Clocks go forward by an hour at this instant, 2026-03-29 01:00 UTC.
  private static let change = Instant(milliseconds: 1_774_746_000_000)

  private static let berlin = ClockZone(name: "Europe/Berlin") { $0 < change ? 3_600 : 7_200 }

  private static func zone(ahead seconds: Int) -> ClockZone {
    ClockZone(name: "x") { _ in seconds }
  }

  @Test(
    "A time is followed by its offset from UTC",
    arguments: [
      (0, "UTC"), (3_600, "UTC+1"), (19_800, "UTC+5:30"), (-12_600, "UTC-3:30"),
      (45_900, "UTC+12:45"), (-36_000, "UTC-10"), (7_500, "UTC+2:05"),
    ])
  func labels(seconds: Int, label: String) {
    #expect(Self.zone(ahead: seconds).label(at: Self.change) == label)
  }

  @Test("Clock times, dates and days are those of the current zone, RFC 3339 is always UTC")
  func words() {
    let before = Self.change - .seconds(60)
    let expected = [
      (ClockZone.utc, "00:59", "2026-03-29 00:59", "01:00 UTC"),
      (Self.berlin, "01:59", "2026-03-29 01:59", "03:00 UTC+2"),
      (Self.zone(ahead: -7_200), "22:59", "2026-03-28 22:59", "23:00 UTC-2"),
    ]
    for (zone, clock, day, time) in expected {
      ClockZone.$current.withValue(zone) {
        #expect(before.clockTime == clock && before.dayAndTime == day)
        #expect(Quantity.time(Self.change, seenAt: before) == time)
        #expect(before.rfc3339 == "2026-03-29T00:59:00Z")
        #expect(before.clockTimeInUTC == "00:59")
      }
    }
  }

  @Test("Two instants of one day in UTC can be on two days elsewhere")
  func days() {
    let (one, other) = (Self.change, Self.change + .seconds(2 * 3_600))
    #expect(one.isOnSameDay(as: other))
    ClockZone.$current.withValue(Self.zone(ahead: -2 * 3_600)) {
      #expect(!one.isOnSameDay(as: other))
      #expect(Quantity.text(one, seenAt: other) == "2026-03-28 23:00")
    }
  }

  @Test(
    "A clock time leads back to its instant, except in the hour that occurs twice",
    arguments: [-86_400, -3_601, -1, 0, 1, 3_601, 86_400])
  func backAndForth(seconds: Int) {
    let instant = Self.change + .seconds(seconds)
    #expect(Self.berlin.unshifted(Self.berlin.shifted(instant)) == instant)
  }

  @Test("A child task inherits the zone")
  func isInherited() async {
    let label = await ClockZone.$current.withValue(Self.berlin) {
      await Task { Self.change.zoneLabel }.value
    }
    #expect(label == "UTC+2")
  }
}
