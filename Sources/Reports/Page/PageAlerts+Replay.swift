internal import AlertEngine
internal import Text

extension PageAlerts {
  /// The alerts of a replay in the order of the rules; `nil` without a sample.
  ///
  /// If there are too many for a page, those that fired for longest are drawn.
  init?(_ result: ReplayResult) {
    guard let span = result.span else { return nil }
    let drawable = result.targets.enumerated().flatMap { target, record in
      record.tallies.indices.filter { record.tallies[$0].picture != nil }.map { (target, $0) }
    }
    let ranked = drawable.sorted { one, other in
      let firings = [one, other].map { result.targets[$0.0].tallies[$0.1].firings }
      let ranks = firings.map { ($0.count > 0 ? 0 : 1, Duration.zero - $0.total) }
      return ranks[0] == ranks[1] ? one < other : ranks[0] < ranks[1]
    }
    let drawn = Set(ranked.prefix(PageDetail.mostPictures).map { [$0.0, $0.1] })
    let detail = PageDetail(pictures: drawn.count)
    let targets = result.targets.enumerated().map { target, record in
      var sections: [AlertSection] = []
      var undrawn: [AlertTally] = []
      for (index, tally) in record.tallies.enumerated() {
        if let picture = tally.picture, drawn.contains([target, index]) {
          let alert = PageAlert(
            id: "t\(target + 1)a\(index + 1)", subject: tally.subject, instance: tally.instance,
            picture: picture)
          sections.append(AlertSection(alert, tally, mostEpisodes: detail.episodes))
        } else {
          undrawn.append(tally)
        }
      }
      undrawn.sort { $0.firings.total > $1.firings.total }
      let count = undrawn.count + record.untallied
      return Target(
        name: record.name, drawn: sections, undrawn: Self.table(of: undrawn, count),
        undrawnCount: count)
    }
    self.init(
      noun: "alert", heading: "Alerts", title: "Timeline", columns: ["fired", "firing"],
      targets: targets, time: TimeScale(from: span.lowerBound, to: span.upperBound),
      detail: detail)
  }

  /// How many alerts without a picture are listed.
  static let mostUndrawn = 100

  private static func table(of tallies: [AlertTally], _ count: Int) -> PageTable? {
    guard count > 0 else { return nil }
    let rows = tallies.prefix(mostUndrawn).map { tally -> [Markup] in
      let state = tally.state
      return [
        "<bdi>\(tally.key.text, limit: 120)</bdi>", .badge(state.kind, state.words),
        "\(tally.firings.count > 0 ? Quantity.text(tally.firings.total) : "–")",
      ]
    }
    return PageTable(
      caption: """
        \(Quantity.count(count, "alert")) without a picture: a page has \
        \(PageDetail.mostPictures) at most
        """,
      columns: [
        .init(title: "alert"), .init(title: "outcome"), .init(title: "firing", isNumber: true),
      ], rows: rows)
  }
}

extension AlertSection {
  fileprivate init(_ alert: PageAlert, _ tally: AlertTally, mostEpisodes: Int) {
    let firings = tally.firings
    let words = TallyWording(tally, time: PageWords.exact)
    let facts = [
      ("fired", firings.count > 0 ? words.fired : "never"), ("firing", words.firing),
      ("in maintenance", words.maintenance), ("time to detect", words.detection),
      ("closest call", words.nearMiss),
      ("worst good value", words.worstGood), ("samples", words.samples),
      ("no evidence", words.unknown), ("gaps", words.gaps),
    ]
    self.init(
      alert: alert, subject: tally.subject, state: tally.state, summary: tally.summary,
      cells: [
        firings.count > 0 ? "\(firings.count) ×" : "–",
        firings.count > 0 ? "\(Quantity.text(firings.total))" : "–",
      ],
      facts: facts.compactMap { name, words in words.map { (name, "\($0)") } },
      below: Self.episodes(of: tally, most: mostEpisodes))
  }

  /// The episodes as a table, folded if it is long; empty without episodes.
  private static func episodes(of tally: AlertTally, most: Int) -> Markup {
    guard !tally.episodes.isEmpty else { return "" }
    let words = TallyWording(tally, time: PageWords.exact)
    let rows = tally.episodes.prefix(most).map { episode -> [Markup] in
      let end = episode.resolvedAt
      let cause =
        (episode.cause.map { ", \($0.words)" } ?? "")
        + (episode.maintenance.map { ", in maintenance \($0.quoted)" } ?? "")
      return [
        "\(end.map { PageWords.span(episode.firedAt, $0) } ?? PageWords.exact(episode.firedAt))",
        "\(end.map { Quantity.text($0 - episode.firedAt) } ?? "still firing")\(cause)",
        "\(Quantity.text(episode.firedAt - episode.activeAt))",
        "\(episode.peak.map(words.text) ?? "none")",
      ]
    }
    return PageTable(
      caption: "When \(tally.key.text, limit: 120) fired", isCaptionHidden: true,
      columns: ["fired", "lasted", "detected after", "peak"].map { .init(title: $0) }, rows: rows
    ).folded("episode", of: tally.firings.count, isOpen: rows.count <= 5)
  }
}

extension AlertTally {
  /// The outcome in a few words, with its class in the style sheet.
  fileprivate var state: (kind: String, words: String) {
    switch rank {
    case .fired where firings.since != nil: ("firing", "firing at the end")
    case .fired: ("firing", "fired \(Quantity.times(firings.count))")
    case .near: ("pending", "pending, never fired")
    case .unreachable where samples > 0: ("unknown", "never evaluated")
    case .unreachable, .quiet: ("calm", "never fired")
    }
  }

  /// The same and more, for screen readers.
  fileprivate var summary: String {
    var parts = [state.words]
    if firings.count > 0 { parts.append("\(Quantity.text(firings.total)) in total") }
    if unknownTime > .zero { parts.append("\(ReplayWording.share(unknownShare)) unknown") }
    if gaps.count > 0 { parts.append(Quantity.count(gaps.count, "gap")) }
    return parts.joined(separator: ", ")
  }
}

extension Markup {
  static func + (one: Markup, other: Markup) -> Markup { "\(one)\(other)" }
}
