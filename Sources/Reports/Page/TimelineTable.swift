internal import AlertEngine
internal import Text

/// All alerts, one below the other, on one time axis.
struct TimelineTable {
  let caption: String
  let titles: [String]
  let rows: [AlertSection]
  let time: TimeScale
  let detail: PageDetail

  private static let height = 14.0

  var markup: Markup {
    let titles = titles.map { title -> Markup in "<th scope=\"col\" class=\"n\">\(title)</th>" }
    let blanks = Markup(titles.map { _ in "<td></td>" })
    return """
      <table class="timeline">\(PageTable.caption("\(caption)", isHidden: true))
      <thead><tr><th scope="col">rule</th><th scope="col">over time</th>\(titles)</tr></thead>
      <tbody>
      \(rows.map(row))</tbody>
      <tfoot><tr><th></th><td class="picture"><svg class="strip" height="22" aria-hidden="true">\
      \(TimeAxis(time, from: 0, to: 2).markup)</svg></td>\(blanks)</tr></tfoot></table>

      """
  }

  private func row(_ row: AlertSection) -> Markup {
    let cells = row.cells.map { cell -> Markup in "<td class=\"n\">\(cell)</td>" }
    let column = (time.to - time.from) / Int64(max(1, detail.columns / 2))
    let bands = BandRow(
      phases: PageBands(row.alert.phases, without: .inactive, column: column).bands,
      sight: PageBands(row.alert.sight, without: .seen, column: column).bands,
      time: time, y: 1, height: Self.height)
    return """
      <tr><th scope="row"><a href="#\(row.alert.id)"><bdi>\(row.alert.name, limit: 120)</bdi></a></th>\
      <td class="picture"><svg class="strip" role="img" aria-labelledby="\(row.alert.id)-s" \
      height="\(Int(Self.height) + 2)"><title id="\(row.alert.id)-s">\(row.summary)</title>
      \(bands.markup)</svg></td>\(cells)</tr>

      """
  }
}
