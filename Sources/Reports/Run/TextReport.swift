internal import Text

/// The report as text: what needs attention comes first, a summary line last.
package struct TextReport: Sendable {
  /// How much is shown.
  package enum Detail: Sendable {
    /// Only what needs attention; empty if all is well.
    case quiet
    /// Also the healthy rules, up to a screenful.
    case normal
    /// Everything.
    case verbose
  }

  /// The largest numbers of rules without evidence, and of healthy ones, listed without `--verbose`.
  static let quietRows = 20

  let detail: Detail
  let style: TerminalStyle

  package init(detail: Detail, isColored: Bool) {
    self.detail = detail
    self.style = TerminalStyle(isOn: isColored)
  }

  package func render(_ report: RunReport) -> String {
    let digest = ReportDigest(report)
    let isSummed = digest.isLong && detail != .verbose
    var lines = isSummed ? summed(digest) : listed(digest)
    let notified = NotificationLines(report.notifications, seenAt: report.generatedAt).lines.map {
      $0.text(style)
    }
    if !notified.isEmpty { lines += notified + [""] }
    if detail == .quiet, report.status == .pass, lines.isEmpty { return "" }
    let summary = SummaryWording(report)
    let status = style.paint(report.status.rawValue, report.status.color)
    return (lines + ["\(status): \(summary.counts) · \(summary.place)", ""])
      .joined(separator: "\n")
  }

  /// Every target with its rows, worst first.
  private func listed(_ digest: ReportDigest) -> [String] {
    digest.ordered.flatMap { target -> [String] in
      let rows = shownRows(of: target, seenAt: digest.report.generatedAt)
      guard !rows.isEmpty else { return [] }
      let heading = digest.targets.count > 1 ? [self.heading(target.target)] : []
      return heading + laidOut(rows) + [""]
    }
  }

  func heading(_ target: TargetReport) -> String {
    style.bold("\(printable(target.name)): \(target.status.rawValue)")
  }

  private func shownRows(of target: TargetDigest, seenAt now: Instant) -> [TextRow] {
    var sections: [ReportState: Section] = [:]
    for entry in target.entries where !isHidden(entry) {
      sections[entry.state, default: Section(limit: limit(for: entry.state))]
        .add(TextRow(entry, seenAt: now))
    }
    return ReportState.allCases.flatMap { state -> [TextRow] in
      guard let section = sections[state] else { return [] }
      guard section.hidden > 0, !section.rows.isEmpty else { return section.rows }
      let more = "and \(section.hidden) more (--verbose lists them)"
      return section.rows + [TextRow(state, note: more)]
    }
  }

  /// Rules with low volume or warming up need no attention.
  private func isHidden(_ entry: ReportEntry) -> Bool {
    detail == .quiet && entry.state == .unknown && entry.isHealthy
  }

  /// The rows of one state; those beyond its limit are counted and never made.
  private struct Section {
    let limit: Int
    var rows: [TextRow] = []
    var hidden = 0

    mutating func add(_ row: @autoclosure () -> TextRow) {
      if rows.count < limit { rows.append(row()) } else { hidden += 1 }
    }
  }

  private func limit(for state: ReportState) -> Int {
    switch (detail, state) {
    case (.quiet, .ok): 0
    case (.quiet, .unknown), (.normal, .unknown), (.normal, .ok): Self.quietRows
    case (.verbose, _), (_, .firing), (_, .recovering), (_, .pending), (_, .resolved),
      (_, .cancelled):
      .max
    }
  }

  func laidOut(_ rows: [TextRow]) -> [String] {
    let stateWidth = rows.map { $0.state.word.count }.max() ?? 0
    let nameWidth = min(34, rows.map(\.name.count).max() ?? 0)
    let valueWidth = min(44, rows.filter { !$0.spark.isEmpty }.map(\.value.count).max() ?? 0)
    let indent = String(repeating: " ", count: stateWidth + 2)
    return rows.flatMap { row in
      var line = style.paint(row.state.word.padded(to: stateWidth), row.state.color) + "  "
      // A row without a name is a note on the rows above.
      if !row.name.isEmpty { line += style.bold(row.name.padded(to: nameWidth)) + "  " }
      line += row.spark.isEmpty ? row.value : row.value.padded(to: valueWidth) + "  "
      for mark in row.spark {
        line += mark.isBad ? style.paint(String(mark.character), .red) : String(mark.character)
      }
      return [line.trimmingTrailingSpaces()] + row.details.map { indent + $0 }
    }
  }
}

extension ReportStatus {
  var color: TerminalStyle.Color {
    switch self {
    case .pass: .green
    case .warn: .yellow
    case .fail: .red
    }
  }
}
