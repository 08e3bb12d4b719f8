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

  /// The variants of each rule, in the order of the request.
  static func all(_ result: ReplayResult, _ time: TimeScale) -> Markup {
    guard !result.variants.isEmpty, let span = result.span else { return "" }
    var names: [String] = []
    var groups: [String: [VariantRecord]] = [:]
    for variant in result.variants {
      if groups[variant.rule.name] == nil { names.append(variant.rule.name) }
      groups[variant.rule.name, default: []].append(variant)
    }
    let sections = names.enumerated().map { index, name in
      VariantSection(
        id: "v\(index + 1)", groups[name] ?? [], time, span: span.upperBound - span.lowerBound
      ).markup
    }
    return "<h2>What if</h2>\n\(sections)"
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
      <li\(variant.isConfigured ? Self.configured : "")>\(words.changes)\
      \(variant.isConfigured ? Self.asConfigured : "")
      <svg class="strip" role="img" aria-labelledby="\(id)-\(number)" height="14">\
      <title id="\(id)-\(number)">\(words.summary)</title>
      \(strip(of: variant))</svg>
      <span class="muted">\(words.summary)</span></li>

      """
  }

  private static let configured: Markup = " class=\"configured\""
  private static let asConfigured: Markup = " <b>as configured</b>"

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
      return changes + [
        "\(words.alerts)", "\(words.perWeek)", "\(words.firing)", "\(words.detection)",
      ]
    }
    return PageTable(
      caption: """
        Variants of \(shown.first?.rule.name ?? "", limit: 120) over \(Quantity.text(span)); bold: as \
        configured
        """,
      columns: keys.map { .init(title: VariantWords.title(of: $0), isNumber: true) }
        + ["alerts", "a week", "firing", "detected after"].map { .init(title: $0, isNumber: true) },
      rows: rows
    ).markup
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
    if change.key.hasSuffix("_minutes") { return Quantity.text(.minutes(change.value)) }
    let isSize = change.key.hasSuffix("threshold")
    return Quantity.text(change.value, isSize ? variant.rule.unit : nil)
  }

  /// `threshold 5 %, duration 10 m`.
  var changes: String {
    variant.changes.map { "\(Self.title(of: $0.key)) \(value($0))" }.joined(separator: ", ")
  }

  private var count: Int { variant.tallies.reduce(0) { $0 + $1.firings.count } }
  private var total: Duration { variant.tallies.reduce(.zero) { $0 + $1.firings.total } }

  var alerts: String { "\(count)" }

  /// Nothing from a day or less: that would be a guess.
  var perWeek: String {
    let weeks = span / .seconds(7 * 86_400)
    return weeks < 1.0 / 7 ? "–" : Quantity.text(Double(count) / weeks, nil)
  }

  var firing: String { count > 0 ? Quantity.text(total) : "–" }

  /// From the first bad sample to firing, on average.
  var detection: String {
    let detected = variant.tallies.reduce(0) { $0 + $1.firings.detected }
    let sum = variant.tallies.reduce(Duration.zero) { $0 + $1.firings.detection }
    return detected > 0 ? Quantity.text(sum / detected) : "–"
  }

  var summary: String {
    count > 0 ? "\(PageWords.count(count, "alert")), \(firing) firing" : "no alert"
  }
}
