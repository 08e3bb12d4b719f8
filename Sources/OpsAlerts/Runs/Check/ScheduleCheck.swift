internal import AlertEngine
internal import Files
internal import JSON
internal import Reports
internal import Text

/// How soon the alerts of a configuration fire and resolve on a schedule.
struct ScheduleCheck {
  /// Where the times of the runs come from.
  enum Source: Hashable, Sendable {
    case every(Duration)
    /// A recording or a history.
    case runs(file: String)
  }

  /// The lengths of the outages that are tried.
  private static let outages: [(name: String, length: Duration)] = [5, 15, 30, 60].map {
    ("\($0)m", .seconds($0 * 60))
  }

  private let source: Source
  /// By the names of the targets; a regular schedule is that of all.
  private let schedules: [String: RunSchedule]
  private let rows: [(name: String, bounds: ScheduleBounds)]
  private(set) var warnings: [RunWarning] = []
  /// What it shows about the rules; nothing if not all runs are known.
  private(set) var lints: [Lint] = []

  init(_ configuration: Configuration, _ source: Source) throws(RunMistake) {
    self.source = source
    var isComplete = true
    switch source {
    case .every(let interval): schedules = ["": .every(interval)]
    case .runs(let file):
      let runs = try RecordedRuns(in: file, for: configuration)
      schedules = runs.times.mapValues { .runs($0) }
      isComplete = !runs.isHistory
      if runs.isHistory { warnings.append(.historyAsRuns(path: file)) }
      if runs.unreadable > 0 {
        warnings.append(.skippedHistory(path: file, lines: runs.unreadable))
      }
    }
    let options = EvaluateOptions()
    let confirming = ScheduleBounds.Confirming(
      interval: options.interval, limit: options.confirmFor)
    let subjects = configuration.subjects
    let names = configuration.rules.map(\.name) + [EndpointSettings.ruleName]
    let own = schedules.sorted { $0.key < $1.key }
    rows = names.compactMap { name in
      guard let subject = subjects[name] else { return nil }
      let targets = subject.rule?.targets
      let chosen = own.filter { $0.key.isEmpty || targets?.contains($0.key) ?? true }
      return (
        name,
        ScheduleBounds(
          of: subject, on: chosen.map(\.value), outages: Self.outages.map(\.length),
          confirming: confirming)
      )
    }
    guard isComplete else { return }
    let cadence = schedules.values.compactMap(\.cadence).max() ?? .zero
    lints = configuration.lints(
      every: cadence, rows.map { (rule: $0.name, findings: $0.bounds.findings) })
  }
}

extension ScheduleCheck {
  /// For people: a heading, and a line for each rule.
  var lines: [String] {
    let cells = rows.map { [printable($0.name)] + ScheduleWording($0.bounds).phrases }
    let widths = (0..<4).map { column in
      cells.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
    }
    let late = rows.contains { $0.bounds.fires != nil && $0.bounds.undecided > 0 }
    return [heading]
      + cells.map { row in
        let padded = zip(row, widths).map { $0.padded(to: $1) } + row.dropFirst(widths.count)
        return "  " + padded.joined(separator: "  ").trimmingTrailingSpaces()
      }
      + (late ? ["  breaches that had not fired by the last run are left out"] : [])
  }

  private var heading: String {
    switch source {
    case .every(let interval): return "schedule: a run every \(Quantity.text(interval))"
    case .runs(let file):
      let gaps = schedules.values.compactMap(\.longestGap).max()
      let cadence = schedules.values.compactMap(\.cadence).max()
      return "schedule: the \(Quantity.count(runs, "run")) of \(printable(file))"
        + (cadence.map { ", usually one every \(Quantity.text($0))" } ?? "")
        + (gaps.map { ", longest gap \(Quantity.text($0))" } ?? "")
    }
  }

  private var runs: Int {
    schedules.values.reduce(0) { sum, schedule in
      if case .runs(let times) = schedule { sum + times.count } else { sum }
    }
  }

  var json: JSONText {
    let own: JSONText =
      switch source {
      case .every(let interval): ["every_minutes": .minutes(interval)]
      case .runs(let file):
        [
          "runs": [
            "file": .string(file), "count": .integer(runs),
            "median_gap_minutes": .minutes(schedules.values.compactMap(\.cadence).max()),
            "longest_gap_minutes": .minutes(schedules.values.compactMap(\.longestGap).max()),
          ]
        ]
      }
    return own.followed(by: ["rules": .array(rows) { Self.json($0.name, $0.bounds) }])
  }

  private static func json(_ name: String, _ bounds: ScheduleBounds) -> JSONText {
    let delay = { (delay: ScheduleBounds.Delay?) in
      JSONText.optional(delay) {
        ["shortest": .minutes($0.shortest), "longest": .minutes($0.longest)]
      }
    }
    let shares = zip(outages, bounds.sights).map { outage, sight in
      JSONText.Member(outage.name, .number(sight.share))
    }
    return [
      "name": .string(name), "fires_after_minutes": delay(bounds.fires),
      "resolves_after_minutes": delay(bounds.resolves), "seen": .object(shares),
      "undecided": .number(bounds.undecided),
      "findings": .array(bounds.findings) { .string($0.rawValue) },
    ]
  }
}
