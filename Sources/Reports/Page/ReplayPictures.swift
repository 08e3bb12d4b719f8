internal import AlertEngine
internal import Text

/// What is drawn of a replay, in the order of the page.
struct ReplayPictures {
  struct Entry {
    let alert: PageAlert
    let tally: AlertTally
  }

  struct Target {
    let record: TargetRecord
    let entries: [Entry]
    /// Tallies without a picture, those first that fired for longest.
    let undrawn: [AlertTally]
  }

  let targets: [Target]
  let time: TimeScale
  let detail: PageDetail

  init?(_ result: ReplayResult) {
    guard let span = result.span else { return nil }
    time = TimeScale(from: span.lowerBound, to: span.upperBound)
    // Where there are too many, those that fired for longest are drawn.
    let drawable = result.targets.enumerated().flatMap { target, record in
      record.tallies.indices.filter { record.tallies[$0].picture != nil }.map { (target, $0) }
    }
    let ranked = drawable.sorted { one, other in
      let firings = [one, other].map { result.targets[$0.0].tallies[$0.1].firings }
      let ranks = firings.map { ($0.count > 0 ? 0 : 1, Duration.zero - $0.total) }
      return ranks[0] == ranks[1] ? one < other : ranks[0] < ranks[1]
    }
    let drawn = Set(ranked.prefix(PageDetail.mostPictures).map { [$0.0, $0.1] })
    detail = PageDetail(pictures: drawn.count)
    targets = result.targets.enumerated().map { target, record in
      var entries: [Entry] = []
      var undrawn: [AlertTally] = []
      for (index, tally) in record.tallies.enumerated() {
        if let picture = tally.picture, drawn.contains([target, index]) {
          let alert = PageAlert(
            id: "t\(target + 1)a\(index + 1)", subject: tally.subject, instance: tally.instance,
            picture: picture)
          entries.append(Entry(alert: alert, tally: tally))
        } else {
          undrawn.append(tally)
        }
      }
      undrawn.sort { $0.firings.total > $1.firings.total }
      return Target(record: record, entries: entries, undrawn: undrawn)
    }
  }

  /// So many alerts without a picture are listed.
  static let mostUndrawn = 100
}

extension ReplayPictures {
  /// What the bands mean, and all of them over one time.
  var overview: Markup {
    let timelines = timelines
    return timelines.isEmpty ? "" : "<h2>Timeline</h2>\n\(timelines)\(PageFrame.legend)"
  }

  /// One table for each target with a row for each picture.
  private var timelines: Markup {
    Markup(
      targets.filter { !$0.entries.isEmpty }.map { target in
        let table = TimelineTable(
          caption: "All alerts of \(target.record.name) over time", titles: ["fired", "firing"],
          rows: target.entries.map(row), time: time, detail: detail)
        let name: Markup = targets.count > 1 ? "<h3><bdi>\(target.record.name)</bdi></h3>\n" : ""
        return name + table.markup
      })
  }

  private func row(_ entry: Entry) -> TimelineTable.Row {
    let firings = entry.tally.firings
    return TimelineTable.Row(
      alert: entry.alert, summary: TallyWords(entry.tally).summary,
      cells: [
        firings.count > 0 ? "\(firings.count) ×" : "–",
        firings.count > 0 ? "\(Quantity.text(firings.total))" : "–",
      ])
  }

  /// The pictures, one below the other.
  var sections: Markup {
    Markup(
      targets.map { target in
        let title = targets.count > 1 ? target.record.name : "Alerts"
        guard !target.entries.isEmpty || !target.undrawn.isEmpty else { return "" }
        return """
          <h2><bdi>\(title)</bdi></h2>
          \(target.entries.map(section))\(undrawn(of: target))
          """
      })
  }

  private func section(_ entry: Entry) -> Markup {
    let words = TallyWords(entry.tally)
    return AlertSection(
      alert: entry.alert, subject: entry.tally.subject, state: words.state,
      summary: words.summary, facts: words.facts, below: words.episodes(most: detail.episodes)
    ).markup(time, detail)
  }

  private func undrawn(of target: Target) -> Markup {
    let fresh = target.record.untallied
    guard !target.undrawn.isEmpty || fresh > 0 else { return "" }
    let rows = target.undrawn.prefix(Self.mostUndrawn).map { tally -> [Markup] in
      let words = TallyWords(tally)
      return [
        "<bdi>\(PageWords.name(tally.key), limit: 120)</bdi>",
        "<span class=\"state is-\(words.state.kind)\">\(words.state.words)</span>",
        "\(tally.firings.count > 0 ? Quantity.text(tally.firings.total) : "–")",
      ]
    }
    let more = target.undrawn.count - rows.count + fresh
    let rest: Markup =
      more > 0 ? "<p class=\"small muted\">and \(PageWords.count(more, "alert")) more</p>\n" : ""
    let table = PageTable(
      caption: """
        \(PageWords.count(target.undrawn.count + fresh, "alert")) without a picture: a page has \
        \(PageDetail.mostPictures) at most
        """,
      columns: [
        .init(title: "alert"), .init(title: "how it went"), .init(title: "firing", isNumber: true),
      ], rows: rows)
    return table.markup + rest
  }
}

extension Markup {
  static func + (one: Markup, other: Markup) -> Markup { "\(one)\(other)" }
}
