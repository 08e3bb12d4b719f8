internal import AlertEngine
internal import Text

/// The variants of one request as a table, one row each.
struct VariantTable {
  let variants: [VariantRecord]
  /// How long the recording is.
  let span: Duration

  /// One for each request.
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

  private var words: VariantWording {
    VariantWording(variants: variants, span: span, none: "-")
  }

  func lines(_ style: TerminalStyle) -> [String] {
    guard let first = variants.first else { return [] }
    let words = words
    var rows = [
      [""] + words.keys.map(VariantWording.title) + words.titles
    ]
    for variant in variants {
      rows.append(
        [variant.isConfigured ? "now" : ""]
          + words.keys.map { words.value(of: $0, in: variant) ?? words.none }
          + words.results(variant))
    }
    var widths = Self.widths(of: rows)
    // If many keys vary, the least useful columns are left out.
    for title in [VariantWording.longestTitle, VariantWording.weekTitle] {
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
    var lines = ReplayTextReport.wrapped(heading, indent: 0).map { style.bold($0) }
    for (index, row) in rows.enumerated() {
      let cells = zip(row, widths).map { $0.paddedLeft(to: $1) }
      let line = cells.joined(separator: "  ").trimmingTrailingSpaces()
      lines.append(index > 0 && variants[index - 1].isConfigured ? style.bold(line) : line)
    }
    return lines
  }

  private static func widths(of rows: [[String]]) -> [Int] {
    rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  }

  /// The meaning of the columns; empty without a table.
  static func legend(of tables: [VariantTable]) -> [String] {
    guard !tables.isEmpty else { return [] }
    let compared = tables.map(\.words).filter(\.isCompared)
    let words = compared.first(where: \.hasEarlier) ?? compared.first
    let omission = tables.lazy.compactMap(\.words.omission).first
    let notes = ["now: as configured.", words?.legend, omission].compactMap(\.self)
    let text = notes.joined(separator: " ")
    return ReplayTextReport.wrapped(text, indent: 0)
  }
}
