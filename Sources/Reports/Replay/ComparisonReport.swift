package import AlertEngine
internal import Text

/// What differs between two configurations on a recording, as text or as Markdown for a pull
/// request.
package struct ComparisonReport: ReplayReport {
  /// The most differences that are listed.
  static let mostDifferences = 50

  private let before: String
  private let after: String
  private let isMarkdown: Bool
  private let style: TerminalStyle

  /// - Parameters:
  ///   - before: the name of the configuration before the change.
  ///   - after: the name of the one after it.
  ///   - isMarkdown: whether to write Markdown.
  ///   - isColored: whether the text is for a terminal with colours.
  package init(from before: String, to after: String, isMarkdown: Bool, isColored: Bool) {
    self.before = before
    self.after = after
    self.isMarkdown = isMarkdown
    style = TerminalStyle(isOn: isColored)
  }

  package func head() -> [UInt8] { [] }

  package func transitions(_ transitions: [ReplayTransition]) -> [UInt8] { [] }

  package func tail(_ result: ReplayResult, skipped: SkippedLines) -> [UInt8] {
    guard let comparison = result.comparison else { return [] }
    let list = Self.list(comparison, isTargetNamed: result.targets.count > 1)
    let counts = Self.counts(comparison, over: result.length)
    let hidden = comparison.differences.count - list.rows.count
    let notes = [
      hidden > 0 ? "\(hidden) more differences are in the JSON report." : nil,
      comparison.uncompared > 0
        ? "\(Quantity.count(comparison.uncompared, "alert")) not compared: only the first "
          + "\(ReplayComparison.mostEpisodes) of a rule or instance are." : nil,
      comparison.after.loads.isEmpty && comparison.before.loads.isEmpty
        ? nil
        : "Notifications: one when an alert fires and one when it resolves; reminders, digests, "
          + "silences, acknowledgements and dependencies are not considered.",
    ].compactMap(\.self)
    let text =
      isMarkdown
      ? ([
        "### Alerts: \(Self.verdict(comparison))\n",
        "\(MarkdownText.code(before, limit: 200)) → \(MarkdownText.code(after, limit: 200)), "
          + "\(Self.recording(result))\n",
        list.markdown, counts.markdown,
      ] + notes.map { $0 + "\n" }).filter { !$0.isEmpty }.joined(separator: "\n")
      : [
        Self.stacked(list).text(style), counts.text(style),
        notes.flatMap { ReplayTextReport.wrapped($0, indent: 0) },
        ReplaySummary(result).recording
          + [
            "before: \(printable(before))", "after: \(printable(after))",
            "replay: \(Self.verdict(comparison))",
          ].flatMap { ReplayTextReport.wrapped($0, indent: 0) },
      ].filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    return Array(inert(text).utf8)
  }

  /// `3 lost, 1 later, 1 unchanged; 5 alerts before, 2 after`.
  private static func verdict(_ comparison: ReplayComparison) -> String {
    let kinds = ReplayComparison.Kind.allCases.map { ($0.rawValue, comparison.count($0)) }
    let parts = (kinds + [("unchanged", comparison.unchanged)]).filter { $0.1 > 0 }
    let words = parts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    return (words.isEmpty ? "" : words + "; ")
      + "\(Quantity.count(comparison.before.pages, "alert")) before, \(comparison.after.pages) after"
  }

  private static func list(_ comparison: ReplayComparison, isTargetNamed: Bool) -> ReportTable {
    var table = ReportTable(titles: ["difference", "alert", "before", "after"], numbers: 0..<0)
    let all = comparison.differences
    // What is lost matters most, whatever is cut.
    let sorted =
      all.filter { $0.kinds == [.lost] } + all.filter { $0.kinds != [.lost] && $0.kinds != [.new] }
      + all.filter { $0.kinds == [.new] }
    for difference in sorted.prefix(mostDifferences) {
      let isPair = !difference.before.isEmpty && !difference.after.isEmpty
      let sides = [difference.before, difference.after].map { episodes in
        guard let first = episodes.first else {
          return difference.maintenance.map { "in maintenance \($0.quoted)" } ?? ""
        }
        var text = "\(first.begin.dayAndTime) for \(Quantity.text(difference.total(episodes)))"
        if episodes.count > 1 { text += " in \(episodes.count) alerts" }
        if episodes.last?.resolvedAt == nil { text += ", still firing" }
        guard !isPair, let peak = first.peak else { return text }
        return text + ", peak \(Quantity.text(peak.value, difference.subject.rule?.unit))"
      }
      let target = isTargetNamed ? printable(difference.target, limit: 60) + " " : ""
      let kinds = difference.kinds.map(\.rawValue).joined(separator: ", ")
      table.rows.append([kinds, target + difference.key.text] + sides)
    }
    return table
  }

  /// The same table with a line for each side, which fits a terminal.
  private static func stacked(_ list: ReportTable) -> ReportTable {
    var table = ReportTable(titles: ["difference", "alert", "", "fires"], numbers: 0..<0)
    for row in list.rows {
      let sides = [("before", row[2]), ("after", row[3])].filter { !$0.1.isEmpty }
      for (index, side) in sides.enumerated() {
        table.rows.append((index == 0 ? Array(row[..<2]) : ["", ""]) + [side.0, side.1])
      }
    }
    return table
  }

  /// The alerts of the rules that differ, and the notifications of each receiver.
  private static func counts(_ comparison: ReplayComparison, over span: Duration) -> ReportTable {
    let sides = [comparison.before, comparison.after]
    let isRated = VariantWording.perWeek(0, over: span) != nil
    var table = ReportTable(
      titles: [isRated ? "a week" : "in all", "before", "after"], numbers: 1..<3)
    func add(_ name: String, _ count: (ReplayComparison.Side) -> Int?) {
      let cells = sides.map { side in
        count(side).map { count in
          VariantWording.perWeek(count, over: span).map(ReplayWording.tenths) ?? "\(count)"
        } ?? "none"
      }
      table.rows.append([printable(name)] + cells)
    }
    for rule in Set(comparison.differences.map(\.key.rule)).sorted() {
      add("alerts of \(rule)") { $0.has(rule) ? $0.pages(of: rule) : nil }
    }
    for name in comparison.receivers {
      add("notifications of \(name)") { side in
        side.loads.first { $0.name == name }?.notifications
      }
    }
    return table
  }

  private static func recording(_ result: ReplayResult) -> String {
    guard let span = result.span else { return "no sample" }
    let targets = result.targets.map { MarkdownText.code($0.name, limit: 60) }
    return "\(Quantity.text(result.length)) from \(span.lowerBound.dayAndTime) to "
      + "\(span.upperBound.dayAndTime) \(span.upperBound.zoneLabel) of \(listed(targets))"
  }
}
