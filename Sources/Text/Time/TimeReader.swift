/// What a clock shows.
struct ClockTime {
  var secondOfDay: Int
  var isLeapSecond: Bool
  /// 0 to 999.
  var milliseconds: Int
}

/// Consumes the parts of a date and time from the front of a text.
struct TimeReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  mutating func take(_ expected: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: expected) else { return false }
    place += 1
    return true
  }

  private mutating func digit() -> Int? {
    guard place < bytes.count, (0x30...0x39).contains(bytes[place]) else { return nil }
    place += 1
    return Int(bytes[place - 1] & 0x0F)
  }

  /// Moves over characters of ASCII; whether there are any.
  mutating func skip(while isSkipped: (Unicode.Scalar) -> Bool) -> Bool {
    let start = place
    while place < bytes.count, isSkipped(Unicode.Scalar(bytes[place])) { place += 1 }
    return place > start
  }

  mutating func number(digits: Int) -> Int? {
    var number = 0
    for _ in 0..<digits {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  /// A day: `2026-11-21`.
  mutating func date() -> CalendarDate? {
    guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"),
      let day = number(digits: 2)
    else { return nil }
    return CalendarDate(year: year, month: month, day: day)
  }

  /// A time of day: `10:15:00.5`.
  mutating func time() -> ClockTime? {
    guard let hour = number(digits: 2), hour <= 23, take(":"),
      let minute = number(digits: 2), minute <= 59, take(":"),
      let second = number(digits: 2), second <= 60, let fraction = fraction()
    else { return nil }
    return ClockTime(
      secondOfDay: hour * 3_600 + minute * 60 + second, isLeapSecond: second == 60,
      milliseconds: fraction)
  }

  /// The fraction of a second in milliseconds; 0 if there is none.
  private mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    guard var milliseconds = digit().map({ $0 * 100 }) else { return nil }
    var weight = 10
    while let digit = digit() {
      milliseconds += digit * weight
      weight /= 10
    }
    return milliseconds
  }

  /// The seconds by which local time is ahead of UTC.
  mutating func secondsAhead() -> Int? {
    if take("Z") || take("z") { return 0 }
    let isAhead = take("+")
    guard isAhead || take("-"), let hours = number(digits: 2), hours <= 23, take(":"),
      let minutes = number(digits: 2), minutes <= 59
    else { return nil }
    return (hours * 3_600 + minutes * 60) * (isAhead ? 1 : -1)
  }
}
