internal import AlertEngine

/// The variants of one request beside one another, a row each.
struct VariantTable {
  let variants: [VariantRecord]
  /// How long the recording is.
  let span: Duration

  /// One for each request that was made.
  static func tables(of result: ReplayResult) -> [VariantTable] {
    let span = result.span.map { $0.upperBound - $0.lowerBound } ?? .zero
    var requests: [Int] = []
    for variant in result.variants where requests.last != variant.request {
      requests.append(variant.request)
    }
    return requests.map { request in
      VariantTable(variants: result.variants.filter { $0.request == request }, span: span)
    }
  }

  /// The keys that vary, in the order of the request.
  private var keys: [String] {
    let widest = variants.max { $0.changes.count < $1.changes.count }
    return widest?.changes.map(\.key) ?? []
  }

  func lines(_ ink: Ink) -> [String] {
    guard let first = variants.first else { return [] }
    var rows = [
      [""] + keys.map(Self.title) + ["alerts", Self.weekTitle, "firing"]
        + (hasMissed ? ["later", Self.longestTitle, "missed"] : [])
    ]
    for variant in variants { rows.append(row(of: variant)) }
    var widths = Self.widths(of: rows)
    // Where many keys vary, what tells least gives way.
    for title in [Self.longestTitle, Self.weekTitle] {
      guard widths.reduce(0, { $0 + $1 + 2 }) - 2 > ReplayTextReport.columns,
        let column = rows[0].firstIndex(of: title)
      else { continue }
      for index in rows.indices { rows[index].remove(at: column) }
      widths.remove(at: column)
    }
    let condition =
      RuleWording(first.rule).measurement + " "
      + first.rule.condition.comparison.sign + " threshold"
    let heading =
      "what if: \(printable(first.rule.name)) (\(condition)) over \(Quantity.text(span))"
    var lines = ReplayTextReport.wrapped(heading, indent: 0).map { ink.bold($0) }
    for (index, row) in rows.enumerated() {
      let cells = zip(row, widths).map { $0.paddedLeft(to: $1) }
      let line = cells.joined(separator: "  ").trimmingTrailingSpaces()
      lines.append(index > 0 && variants[index - 1].isConfigured ? ink.bold(line) : line)
    }
    return lines
  }

  private static let longestTitle = "at most"
  private static let weekTitle = "a week"

  private static func widths(of rows: [[String]]) -> [Int] {
    rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  }

  private func row(of variant: VariantRecord) -> [String] {
    let lag = variant.lag
    var row = [variant.isConfigured ? "now" : ""]
    row += keys.map { key in
      variant.changes.first { $0.key == key }.map { text($0, variant.rule.unit) } ?? "-"
    }
    row += [
      "\(variant.fired)", perWeek(variant.fired),
      variant.firingTime > .zero ? Quantity.text(variant.firingTime) : "-",
    ]
    guard hasMissed else { return row }
    guard !lag.isTightest else { return row + ["first", "", ""] }
    let missed =
      lag.followed + lag.missed > 0 ? "\(lag.missed) of \(lag.followed + lag.missed)" : "-"
    return row + [
      lag.mean.map { Quantity.text($0) } ?? "-", lag.longest.map { Quantity.text($0) } ?? "-",
      missed,
    ]
  }

  /// Alerts in a week; a dash where there was not even a day.
  private func perWeek(_ count: Int) -> String {
    Self.perWeek(count, over: span).map(ReplayWording.tenths) ?? "-"
  }

  /// How many there would be in a week; `nil` under a day, which tells too little.
  static func perWeek(_ count: Int, over span: Duration) -> Double? {
    guard span >= .seconds(86_400) else { return nil }
    return Double(count) * (.seconds(604_800) / span)
  }

  /// Whether the tightest variant gave alerts that the others can be held against.
  private var hasMissed: Bool {
    variants.contains { !$0.lag.isTightest && $0.lag.followed + $0.lag.missed > 0 }
  }

  /// What the words of tables mean; empty where there is none.
  static func legend(of tables: [VariantTable]) -> [String] {
    guard !tables.isEmpty else { return [] }
    var text = "now: as configured."
    if tables.contains(where: \.hasMissed) {
      text +=
        " first: the tightest variant; later: how long after it the same alert fires, on "
        + "average; missed: its alerts that this one never gives."
    }
    return ReplayTextReport.wrapped(text, indent: 0)
  }

  private static func title(_ key: String) -> String {
    let words = key.hasSuffix("_minutes") ? String(key.dropLast("_minutes".count)) : key
    return words.replacingBytes("_", with: " ")
  }

  /// A value as its key asks: minutes as a time, a threshold in the rule's unit.
  private func text(_ change: VariantRecord.Change, _ unit: MetricUnit?) -> String {
    if change.key.hasSuffix("_minutes") { return Quantity.exact(.minutes(change.value)) }
    let others = variants.flatMap(\.changes).filter { $0.key == change.key }.map(\.value)
    let nearest = others.filter { $0 != change.value }.min {
      abs($0 - change.value) < abs($1 - change.value)
    }
    let unit = change.key.hasSuffix("threshold") ? unit : nil
    return Quantity.text(change.value, unit, apartFrom: nearest)
  }
}
