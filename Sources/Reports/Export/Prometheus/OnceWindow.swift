internal import Text

/// A window that does not recur, as days of Alertmanager's calendar.
struct OnceWindow {
  private static let mostDays = 366

  /// One interval for each day; `nil` if there are too many.
  let days: [YAML]?

  init(_ starts: Instant, _ ends: Instant) {
    let day = Int64(86_400_000)
    let first = starts.milliseconds.floorDivided(by: day).quotient
    let last = (ends.milliseconds - 1).floorDivided(by: day).quotient
    guard last - first < Self.mostDays else {
      days = nil
      return
    }
    days = (first...last).map { number in
      let date = Instant(milliseconds: number * day).rfc3339.prefix { $0 != "T" }.split(
        separator: "-")
      let from = number == first ? starts.milliseconds - number * day : 0
      let to = number == last ? ends.milliseconds - number * day : day
      func whole(_ text: Substring) -> YAML { .text("\(Int(text) ?? 0)") }
      return [
        "years": [whole(date[0])], "months": [whole(date[1])], "days_of_month": [whole(date[2])],
        "times": [
          [
            "start_time": .text(Self.clock(from)),
            "end_time": .text(Self.clock(max(to, from + 60_000))),
          ]
        ],
      ]
    }
  }

  /// The time of day, to the minute.
  private static func clock(_ milliseconds: Int64) -> String {
    let minutes = min(1_440, milliseconds / 60_000)
    func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return "\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
