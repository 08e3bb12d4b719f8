internal import Text

/// The position of an instant on a page, and the times along the axis.
///
/// In the current zone.
struct TimeScale {
  let from: Instant
  /// Later than `from`.
  let to: Instant
  /// Later times may be drawn, but nothing is known about them.
  let now: Instant

  struct Mark: Equatable {
    var at: Instant
    var label: String
    /// Left out if there is little room.
    var isMinor: Bool
  }

  /// A scale from one instant to another; if they are the same, it spans a minute around them.
  ///
  /// - Parameters:
  ///   - from: the start of the picture.
  ///   - to: its end.
  ///   - hasRoom: whether to leave some room after the end, for what began with the last sample.
  init(from: Instant, to: Instant, hasRoom: Bool = false) {
    let isPoint = to <= from
    self.from = isPoint ? from - .seconds(30) : from
    let end = isPoint ? from + .seconds(30) : to
    self.to = hasRoom && !isPoint ? end + (end - from) / 50 : end
    now = max(from, to)
  }

  /// 0 at the start to 1 at the end; anything outside is at the nearer end.
  func share(of instant: Instant) -> Double {
    let part = Double(instant.milliseconds) - Double(from.milliseconds)
    return max(0, min(1, part / (Double(to.milliseconds) - Double(from.milliseconds))))
  }

  /// The instant at a share of the width.
  func instant(at share: Double) -> Instant {
    let span = Double(to.milliseconds) - Double(from.milliseconds)
    return Instant(milliseconds: from.milliseconds + Int64((span * share).rounded()))
  }

  private static let most: Int64 = 9
  private static let steps: [Int64] =
    [1, 2, 5, 10, 15, 30].map { $0 * 1_000 } + [1, 2, 5, 10, 15, 30].map { $0 * 60_000 }
    + [1, 2, 3, 6, 12].map { $0 * 3_600_000 } + [1, 2, 7, 14].map { $0 * 86_400_000 }
  private static let day: Int64 = 86_400_000

  /// Round times, in time order: at most ten, and none if no time is round enough.
  var marks: [Mark] {
    let span = to.milliseconds - from.milliseconds
    guard let step = Self.steps.first(where: { span / $0 <= Self.most }) else { return months }
    // Weeks begin on Mondays; 1970 began on a Thursday.
    let zone = ClockZone.current
    let ahead = (zone.shifted(from) - from).wholeMilliseconds
    let origin = (step % (7 * Self.day) == 0 ? 4 * Self.day : 0) - ahead
    let first = (from.milliseconds - origin - 1).floorDivided(by: step).quotient + 1
    return (0...Self.most).compactMap { offset in
      let index = first + offset
      let instant = Instant(milliseconds: index * step + origin)
      guard instant <= to else { return nil }
      return Mark(at: instant, label: label(of: instant, step: step), isMinor: index % 2 != 0)
    }
  }

  private func label(of instant: Instant, step: Int64) -> String {
    let shown = ClockZone.current.shifted(instant)
    let isMidnight = shown.milliseconds.floorDivided(by: Self.day).remainder == 0
    if isMidnight { return CalendarWords(shown).map { "\($0.day) \($0.monthName)" } ?? "" }
    return step < 60_000 ? String(shown.rfc3339.dropFirst(11).prefix(8)) : instant.clockTime
  }

  /// The starts of months or years, for spans of several months and more.
  private var months: [Mark] {
    let zone = ClockZone.current
    guard let first = CalendarWords(zone.shifted(from)), let last = CalendarWords(zone.shifted(to))
    else { return [] }
    let steps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000]
    let count = last.months - first.months
    guard let step = steps.first(where: { count / $0 <= Int(Self.most) }) else { return [] }
    let begin = (first.months + step - 1) / step
    return (begin...max(begin, last.months / step)).compactMap { index in
      guard let shown = CalendarWords.begin(ofMonth: index * step) else { return nil }
      let instant = zone.unshifted(shown)
      guard instant >= from, instant <= to else { return nil }
      let words = CalendarWords(shown)
      let isYear = index * step % 12 == 0
      return Mark(
        at: instant, label: words.map { isYear ? "\($0.year)" : $0.monthName } ?? "",
        isMinor: index % 2 != 0)
    }
  }
}

/// A date in the years 0 to 9999, read from its RFC 3339 form.
struct CalendarWords {
  let year: Int
  /// 1 to 12.
  let month: Int
  let day: Int

  init?(_ instant: Instant) {
    guard instant.isWritable else { return nil }
    let parts = instant.rfc3339.prefix(10).split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[1]) else { return nil }
    (year, month, day) = (parts[0], parts[1], parts[2])
  }

  /// Months since the year 0.
  var months: Int { year * 12 + month - 1 }

  var monthName: String { Self.names[month - 1] }

  static func begin(ofMonth months: Int) -> Instant? {
    let (year, month) = (String(months / 12), String(months % 12 + 1))
    let zeros = String(repeating: "0", count: max(0, 4 - year.utf8.count))
    return Instant(
      rfc3339: "\(zeros)\(year)-\(month.utf8.count < 2 ? "0" : "")\(month)-01T00:00:00Z")
  }

  private static let names = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
