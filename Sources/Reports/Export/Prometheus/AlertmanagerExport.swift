internal import AlertEngine
internal import JSON
internal import Prometheus
internal import Text

/// Alertmanager's configuration: who is notified of which alerts, and when not.
struct AlertmanagerExport {
  private let configuration: Configuration
  private let heartbeat: String
  private(set) var differences: [PrometheusExport.Difference] = []
  private var intervals: [YAML] = []
  /// The windows by what they match: their names as time intervals.
  private var windows: [(match: AlertMatch, names: [String])] = []
  private(set) var file = ""

  init(_ export: PrometheusExport) {
    configuration = export.configuration
    heartbeat = export.heartbeat
    // The receiver of what nobody takes.
    let nobody = export.unused("nobody")
    let inhibitions = inhibitions(export.rules)
    for window in configuration.maintenance { add(window) }
    if windows.count > 1 {
      note(
        "maintenance",
        "an alert that windows with different `match` apply to is muted by the first of them only")
    }
    if configuration.receivers.isEmpty {
      note("", "no receivers: Alertmanager notifies nobody", isTask: true)
    }
    var receivers: [YAML] = [["name": .text(nobody)]]
    var routes: [YAML] = []
    for receiver in configuration.receivers {
      let (settings, tasks, notes) = Self.settings(of: receiver)
      let place = "receiver \(receiver.name)"
      for text in tasks { note(place, text, isTask: true) }
      for text in notes { note(place, text) }
      routes.append(route(to: receiver))
      let comments = differences.filter { $0.place == place }.map(\.comment)
      receivers.append(.noted(comments, .map([("name", .text(receiver.name))] + settings)))
    }
    if let source = configuration.heartbeat {
      receivers.append([
        "name": .text(heartbeat),
        "webhook_configs": [
          ["url_file": .text(source.secretFile), "send_resolved": .word("false")]
        ],
      ])
      routes.insert(
        [
          "receiver": .text(heartbeat),
          "matchers": [.text("alertname".asMatcher("=", heartbeat))],
          "group_wait": .word("0s"), "repeat_interval": .word("5m"),
        ], at: 0)
    }
    let reminder = configuration.notifications.reminder
    if reminder == .zero {
      note("", "`reminder_hours` 0: Alertmanager always repeats; it is set to once a year")
    }
    let document: YAML = [
      "route": [
        "receiver": .text(nobody), "group_by": ["alertname", "instance"],
        "group_wait": .word("30s"), "group_interval": .word("1m"),
        "repeat_interval": .word(
          max(.seconds(60), reminder == .zero ? .seconds(31_536_000) : reminder).promQL),
        "routes": .list(routes),
      ],
      "inhibit_rules": .list(inhibitions), "time_intervals": .list(intervals),
      "receivers": .list(receivers),
    ]
    let notes = differences.filter { !$0.place.hasPrefix("receiver ") }.map(\.placedComment)
    file = document.file(
      ["For Alertmanager 0.28 or later. The files in secrets/ hold what the variables held."]
        + notes)
  }

  private mutating func note(_ place: String, _ text: String, isTask: Bool = false) {
    differences.append(PrometheusExport.Difference(place: place, text: text, isTask: isTask))
  }

  // MARK: - Routes

  private mutating func route(to receiver: ReceiverSettings) -> YAML {
    let place = "receiver \(receiver.name)"
    if !receiver.match.instances.isEmpty {
      note(place, "`match.instances`: the alerts of all instances are sent")
    }
    var members: [(key: String, value: YAML)] = [
      ("receiver", .text(receiver.name)), ("continue", .word("true")),
    ]
    var matchers = matchers(receiver.match, receiver.severities)
    if configuration.heartbeat != nil {
      matchers.append("alertname".asMatcher("!=", heartbeat))
    }
    if !matchers.isEmpty { members.append(("matchers", .texts(matchers))) }
    if receiver.escalation > .zero {
      members.append(("group_by", ["..."]))
      members.append(("group_wait", .word(receiver.escalation.promQL)))
      note(place, "`after_minutes`: Alertmanager knows of no acknowledgements; silence the alert")
    }
    let name = "hours of \(receiver.name)"
    if let hours = receiver.hours, let interval = interval(name, hours, of: place) {
      intervals.append(interval)
      members.append(("active_time_intervals", [.text(name)]))
      note(
        place,
        "`hours`: what happens outside is not collected; what still fires is sent when they begin")
    }
    // A child route does not inherit the intervals.
    let own = members.filter { $0.key == "active_time_intervals" }
    let muted = windows.map { window -> YAML in
      let matchers = self.matchers(window.match)
      return .map(
        (matchers.isEmpty ? [] : [(key: "matchers", value: .texts(matchers))])
          + [(key: "mute_time_intervals", value: .texts(window.names))] + own)
    }
    if !muted.isEmpty { members.append(("routes", .list(muted))) }
    return .map(members)
  }

