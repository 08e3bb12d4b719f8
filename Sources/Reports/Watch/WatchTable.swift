internal import AlertEngine
internal import Text

/// The rows of the screen, most urgent first; only visible rows are built.
struct WatchTable {
  let view: WatchView
  let record: WatchRecord
  let now: Instant
  let time: Duration
  /// Whether countdowns stand still.
  let isPaused: Bool

  private var standings: [WatchRecord.Standing] { record.standings }
  private var isOne: Bool { standings.count == 1 }
  private var columns: Int { view.size.columns }

  /// One line of the table with its details.
  private struct Item {
    let main: ScreenLine
    var details: [ScreenLine] = []
  }

  private enum Entry {
    case heading(WatchRecord.Standing)
    case row(WatchRecord.Standing.Row)
  }

  /// The visible rows of a target: all of a single target, else those that need attention.
  private func rows(of standing: WatchRecord.Standing) -> ArraySlice<WatchRecord.Standing.Row> {
    isOne ? standing.rows[...] : standing.active
  }

  private func entries(of standing: WatchRecord.Standing) -> [Entry] {
    (isOne ? [] : [.heading(standing)]) + rows(of: standing).map(Entry.row)
  }

  /// The number of lines without details.
  private var total: Int {
    standings.reduce(0) { $0 + rows(of: $1).count + (isOne ? 0 : 1) }
  }

  private var details: Int {
    standings.reduce(0) { $0 + $1.active.reduce(0) { $0 + detailCount($1) } }
  }

  /// The number of lines with all details.
  var wanted: Int { total + details }

  private func detailCount(_ row: WatchRecord.Standing.Row) -> Int {
    guard row.check.phase.kind != .inactive else { return 0 }
    return 1 + (texts(row.check) == nil ? 0 : 1)
  }

  /// The texts of a rule: what it means, and what to do.
  private func texts(_ check: Check) -> String? {
    guard !view.isNarrow else { return nil }
    let words = TextRow.texts(of: check.subject.text).joined(separator: " · ")
    return words.isEmpty ? nil : words
  }

  /// The table in at most this many lines; the last one counts what did not fit.
  func lines(in room: Int) -> [ScreenLine] {
    guard room > 0, !standings.isEmpty else { return [] }
    let total = total
    let needy = standings.prefix { !$0.active.isEmpty }
    let active = needy.reduce(0) { $0 + $1.active.count + (isOne ? 0 : 1) }
    // Details take precedence over lines that need no attention.
    var spare = total + details <= room ? .max : max(0, room - 1 - active)
    let widths = Widths(rows: shownRows(in: room), columns: columns, isNarrow: view.isNarrow)
    var lines: [ScreenLine] = []
    var (shown, headings) = (0, 0)
    for entry in standings.lazy.flatMap({ entries(of: $0) }) {
      let isLast = shown == total - 1
      guard lines.count < (isLast ? room : room - 1) else { break }
      shown += 1
      switch entry {
      case .heading(let standing):
        headings += 1
        lines.append(heading(standing))
      case .row(let row):
        let item = item(row, widths)
        lines.append(item.main)
        let left = room - lines.count - (isLast ? 0 : 1)
        let details = item.details.prefix(max(0, min(spare, left)))
        spare -= details.count
        lines += details
      }
    }
    guard shown < total else { return lines }
    let hidden = isOne ? 0 : standings.count - headings
    let more = hidden > 0 ? "\(hidden) more targets" : "\(total - shown) more"
    return lines + [ScreenLine("and \(more)")]
  }

  /// The rows that may be visible, for the widths.
  private func shownRows(in room: Int) -> [WatchRecord.Standing.Row] {
    guard !isOne else { return Array(standings[0].rows.prefix(room)) }
    var rows: [WatchRecord.Standing.Row] = []
    for standing in standings {
      guard rows.count < room, !standing.active.isEmpty else { break }
      rows += standing.active.prefix(room)
    }
    return rows
  }

  private func heading(_ standing: WatchRecord.Standing) -> ScreenLine {
    let target = standing.target
    var line = ScreenLine(printable(target.name, limit: 80).cut(to: columns / 2), isBold: true)
    line.add("  ")
    line.add(target.status.rawValue, target.status.color)
    let good = standing.rows.count - standing.active.count
    var parts = ["\(good) of \(standing.rows.count) ok"]
    if let latency = target.latency { parts.append(Quantity.text(latency)) }
    if target.error != nil {
      let age = standing.lastGood.map { Quantity.text((time - $0).wholeSeconds) + " ago" }
      parts.append("last snapshot \(age ?? "never")")
    }
    line.add("  " + parts.joined(separator: " · "))
    return line
  }

