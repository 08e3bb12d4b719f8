internal import AlertEngine

/// The report for people: what needs attention first, one summary line last.
package struct TextReport: Sendable {
  /// How much is shown.
  package enum Detail: Sendable {
    /// Only what needs attention; nothing at all when all is well.
    case quiet
    /// And the healthy rules, up to a screenful.
    case normal
    /// Everything.
    case verbose
  }

  /// So many rules without evidence, and so many healthy ones, are listed unless all are asked for.
  static let quietRows = 20

  let detail: Detail
  let ink: Ink

  package init(detail: Detail, isColored: Bool) {
    self.detail = detail
    self.ink = Ink(isOn: isColored)
  }

  package func render(_ report: RunReport) -> String {
    var lines: [String] = []
    for target in report.targets {
      let rows = shownRows(of: target, seenAt: report.generatedAt)
      guard !rows.isEmpty else { continue }
      if report.targets.count > 1 {
        lines.append(ink.bold("\(printable(target.name)): \(target.status.rawValue)"))
      }
      lines += laidOut(rows) + [""]
    }
    let told = NotificationLines(ink: ink).lines(of: report.notifications)
    if !told.isEmpty { lines += told + [""] }
    let summary = summaryLine(of: report)
    if detail == .quiet, report.status == .pass, lines.isEmpty { return "" }
    return (lines + [summary, ""]).joined(separator: "\n")
  }

  private func shownRows(of target: TargetReport, seenAt now: Instant) -> [TextRow] {
    let events = Dictionary(target.evaluation.transitions.map { ($0.key, $0) }) { _, last in last }
    let checked = Set(target.evaluation.checks.map(\.key))
    var sections: [TextRow.State: Section] = [:]
    func add(_ state: TextRow.State, _ row: @autoclosure () -> TextRow) {
      sections[state, default: Section(limit: limit(for: state))].add(row())
    }
    for check in target.evaluation.checks.inOrderOfUrgency where !isHidden(check) {
      let changed = events[check.key]
      add(
        TextRow.State(check, changed: changed), TextRow(check, changed: changed, seenAt: now))
    }
    for transition in target.evaluation.transitions where !checked.contains(transition.key) {
      add(TextRow.State(ended: transition), TextRow(ended: transition, seenAt: now))
    }
    return TextRow.State.allCases.flatMap { state -> [TextRow] in
      guard let section = sections[state] else { return [] }
      guard section.hidden > 0, !section.rows.isEmpty else { return section.rows }
      let more = "and \(section.hidden) more (--verbose lists them)"
      return section.rows + [TextRow(state, note: more)]
    }
  }

  /// Everyday unknowns are nothing that needs attention.
  private func isHidden(_ check: Check) -> Bool {
    guard detail == .quiet, check.status == .unknown, let reason = check.reason else {
      return false
    }
    return reason.isEveryday
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

  private func limit(for state: TextRow.State) -> Int {
    switch (detail, state) {
    case (.quiet, .ok): 0
    case (.quiet, .unknown), (.normal, .unknown), (.normal, .ok): Self.quietRows
    case (.verbose, _), (_, .firing), (_, .recovering), (_, .pending), (_, .resolved),
      (_, .cancelled):
      .max
    }
  }

  /// One line with all counts: `fail: 1 firing, 2 ok of 3 checks · api.example · 2026-…`.
  private func summaryLine(of report: RunReport) -> String {
    var counts: [TextRow.State: Int] = [:]
    var total = 0
    for check in report.checks {
      counts[TextRow.State(check), default: 0] += 1
      total += 1
    }
    let parts = TextRow.State.allCases.compactMap { state in
      counts[state].map { "\($0) \(state.rawValue)" }
    }
    let name =
      report.targets.count == 1
      ? printable(report.targets[0].name) : "\(report.targets.count) targets"
    let status = ink.paint(report.status.rawValue, report.status.color)
    guard !report.targets.isEmpty else {
      return "\(status): nothing was evaluated · \(report.generatedAt.dayAndTime) UTC"
    }
    let sum = parts.joined(separator: ", ")
    let of = total == 1 ? "1 check" : "\(total) checks"
    return "\(status): \(sum) of \(of) · \(name) · \(report.generatedAt.dayAndTime) UTC"
  }

  private func laidOut(_ rows: [TextRow]) -> [String] {
    let stateWidth = rows.map { $0.state.word.count }.max() ?? 0
    let nameWidth = min(34, rows.map(\.name.count).max() ?? 0)
    let valueWidth = min(44, rows.filter { !$0.spark.isEmpty }.map(\.value.count).max() ?? 0)
    let indent = String(repeating: " ", count: stateWidth + 2)
    return rows.flatMap { row in
      var line = ink.paint(row.state.word.padded(to: stateWidth), row.state.color) + "  "
      line += ink.bold(row.name.padded(to: nameWidth)) + "  "
      line += row.spark.isEmpty ? row.value : row.value.padded(to: valueWidth) + "  "
      for mark in row.spark {
        line += mark.isBad ? ink.paint(String(mark.character), .red) : String(mark.character)
      }
      return [line.trimmingTrailingSpaces()] + row.details.map { indent + $0 }
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func trimmingTrailingSpaces() -> String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}

extension ReportStatus {
  var color: Ink.Color {
    switch self {
    case .pass: .green
    case .warn: .yellow
    case .fail: .red
    }
  }
}
