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

  /// A finding and the rules that share it.
  struct Warning: Hashable, Sendable {
    let finding: ScheduleBounds.Finding
    let rules: [String]
    let cadence: Duration
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
    if isComplete { warnings += findings }
  }
}

extension ScheduleCheck {
  private var findings: [RunWarning] {
    let cadence = schedules.values.compactMap(\.cadence).max() ?? .zero
    return ScheduleBounds.Finding.allCases.compactMap { finding in
      // The first finding of a rule explains the others.
      let rules = rows.filter { $0.bounds.findings.first == finding }.map(\.name)
      guard !rules.isEmpty else { return nil }
      return .schedule(Warning(finding: finding, rules: rules, cadence: cadence))
    }
  }

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
      + (late ? ["  breaches that the runs end before they fire are left out"] : [])
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

extension ScheduleCheck.Warning: CustomStringConvertible {
  var description: String {
    let (names, every) = (listed(rules), Quantity.text(cadence))
    let verb = { (one: String, many: String) in self.rules.count == 1 ? one : many }
    switch finding {
    case .neverFires:
      return "\(names) never \(verb("fires", "fire")) with a run every \(every), however long a "
        + "breach lasts: run more often, or raise max_gap_minutes"
    case .neverResolves:
      return "\(names) never \(verb("resolves", "resolve")) with a run every \(every): run more "
        + "often, or raise max_gap_minutes"
    case .needsConfirm:
      return
        "\(names) \(verb("needs", "need")) --confirm with a run every \(every): one sample per "
        + "run shows no breach that lasts, since max_gap_minutes is less"
    case .shortMaxGap:
      return "max_gap_minutes of \(names) is less than \(every), the time between two runs: raise "
        + "it, or run more often"
    }
  }
}
