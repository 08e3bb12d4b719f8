internal import Text

extension WatchView {
  /// The part between header and footer: the table, failed notifications, recent changes.
  func body(_ record: WatchRecord, _ moment: Moment, in room: Int) -> [ScreenLine] {
    let table = WatchTable(
      view: self, record: record, now: moment.now, time: moment.time,
      isPaused: moment.schedule.isPaused)
    let wanted = table.wanted
    // The table comes first, but never hides all failed notifications.
    let below = max(0, room - wanted, min(room * 2 / 5, room - 2))
    let warnings = warnings(record, moment, most: min(below, room < 10 ? 2 : 7))
    var bottom = warnings
    if !bottom.isEmpty, bottom.count < below { bottom.insert(ScreenLine(), at: 0) }
    bottom += recent(record, most: min(14, max(0, below - bottom.count)))
    return table.lines(in: room - bottom.count) + bottom
  }

  /// Failed notifications, and problems of the last sample.
  private func warnings(_ record: WatchRecord, _ moment: Moment, most: Int) -> [ScreenLine] {
    var lines: [ScreenLine] = []
    if record.isOutdated, record.at != nil {
      lines.append(ScreenLine("The last sample failed: this is an older one.", .red))
    }
    for failed in NotificationLines(record.undelivered, seenAt: record.at).lines {
      var line = ScreenLine(failed.verdict, .red, isBold: true)
      line.add(String(failed.text(TerminalStyle(isOn: false)).dropFirst(failed.verdict.count)))
      lines.append(line)
    }
    // A small screen has no room for notes.
    let notices = moment.notices.filter { most > 2 || $0.level.isProblem }
    for notice in notices.filter({ $0.level == .error }) + notices.filter({ $0.level != .error }) {
      lines += notice.text.wrapped(to: size.columns, lines: isNarrow ? 3 : 2)
        .map { ScreenLine($0, notice.level.color) }
    }
    if moment.schedule.isSampling, let doing = moment.underWay {
      lines.append(ScreenLine(doing))
    }
    guard lines.count > most else { return lines }
    let shown = max(0, most - 1)
    return Array(
      (lines.prefix(shown) + [ScreenLine("and \(lines.count - shown) more lines")]).prefix(most))
  }

  private func recent(_ record: WatchRecord, most: Int) -> [ScreenLine] {
    guard !record.changes.isEmpty, most >= 2 else { return [] }
    let hasRoom = most >= 4
    let count = most - (hasRoom ? 2 : 1)
    let isOne = record.standings.count <= 1
    let lines = record.changes.suffix(count).reversed().map { change in
      var line = ScreenLine(String(PageWords.exact(change.at).dropFirst(11).prefix(8)) + "  ")
      line.add(change.word, change.color)
      line.add(" ")
      line.pad(to: isNarrow ? 0 : 25)
      if !isOne, let target = change.target { line.add(printable(target) + " ", isBold: true) }
      line.add(change.text)
      return line
    }
    return (hasRoom ? [ScreenLine()] : []) + [ScreenLine("Recent changes", isBold: true)] + lines
  }
}

extension WatchNotice.Level {
  fileprivate var color: TerminalStyle.Color {
    switch self {
    case .note: .plain
    case .warning: .yellow
    case .error: .red
    }
  }
}