  /// The matchers of what matches and has one of these severities; without any, nothing has.
  private func matchers(
    _ match: AlertMatch, _ severities: Set<Severity> = Set(Severity.allCases)
  ) -> [String] {
    func matcher(_ label: String, _ patterns: [NamePattern]) -> [String] {
      patterns.isEmpty
        ? [] : [label.asMatcher("=~", patterns.map(\.asRegularExpression).joined(separator: "|"))]
    }
    var all = matcher("alertname", match.rules) + matcher("instance", match.targets)
    let severities =
      match.severities.isEmpty ? severities : severities.intersection(match.severities)
    if severities.count < Severity.allCases.count {
      let names = Severity.allCases.filter(severities.contains).map(\.rawValue)
      all.append("severity".asMatcher("=~", names.joined(separator: "|")))
    }
    for (label, pattern) in match.labels.sorted(by: { $0.key < $1.key }) {
      let name = label.asLabel
      all += matcher(name, [pattern])
      // Without the label, its value is empty, which a star would match.
      if pattern.matches("") { all.append(name.asMatcher("!=", "")) }
    }
    return all
  }

  private mutating func inhibitions(_ rules: [RuleExport]) -> [YAML] {
    var all: [YAML] = []
    for export in rules {
      for dependency in export.rule.dependsOn {
        var source = ["alertname".asMatcher("=", dependency.rule)]
        if let target = dependency.target { source.append("instance".asMatcher("=", target)) }
        let other = rules.first { $0.rule.name == dependency.rule }
        func inhibit(_ without: [String], _ labels: [String]) {
          let absent = without.map { $0.asMatcher("=", "") }
          let inhibition: YAML = [
            "source_matchers": .texts(source),
            "target_matchers": .texts(["alertname".asMatcher("=", export.rule.name)] + absent),
            "equal": .texts((dependency.target == nil ? ["instance"] : []) + labels),
          ]
          guard other?.untilPublished == .fires else { return all.append(inhibition) }
          note(
            export.rule.name,
            "`depends_on` \(dependency.text): it fires until its series exist, and would mute this "
              + "rule; once they do, add to `inhibit_rules`: \(inhibition.inline)", isTask: true)
        }
        let (own, others) = (export.instanceLabels, other?.instanceLabels ?? [])
        let areNamed = !own.isEmpty && !others.isEmpty
        // The alert of the rule itself has no instance, so it depends on all of them.
        inhibit(areNamed ? own : [], [])
        if areNamed, own == others {
          inhibit([], own)
        } else if let other, export.rule.measurement.hasInstances,
          other.rule.measurement.hasInstances
        {
          note(
            export.rule.name,
            "`depends_on` \(dependency.text): "
              + (areNamed
                ? "its instances have other labels, so it inhibits none of this rule"
                : "without `instance_by`, each of its instances inhibits all of this rule"))
        }
      }
    }
    return all
  }

  // MARK: - Windows

  private mutating func add(_ window: MaintenanceWindow) {
    let name = "maintenance \(window.name)"
    let place = "maintenance \(window.name)"
    if !window.match.instances.isEmpty {
      note(place, "`match.instances`: the alerts of all instances are muted")
    }
    switch window.time {
    case .weekly(let zoned):
      guard let interval = interval(name, zoned, of: place) else { return }
      intervals.append(interval)
    case .once(let starts, let ends):
      guard let days = OnceWindow(starts, ends).days else {
        note(place, "it is not exported, since it is longer than a year: silence the alerts")
        return
      }
      intervals.append(["name": .text(name), "time_intervals": .list(days)])
      note(place, "it begins and ends with whole minutes")
    }
    if let reason = window.reason { note(place, "`reason` is not exported: \(reason)") }
    if let index = windows.firstIndex(where: { $0.match == window.match }) {
      windows[index].names.append(name)
    } else {
      windows.append((window.match, [name]))
    }
  }

  private mutating func interval(
    _ name: String, _ zoned: ZonedWindow, of place: String
  ) -> YAML? {
    guard let location = zoned.location else {
      note(
        place,
        "`time_zone` \(zoned.timeZone): Alertmanager does not know it, so the times are left out; "
          + "name the zone of a place, such as Europe/Berlin", isTask: true)
      return nil
    }
    let window = zoned.window
    let week = Weekday.allCases
    let days = week.indices.filter { window.days.contains(week[$0]) }
    func part(_ days: [Int], _ from: String, _ to: String) -> YAML {
      [
        "weekdays": .texts(days.map { week[$0].name }),
        "times": [["start_time": .text(from), "end_time": .text(to)]],
        "location": .text(location),
      ]
    }
    let parts =
      window.from < window.to
      ? [part(days, window.from.text, window.to.text)]
      : [part(days, window.from.text, "24:00")]
        + (window.to.minutes == 0
          ? [] : [part(days.map { ($0 + 1) % week.count }, "00:00", window.to.text)])
    return ["name": .text(name), "time_intervals": .list(parts)]
  }
}

extension ZonedWindow {
  /// The zone as Go knows it; `nil` for names that only this program knows.
  fileprivate var location: String? {
    let withoutPlace = [
      "UTC", "GMT", "CET", "EET", "MET", "WET", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
    ]
    if timeZone == "Z" { return "UTC" }
    let isOfPlace = timeZone.contains("/") && !timeZone.hasPrefix("SystemV/")
    return isOfPlace || withoutPlace.contains(timeZone) ? timeZone : nil
  }
}

extension Weekday {
  fileprivate var name: String {
    switch self {
    case .monday: "monday"
    case .tuesday: "tuesday"
    case .wednesday: "wednesday"
    case .thursday: "thursday"
    case .friday: "friday"
    case .saturday: "saturday"
    case .sunday: "sunday"
    }
  }
}

extension NamePattern {
  fileprivate var asRegularExpression: String {
    text.parts(at: "*").map(\.asPattern).joined(separator: ".*")
  }
}
