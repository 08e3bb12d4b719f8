internal import AlertEngine
internal import Text

/// The alerts of a page: all of them on one time axis, then each with its picture, target by target.
struct PageAlerts {
  struct Target {
    let name: String
    let drawn: [AlertSection]
    /// The alerts without a picture.
    let undrawn: PageTable?
    /// How many alerts have none.
    let undrawnCount: Int
  }

  /// The noun for an alert here: `check`.
  let noun: String
  /// The heading of the pictures of a single target: `Checks`.
  let heading: String
  /// The heading of the overview.
  let title: String
  /// The columns of the overview besides names and bands.
  let columns: [String]
  let targets: [Target]
  let time: TimeScale
  let detail: PageDetail

  /// All alerts on one time axis, with a table for each target, and the legend.
  var overview: Markup {
    let tables = targets.filter { !$0.drawn.isEmpty }.map { target in
      heading(3, of: target)
        + TimelineTable(
          caption: "All \(noun)s of \(target.name) over time", titles: columns,
          rows: target.drawn, time: time, detail: detail
        ).markup
    }
    return tables.isEmpty ? "" : "<h2>\(title)</h2>\n\(tables)\(PageFrame.legend)"
  }

  /// The pictures, one below the other.
  var sections: Markup {
    Markup(
      targets.filter { !$0.drawn.isEmpty || $0.undrawn != nil }.map { target in
        let name: Markup =
          targets.count > 1 ? heading(2, of: target) : "<h2>\(heading)</h2>\n"
        let table = target.undrawn?.markup(of: target.undrawnCount) ?? ""
        return name + Markup(target.drawn.map { $0.markup(time, detail) }) + table
      })
  }

  /// A target's name, if there are several.
  private func heading(_ level: Int, of target: Target) -> Markup {
    guard targets.count > 1 else { return "" }
    return "<h\(level)><bdi>\(target.name, limit: 120)</bdi></h\(level)>\n"
  }
}

extension Markup {
  /// A state in a frame of its colour; its kind is `firing`, `pending`, `unknown` or `calm`.
  static func badge(_ kind: String, _ words: String) -> Markup {
    "<span class=\"state is-\(kind)\">\(words)</span>"
  }
}
