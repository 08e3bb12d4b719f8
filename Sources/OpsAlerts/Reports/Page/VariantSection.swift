internal import AlertEngine

/// What would have been under each variant of a rule: small pictures, and a table beside them.
struct VariantSection {
  private let id: String
  private let variants: [VariantRecord]
  private let time: TimeScale
  /// The time that was replayed.
  private let span: Duration

  /// So many variants of a rule are shown.
  private static let most = 200

  init(id: String, _ variants: [VariantRecord], _ time: TimeScale, span: Duration) {
    self.id = id
    self.variants = variants
    self.time = time
    self.span = span
  }

  /// The variants of each request, in their order.
  static func all(_ result: ReplayResult, _ time: TimeScale) -> Markup {
    guard !result.variants.isEmpty, let span = result.span else { return "" }
    var requests: [Int] = []
    for variant in result.variants where !requests.contains(variant.request) {
      requests.append(variant.request)
    }
    let sections = requests.map { request in
      VariantSection(
        id: "v\(request + 1)", result.variants.filter { $0.request == request }, time,
        span: span.upperBound - span.lowerBound
      ).markup
    }
    let notes = result.notes.map { note -> Markup in "<li>\(note)</li>\n" }
    let list: Markup = notes.isEmpty ? "" : "<ul class=\"plain small muted\">\n\(notes)</ul>\n"
    return "<h2>What if</h2>\n\(list)\(sections)"
  }

  private var markup: Markup {
    guard let first = variants.first else { return "" }
    let shown = variants.prefix(Self.most).enumerated().map { ($0.offset + 1, $0.element) }
    let more = variants.count - shown.count
    let rest: Markup = more > 0 ? "<p class=\"small muted\">and \(more) more variants</p>\n" : ""
    return """
      <section class="alert" aria-labelledby="\(id)-h">
      <h3 id="\(id)-h"><bdi>\(first.rule.name, limit: 120)</bdi></h3>
      <div class="variants">
      <ul class="multiples">
      \(shown.map(card))</ul>
      <div>
      \(table(shown.map(\.1)))\(rest)</div>
      </div>
      </section>

      """
  }

  // MARK: - Small pictures

  private func card(_ number: Int, _ variant: VariantRecord) -> Markup {
    let words = VariantWords(variant, span: span)
    return """
      <li\(variant.isConfigured ? Self.configured : "")>\(changes(words))\
      \(variant.isConfigured ? Self.asConfigured : "")
      <svg class="strip" role="img" aria-labelledby="\(id)-\(number)" height="14">\
      <title id="\(id)-\(number)">\(words.summary)</title>
      \(strip(of: variant))</svg>
      <span class="muted">\(words.summary)</span></li>

      """
  }

  /// What is changed, with lines broken between the keys alone.
  private func changes(_ words: VariantWords) -> Markup {
    let all = words.changes
    return Markup(
      all.enumerated().map { place, change -> Markup in
        "<span class=\"whole\">\(change)\(place < all.count - 1 ? "," : "")</span> "
      })
  }

  private static let configured: Markup = " class=\"configured\""
  private static let asConfigured: Markup = "<b>now</b>"

  /// When any of the variant's alerts fired: from its picture, or the episodes that are remembered.
  private func strip(of variant: VariantRecord) -> Markup {
    var bands: [PageAlert.PhaseBand] = []
    for tally in variant.tallies {
      if let picture = tally.picture {
        bands += picture.phases.bands.filter { $0.kind >= .firing || $0.kind == .recovering }
      } else {
        bands += tally.episodes.map {
          .init(.firing, from: $0.firedAt, to: $0.resolvedAt ?? time.to)
        }
      }
    }
    bands.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    // What fires side by side is one band.
    var joined: [PageAlert.PhaseBand] = []
    for band in bands {
      guard let last = joined.last, band.from <= last.to else {
        joined.append(.init(.firing, from: band.from, to: band.to))
        continue
      }
      joined[joined.count - 1].to = max(last.to, band.to)
    }
    let column = (time.to - time.from) / 120
    return BandRow(
      phases: PageBands(joined, without: .inactive, column: column).bands, sight: [], time: time,
      y: 2, height: 10, isTold: variants.count <= 20
    ).markup
  }

