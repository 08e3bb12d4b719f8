internal import AlertEngine
internal import Text

/// The outcome of each variant of a rule: small pictures, and a table next to them.
struct VariantSection {
  private let id: String
  private let variants: [VariantRecord]
  private let time: TimeScale
  private let words: VariantWording

  /// The largest number of variants shown for a rule.
  private static let most = 200

  init(id: String, _ variants: [VariantRecord], _ time: TimeScale, span: Duration) {
    self.id = id
    self.variants = variants
    self.time = time
    words = VariantWording(variants: variants, span: span, none: "–")
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
    let summary = summary(of: variant)
    return """
      <li\(variant.isConfigured ? Self.configured : "")>\(changes(of: variant))\
      \(variant.isConfigured ? Self.asConfigured : "")
      <svg class="strip" role="img" aria-labelledby="\(id)-\(number)" height="14">\
      <title id="\(id)-\(number)">\(summary)</title>
      \(strip(of: variant))</svg>
      <span class="muted">\(summary)</span></li>

      """
  }

  /// The changes, with line breaks only between keys.
  private func changes(of variant: VariantRecord) -> Markup {
    let all = words.keys.compactMap { key in
      words.value(of: key, in: variant).map { "\(VariantWording.title(of: key)) \($0)" }
    }
    return Markup(
      all.enumerated().map { place, change -> Markup in
        "<span class=\"whole\">\(change)\(place < all.count - 1 ? "," : "")</span> "
      })
  }

  private func summary(of variant: VariantRecord) -> String {
    variant.fired > 0
      ? "\(Quantity.count(variant.pages, "alert")), \(Quantity.text(variant.firingTime)) firing"
      : "no alerts"
  }

  private static let configured: Markup = " class=\"configured\""
  private static let asConfigured: Markup = "<b>now</b>"

  /// When any of the variant's alerts fired: from its picture, or from the recorded episodes.
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
    // Overlapping firings are one band.
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
      y: 2, height: 10, isTitled: variants.count <= 20
    ).markup
  }

  // MARK: - The table

  private func table(_ shown: [VariantRecord]) -> Markup {
    let rows = shown.map { variant -> [Markup] in
      let changes = words.keys.map { key -> Markup in
        let value = words.value(of: key, in: variant) ?? ""
        return variant.isConfigured ? "<b>\(value)</b>" : "\(value)"
      }
      return changes + words.results(variant).map { "\($0)" }
    }
    let table = PageTable(
      caption: """
        Variants of \(shown.first?.rule.name ?? "", limit: 120) over \(Quantity.text(words.span)); \
        bold: as configured
        """,
      columns: words.keys.map { .init(title: VariantWording.title(of: $0), isNumber: true) }
        + words.titles.map { .init(title: $0, isNumber: true) },
      rows: rows)
    // With many keys it is wider than a phone.
    let region: Markup = """
      <div class="wide" role="region" tabindex="0" aria-label="Table of variants, \(id)">
      \(table.markup)</div>

      """
    let notes = [words.isCompared ? words.legend : nil, words.omission].compactMap(\.self)
    return region
      + (notes.isEmpty ? "" : "<p class=\"small muted\">\(notes.joined(separator: " "))</p>\n")
  }
}
