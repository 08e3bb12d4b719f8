/// How far a clock is ahead of UTC.
package struct TimeOffset: Hashable, Sendable {
  /// Less than a day, and negative west of Greenwich.
  package let secondsAhead: Int

  /// `nil` if the text is neither `UTC` nor an offset such as `+02:00`, `+0200` or `+02`.
  package init?(_ text: String) {
    var text = text
    guard
      let ahead = text.withUTF8({ bytes in
        var reader = TimeReader(bytes: bytes)
        let ahead = reader.take(word: "UTC") ? 0 : reader.offset()
        return reader.isAtEnd ? ahead : nil
      })
    else { return nil }
    secondsAhead = ahead
  }

  /// `+02:00`.
  package var text: String {
    func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
    let minutes = abs(secondsAhead) / 60
    return (secondsAhead < 0 ? "-" : "+") + digits(minutes / 60) + ":" + digits(minutes % 60)
  }
}

/// What a text or number in a snapshot says as a time.
package enum TimeReading: Hashable, Sendable {
  case time(Instant)
  /// A date and time that different zones reach at different instants.
  case withoutZone
  case notATime

  /// Reads a time as services write it.
  ///
  /// - RFC 3339, also with a space for the `T`, and with the offsets `+0300`, `+03`, ` UTC`, ` GMT`;
  /// - what Go prints: `2026-11-21 10:15:00.5 +0100 CET m=+0.1`;
  /// - the dates of HTTP (RFC 9110, section 5.6.7); a year of two digits is from 1970 to 2069.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - zone: the zone of a time that names none; without it, only HTTP's third form is a time, in
  ///     UTC.
  package init(_ text: String, zone: TimeOffset? = nil) {
    var text = text
    self = text.withUTF8 { bytes in
      for format in ["Y-m-D|TZ", "W, D N Y TZ", "W, D-N-y TZ", "W N d T Y"] {
        var reader = TimeReader(bytes: bytes)
        if let reading = reader.reading(format, zone: zone) { return reading }
      }
      return .notATime
    }
  }

  /// Reads the time since 1970: in seconds up to 1e11, which is in the year 5138, and above in
  /// milliseconds up to 1e14, microseconds up to 1e17, and nanoseconds.
  package init(epoch number: Double) {
    let milliseconds =
      switch number {
      case ...1e11: number * 1_000
      case ...1e14: number
      case ...1e17: number / 1_000
      default: number / 1_000_000
      }
    guard milliseconds.magnitude <= 1e15 else {
      self = .notATime
      return
    }
    let instant = Instant(milliseconds: Int64(milliseconds.rounded()))
    self = instant.isWritable ? .time(instant) : .notATime
  }
}

extension TimeReader {
  /// Reads a whole text in a format of one letter for each field; other characters are themselves.
  fileprivate mutating func reading(_ format: String, zone: TimeOffset?) -> TimeReading? {
    var (year, month, day): (Int?, Int?, Int?)
    var time: ClockTime?
    var ahead = format.contains("Z") ? zone?.secondsAhead : zone?.secondsAhead ?? 0
    for field in format.unicodeScalars {
      switch field {
      case "Y": year = number(digits: 4)
      case "y": year = number(digits: 2).map { $0 + ($0 < 70 ? 2_000 : 1_900) }
      case "m": month = number(digits: 2)
      case "N": month = word(of: Self.months).map { $0 + 1 }
      case "D": day = number(digits: 2)
      case "d": day = take(" ") ? number(digits: 1) : number(digits: 2)
      case "W": guard word(of: Self.weekdays) != nil else { return nil }
      case "T": time = self.time()
      case "|": guard take("T") || take("t") || take(" ") else { return nil }
      case "Z" where !isAtEnd:
        ahead = self.zone()
        guard ahead != nil else { return nil }
      case "Z": break
      default: guard take(field) else { return nil }
      }
    }
    guard isAtEnd, let year, let month, let day, let time,
      let date = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    guard let ahead else { return .withoutZone }
    return Instant(date, time, secondsAhead: ahead).map { .time($0) }
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let weekdays = [
    "Monday", "Mon", "Tuesday", "Tue", "Wednesday", "Wed", "Thursday", "Thu", "Friday", "Fri",
    "Saturday", "Sat", "Sunday", "Sun",
  ]

  /// Moves over the first word that is there.
  private mutating func word(of words: [String]) -> Int? {
    words.firstIndex { take(word: $0) }
  }

  fileprivate mutating func take(word: String) -> Bool {
    let start = self
    guard word.unicodeScalars.allSatisfy({ take($0) }) else {
      self = start
      return false
    }
    return true
  }

  /// The seconds by which local time is ahead of UTC, with what Go prints after them.
  private mutating func zone() -> Int? {
    if take("Z") || take("z") { return 0 }
    _ = take(" ")
    if take(word: "UTC") || take(word: "GMT") { return 0 }
    guard let ahead = offset() else { return nil }
    if take(" ") {
      guard offset() != nil || skip(while: { ("A"..."Z").contains($0) }) else { return nil }
      guard !take(word: " m=") || skip(while: { "+-.0123456789".unicodeScalars.contains($0) })
      else { return nil }
    }
    return ahead
  }

  /// The seconds of `+03:00`, `+0300` or `+03`.
  fileprivate mutating func offset() -> Int? {
    let isAhead = take("+")
    guard isAhead || take("-"), let hours = number(digits: 2), hours <= 23 else { return nil }
    let start = self
    let hasColon = take(":")
    let minutes = number(digits: 2)
    if minutes == nil {
      guard !hasColon else { return nil }
      self = start
    }
    guard (minutes ?? 0) <= 59 else { return nil }
    return (hours * 3_600 + (minutes ?? 0) * 60) * (isAhead ? 1 : -1)
  }
}
