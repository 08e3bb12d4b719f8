/// Something that a reader should see before the pictures: a lead, a list or both.
struct PageNotice {
  /// Whether something went wrong.
  var isBad = false
  var lead: Markup = ""
  let lines: [Markup]
  /// The number of lines, if that is more than `lines` has.
  var count: Int?

  /// The largest number of lines listed.
  var most = 20

  /// Empty if there is nothing to say.
  var markup: Markup {
    guard !lead.isEmpty || !lines.isEmpty else { return "" }
    let items = lines.prefix(most).map { line -> Markup in "<li>\(line)</li>\n" }
    let more = (count ?? lines.count) - items.count
    let rest: Markup = more > 0 && !items.isEmpty ? "<li>and \(more) more</li>\n" : ""
    let first: Markup = lead.isEmpty ? "" : "<p>\(lead)</p>\n"
    let list: Markup =
      items.isEmpty ? "" : "<ul class=\"plain small\">\n\(items)\(rest)</ul>\n"
    return "<div class=\"notice\(isBad ? " bad" : "")\">\n\(first)\(list)</div>\n"
  }
}
