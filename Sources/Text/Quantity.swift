/// Numbers, durations and times in words.
package enum Quantity {
  /// A count and its noun; the plural ends in `s`: `1 check`, `2 checks`.
  package static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// How often: `once`, `2 times`.
  package static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  /// A duration in its largest units: `45 s`, `12 m`, `1 h 5 m`, `2 d 3 h`.
  ///
  /// - Parameters:
  ///   - duration: less than a second is shown in milliseconds, a negative one as 0.
  ///   - units: how many units at most, from the largest that is not 0.
  /// - Returns: the words.
  package static func text(_ duration: Duration, units: Int = 2) -> String {
    let seconds = max(0, duration.wholeMilliseconds / 1_000)
    guard seconds > 0 || duration <= .zero else { return "\(duration.wholeMilliseconds) ms" }
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "\(seconds) s" }
    let all = parts + [(seconds % 60, "s")]
    return all[first...].prefix(units).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(
      separator: " ")
  }

  /// A configured duration in full, with fractions of a second: `2.5 s`.
  package static func exact(_ duration: Duration) -> String {
    let milliseconds = duration.wholeMilliseconds
    guard milliseconds % 1_000 != 0, (1_000..<60_000).contains(milliseconds) else {
      return text(duration)
    }
    return "\(Double(milliseconds) / 1_000) s"
  }

  /// The clock time of an instant in the current zone, with its date unless it is today.
  package static func text(_ instant: Instant, seenAt now: Instant) -> String {
    instant.isOnSameDay(as: now) ? instant.clockTime : instant.dayAndTime
  }

  /// The same with the zone: `10:15 UTC`.
  package static func time(_ instant: Instant, seenAt now: Instant) -> String {
    "\(text(instant, seenAt: now)) \(instant.zoneLabel)"
  }

  /// A number with this many significant digits and no trailing zeros; the integer part is always
  /// complete.
  package static func decimal(_ number: Double, _ digits: Int) -> String {
    guard number != 0 else { return "0" }
    guard number.isFinite else { return number > 0 ? "+Inf" : "-Inf" }
    let magnitude = number.magnitude
    guard magnitude >= 1e-6, magnitude < 1e15 else { return "\(number)" }
    // The fewest decimal places that show that many digits; at most 21, given the bounds above.
    let least = (1..<digits).reduce(1.0) { power, _ in power * 10 }
    var (scale, places) = (1.0, 0)
    while magnitude * scale < least {
      scale *= 10
      places += 1
    }
    var scaled = Int64((magnitude * scale).rounded())
    while places > 0, scaled % 10 == 0 {
      scaled /= 10
      places -= 1
    }
    let sign = number < 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let text = String(scaled)
    let zeros = String(repeating: "0", count: max(0, places + 1 - text.utf8.count))
    let (whole, fraction) = ((zeros + text).dropLast(places), (zeros + text).suffix(places))
    return "\(sign)\(whole).\(fraction)"
  }
}
