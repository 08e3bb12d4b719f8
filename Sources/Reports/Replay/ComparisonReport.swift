package import AlertEngine
internal import Text

/// What differs between two configurations on a recording, as text or as Markdown for a pull
/// request.
package struct ComparisonReport: ReplayReport {
  /// The most differences that are listed; the JSON report has all of them.
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
    let span = result.span.map { $0.upperBound - $0.lowerBound } ?? .zero
    let words = ComparisonWording(comparison: comparison, span: span)
    let text = isMarkdown ? markdown(words, result) : plain(words, result)
    return Array(inert(text).utf8)
  }

  // MARK: - Text

  private func plain(_ words: ComparisonWording, _ result: ReplayResult) -> String {
    let shown = words.comparison.differences.prefix(Self.mostDifferences)
    let names = shown.map {
      DifferenceWording(difference: $0).name(amongTargets: result.targets.count > 1)
    }
    let width = min(34, names.map(\.count).max() ?? 0)
    var lines = zip(shown, names).map { difference, name in
      line(of: difference, style.bold(name.padded(to: width)))
    }
    let more = words.comparison.differences.count - shown.count
    if more > 0 { lines.append("and \(more) more (the JSON report lists all)") }
    let receivers = words.receivers
    let nameWidth = ([words.receiverTitle] + receivers.map { printable($0.name) }).map(\.count)
      .max()
    let table = receivers.map { row in
      printable(row.name).padded(to: nameWidth ?? 0)
        + [row.before, row.after].map { "  " + ($0 ?? "-").paddedLeft(to: 6) }.joined()
    }
    let rules = words.rules.flatMap { rule in
      let alerts = "\(rule.pages.before) → \(Quantity.count(rule.pages.after, "alert"))"
      let phrases =
        rule.before == rule.after
        ? [rule.after ?? ""]
        : ["before: \(rule.before ?? "none")", "after: \(rule.after ?? "none")"]
      return ["\(style.bold(printable(rule.name)))  \(alerts)"]
        + phrases.flatMap { ReplayTextReport.wrapped($0, indent: 2) }
    }
    let blocks = [
      lines, rules,
      table.isEmpty
        ? []
        : [style.bold(words.receiverTitle.padded(to: nameWidth ?? 0)) + "  before   after"] + table
          + ReplayTextReport.wrapped(ComparisonWording.limits, indent: 0),
      ReplaySummary(result).recording
        + [words.omission, "replay: \(words.counts); \(words.totals)"].compactMap(\.self)
        + ReplayTextReport.wrapped(
          "before: \(printable(before)), after: \(printable(after))", indent: 0),
    ]
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  /// `LOST     2026-09-01 10:10  error_rate  for 15 m, peak 5.99 %`.
  private func line(of difference: ReplayComparison.Difference, _ name: String) -> String {
    let words = DifferenceWording(difference: difference)
    let isPair = !difference.before.isEmpty && !difference.after.isEmpty
    let word = isPair ? "CHANGED" : words.kinds.uppercased()
    let color: TerminalStyle.Color =
      isPair ? .yellow : difference.kinds == [.lost] ? .red : .green
    let sides = [difference.before, difference.after].filter { !$0.isEmpty }.map { episodes in
      words.lasting(episodes) + (words.peak(episodes).map { ", peak \($0)" } ?? "")
    }
    let story =
      isPair
      ? "\(words.extent): \(sides.joined(separator: ", now "))"
      : "fired \(sides.joined())"
        + (difference.maintenance.map { ", in maintenance \($0.quoted)" } ?? "")
    let time = difference.begin.dayAndTime
    return "\(style.paint(word.padded(to: 8), color)) \(time)  \(name)  \(story)"
  }
}

// MARK: - Markdown

extension ComparisonReport {
  private func markdown(_ words: ComparisonWording, _ result: ReplayResult) -> String {
    let differences = words.comparison.differences
    var text = "### Alerts: \(words.counts)\n\n\(words.totals), \(recording(result)). "
    text +=
      "Before: \(MarkdownText.code(before, limit: 200)), "
      + "after: \(MarkdownText.code(after, limit: 200)).\n"
    if !differences.isEmpty {
      text += "\n| | alert | before | after |\n| --- | --- | --- | --- |\n"
      for difference in differences.prefix(Self.mostDifferences) {
        text += row(of: difference, isNamed: result.targets.count > 1)
      }
      let more = differences.count - Self.mostDifferences
      if more > 0 { text += "\nand \(more) more\n" }
    }
    let rules = words.rules
    if !rules.isEmpty {
      text += "\n| rule | before | after | alerts |\n| --- | --- | --- | --- |\n"
      for rule in rules {
        let same = rule.before == rule.after
        text +=
          "| \(MarkdownText.cell(rule.name)) | \(MarkdownText.cell(rule.before ?? "")) | "
          + "\(same ? "the same" : MarkdownText.cell(rule.after ?? "")) | "
          + "\(rule.pages.before) → \(rule.pages.after) |\n"
      }
    }
    let receivers = words.receivers
    if !receivers.isEmpty {
      text += "\n| \(words.receiverTitle) | before | after |\n| --- | ---: | ---: |\n"
      for row in receivers {
        text += "| \(MarkdownText.cell(row.name)) | \(row.before ?? "") | \(row.after ?? "") |\n"
      }
      text += "\n\(ComparisonWording.limits.replacingBytes("depends_on", with: "`depends_on`"))\n"
    }
    return text + (words.omission.map { "\n\($0)\n" } ?? "")
  }

  private func row(of difference: ReplayComparison.Difference, isNamed: Bool) -> String {
    let words = DifferenceWording(difference: difference)
    let sides = [difference.before, difference.after].map { episodes in
      episodes.isEmpty
        ? ""
        : "\(episodes[0].begin.dayAndTime) \(words.lasting(episodes))"
          + (words.peak(episodes).map { ", peak \(MarkdownText.cell($0))" } ?? "")
    }
    let extent = words.extent.isEmpty ? words.kinds : words.extent
    let window = difference.maintenance.map { ", in maintenance \(MarkdownText.cell($0))" } ?? ""
    return "| \(Self.icon(difference)) \(extent)\(window) "
      + "| \(MarkdownText.cell(words.name(amongTargets: isNamed))) "
      + "| \(sides[0]) | \(sides[1]) |\n"
  }

  private func recording(_ result: ReplayResult) -> String {
    guard let span = result.span else { return "no sample" }
    let snapshots = result.targets.reduce(0) { $0 + $1.snapshots }
    let targets = result.targets.map { MarkdownText.code($0.name, limit: 60) }
    return "in \(Quantity.text(span.upperBound - span.lowerBound)) "
      + "(\(span.lowerBound.dayAndTime) to \(span.upperBound.dayAndTime) "
      + "\(span.upperBound.zoneLabel), \(Quantity.count(snapshots, "snapshot")) of "
      + "\(listed(targets, most: 5)))"
  }

  private static func icon(_ difference: ReplayComparison.Difference) -> String {
    difference.kinds == [.lost] ? "🔴" : difference.kinds == [.new] ? "🟡" : "🔵"
  }
}
