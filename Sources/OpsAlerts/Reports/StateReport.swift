internal import AlertEngine

/// What runs remember, for people: alerts that are on first, and how old all of it is.
///
/// The state holds no thresholds: limits, units, texts and sparklines come with the rules, where
/// there are any.
struct StateReport {
  /// By their names.
  let rules: [String: Rule]
  /// Inactive alerts are listed too.
  let isVerbose: Bool
  let ink: Ink

  init(rules: [String: Rule], isVerbose: Bool, isColored: Bool) {
    self.rules = rules
    self.isVerbose = isVerbose
    self.ink = Ink(isOn: isColored)
  }

  func render(_ targets: [String: TargetState], seenAt now: Instant) -> String {
    var lines: [String] = []
    for (name, target) in targets.sorted(by: { $0.key < $1.key }) {
      lines.append(ink.bold(printable(name)) + ": " + age(of: target, now))
      let alerts = target.alerts.sorted { ($0.value.rank, $0.key) < ($1.value.rank, $1.key) }
      for (key, alert) in alerts where isVerbose || alert.phase.kind != .inactive {
        lines += rows(key, alert, now)
      }
      let inactive = alerts.count { $0.value.phase.kind == .inactive }
      if inactive > 0, !isVerbose {
        lines.append("  and \(inactive) inactive (--verbose lists them)")
      }
    }
    guard !lines.isEmpty else { return "" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func age(of target: TargetState, _ now: Instant) -> String {
    guard let last = target.lastObservation else { return "never evaluated" }
    var text = "evaluated \(Quantity.text(last, seenAt: now)) UTC (\(ago(last, now)))"
    if let readable = target.lastReadable, readable < last {
      text += ", no snapshot since \(Quantity.text(readable, seenAt: now)) UTC"
    } else if target.lastReadable == nil {
      text += ", never a snapshot"
    }
    return text
  }

  private func rows(_ key: AlertKey, _ alert: Alert, _ now: Instant) -> [String] {
    let instance = key.instance.map { "[\(printable($0, limit: 80))]" } ?? ""
    let state = ReportState(alert.phase)
    let word = ink.paint(state.word, state.color)
    var line = "  \(word)  \(ink.bold(printable(key.rule, limit: 80) + instance))"
    let rule = rules[key.rule]
    if let rule { line += "  " + values(of: alert, rule, now) }
    return [line] + details(of: alert, rule, now).map { "    " + $0 }
  }

  /// The last number against its limit, and how it got there.
  private func values(of alert: Alert, _ rule: Rule, _ now: Instant) -> String {
    let threshold = Quantity.text(rule.condition.threshold, rule.unit)
    let limit = "(limit \(rule.condition.comparison.sign) \(threshold))"
    guard let last = alert.recent.entries.last(where: { $0.value != nil }), let value = last.value
    else { return limit }
    let number = Quantity.text(value, rule.unit)
    let line = Sparkline.text(alert.recent, rule.condition)
    return "\(number) at \(Quantity.text(last.at, seenAt: now)) UTC \(limit)"
      + (line.isEmpty ? "" : "  \(line)")
  }

  private func details(of alert: Alert, _ rule: Rule?, _ now: Instant) -> [String] {
    guard let breach = alert.phase.breach else { return [] }
    var parts = ["bad since \(Quantity.text(breach.evidence.first, seenAt: now)) UTC"]
    parts[0] += " (\(Quantity.text(breach.evidence)))"
    if let episode = alert.phase.episode {
      parts.append("fired \(Quantity.text(episode.firedAt, seenAt: now)) UTC")
      parts.append(episode.severity.rawValue)
    }
    if let peak = breach.peak {
      let time = Quantity.text(peak.at, seenAt: now)
      parts.append("peak \(Quantity.text(peak.value, rule?.unit)) at \(time) UTC")
    }
    if case .recovering(_, let evidence) = alert.phase {
      parts.append("good since \(Quantity.text(evidence.first, seenAt: now)) UTC")
    }
    let texts = [rule?.text.summary, rule?.text.runbook.map { "runbook " + $0 }]
    return [parts.joined(separator: " · ")] + texts.compactMap(\.self).map { printable($0) }
  }

  private func ago(_ instant: Instant, _ now: Instant) -> String {
    instant > now ? "ahead of this clock" : "\(Quantity.text(now - instant)) ago"
  }
}

extension Alert {
  /// What needs attention first.
  fileprivate var rank: Int {
    switch phase.kind {
    case .firing: 0
    case .recovering: 1
    case .pending: 2
    case .inactive: 3
    }
  }
}
