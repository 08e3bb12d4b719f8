internal import AlertEngine
internal import Text

/// A stretch of time as a rectangle.
struct PageBand {
  private let x: String
  private let width: String

  /// The least share of the width that is drawn: even the shortest band is visible.
  private static let leastWidth = 0.003

  init(_ from: Instant, _ to: Instant, _ time: TimeScale) {
    let width = max(Self.leastWidth, time.share(of: to) - time.share(of: from))
    x = Markup.percent(min(time.share(of: from), 1 - width))
    self.width = Markup.percent(width)
  }

  func rect(_ kind: String, y: Double, height: Double, title: Markup = "") -> Markup {
    let end: Markup = title.isEmpty ? "/>" : "><title>\(title)</title></rect>"
    return """
      <rect class="\(kind)" x="\(x)" width="\(width)" y="\(Markup.coordinate(y))" \
      height="\(Markup.coordinate(height))"\(end)

      """
  }
}

/// The phases of an alert as bands in a row.
struct BandRow {
  let phases: [PageAlert.PhaseBand]
  let sight: [PageAlert.SightBand]
  let time: TimeScale
  let y: Double
  let height: Double
  /// Whether bands show their times on hover.
  var isTitled = true

  var markup: Markup {
    let middle = Markup.coordinate(y + height / 2)
    var markup: Markup = """
      <line class="calm" x1="0" x2="100%" y1="\(middle)" y2="\(middle)"/>

      """
    for band in sight {
      markup += PageBand(band.from, band.to, time).rect(
        band.kind.name, y: y, height: height,
        title: isTitled ? title(band.kind.words, band.from, band.to, band.count) : "")
    }
    for band in phases {
      markup += PageBand(band.from, band.to, time).rect(
        band.kind.name, y: y, height: height,
        title: isTitled ? title(band.kind.name, band.from, band.to, band.count) : "")
    }
    return markup
  }

  private func title(_ words: String, _ from: Instant, _ to: Instant, _ count: Int) -> Markup {
    let to = min(to, time.now)
    let merged = count > 1 ? ", the worst of \(count) close together" : ""
    return
      "\(words) \(PageWords.span(from, to)) \(to.zoneLabel) (\(Quantity.text(to - from))\(merged))"
  }
}

extension AlertPicture.PhaseBand {
  /// The phase in words, which is also its class in the style sheet.
  var name: String {
    switch self {
    case .inactive: "inactive"
    case .recovering: "recovering"
    case .pending: "pending"
    case .firing: "firing"
    }
  }
}

extension AlertPicture.Sight {
  /// Its class in the style sheet.
  var name: String {
    switch self {
    case .seen: "seen"
    case .missing: "missing"
    case .unknown: "unknown"
    case .gap: "gap"
    }
  }

  /// In words.
  var words: String {
    switch self {
    case .seen: "seen"
    case .missing: "no value"
    case .unknown: "unknown"
    case .gap: "not sampled"
    }
  }
}
