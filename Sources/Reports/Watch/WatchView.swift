internal import AlertEngine
package import Text

/// Draws what a watch has seen as the lines of a screen.
package struct WatchView: Sendable {
  /// What the watch is doing.
  package struct Moment: Sendable {
    /// The time of day.
    package var now: Instant
    /// Since the begin of the watch.
    package var time: Duration
    package var schedule: WatchSchedule
    package var notices: [WatchNotice]
    /// What the sample under way is doing, if it says so.
    package var underWay: String?
    package var isHelpOpen: Bool
    package var delivers: Bool

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

  /// The smallest screen on which anything can be seen.
  static let least = ScreenSize(columns: 24, rows: 6)

  let size: ScreenSize
  let style: TerminalStyle

  package init(_ size: ScreenSize, isColored: Bool) {
    self.size = size
    style = TerminalStyle(isOn: isColored)
  }

  /// Below this width a row has no room for its limit and its line of marks.
  var isNarrow: Bool { size.columns < 64 }

  /// The whole screen, one string for each of its lines.
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
    let day = String(moment.now.rfc3339.prefix(10))
    let clock = moment.now.rfc3339.dropFirst(11).prefix(8)
    let time = (size.columns < 78 ? "" : day + " ") + clock + " UTC"
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
    var lines = [title, status] + doings(record, moment)
    if size.rows >= 12 { lines.append(ScreenLine()) }
    return lines
  }

  /// When it samples, and how the endpoint answers: one line or, on a narrow screen, two.
  private func doings(_ record: WatchRecord, _ moment: Moment) -> [ScreenLine] {
    var sampling = ScreenLine()
    let schedule = moment.schedule
    if schedule.isPaused {
      sampling.add("PAUSED", .yellow, isBold: true)
      sampling.add(schedule.isSampling ? " · sampling…" : " · nothing is sampled, nobody is told")
    } else {
      sampling.add("every \(Quantity.exact(schedule.interval)) · ")
      // A second is over when it is over: rounded up, as people count down.
      let wait = max(.zero, schedule.next - moment.time) + .milliseconds(999)
      sampling.add(
        schedule.isSampling ? "sampling…" : "next sample in \(Quantity.text(wait.wholeSeconds))")
    }
    if !moment.delivers { sampling.add(" · nobody is told") }
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
      parts.append((isOne ? "answered in " : "slowest answer ") + Quantity.text(slowest))
    }
    if !isOne, record.lost > 0 {
      parts.append("\(record.lost) of \(record.standings.count) without evidence")
    } else if let age = record.ageOfEvidence(at: moment.time) {
      parts.append("last good sample \(Quantity.text(age.wholeSeconds)) ago")
    } else {
      parts.append("no good sample yet")
    }
    return parts.joined(separator: " · ")
  }

  private func footer(_ moment: Moment) -> ScreenLine {
    let pause = moment.schedule.isPaused ? "p resume" : "p pause"
    return ScreenLine("q quit  \(pause)  r sample now  ? help", isBold: true)
  }

  private var help: [ScreenLine] {
    let keys = [
      ("q", "quit (also Ctrl-C); exit code 0"), ("p", "pause, and go on"),
      ("r", "sample now, paused or not"), ("Ctrl-Z", "suspend; fg comes back"),
      ("?", "this; any key closes it"),
    ]
    let states = [
      ("FIRING", "an alert is on"), ("RECOVERING", "on, but good again for now"),
      ("PENDING", "bad, not yet for long enough"), ("UNKNOWN", "no evidence: never taken for good"),
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
        ScreenLine("Marks in the upper half are above the limit; · is a sample without a number."),
        ScreenLine("The state is saved and people are told as in evaluate, unless --no-deliver."),
      ]
  }
}

extension Duration {
  /// The whole seconds; what is less than one is cut.
  var wholeSeconds: Duration { .seconds(wholeMilliseconds / 1_000) }
}
