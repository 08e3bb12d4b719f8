internal import AlertEngine
package import Text

/// Renders the state of a watch as the lines of a screen.
package struct WatchView: Sendable {
  /// What the watch is doing at this moment.
  package struct Moment: Sendable {
    /// The time of day.
    var now: Instant
    /// Since the start of the watch.
    var time: Duration
    var schedule: WatchSchedule
    var notices: [WatchNotice]
    /// What the sample under way is doing, if known.
    var underWay: String?
    var isHelpOpen: Bool
    var delivers: Bool

    package init(
      now: Instant, time: Duration, schedule: WatchSchedule, notices: [WatchNotice],
      underWay: String? = nil, isHelpOpen: Bool = false, delivers: Bool = true
    ) {
      self.now = now
      self.time = time
      self.schedule = schedule
      self.notices = notices
      self.underWay = underWay
      self.isHelpOpen = isHelpOpen
      self.delivers = delivers
    }
  }

  /// The smallest usable screen.
  static let least = ScreenSize(columns: 24, rows: 6)

  let size: ScreenSize
  let style: TerminalStyle

  package init(_ size: ScreenSize, isColored: Bool) {
    self.size = size
    style = TerminalStyle(isOn: isColored)
  }

  /// Whether rows have no room for a threshold and a sparkline.
  var isNarrow: Bool { size.columns < 64 }

  /// The whole screen, one string per line.
  package func lines(_ record: WatchRecord, _ moment: Moment) -> [String] {
    guard size.columns >= Self.least.columns, size.rows >= Self.least.rows else {
      let word = record.standings.isEmpty ? "" : record.status.rawValue
      return [ScreenLine("window too small"), ScreenLine(word)]
        .prefix(max(0, size.rows)).map { $0.rendered(style, columns: size.columns) }
    }
    let header = header(record, moment)
    let room = max(0, size.rows - header.count - 1)
    var body = moment.isHelpOpen ? help : body(record, moment, in: room)
    body = Array(body.prefix(room))
    body += Array(repeating: ScreenLine(), count: room - body.count)
    return (header + body + [footer(moment)]).map { $0.rendered(style, columns: size.columns) }
  }

  private func header(_ record: WatchRecord, _ moment: Moment) -> [ScreenLine] {
    let name = record.standings.isEmpty ? "" : record.title
    var title = ScreenLine()
    if !isNarrow { title.add("\(Program.name) watch  ") }
    let now = PageWords.exact(moment.now).prefix(19)
    let time = "\(size.columns < 78 ? now.dropFirst(11) : now) \(moment.now.zoneLabel)"
    title.add(name.cut(to: size.columns - title.width - time.count - 2), isBold: true)
    title.pad(to: size.columns - time.count)
    title.add(time)

    var status = ScreenLine()
    if record.standings.isEmpty {
      status.add("no sample yet")
    } else {
      status.add(record.status.rawValue, record.status.color, isBold: true)
      status.add(": " + record.countWords)
    }
    var lines = [title, status] + activity(record, moment)
    if size.rows >= 12 { lines.append(ScreenLine()) }
    return lines
  }

  /// The sampling and the endpoint: one line, or two on a narrow screen.
  private func activity(_ record: WatchRecord, _ moment: Moment) -> [ScreenLine] {
    var sampling = ScreenLine()
    let schedule = moment.schedule
    if schedule.isPaused {
      sampling.add("PAUSED", .yellow, isBold: true)
      sampling.add(schedule.isSampling ? " · sampling…" : " · no samples, no notifications")
    } else {
      sampling.add("every \(Quantity.exact(schedule.interval)) · ")
      // Rounded up, as countdowns are.
      let wait = max(.zero, schedule.next - moment.time) + .milliseconds(999)
      sampling.add(
        schedule.isSampling ? "sampling…" : "next sample in \(Quantity.text(wait.wholeSeconds))")
    }
    if !moment.delivers { sampling.add(" · notifications off") }
    let endpoint = endpointWords(record, moment)
    guard !endpoint.isEmpty else { return [sampling] }
    guard sampling.width + 3 + cellWidth(endpoint) <= size.columns else {
      return [sampling, ScreenLine(endpoint)]
    }
    sampling.add(" · " + endpoint)
    return [sampling]
  }

  private func endpointWords(_ record: WatchRecord, _ moment: Moment) -> String {
    guard !record.standings.isEmpty else { return "" }
    var parts: [String] = []
    let slowest = record.standings.compactMap(\.target.latency).max()
    let isOne = record.standings.count == 1
    if let slowest {
      parts.append((isOne ? "response " : "slowest response ") + Quantity.text(slowest))
    }
    if !isOne, record.lost > 0 {
      parts.append("\(record.lost) of \(record.standings.count) without evidence")
    } else if let age = record.ageOfEvidence(at: moment.time) {
      parts.append("last snapshot \(Quantity.text(age.wholeSeconds)) ago")
    } else {
      parts.append("no snapshot yet")
    }
    return parts.joined(separator: " · ")
  }

  private func footer(_ moment: Moment) -> ScreenLine {
    let pause = moment.schedule.isPaused ? "p resume" : "p pause"
    return ScreenLine("q quit  \(pause)  r sample now  ? help", isBold: true)
  }

  private var help: [ScreenLine] {
    let keys = [
      ("q", "quit (also Ctrl-C); exit code 0"), ("p", "pause or resume"),
      ("r", "sample now, even while paused"), ("Ctrl-Z", "suspend; fg resumes"),
      ("?", "this help; any key closes it"),
    ]
    let states = [
      ("FIRING", "bad for long enough"), ("RECOVERING", "firing, but good for now"),
      ("PENDING", "bad, but not for long enough yet"),
      ("UNKNOWN", "no evidence; never counts as good"),
      ("OK", "good"),
    ]
    let lines = [ScreenLine("Keys", isBold: true)]
    let all =
      lines
      + keys.map { key, text in
        var line = ScreenLine("  ")
        line.add(key, isBold: true)
        line.pad(to: 14)
        line.add(text)
        return line
      }
    let words = states.map { word, text in
      var line = ScreenLine("  " + word)
      line.pad(to: 14)
      line.add(text)
      return line
    }
    return all + [ScreenLine("States", isBold: true)] + words
      + [
        ScreenLine("Bars in the upper half are beyond the threshold; · means no number."),
        ScreenLine("State and notifications work as in evaluate; see --no-deliver."),
      ]
  }
}

extension Duration {
  /// Truncated to whole seconds.
  var wholeSeconds: Duration { .seconds(wholeMilliseconds / 1_000) }
}
