internal import Text

/// A table, as columns of text or as Markdown.
struct ReportTable {
  /// One title for each column; trusted.
  var titles: [String]
  /// The columns of numbers.
  var numbers: Range<Int>
  /// Of outside text, made printable.
  var rows: [[String]] = []

  func text(_ style: TerminalStyle) -> [String] {
    guard !rows.isEmpty else { return [] }
    let lines = [titles] + rows
    let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.enumerated().map { index, cells in
      let padded = cells.indices.map { column in
        numbers.contains(column)
          ? cells[column].paddedLeft(to: widths[column]) : cells[column].padded(to: widths[column])
      }
      let line = padded.joined(separator: "  ").trimmingTrailingSpaces()
      return index == 0 ? style.bold(line) : line
    }
  }

  /// Empty without rows.
  var markdown: String {
    guard !rows.isEmpty else { return "" }
    let rule = titles.indices.map { numbers.contains($0) ? "---:" : "---" }
    let lines = [titles, rule] + rows.map { $0.map { MarkdownText.cell($0) } }
    return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}
