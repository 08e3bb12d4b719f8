package import AlertEngine
internal import Text

/// A history for people: a heading for each day, a line for each entry, the newest last.
package struct HistoryReport {
  let rows: [HistoryRow]

  /// - Parameter entries: oldest first.
  package init(_ entries: [HistoryEntry]) {
    var firings: [[String?]: Instant] = [:]
    rows = entries.map { entry in
      let key = entry.formerKey ?? entry.key
      let alert = [entry.target, key?.rule, key?.instance]
      if entry.kind == .transition, entry.event == .firing { firings[alert] = entry.at }
      return HistoryRow(entry, firedAt: firings[alert])
    }
  }

  package func text(isColored: Bool) -> String {
    let style = TerminalStyle(isOn: isColored)
    let width = rows.map(\.word.count).max() ?? 0
    return days.map { heading, rows in
      let lines = rows.map { row in
        var line = "  \(row.entry.at.clockTime)  "
        line += style.paint(row.word.padded(to: width), row.color) + "  "
        if let subject = row.subject { line += style.bold(subject) }
        line += row.story.isEmpty || row.subject == nil ? row.story : ": \(row.story)"
        return line + (row.id.map { " · \($0)" } ?? "") + "\n"
      }
      return style.bold(heading) + "\n" + lines.joined()
    }.joined(separator: "\n")
  }

  package func markdown() -> String {
    days.map { heading, rows in
      let lines = rows.map { row in
        let cells = [
          row.entry.at.clockTime, row.word, MarkdownText.cell(row.subject ?? ""),
          MarkdownText.cell(row.story), MarkdownText.cell(row.id ?? ""),
        ]
        return "| \(cells.joined(separator: " | ")) |\n"
      }
      return "### \(heading)\n\n| time | | about | what | id |\n| --- | --- | --- | --- | --- |\n"
        + lines.joined()
    }.joined(separator: "\n")
  }

  private var days: [(heading: String, rows: [HistoryRow])] {
    var days: [(heading: String, rows: [HistoryRow])] = []
    var last: Instant?
    for row in rows {
      let at = row.entry.at
      if let last, last.isOnSameDay(as: at), last.zoneLabel == at.zoneLabel {
        days[days.count - 1].rows.append(row)
      } else {
        days.append(("\(at.dayAndTime.prefix { $0 != " " }) \(at.zoneLabel)", [row]))
      }
      last = at
    }
    return days
  }
}

/// One entry in words.
struct HistoryRow {
  let entry: HistoryEntry
  /// When the alert fired last, if the history says so.
  let firedAt: Instant?
  /// Whether the story of a notification names the alert.
  let namesAlert: Bool

  init(_ entry: HistoryEntry, firedAt: Instant?, namesAlert: Bool = true) {
    self.entry = entry
    self.firedAt = firedAt
    self.namesAlert = namesAlert
  }

  /// The event, as in the other reports: `FIRING`, `NOT NOTIFIED`.
  var word: String {
    switch (entry.kind, entry.event) {
    case (.notification, _):
      switch entry.outcome {
      case .delivered: "notified"
      case .held: "HELD"
      case .deferred, .dead, .skipped, nil: "NOT NOTIFIED"
      }
    case (.silence, .ended): "SILENCE ENDED"
    case (.silence, _): "SILENCED"
    case (.acknowledgement, .undone): "ACK UNDONE"
    case (.acknowledgement, _): "ACKED"
    case (.transition, _): entry.event.rawValue.uppercased()
    }
  }

  var color: TerminalStyle.Color {
    switch (entry.kind, entry.event) {
    case (.notification, _):
      switch entry.outcome {
      case .delivered: .green
      case .held: .plain
      case .deferred, .dead, .skipped, nil: .red
      }
    case (.transition, .firing): .red
    case (.transition, .pending): .yellow
    case (.transition, .resolved): .green
    case (.transition, _), (.silence, _), (.acknowledgement, _): .plain
    }
  }

  /// The receiver of a notification, else the alert; `nil` for a silence.
  var subject: String? {
    entry.kind == .notification ? entry.receiver.map { printable($0, limit: 60) } : alert
  }

  private var alert: String? {
    entry.key.map { $0.text + (entry.target.map { " on \(printable($0, limit: 60))" } ?? "") }
  }

  /// The id by which messages and `explain` know the event.
  var id: String? {
    switch (entry.kind, entry.event) {
    case (.silence, _): entry.silence.map { "silence \(printable($0, limit: 60))" }
    // The event of any other notification is a transition, which has a line of its own.
    case (.transition, _), (.notification, .reminder), (.notification, .firedAndResolved):
      entry.id.map { printable($0, limit: 60) }
    case (.notification, _), (.acknowledgement, _): nil
    }
  }

  /// What the other columns do not say.
  var story: String {
    let by = entry.by.map { "by \(printable($0, limit: 60))" }
    let words = [entry.value, entry.reason, entry.note].map { $0.map { printable($0, limit: 300) } }
    let (value, reason, note) = (words[0], words[1], words[2])
    switch entry.kind {
    case .transition:
      var parts = [value, reason]
      if entry.event == .resolved, let firedAt, firedAt <= entry.at {
        parts.append("fired for \(Quantity.text(entry.at - firedAt))")
      }
      return parts.compactMap(\.self).joined(separator: ", ")
    case .notification:
      let event = entry.event.rawValue.replacingBytes("_", with: " ")
      let name = namesAlert ? alert.map { " \($0)" } ?? "" : ""
      return event + name + (entry.outcome?.ending ?? "") + (reason.map { ": \($0)" } ?? "")
    case .silence, .acknowledgement:
      return [value, by, note ?? reason].compactMap(\.self).joined(separator: ", ")
    }
  }
}

extension DeliveryResult.Outcome {
  /// What happens next, starting with a comma; `nil` if it was delivered or is held.
  var ending: String? {
    switch self {
    case .delivered, .held: nil
    case .deferred: ", left for the next run"
    case .dead: ", refused"
    case .skipped: ", skipped"
    }
  }
}
