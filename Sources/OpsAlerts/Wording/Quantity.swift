internal import AlertEngine

/// Numbers, durations and times in the words of people.
enum Quantity {
  /// A number with its unit: `7.12 %`, `8000 ms`, `1 h 30 m`.
  ///
  /// - Parameters:
  ///   - number: finite.
  ///   - unit: a ratio is shown as a percentage, seconds as a duration from two minutes on.
  ///   - limit: a number that may not look the same when it is not: digits are added until the
  ///     two differ.
  /// - Returns: the text, made safe for a terminal.
  static func text(_ number: Double, _ unit: MetricUnit?, apartFrom limit: Double? = nil) -> String
  {
    for digits in 3...16 {
      let shown = text(number, unit, digits: digits)
      guard let limit, limit != number, text(limit, unit, digits: digits) == shown else {
        return shown
      }
    }
    return "\(number)"
  }

  static func text(_ scalar: Scalar, _ unit: MetricUnit?, apartFrom limit: Scalar? = nil) -> String
  {
    switch scalar {
    case .number(let number):
      guard case .number(let limit)? = limit else { return text(number, unit) }
      return text(number, unit, apartFrom: limit)
    case .string(let string): return "\"\(printable(string, limit: 60))\""
    case .bool(let bool): return bool ? "true" : "false"
    }
  }

  /// A duration in its two largest units: `45 s`, `12 m`, `1 h 5 m`, `2 d 3 h`.
  static func text(_ duration: Duration) -> String {
    let seconds = max(0, duration.wholeMilliseconds / 1_000)
    guard seconds > 0 || duration <= .zero else { return "\(duration.wholeMilliseconds) ms" }
    let parts = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "\(seconds) s" }
    var units = parts + [(seconds % 60, "s")]
    units = Array(units[first...].prefix(2)).filter { $0.0 > 0 }
    return units.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  }

  /// A setting as it is, fractions of a second too: `2.5 s`.
  static func exact(_ duration: Duration) -> String {
    let milliseconds = duration.wholeMilliseconds
    guard milliseconds % 1_000 != 0, (1_000..<60_000).contains(milliseconds) else {
      return text(duration)
    }
    return "\(Double(milliseconds) / 1_000) s"
  }

  /// Evidence in words: `12 m, 3 samples, longest gap 6 m`.
  static func text(_ evidence: Evidence) -> String {
    guard evidence.count > 1 else { return "1 sample" }
    var parts = [text(evidence.span), "\(evidence.count) samples"]
    if evidence.longestGap > .zero { parts.append("longest gap \(text(evidence.longestGap))") }
    return parts.joined(separator: ", ")
  }

  /// A time of today by the clock, of another day with its date.
  static func text(_ instant: Instant, seenAt now: Instant) -> String {
    instant.isOnSameDay(as: now) ? instant.clockTime : instant.dayAndTime
  }

  private static func text(_ number: Double, _ unit: MetricUnit?, digits: Int) -> String {
    switch unit {
    case nil: return decimal(number, digits)
    case .ratio where (number * 100).isFinite: return decimal(number * 100, digits) + " %"
    case .ratio: return decimal(number, digits)
    case .milliseconds: return decimal(number, digits) + " ms"
    case .seconds where number >= 120 && number < 1e12 && digits == 3 && number == number.rounded():
      return text(.milliseconds(Int64(number * 1_000)))
    case .seconds: return decimal(number, digits) + " s"
    case .count: return decimal(number, digits)
    case .other(let name): return decimal(number, digits) + " " + printable(name, limit: 20)
    }
  }

  /// A number with so many significant digits and no trailing zeros; whole parts stay whole.
  private static func decimal(_ number: Double, _ digits: Int) -> String {
    guard number != 0 else { return "0" }
    let magnitude = number.magnitude
    guard magnitude >= 1e-6, magnitude < 1e15 else { return "\(number)" }
    // The fewest decimal places that show so many digits; not more than 21 by the bounds above.
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
