internal import Text

extension AlertMatch {
  /// `rule latency_*, target api, label team=search`; safe to show.
  package var words: String {
    func words(_ noun: String, _ patterns: [String]) -> [String] {
      patterns.isEmpty
        ? [] : ["\(noun) \(patterns.map { printable($0, limit: 60) }.joined(separator: " or "))"]
    }
    let parts =
      words("rule", rules.map(\.text)) + words("instance", instances.map(\.text))
      + words("target", targets.map(\.text))
      + words("severity", Severity.allCases.filter(severities.contains).map(\.rawValue))
      + labels.sorted { $0.key < $1.key }.flatMap { words("label", ["\($0.key)=\($0.value.text)"]) }
    return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
  }
}

extension ZonedWindow {
  /// `mon to fri 08:00 to 18:00 Europe/Berlin`; safe to show.
  package var words: String {
    let span = "\(window.from.text) to \(window.to.text) \(printable(timeZone, limit: 60))"
    guard window.days.count < Weekday.allCases.count else { return span }
    let days = Weekday.allCases.filter(window.days.contains)
    let places = days.compactMap(Weekday.allCases.firstIndex(of:))
    if let first = places.first, let last = places.last, places.count > 2,
      last - first == places.count - 1
    {
      return "\(days[0].rawValue) to \(days[places.count - 1].rawValue) \(span)"
    }
    return "\(days.map(\.rawValue).joined(separator: ", ")) \(span)"
  }
}

extension MaintenanceWindow {
  /// When it is, and of what: `mon to fri 02:00 to 03:30 Europe/Berlin: rule latency_*`.
  package var words: String {
    let when =
      switch time {
      case .weekly(let window): window.words
      case .once(let starts, let ends):
        "\(starts.dayAndTime) to \(ends.dayAndTime) \(ends.zoneLabel)"
      }
    return "\(when): \(match.words)" + (reason.map { " (\(printable($0, limit: 100)))" } ?? "")
  }
}