  private func item(_ row: WatchRecord.Standing.Row, _ widths: Widths) -> Item {
    let wording = CheckWording(row.check, seenAt: record.at ?? now)
    var main = ScreenLine(row.state.word, row.state.color)
    main.pad(to: widths.state)
    main.add("  ")
    let column = main.width
    let name = view.isNarrow ? wording.name.cut(to: max(8, columns / 2)) : wording.name
    main.add(name.cut(to: widths.name), isBold: true)
    main.pad(to: column + widths.name)
    main.add("  ")
    let marks = Sparkline.marks(row.check.recent, row.check.subject.rule?.condition)
    let isActive = row.check.phase.kind != .inactive
    if view.isNarrow {
      let (value, limit) = wording.valueAndLimit
      main.add(value)
      guard isActive else { return Item(main: main) }
      let since = row.check.phase.breach.map { "since \(wording.time($0.activeAt))" }
      var more = ScreenLine("  " + (coming(row.check, wording) ?? since ?? ""))
      if !limit.isEmpty { more.add(" · " + limit) }
      more.add("  ")
      add(marks.suffix(max(0, columns - more.width)), to: &more)
      return Item(main: main, details: [more])
    }
    let indent = String(repeating: " ", count: column)
    let words = isActive ? [story(row.check, wording), texts(row.check)] : []
    let details = words.compactMap { $0.map { ScreenLine(indent + $0) } }
    guard !marks.isEmpty else {
      main.add(wording.valueAgainstLimit)
      return Item(main: main, details: details)
    }
    let start = main.width
    main.add(wording.valueAgainstLimit.cut(to: widths.value))
    main.pad(to: start + widths.value + 2)
    add(marks.suffix(max(0, columns - main.width)), to: &main)
    return Item(main: main, details: details)
  }

  private func add(_ marks: some Sequence<Sparkline.Mark>, to line: inout ScreenLine) {
    for mark in marks { line.add(String(mark.character), mark.isBad ? .red : .plain) }
  }

  /// What happens next, since when, and the peak.
  private func story(_ check: Check, _ wording: CheckWording) -> String {
    let words =
      wording.notices
      + [
        coming(check, wording), wording.doubt, wording.severity, wording.since, wording.fired,
        wording.peak,
      ].compactMap(\.self)
    return words.joined(separator: " · ")
  }

  /// `fires in 4 m 30 s`, counted down every second.
  private func coming(_ check: Check, _ wording: CheckWording) -> String? {
    switch check.phase {
    case .inactive, .firing: return nil
    case .pending:
      guard wording.doubt == nil, let firesAt = check.firesAt else { return nil }
      guard firesAt > now, firesAt > (record.at ?? now) else {
        return wording.fires == nil || firesAt <= (record.at ?? now)
          ? wording.fires : "fires on the next bad sample"
      }
      guard !isPaused else { return wording.fires }
      return "fires in \(countdown(to: firesAt))"
    case .recovering:
      guard wording.doubt == nil, !isPaused, let due = check.decision()?.at else {
        return wording.recovery
      }
      return due > now
        ? "resolves in \(countdown(to: due))" : "resolves on the next good sample"
    }
  }

  private func countdown(to due: Instant) -> String {
    Quantity.text((due - now + .milliseconds(999)).wholeSeconds)
  }

  /// The columns of the table, in cells.
  private struct Widths {
    let state: Int
    let name: Int
    let value: Int

    init(rows: [WatchRecord.Standing.Row], columns: Int, isNarrow: Bool) {
      let wordings = rows.map { CheckWording($0.check, seenAt: Instant(milliseconds: 0)) }
      state = rows.map(\.state.word.count).max() ?? 0
      let longest = wordings.map { cellWidth($0.name) }.max() ?? 0
      name = min(longest, isNarrow ? max(8, columns / 2 - 4) : max(14, columns * 3 / 10))
      let drawn = zip(rows, wordings).filter { row, _ in
        !Sparkline.marks(row.check.recent, row.check.subject.rule?.condition).isEmpty
      }
      let value = drawn.map { cellWidth($1.valueAgainstLimit) }.max() ?? 0
      // The sparkline keeps at least twelve cells.
      self.value = min(value, max(16, columns - state - name - 4 - 14))
    }
  }
}
