internal import AlertEngine
internal import Text

/// Stretches of time that show their numbers on hover, for lines with too many points to hover over
/// one by one.
struct HoverStrips {
  private let alert: PageAlert
  private let time: TimeScale
  private let count: Int

  init(_ alert: PageAlert, _ time: TimeScale, count: Int) {
    self.alert = alert
    self.time = time
    self.count = max(1, count)
  }

  func markup(y: Double, height: Double) -> Markup {
    var markup: Markup = ""
    var rest = alert.points[...]
    while let first = rest.first {
      let strip = strip(of: first)
      let group = rest.prefix { self.strip(of: $0) == strip }
      rest = rest.dropFirst(group.count)
      let (from, to) = (Double(strip) / Double(count), Double(strip + 1) / Double(count))
      markup += PageBand(time.instant(at: from), time.instant(at: to), time).rect(
        "hover", y: y, height: height, title: title(group))
    }
    return markup
  }

  private func strip(of point: SeriesSketch.Point) -> Int {
    min(count - 1, Int(time.share(of: point.at) * Double(count)))
  }

  private func title(_ points: ArraySlice<SeriesSketch.Point>) -> Markup {
    guard let lowest = points.min(by: { $0.value < $1.value }),
      let highest = points.max(by: { $0.value < $1.value })
    else { return "" }
    func words(_ point: SeriesSketch.Point) -> String {
      Quantity.text(point.value, alert.unit, apartFrom: alert.threshold)
    }
    guard lowest.value != highest.value else {
      return "\(PageWords.exact(highest.at)) \(highest.at.zoneLabel): \(words(highest))"
    }
    let (low, high) = (PageWords.exact(lowest.at), PageWords.exact(highest.at))
    let (highZone, lowZone) = (highest.at.zoneLabel, lowest.at.zoneLabel)
    return """
      highest \(words(highest)) at \(high) \(highZone), lowest \(words(lowest)) at \(low) \(lowZone)
      """
  }
}
