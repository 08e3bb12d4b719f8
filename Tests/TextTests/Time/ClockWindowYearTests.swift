import Foundation
import Testing

@testable import Text

/// Compares a year of windows, minute by minute, with Python's own database of time zones.
@Suite("Windows in local time, compared with Python's zoneinfo")
struct ClockWindowYearTests {
  /// 2026, in minutes since 1970.
  static let year = 29_453_760..<29_979_360

  /// Prints a line for each minute at which the windows that are active change: `MINUTE BITS`.
  static let program = """
    import sys, datetime, zoneinfo
    zone, start, end = zoneinfo.ZoneInfo(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    week = [0] * 7 * 1440
    for bit, text in enumerate(sys.argv[4:]):
        *days, times = text.split()
        begin, stop = (int(t[:2]) * 60 + int(t[3:]) for t in times.split("-"))
        for day in [names.index(d) for d in days] or range(7):
            for minute in range(begin, stop if begin < stop else stop + 1440):
                week[(day * 1440 + minute) % len(week)] |= 1 << bit
    active = None
    for minute in range(start, end):
        local = datetime.datetime.fromtimestamp(minute * 60, zone)
        now = week[local.weekday() * 1440 + local.hour * 60 + local.minute]
        if now != active:
            print(minute, now)
            active = now
    """

  @Test(
    "Every minute of a year is inside or outside as Python says",
    .enabled("python3 with zoneinfo and its data is needed") {
      (try? Self.python(["-c", "import zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin')"])) != nil
    },
    arguments: [
      ("UTC", ["mon tue wed thu fri 02:00-03:30", "sun 00:00-24:00"]),
      ("Europe/Berlin", ["sat sun 22:00-02:30", "sun 02:15-02:45"]),
      ("America/New_York", ["sat sun 22:00-02:30", "01:15-01:45"]),
      ("Australia/Lord_Howe", ["sat 22:00-01:45", "02:10-02:20"]),
      ("Asia/Kolkata", ["fri 23:59-00:00", "08:00-18:00"]),
    ])
  func year(zoneName: String, texts: [String]) throws {
    let expected = try Self.expectedChanges(of: texts, in: zoneName)
    let zone = try Self.zone(zoneName)
    let windows = try texts.map { try #require(ClockWindowTests.window($0)) }

    var changes: [[Int]] = []
    for minute in Self.year {
      let instant = Instant(milliseconds: Int64(minute) * 60_000)
      var active = 0
      for bit in windows.indices where windows[bit].isActive(at: instant, in: zone) {
        active |= 1 << bit
      }
      if active != changes.last?[1] { changes.append([minute, active]) }
    }
    #expect(expected.count > 100)
    #expect(changes == expected)

    for (bit, window) in windows.enumerated() {
      Self.checkBounds(of: window, changes: expected.map { ($0[0], $0[1] >> bit & 1 == 1) }, zone)
    }
  }

  /// Follows a window from each of its bounds to the next.
  static func checkBounds(
    of window: ClockWindow, changes: [(minute: Int, isActive: Bool)], _ zone: ClockZone
  ) {
    var last = changes[0]
    for change in changes where change.isActive != last.isActive {
      let start = Instant(milliseconds: Int64(last.minute) * 60_000)
      let bound =
        change.isActive ? window.begin(after: start, in: zone) : window.end(after: start, in: zone)
      #expect(bound == Instant(milliseconds: Int64(change.minute) * 60_000))
      last = change
    }
  }

  static func expectedChanges(of windows: [String], in zone: String) throws -> [[Int]] {
    let bounds = [String(year.lowerBound), String(year.upperBound)]
    return try python(["-c", program, zone] + bounds + windows)
      .split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
  }

  /// Looks offsets up by the half hour, at which clocks are set, so that the year takes a second.
  static func zone(_ name: String) throws -> ClockZone {
    let zone = try #require(TimeZone(identifier: name))
    let first = year.lowerBound / 30
    let ahead = (first...year.upperBound / 30 + 15 * 48).map { halfHour in
      zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(halfHour) * 1_800))
    }
    return ClockZone(name: name) { ahead[Int($0.milliseconds) / 1_800_000 - first] }
  }

  /// What a program for python3 prints; throws if it fails.
  static func python(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return text
  }
}
