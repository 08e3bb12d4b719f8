package import AlertEngine
package import Text

extension AlertExport {
  /// The state that the last run left.
  ///
  /// Without the configuration, limits, units and severities are missing, and an alert counts as one
  /// with `breach_status` `fail`.
  ///
  /// - Parameters:
  ///   - state: what is known of each target.
  ///   - configuration: the configuration, if it can be read.
  ///   - path: its path.
  ///   - suppressor: decides of which alerts nobody is notified.
  ///   - savedAt: when the state was saved.
  ///   - now: the current time. What was last evaluated longer ago than `max_gap_minutes` says
  ///     nothing about now, which is an error.
  package init(
    _ state: [String: TargetState], of configuration: Configuration?, at path: String,
    suppressor: Suppressor? = nil, savedAt: Instant?, seenAt now: Instant
  ) {
    let rules = configuration?.rules ?? []
    let places = Dictionary(rules.enumerated().map { ($1.name, $0) }) { one, _ in one }
    func place(_ key: AlertKey) -> Int { places[key.rule] ?? .max }
    let report = StateReport(
      of: configuration, isVerbose: true, isColored: false, suppressor: suppressor)
    let named = state.sorted { $0.key < $1.key }
    var errors: [String] = []
    let maxGap = configuration?.maxGap ?? .seconds(3_600)
    for (name, target) in named {
      guard let last = target.lastObservation, now - last > maxGap else { continue }
      errors.append(
        "\(printable(name, limit: 80)) was last evaluated \(Quantity.text(now - last)) ago")
    }
    self.init(
      targets: named.map { name, target in
        let alerts = target.alerts.sorted { (place($0.key), $0.key) < (place($1.key), $1.key) }
        return Target(
          name, target,
          rows: alerts.map { key, alert in
            Row(key, alert, of: target, named: name, report, seenAt: now)
          })
      },
      of: path, evaluatedAt: savedAt, errors: errors, errorLevel: errors.isEmpty ? .ok : .unknown)
  }
}

extension AlertExport.Row {
  fileprivate init(
    _ key: AlertKey, _ alert: Alert, of target: TargetState, named name: String,
    _ report: StateReport, seenAt now: Instant
  ) {
    let subject = report.subjects[key.rule]
    let rule = subject?.rule
    self.key = key
    severity = alert.phase.episode?.severity ?? subject?.severity
    state = ReportState(alert)
    breachStatus = subject?.breachStatus ?? .fail
    let notices = state == .ok ? [] : report.notices(of: alert, key, on: name, now)
    isSuppressed = report.suppression(of: alert, key, on: name) != nil
    level =
      isSuppressed
      ? .ok
      : AlertExport.Level(
        alert.phase.episode == nil ? nil : breachStatus, lacksEvidence: alert.lacksEvidence)
    isUnknown = alert.doubt != nil
    condition = rule?.condition
    limit = nil
    unit = rule?.unit
    self.value = alert.lastNumber
    lastSample = alert.lastSample(of: target)
    let value = rule.map { report.valueAgainstLimit(of: alert, $0, now) }
    let words = [value, alert.doubt].compactMap(\.self) + notices
    sentence = words.isEmpty ? state.rawValue : words.joined(separator: ", ")
    details = report.details(of: alert, rule, now)
  }
}

extension Alert {
  /// Whether its last observation was no evidence, for a reason that is not routine.
  fileprivate var lacksEvidence: Bool {
    switch seen {
    case .good, .bad: false
    case nil: phase.kind == .inactive
    case .unknown(let reason): !reason.isRoutine
    }
  }
}
