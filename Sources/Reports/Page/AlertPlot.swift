internal import AlertEngine
internal import JSON
internal import Text

/// The picture of one alert: its numbers over time with the limits, and below them its phases.
///
/// Horizontal positions are shares of the width, so that text keeps its size on any screen.
struct AlertPlot {
  let alert: PageAlert
  let time: TimeScale
  let detail: PageDetail
  /// What the picture shows, in a sentence.
  let summary: String

  private static let top = 16.0
  private static let plotHeight = 136.0
  private static let bandHeight = 12.0
  /// Fewer points than this are marked one by one.
  private static let fewPoints = 60

  private var hasLine: Bool { !alert.points.isEmpty }
  private var bottom: Double { hasLine ? Self.top + Self.plotHeight : 0 }
  private var bandTop: Double { bottom + 4 }
  private var height: Double { bandTop + Self.bandHeight + 20 }

  var markup: Markup {
    let values = ValueScale(
      of: alert.points.map(\.value)
        + [alert.threshold, alert.condition?.recoveryThreshold].compactMap(\.self),
      unit: alert.unit)
    return """
      <svg class="plot" role="img" aria-labelledby="\(alert.id)-t \(alert.id)-d" \
      height="\(Markup.coordinate(height))"><title id="\(alert.id)-t">\(alert.name, limit: 120)\
      </title><desc id="\(alert.id)-d">\(summary)</desc>
      \(TimeAxis(time, from: hasLine ? Self.top : bandTop, to: bandTop + Self.bandHeight).markup)
      \(hasLine ? grid(values) : "")\(tints)\(hasLine ? limits(values) : "")\
      \(hasLine ? line(values) : "")\(bands)\(hasLine ? hovers(values) : "")\
      \(hasLine ? words(values) : "")</svg>
      """
  }

  private func y(_ value: Double, _ values: ValueScale) -> Double {
    Self.top + (1 - values.share(of: value)) * Self.plotHeight
  }

  private func grid(_ values: ValueScale) -> Markup {
    Markup(
      values.marks.map { mark in
        let y = Markup.coordinate(y(mark.value, values))
        return """
          <line class="grid" x1="0" x2="100%" y1="\(y)" y2="\(y)"/>\
          <text class="tick" x="-8" y="\(y)" dy=".32em" text-anchor="end">\(mark.label)</text>

          """
      })
  }

  // MARK: - Phases and evidence

  private var column: Duration { (time.to - time.from) / Int64(max(1, detail.columns / 2)) }

  private var shownPhases: [PageAlert.PhaseBand] {
    PageBands(alert.phases, without: .inactive, column: column).bands
  }

  private var shownSight: [PageAlert.SightBand] {
    PageBands(alert.sight, without: .seen, column: column).bands
  }

  /// Behind the line: the phases, faintly, and the times without evidence.
  private var tints: Markup {
    guard hasLine else { return "" }
    let phases = shownPhases.map { band in
      PageBand(band.from, band.to, time).rect(
        "t-\(band.kind.name)", y: Self.top, height: Self.plotHeight)
    }
    let sight = shownSight.map { band in
      PageBand(band.from, band.to, time).rect(
        band.kind.name, y: Self.top, height: Self.plotHeight)
    }
    return Markup(phases + sight)
  }

  /// Below the line: the phases in full.
  private var bands: Markup {
    BandRow(
      phases: shownPhases, sight: shownSight, time: time, y: bandTop, height: Self.bandHeight
    ).markup
  }

  // MARK: - The limits

  private struct Limit {
    let value: Double
    /// Its class in the style sheet.
    let kind: String
    let words: String
    /// Whether its words are above its line.
    let isAbove: Bool
  }

  private var limitsShown: [Limit] {
    guard let condition = alert.condition, let threshold = alert.threshold else { return [] }
    let recovery = condition.recoveryThreshold
    let isAbove = recovery.map { threshold >= $0 } ?? true
    let limit = Limit(
      value: threshold, kind: "limit", words: "limit \(condition.comparison.sign)",
      isAbove: isAbove)
    let recoveryLimit = recovery.map {
      Limit(
        value: $0, kind: "recovery", words: "recovers at \(condition.comparison.recoverySign)",
        isAbove: !isAbove)
    }
    return [limit] + [recoveryLimit].compactMap(\.self)
  }

  private func limits(_ values: ValueScale) -> Markup {
    Markup(
      limitsShown.map { limit in
        let y = Markup.coordinate(y(limit.value, values))
        return """
          <line class="\(limit.kind)" x1="0" x2="100%" y1="\(y)" y2="\(y)"/>

          """
      })
  }

  /// Drawn last, so that the line does not cross them.
  private func words(_ values: ValueScale) -> Markup {
    Markup(
      limitsShown.map { limit in
        let y = y(limit.value, values)
        let isBelow = !limit.isAbove && y < bottom - 14
        return """
          <text class="\(limit.kind)-text" x="100%" y="\(Markup.coordinate(y))" \
          dy="\(isBelow ? "12" : "-4")" text-anchor="end">\(limit.words) \
          \(Quantity.text(limit.value, alert.unit), limit: 40)</text>

          """
      })
  }

  // MARK: - The numbers

  private func line(_ values: ValueScale) -> Markup {
    let paths = PlotLine(
      alert.points, sight: alert.sight, time: time, columns: detail.columns
    ).paths(time, values)
    let (width, height) = (Int(PlotLine.width), Int(PlotLine.height))
    return """
      <svg class="box" x="0" y="\(Markup.coordinate(Self.top))" width="100%" \
      height="\(Markup.coordinate(Self.plotHeight))" viewBox="0 0 \(width) \(height)" \
      preserveAspectRatio="none">\(path("bridge", paths.bridges))\(path("line", paths.line))</svg>

      """
  }

  private func path(_ kind: String, _ data: String) -> Markup {
    data.isEmpty ? "" : "<path class=\"\(kind)\" d=\"\(data, limit: 500_000)\"/>"
  }

  private func hovers(_ values: ValueScale) -> Markup {
    let isFew = alert.isWhole && alert.points.count <= Self.fewPoints
    guard isFew else {
      return HoverStrips(alert, time, count: detail.strips).markup(
        y: Self.top, height: Self.plotHeight)
    }
    return Markup(
      alert.points.map { point in
        let isBad = alert.condition?.isBad(.number(point.value), whileOpen: false) ?? false
        let words = Quantity.text(
          point.value, alert.unit, apartFrom: alert.threshold)
        return """
          <circle class="point\(isBad ? " bad" : "")" cx="\(Markup.percent(time.share(of: point.at)))" \
          cy="\(Markup.coordinate(y(point.value, values)))" r="\(isBad ? "3.5" : "2.5")"><title>\
          \(PageWords.exact(point.at)) \(point.at.zoneLabel): \(words)</title></circle>

          """
      })
  }
}
