import Foundation
import TestSupport
import Testing

@testable import Text

@Suite("Windows in local time")
struct ClockWindowTests {
  /// What a window says at an instant of a zone.
  struct Moment: CustomTestStringConvertible, Sendable {
    var window: String
    var zone: String
    var at: String
    var isActive: Bool

    init(_ window: String, _ zone: String, _ at: String, _ isActive: Bool) {
      (self.window, self.zone, self.at, self.isActive) = (window, zone, at, isActive)
    }

    var testDescription: String { "\(window) in \(zone) at \(at)" }
  }

  static let moments = [
    // 2026-11-25 is a Wednesday.
    Moment("mon tue wed thu fri 02:00-03:30", "UTC", "2026-11-25T01:59:59.999Z", false),
    Moment("mon tue wed thu fri 02:00-03:30", "UTC", "2026-11-25T02:00:00Z", true),
    Moment("mon tue wed thu fri 02:00-03:30", "UTC", "2026-11-25T03:29:59.999Z", true),
    Moment("mon tue wed thu fri 02:00-03:30", "UTC", "2026-11-25T03:30:00Z", false),
    Moment("mon tue wed thu fri 02:00-03:30", "UTC", "2026-11-28T03:00:00Z", false),
    Moment("02:00-03:30", "UTC", "2026-11-28T03:00:00Z", true),
    Moment("wed 02:00-03:30", "Asia/Kolkata", "2026-11-24T20:29:00Z", false),
    Moment("wed 02:00-03:30", "Asia/Kolkata", "2026-11-24T20:30:00Z", true),
    Moment("wed 02:00-03:30", "Asia/Kolkata", "2026-11-25T20:30:00Z", false),
    // Across midnight, the days are those on which it begins.
    Moment("fri 22:00-06:00", "UTC", "2026-11-27T05:59:00Z", false),
    Moment("fri 22:00-06:00", "UTC", "2026-11-27T22:00:00Z", true),
    Moment("fri 22:00-06:00", "UTC", "2026-11-28T05:59:00Z", true),
    Moment("fri 22:00-06:00", "UTC", "2026-11-28T06:00:00Z", false),
    Moment("fri 22:00-06:00", "UTC", "2026-11-28T22:00:00Z", false),
    Moment("sun 22:00-06:00", "UTC", "2026-11-30T05:00:00Z", true),
    // To the end of a day.
    Moment("wed 20:00-24:00", "UTC", "2026-11-25T23:59:59Z", true),
    Moment("wed 20:00-24:00", "UTC", "2026-11-26T00:00:00Z", false),
    Moment("wed 20:00-00:00", "UTC", "2026-11-25T23:59:59Z", true),
    Moment("wed 20:00-00:00", "UTC", "2026-11-26T00:00:00Z", false),
    Moment("wed 00:00-24:00", "America/New_York", "2026-11-26T04:59:00Z", true),
    Moment("wed 00:00-24:00", "America/New_York", "2026-11-26T05:00:00Z", false),
    // In Berlin, 02:00 to 02:59 do not exist on 2026-03-29: 01:00Z is 03:00.
    Moment("02:30-03:30", "Europe/Berlin", "2026-03-29T00:59:59Z", false),
    Moment("02:30-03:30", "Europe/Berlin", "2026-03-29T01:00:00Z", true),
    Moment("02:30-03:30", "Europe/Berlin", "2026-03-29T01:30:00Z", false),
    Moment("02:00-03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", false),
    Moment("01:30-02:30", "Europe/Berlin", "2026-03-29T00:30:00Z", true),
    Moment("01:30-02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", false),
    // In New York, 01:00 to 01:59 come twice on 2026-11-01: at 05:00Z and at 06:00Z.
    Moment("sun 01:00-01:30", "America/New_York", "2026-11-01T05:15:00Z", true),
    Moment("sun 01:00-01:30", "America/New_York", "2026-11-01T05:45:00Z", false),
    Moment("sun 01:00-01:30", "America/New_York", "2026-11-01T06:15:00Z", true),
    Moment("sun 01:00-01:30", "America/New_York", "2026-11-01T06:45:00Z", false),
    // On Lord Howe Island, the clock is set by half an hour: 02:00 becomes 01:30 on 2026-04-05.
    Moment("sun 01:40-01:50", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", true),
    Moment("sun 01:40-01:50", "Australia/Lord_Howe", "2026-04-04T14:55:00Z", false),
    Moment("sun 01:40-01:50", "Australia/Lord_Howe", "2026-04-04T15:15:00Z", true),
    Moment("sun 02:15-02:45", "Australia/Lord_Howe", "2026-10-03T15:29:00Z", false),
    Moment("sun 02:15-02:45", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", true),
  ]

  @Test("A window is active while the clock shows a time inside", arguments: moments)
  func activity(moment: Moment) throws {
    let window = try #require(Self.window(moment.window))
    let isActive = try window.isActive(
      at: #require(Instant(rfc3339: moment.at)), in: Self.zone(moment.zone))
    #expect(isActive == moment.isActive)
  }

  @Test(
    "A window begins and ends by local time",
    arguments: [
      ("fri 22:00-06:00", "Europe/Berlin", "2026-11-25T12:00:30Z", "2026-11-27T21:00:00Z", nil),
      (
        "fri 22:00-06:00", "Europe/Berlin", "2026-11-27T21:00:00Z", "2026-12-04T21:00:00Z",
        "2026-11-28T05:00:00Z"
      ),
      (
        "08:00-18:00", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z",
        "2026-03-28T17:00:00Z"
      ),
      ("02:30-03:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", nil),
      (
        "sun 01:00-01:30", "America/New_York", "2026-11-01T05:20:10Z", "2026-11-01T06:00:00Z",
        "2026-11-01T05:30:00Z"
      ),
      ("00:00-24:00", "UTC", "2026-11-25T12:00:00Z", "none", "none"),
      (
        "mon tue wed thu fri 00:00-24:00", "UTC", "2026-11-25T12:00:00Z", "2026-11-30T00:00:00Z",
        "2026-11-28T00:00:00Z"
      ),
    ] as [(String, String, String, String, String?)])
  func bounds(window: String, zone: String, after: String, begin: String, end: String?) throws {
    let window = try #require(Self.window(window))
    let zone = try Self.zone(zone)
    let after = try #require(Instant(rfc3339: after))
    #expect(window.begin(after: after, in: zone)?.rfc3339 ?? "none" == begin)
    // Outside, the next minute is outside as well.
    let next = Instant(milliseconds: (after.milliseconds / 60_000 + 1) * 60_000)
    #expect(window.end(after: after, in: zone)?.rfc3339 ?? "none" == end ?? next.rfc3339)
  }

  @Test("A window has two different times, and begins before the end of a day")
  func refused() throws {
    let (midnight, eight) = try (#require(TimeOfDay("00:00")), #require(TimeOfDay("08:00")))
    let end = try #require(TimeOfDay("24:00"))
    #expect(ClockWindow(from: eight, to: eight) == nil)
    #expect(ClockWindow(from: end, to: eight) == nil)
    #expect(ClockWindow(from: midnight, to: end) != nil)
  }

  @Test(
    "A time of day has two digits for the hours and two for the minutes",
    arguments: [
      ("00:00", 0), ("02:00", 120), ("23:59", 1_439), ("24:00", 1_440), ("24:01", nil),
      ("2:00", nil), ("02:60", nil), ("02:00:00", nil), ("0200", nil), (" 02:00", nil), ("", nil),
      ("-1:00", nil), ("٠٢:٠٠", nil),
    ])
  func timesOfDay(text: String, minutes: Int?) {
    #expect(TimeOfDay(text)?.minutes == minutes)
  }

  /// Reads `mon tue 02:00-03:30`.
  static func window(_ text: String) -> ClockWindow? {
    let parts = text.split(separator: " ").map(String.init)
    let times = (parts.last ?? "").split(separator: "-").compactMap { TimeOfDay(String($0)) }
    guard times.count == 2 else { return nil }
    let days = parts.dropLast().compactMap(Weekday.init)
    return ClockWindow(days: Set(days), from: times[0], to: times[1])
  }

  static func zone(_ name: String) throws -> ClockZone {
    let zone = try #require(TimeZone(identifier: name))
    return ClockZone(name: name) { instant in
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000))
    }
  }
}
