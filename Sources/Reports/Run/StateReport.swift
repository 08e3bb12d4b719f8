package import AlertEngine
internal import JSON
package import Text

/// The state for people: active alerts first, and its age.
///
/// The state holds no thresholds: limits, units, texts and sparklines come from the rules, if
/// these are known.
package struct StateReport {
  /// More targets than this are not all listed.
  private static let mostTargets = 10

  /// By their names; none if the configuration is not known.
  let rules: [String: Rule]
  /// What alerts are about, by the names of their rules.
  let subjects: [String: Subject]
  /// The names of the configured targets; empty if there are none, or if they are not known.
  let configured: Set<String>
  /// Alerts that are OK are listed too.
  let isVerbose: Bool
  /// Decides of which alerts nobody is notified; `nil` if that is not to be shown.
  let suppressor: Suppressor?
  let style: TerminalStyle

  package init(
    of configuration: Configuration?, isVerbose: Bool, isColored: Bool,
    suppressor: Suppressor? = nil
  ) {
    self.suppressor = suppressor
    subjects = configuration?.subjects ?? [:]
    rules = subjects.compactMapValues(\.rule)
    configured = Set((configuration?.targets ?? []).map(\.name))
    self.isVerbose = isVerbose
    self.style = TerminalStyle(isOn: isColored)
  }

  package func render(_ targets: [String: TargetState], seenAt now: Instant) -> String {
    let isLong = targets.count > Self.mostTargets && !isVerbose
    let quiet = isLong ? targets.filter { isQuiet($0.value, named: $0.key) } : [:]
    var lines: [String] = []
    for (name, target) in targets.sorted(by: { $0.key < $1.key }) where quiet[name] == nil {
      lines += self.lines(of: target, named: name, now)
    }
    if let line = summary(of: quiet, beside: targets.count - quiet.count, now) {
      lines.append(line)
    }
    guard !lines.isEmpty else { return "" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(of target: TargetState, named name: String, _ now: Instant) -> [String] {
    let note = isRemoved(name) ? ", no longer in the configuration" : ""
    var lines = [style.bold(printable(name)) + ": " + age(of: target, now) + note]
    let alerts = target.alerts.map { (state: ReportState($0.value), key: $0.key, alert: $0.value) }
    var others = 0
    for state in ReportState.allCases {
      let rows = alerts.filter { $0.state == state }.sorted { $0.key < $1.key }
      if state == .unknown { lines += unseenRules(of: target) }
      if state == .ok, !isVerbose {
        others = rows.count
      } else {
        for row in rows { lines += self.rows(row.key, row.alert, row.state, on: name, now) }
      }
    }
    if others > 0 { lines.append("  and \(others) OK (--verbose lists them)") }
    return lines
  }

  /// The rules that the configuration has gained since the target was last evaluated.
  private func unseenRules(of target: TargetState) -> [String] {
    guard target.lastObservation != nil, !rules.isEmpty else { return [] }
    let seen = Set(target.alerts.keys.map(\.rule))
    return rules.keys.filter { !seen.contains($0) }.sorted().map { name in
      "  \(style.paint(ReportState.unknown.word, ReportState.unknown.color))  "
        + "\(style.bold(printable(name)))  not evaluated yet"
    }
  }

  private func isRemoved(_ name: String) -> Bool {
    !configured.isEmpty && !configured.contains(name)
  }

  /// Whether there is nothing to say about a target: every alert is OK, and it returned a snapshot.
  private func isQuiet(_ target: TargetState, named name: String) -> Bool {
    guard let last = target.lastObservation, target.lastReadable == last else { return false }
    return !isRemoved(name) && unseenRules(of: target).isEmpty
      && target.alerts.allSatisfy { ReportState($0.value) == .ok }
  }

  /// One line for all targets without alerts.
  private func summary(
    of quiet: [String: TargetState], beside others: Int, _ now: Instant
  ) -> String? {
    let times = quiet.values.compactMap(\.lastObservation)
    guard let first = times.min(), let last = times.max() else { return nil }
    var period = Quantity.text(first, seenAt: now)
    let end = Quantity.text(last, seenAt: now)
    if end != period { period += " to \(end)" }
    return "\(others > 0 ? "and " : "")\(quiet.count) targets without alerts, evaluated "
      + "\(period) \(last.zoneLabel) (\(ago(last, now))); --verbose lists them, --target NAME shows one"
  }

  private func age(of target: TargetState, _ now: Instant) -> String {
    guard let last = target.lastObservation else { return "never evaluated" }
    var text = "evaluated \(Quantity.time(last, seenAt: now)) (\(ago(last, now)))"
    if let readable = target.lastReadable, readable < last {
      text += ", no snapshot since \(Quantity.time(readable, seenAt: now))"
    } else if target.lastReadable == nil {
      text += ", no snapshot yet"
    }
    return text
  }

  private func rows(
    _ key: AlertKey, _ alert: Alert, _ state: ReportState, on target: String, _ now: Instant
  ) -> [String] {
    let notices = state == .ok ? [] : notices(of: alert, key, on: target, now)
    let word = style.paint(state.word, state.color)
    var line = "  \(word)  \(style.bold(key.text))"
    let rule = rules[key.rule]
    if let rule {
      let spark = Sparkline.text(alert.recent, rule.condition)
      line += "  " + valueAgainstLimit(of: alert, rule, now)
      if alert.text == nil, !spark.isEmpty { line += "  " + spark }
    }
    if let doubt = alert.doubt { line += "  " + doubt }
    return [line] + (notices + details(of: alert, rule, now)).map { "    " + $0 }
  }

  /// Why nobody is notified of an alert, and who has acknowledged it.
  func notices(
    of alert: Alert, _ key: AlertKey, on target: String, _ now: Instant
  ) -> [String] {
    Suppression.notices(suppression(of: alert, key, on: target), alert.phase.episode, seenAt: now)
  }

  func suppression(of alert: Alert, _ key: AlertKey, on target: String) -> Suppression? {
    suppressor?.suppression(
      of: AlertIdentity(
        target: target, key: key, alert.phase, alert.details, of: subjects[key.rule]))
  }

  /// The last value against its limit.
  func valueAgainstLimit(of alert: Alert, _ rule: Rule, _ now: Instant) -> String {
    let threshold = Quantity.text(rule.condition.threshold, rule.unit)
    let limit = "(limit \(rule.condition.comparison.sign) \(threshold))"
    if let text = alert.text {
      guard rule.condition.comparesTexts else { return "\(printable(text)) \(limit)" }
      return "\"\(printable(text))\" \(limit)"
    }
    guard let last = alert.recent.entries.last(where: { $0.value != nil }), let value = last.value
    else { return limit }
    let number = Quantity.text(value, rule.unit)
    return "\(number) at \(Quantity.time(last.at, seenAt: now)) \(limit)"
  }

  func details(of alert: Alert, _ rule: Rule?, _ now: Instant) -> [String] {
    guard let breach = alert.phase.breach else { return [] }
    var parts = ["bad since \(Quantity.time(breach.evidence.first, seenAt: now))"]
    parts[0] += " (\(Quantity.text(breach.evidence, maxGap: rule?.maxGap)))"
    if let episode = alert.phase.episode {
      parts.append("fired \(Quantity.time(episode.firedAt, seenAt: now))")
      parts.append(episode.severity.rawValue)
    }
    if let peak = breach.peak {
      let time = Quantity.time(peak.at, seenAt: now)
      parts.append("peak \(Quantity.text(peak.value, rule?.unit)) at \(time)")
    }
    if case .recovering(_, let evidence) = alert.phase {
      parts.append("good since \(Quantity.time(evidence.first, seenAt: now))")
    }
    let texts = [
      alert.details?.text, rule?.text.summary, rule?.text.runbook.map { "runbook " + $0 },
    ]
    return [parts.joined(separator: " · ")] + texts.compactMap(\.self).map { printable($0) }
  }

  private func ago(_ instant: Instant, _ now: Instant) -> String {
    instant > now ? "ahead of this clock" : "\(Quantity.text(now - instant)) ago"
  }
}

extension Alert {
  /// Why its last observation was no evidence; `nil` if it was.
  var doubt: String? {
    switch seen {
    case .good, .bad: nil
    case .unknown(let reason): "no evidence: \(reason.words)"
    case nil: phase.kind == .inactive ? "not known: an older version saved this state" : nil
    }
  }
}

extension Unknown.Reason {
  /// The reason in words, without the details that only the evaluation knows.
  var words: String {
    switch self {
    case .unreachable: "no snapshot"
    case .notAttempted: "not attempted before the run's deadline"
    case .stale: "the snapshot was not newer than the previous one"
    case .missing: "no value at the rule's path"
    case .wrongType: "the value could not be compared"
    case .lowVolume: "low volume"
    case .warmingUp: "warming up"
    case .unstableCounter: "the counter fell"
    case .gone: "the instance was no longer in the snapshot"
    case .ambiguous: "several elements had its name"
    case .unnamed: "elements without a name"
    case .zeroDenominator: "the denominator was not above 0"
    case .notANumber: "the value was NaN"
    case .notRecorded: "the response was not recorded"
    case .sampledTooRarely: "sampled too rarely"
    }
  }
}
