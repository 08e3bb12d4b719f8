extension Instant {
  /// Whether RFC 3339 can express it: from the year 0 to the end of 9999.
  package var isWritable: Bool { Self.writable.contains(milliseconds) }

  /// Milliseconds from the year 0 to the end of 9999: the range of RFC 3339.
  package static let writable: Range<Int64> = -62_167_219_200_000..<253_402_300_800_000

  /// Parses a date and time strictly by RFC 3339: `2026-11-21T10:15:00.5+01:00`.
  ///
  /// Digits beyond the millisecond are dropped. A leap second, `23:59:60` in UTC, is the beginning
  /// of the next day. `nil` for anything else, including days that the calendar does not have.
  package init?(rfc3339 text: some StringProtocol) {
    var text = String(text)
    guard let instant = text.withUTF8({ Self(rfc3339: $0) }) else { return nil }
    self = instant
  }

  private init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
    var reader = TimeReader(bytes: bytes)
    guard let date = reader.date(), reader.take("T") || reader.take("t"),
      let time = reader.time(), let ahead = reader.secondsAhead(), reader.isAtEnd
    else { return nil }
    self.init(date, time, secondsAhead: ahead)
  }

  /// The instant at which clocks that are ahead of UTC by some seconds show a date and time.
  ///
  /// `nil` for a leap second that is not the last one of a day in UTC, and outside the years 0 to
  /// 9999.
  init?(_ date: CalendarDate, _ time: ClockTime, secondsAhead: Int) {
    let seconds = date.daysSinceEpoch * 86_400 + time.secondOfDay - secondsAhead
    guard !time.isLeapSecond || seconds % 86_400 == 0 else { return nil }
    self.init(milliseconds: Int64(seconds) * 1_000 + Int64(time.milliseconds))
    guard isWritable else { return nil }
  }

  /// The date and time in UTC, with milliseconds unless they are 0.
  ///
  /// `2026-11-21T10:15:00Z`, `2026-11-21T10:15:00.250Z`. Outside the years 0 to 9999, the year has
  /// more digits or a sign, and no parser accepts it.
  package var rfc3339: String {
    guard isWritable else {
      let fraction = milliseconds.floorDivided(by: 1_000).remainder
      let second = padded(secondOfDay % 60)
      return "\(day)T\(clockTimeInUTC):\(second)\(fraction == 0 ? "" : ".\(padded(fraction, 3))")Z"
    }
    return String(unsafeUninitializedCapacity: Self.longestText) { bytes in
      bytes.baseAddress.map { write(to: $0) } ?? 0
    }
  }

  /// The most bytes that `write(to:)` writes: `2026-11-21T10:15:00.250Z`.
  package static let longestText = 24

  /// Writes the same text as `rfc3339`.
  ///
  /// - Precondition: `isWritable`.
  /// - Parameter bytes: has room for `longestText` bytes.
  /// - Returns: how many bytes were written.
  package func write(to bytes: UnsafeMutablePointer<UInt8>) -> Int {
    func write(_ number: Int, at place: Int, then separator: Unicode.Scalar, digits: Int = 2) {
      var rest = number
      for digit in (place..<place + digits).reversed() {
        bytes[digit] = UInt8(truncatingIfNeeded: rest % 10) | 0x30
        rest /= 10
      }
      bytes[place + digits] = UInt8(ascii: separator)
    }
    let date = CalendarDate(daysSinceEpoch: daysSinceEpoch)
    let (second, fraction) = Int(milliseconds).floorDivided(by: 1_000)
    let ofDay = second.floorDivided(by: 86_400).remainder
    write(date.year, at: 0, then: "-", digits: 4)
    write(date.month, at: 5, then: "-")
    write(date.day, at: 8, then: "T")
    write(ofDay / 3_600, at: 11, then: ":")
    write(ofDay / 60 % 60, at: 14, then: ":")
    write(ofDay % 60, at: 17, then: fraction == 0 ? "Z" : ".")
    guard fraction > 0 else { return 20 }
    write(fraction, at: 20, then: "Z", digits: 3)
    return 24
  }

  /// Hours and minutes in UTC: `10:15`.
  package var clockTimeInUTC: String {
    "\(padded(secondOfDay / 3_600)):\(padded(secondOfDay / 60 % 60))"
  }

  /// The date, hours and minutes in UTC: `2026-11-21 10:15`.
  package var dayAndTimeInUTC: String { "\(day) \(clockTimeInUTC)" }

  private var day: String {
    let date = CalendarDate(daysSinceEpoch: daysSinceEpoch)
    return "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
  }

  var daysSinceEpoch: Int { Int(milliseconds.floorDivided(by: 86_400_000).quotient) }

  private var secondOfDay: Int64 {
    milliseconds.floorDivided(by: 86_400_000).remainder / 1_000
  }

  private func padded(_ number: some BinaryInteger, _ digits: Int = 2) -> String {
    let text = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, digits - text.utf8.count))
    return (number < 0 ? "-" : "") + zeros + text
  }
}
