/// The time marks below a picture, and their lines through it.
struct TimeAxis {
  private let time: TimeScale
  private let top: Double
  private let bottom: Double

  init(_ time: TimeScale, from top: Double, to bottom: Double) {
    self.time = time
    self.top = top
    self.bottom = bottom
  }

  var markup: Markup {
    Markup(
      time.marks.map { mark in
        let share = time.share(of: mark.at)
        let x = Markup.percent(share)
        let anchor = share < 0.03 ? "start" : share > 0.97 ? "end" : "middle"
        return """
          <g class="\(mark.isMinor ? "minor" : "major")"><line class="grid" x1="\(x)" x2="\(x)" \
          y1="\(Markup.coordinate(top))" y2="\(Markup.coordinate(bottom + 4))"/><text class="tick" \
          x="\(x)" y="\(Markup.coordinate(bottom + 16))" text-anchor="\(anchor)">\(mark.label)</text>\
          </g>

          """
      })
  }
}
