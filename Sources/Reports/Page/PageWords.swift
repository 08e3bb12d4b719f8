internal import AlertEngine
internal import Text

/// Times and names as a page writes them.
enum PageWords {
  /// In the current zone, to the second, or to the millisecond if needed: `2026-02-25 10:18:05`.
  static func exact(_ instant: Instant) -> String {
    let text = ClockZone.current.shifted(instant).rfc3339
    return String(text.dropLast(text.hasSuffix("Z") ? 1 : 0).map { $0 == "T" ? " " : $0 })
  }

  /// A stretch of time; the second date only if it differs.
  static func span(_ from: Instant, _ to: Instant) -> String {
    let end = exact(to)
    guard from != to else { return end }
    return exact(from) + " to "
      + (from.isOnSameDay(as: to) ? String(end.suffix(while: { $0 != " " })) : end)
  }

  /// The same to the minute, for headings.
  static func broadSpan(_ from: Instant, _ to: Instant) -> String {
    guard from.dayAndTime != to.dayAndTime else { return from.dayAndTime }
    return "\(from.dayAndTime) to \(from.isOnSameDay(as: to) ? to.clockTime : to.dayAndTime)"
  }

  /// An https address as a link, which is followed only if the reader clicks it; anything else as
  /// code.
  static func place(_ place: String, label: String) -> Markup {
    guard let address = safeLink(place) else { return "\(label) <code>\(place)</code>" }
    return """
      <a href="\(address, limit: 6_000)" rel="noopener noreferrer">\(label)</a>
      """
  }
}

extension StringProtocol {
  /// The longest end of the text with only such characters.
  fileprivate func suffix(while isTaken: (Character) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex {
      let before = index(before: start)
      guard isTaken(self[before]) else { break }
      start = before
    }
    return self[start...]
  }
}