  // MARK: - The table

  private func table(_ shown: [VariantRecord]) -> Markup {
    let keys = shown.reduce(into: [String]()) { keys, variant in
      for change in variant.changes where !keys.contains(change.key) { keys.append(change.key) }
    }
    let rows = shown.map { variant -> [Markup] in
      let words = VariantWords(variant, span: span)
      let changes = keys.map { key -> Markup in
        let value = variant.changes.first { $0.key == key }.map(words.value) ?? ""
        return variant.isConfigured ? "<b>\(value)</b>" : "\(value)"
      }
      let firing: [Markup] = ["\(words.alerts)", "\(words.perWeek)", "\(words.firing)"]
      return changes + firing + (isCompared ? words.lag : [])
    }
    let titles =
      ["alerts", "a week", "firing"] + (isCompared ? ["later", "at most", "missed"] : [])
    let legend: Markup = """
      <p class="small muted">First: the tightest variant. Later: how long after it the same alert \
      fires, on average. Missed: its alerts that this one never gives.</p>

      """
    let table = PageTable(
      caption: """
        Variants of \(shown.first?.rule.name ?? "", limit: 120) over \(Quantity.text(span)); \
        bold: now, as configured
        """,
      columns: keys.map { .init(title: VariantWords.title(of: $0), isNumber: true) }
        + titles.map { .init(title: $0, isNumber: true) },
      rows: rows)
    // With many keys it is wider than a phone.
    let region: Markup = """
      <div class="wide" role="region" tabindex="0" aria-label="Table of variants, \(id)">
      \(table.markup)</div>

      """
    return region + (isCompared ? legend : "")
  }

  /// Whether the tightest variant gave alerts that the others can be held against.
  private var isCompared: Bool {
    variants.contains { !$0.lag.isTightest && $0.lag.followed + $0.lag.missed > 0 }
  }
}

/// One variant in words.
struct VariantWords {
  private let variant: VariantRecord
  private let span: Duration

  init(_ variant: VariantRecord, span: Duration) {
    self.variant = variant
    self.span = span
  }

  static func title(of key: String) -> String {
    let key = key.hasSuffix("_minutes") ? String(key.dropLast(8)) : key
    return key.replacing("_", with: " ")
  }

  func value(_ change: VariantRecord.Change) -> String {
    if change.key.hasSuffix("_minutes") { return Quantity.exact(.minutes(change.value)) }
    let isSize = change.key.hasSuffix("threshold")
    return Quantity.text(change.value, isSize ? variant.rule.unit : nil)
  }

  /// `threshold 5 %` and `duration 10 m`.
  var changes: [String] {
    variant.changes.map { "\(Self.title(of: $0.key)) \(value($0))" }
  }

  var alerts: String { "\(variant.fired)" }

  /// Nothing from less than a day: that would be a guess.
  var perWeek: String {
    VariantTable.perWeek(variant.fired, over: span).map(ReplayWording.tenths) ?? "–"
  }

  var firing: String { variant.fired > 0 ? Quantity.text(variant.firingTime) : "–" }

  /// How much later than the tightest variant it fires: on average, at most, and what it misses.
  var lag: [Markup] {
    let lag = variant.lag
    guard !lag.isTightest else { return ["first", "", ""] }
    let all = lag.followed + lag.missed
    return [
      "\(lag.mean.map { Quantity.text($0) } ?? "–")",
      "\(lag.longest.map { Quantity.text($0) } ?? "–")",
      "\(all > 0 ? "\(lag.missed) of \(all)" : "–")",
    ]
  }

  var summary: String {
    variant.fired > 0
      ? "\(PageWords.count(variant.fired, "alert")), \(firing) firing" : "no alert"
  }
}
