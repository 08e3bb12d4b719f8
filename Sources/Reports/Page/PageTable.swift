internal import Text

/// A table with its caption, whose first column names its rows.
struct PageTable {
  struct Column {
    var title: String
    /// Whether it is aligned to the right, as numbers are.
    var isNumber = false
  }

  let caption: Markup
  /// Whether the caption is for screen readers alone.
  var isCaptionHidden = false
  let columns: [Column]
  let rows: [[Markup]]

  var markup: Markup {
    let head = columns.map { column -> Markup in
      "<th scope=\"col\"\(column.isNumber ? Self.number : "")>\(column.title)</th>"
    }
    let body = rows.map { cells -> Markup in
      let cells = zip(cells, columns).enumerated().map { place, cell -> Markup in
        let kind: Markup = cell.1.isNumber ? Self.number : ""
        return place == 0
          ? "<th scope=\"row\"\(kind)>\(cell.0)</th>" : "<td\(kind)>\(cell.0)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <table class="list">\(Self.caption(caption, isHidden: isCaptionHidden))
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(body)</tbody></table>

      """
  }

  /// The table, and the number of further rows.
  func markup(of count: Int) -> Markup {
    let more = count - rows.count
    return more > 0 ? markup + "<p class=\"small muted\">and \(more) more</p>\n" : markup
  }

  /// The same, folded under its count: `12 episodes`.
  func folded(_ noun: String, of count: Int, isOpen: Bool = false) -> Markup {
    """
    <details\(isOpen ? Self.open : "")><summary>\(Quantity.count(count, noun))</summary>
    \(markup(of: count))</details>

    """
  }

  private static let number: Markup = " class=\"n\""
  private static let open: Markup = " open"

  static func caption(_ caption: Markup, isHidden: Bool) -> Markup {
    isHidden
      ? "<caption><span class=\"hidden\">\(caption)</span></caption>"
      : "<caption>\(caption)</caption>"
  }

  /// Facts in rows: a name and a phrase each.
  static func facts(_ facts: [(name: String, words: Markup)], caption: Markup) -> Markup {
    let rows = facts.map { fact -> Markup in
      "<tr><th scope=\"row\">\(fact.name)</th><td>\(fact.words)</td></tr>\n"
    }
    return """
      <table class="facts">\(Self.caption(caption, isHidden: true))
      <tbody>
      \(rows)</tbody></table>

      """
  }
}
