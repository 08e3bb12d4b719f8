package import AlertEngine
internal import Text

/// In words, what a schedule makes of a rule.
package struct ScheduleWording {
  private let bounds: ScheduleBounds

  package init(_ bounds: ScheduleBounds) {
    self.bounds = bounds
  }

  /// `fires 15 to 30 m after a breach begins`, `resolves 0 to 15 m after it ends` and
  /// `sees 33 % of outages of 15 m, all of 30 m or more`; fewer if it does not fire.
  package var phrases: [String] {
    guard let fires = bounds.fires else {
      let canTell = bounds.findings.contains(.neverFires) || bounds.findings.contains(.needsConfirm)
      return [canTell ? "never fires" : "the runs are too few to say when it fires"] + need
    }
    var phrases = ["fires \(range(fires)) after a breach begins"]
    if let resolves = bounds.resolves {
      phrases.append("resolves \(range(resolves)) after it ends")
    } else {
      let canTell = bounds.findings.contains(.neverResolves)
      phrases.append(canTell ? "never resolves" : "the runs are too few to say when it resolves")
    }
    return phrases + [sees].compactMap(\.self) + need
  }

  private var need: [String] {
    bounds.findings.contains(.needsConfirm) ? ["needs --confirm"] : []
  }

  /// `15 to 30 m`, `45 s to 15 m`.
  private func range(_ delay: ScheduleBounds.Delay) -> String {
    let longest = Quantity.text(delay.longest)
    guard delay.shortest > .zero else { return "0 to \(longest)" }
    let shortest = Quantity.text(delay.shortest)
    guard shortest != longest else { return longest }
    let (one, other) = (shortest.split(separator: " "), longest.split(separator: " "))
    let isOneUnit = one.count == 2 && other.count == 2 && one[1] == other[1]
    return "\(isOneUnit ? String(one[0]) : shortest) to \(longest)"
  }

  /// What it sees of outages, from the longest that it never sees to the shortest that it always sees.
  private var sees: String? {
    let sights = bounds.sights.filter { $0.share != nil }
    let isUnseen = { (sight: ScheduleBounds.Sight) in sight.share == 0 }
    var parts =
      sights.last(where: isUnseen).map { ["no outage of \(Quantity.text($0.length))"] } ?? []
    for sight in sights where !isUnseen(sight) {
      let of = (parts.isEmpty ? "outages of " : "") + Quantity.text(sight.length)
      guard let share = sight.share, share < 1 else {
        parts.append(
          "all \(parts.isEmpty ? "" : "of ")\(of)\(sight == sights.last ? "" : " or more")")
        break
      }
      let percent =
        share < 0.01 ? "under 1" : share > 0.99 ? "over 99" : "\(Int((share * 100).rounded()))"
      parts.append("\(percent) % of \(of)")
    }
    return parts.isEmpty ? nil : "sees " + parts.joined(separator: ", ")
  }
}
