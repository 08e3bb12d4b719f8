package import AlertEngine
package import Text

/// An explanation for people: short sentences, the most urgent first.
package struct ExplanationReport {
  let explanation: Explanation
  let now: Instant
  let style: TerminalStyle

  package init(_ explanation: Explanation, seenAt now: Instant, isColored: Bool) {
    self.explanation = explanation
    self.now = now
    style = TerminalStyle(isOn: isColored)
  }

  private var alert: Alert { explanation.alert }
  private var subject: Subject? { explanation.subject }
  private var severity: Severity? {
    alert.phase.episode?.severity ?? explanation.identity?.severity
  }

  package func render() -> String {
    let state = ReportState(alert)
    var lines = [
      "\(style.bold(explanation.key.text)) on \(printable(explanation.target)): "
        + style.paint(state.word, state.color)
    ]
    if let since {
      lines[0] += " since \(time(since))" + (severity.map { ", \($0.rawValue)" } ?? "")
    }
    let notices = Suppression.notices(explanation.suppression, alert.phase.episode, seenAt: now)
    lines[0] += notices.map { " · \($0)" }.joined()
    let isActive = alert.phase.kind != .inactive
    let texts = subject.map { TextRow.texts(of: $0.text) } ?? []
    lines += isActive ? texts : section("When it fires:", texts)
    lines.append("Rule: \(rule)")
    lines.append("Why: \(why)")
    lines += samples.map { "  " + $0 }
    if let next { lines.append("Next: \(next)") }
    lines += section(isActive ? "What happened:" : "The last time it fired:", events)
    if isActive, !explanation.events.contains(where: { $0.kind == .notification }) {
      lines.append("Notified: nobody" + (whyNobody.map { ", since \($0)" } ?? ""))
    }
    let untold =
      alert.phase.kind == .pending ? "Will not be notified when it fires:" : "Not notified:"
    lines += section(
      untold, explanation.untold.map { "\(printable($0)): \(words($1))" })
    return lines.joined(separator: "\n") + "\n"
  }

  private var whyNobody: String? {
    if alert.phase.episode == nil { return "it has not fired" }
    return explanation.hasReceivers ? nil : "the configuration has no receivers"
  }

  /// When the phase began; `nil` for an inactive alert.
  private var since: Instant? {
    switch alert.phase {
    case .inactive: nil
    case .pending(let breach): breach.activeAt
    case .firing(let episode): episode.firedAt
    case .recovering(_, let good): good.first
    }
  }

  private func section(_ heading: String, _ rows: [String]) -> [String] {
    rows.isEmpty ? [] : [heading] + rows.map { "  " + $0 }
  }

  /// The rule in a sentence.
  package var rule: String {
    guard let subject else { return "no longer in the configuration: the next run ends this alert" }
    if let rule = subject.rule { return RuleWording(rule).sentence }
    let duration = subject.duration
    return "no snapshot \(duration == .zero ? "once" : "for \(Quantity.text(duration))"): "
      + "\(subject.breachStatus.rawValue) (\(subject.severity.rawValue))"
  }

  // MARK: - Why

  /// What led to the phase.
  package var why: String {
    var parts: [String] = []
    switch alert.phase {
    case .inactive: parts.append(lastSeen)
    case .pending(let breach):
      let evidence = breach.evidence
      parts.append("bad since \(time(evidence.joined.first)) (\(words(evidence.joined)))")
      if let subject { parts.append("it has to be bad for \(Quantity.text(subject.duration))") }
    case .firing(let episode):
      parts.append("bad since \(time(episode.breach.activeAt)), fired at \(time(episode.firedAt))")
    case .recovering(let episode, let good):
      parts.append("fired at \(time(episode.firedAt))")
      parts.append("good since \(time(good.first)) (\(words(good)))")
      if let subject {
        parts.append("it has to be good for \(Quantity.text(subject.recoveryDuration))")
      }
    }
    if let peak = alert.phase.breach?.peak {
      parts.append("worst \(Quantity.text(peak.value, subject?.rule?.unit)) at \(time(peak.at))")
    }
    if alert.phase.kind != .inactive, case .unknown(let reason)? = alert.seen {
      parts.append("the last sample gave no evidence (\(reason.words)), which changes nothing")
    }
    if let last = explanation.lastObservation, let cadence = explanation.outlook?.cadence,
      now - last > max(cadence * 3, .minutes(1))
    {
      parts.append(
        "no sample for \(Quantity.text(now - last)), although one came every "
          + "\(Quantity.text(cadence)): is the schedule running?")
    }
    if explanation.hasNewCondition {
      parts.append("the rule's condition has changed since the last run")
    }
    return parts.joined(separator: "; ")
  }

  private var lastSeen: String {
    let last = alert.recent.entries.last.map { " at \(time($0.at))" } ?? ""
    return switch alert.seen {
    case .good?: "the last sample\(last) was good"
    case .bad?: "the last sample\(last) was bad, but is not counted"
    case .unknown(let reason)?: "the last sample\(last) gave no evidence: \(reason.words)"
    case nil: "nothing is known of its last sample"
    }
  }

  /// The samples, of which a long run of one kind shows its first and its last.
  private var samples: [String] {
    var runs: [[Explanation.Sample]] = []
    for sample in explanation.samples {
      if let last = runs.last?.last, last.verdict == sample.verdict {
        runs[runs.count - 1].append(sample)
      } else {
        runs.append([sample])
      }
    }
    let width = explanation.samples.map { value($0).count }.max() ?? 0
    let timeWidth = explanation.samples.map { Quantity.text($0.at, seenAt: now).count }.max() ?? 0
    func line(_ sample: Explanation.Sample) -> String {
      Quantity.text(sample.at, seenAt: now).paddedLeft(to: timeWidth) + "  "
        + value(sample).padded(to: width) + "  " + verdict(sample)
    }
    return runs.flatMap { run in
      run.count < 5
        ? run.map(line)
        : [line(run[0]), "… \(run.count - 2) more …", line(run[run.count - 1])]
    }
  }

  private func value(_ sample: Explanation.Sample) -> String {
    let isLast = sample.at == alert.recent.entries.last?.at
    let text = isLast ? alert.text.map { "\"\(printable($0, limit: 60))\"" } : nil
    return sample.value.map { Quantity.text($0, subject?.rule?.unit) } ?? text ?? "no number"
  }

  private func verdict(_ sample: Explanation.Sample) -> String {
    let verdict =
      switch sample.verdict {
      case .bad?: style.paint("bad", .red)
      case .good?: "good"
      case .unknown?: "no evidence"
      case nil: "no longer known"
      }
    let mark = sample.at == alert.phase.episode?.firedAt ? ", fired" : ""
    return verdict + mark
  }

  // MARK: - Next

  /// What would fire or resolve the alert, and when at the earliest; `nil` without a rule.
  package var next: String? {
    guard let subject else { return nil }
    let isOpen = alert.phase.episode != nil
    let (verb, kind) = isOpen ? ("resolves", "good") : ("fires", "bad")
    let duration = isOpen ? subject.recoveryDuration : subject.duration
    guard let outlook = explanation.outlook else {
      return duration == .zero
        ? "\(verb) with the first \(kind) sample"
        : "\(verb) once samples are \(kind) for \(Quantity.text(duration))"
    }
    let every = "one every \(Quantity.text(outlook.cadence))"
    guard let decision = outlook.decision else {
      return
        "does not \(isOpen ? "resolve" : "fire") within \(Outlook.mostSamples) \(kind) samples, "
        + every
    }
    let condition =
      decision.samples == 1
      ? "if the next sample is \(kind) (\(every))"
      : "if the next \(decision.samples) samples are \(kind) "
        + "(\(every), the next at \(time(outlook.next)))"
    return "\(verb) at \(time(decision.at)) at the earliest, \(condition)" + otherwise
  }

  /// What a sample of the other kind does.
  private var otherwise: String {
    switch alert.phase.kind {
    case .inactive, .firing: ""
    case .pending: "; a good one ends it"
    case .recovering: "; a bad one keeps it firing"
    }
  }

  // MARK: - Who was told

  private var events: [String] {
    var firedAt: Instant?
    let rows = explanation.events.map { entry in
      if entry.kind == .transition, entry.event == .firing { firedAt = entry.at }
      return HistoryRow(entry, firedAt: firedAt, namesAlert: false)
    }
    let width = rows.map(\.word.count).max() ?? 0
    return rows.map { row in
      let receiver = row.entry.kind == .notification ? row.subject.map { "\($0): " } ?? "" : ""
      return "\(Quantity.text(row.entry.at, seenAt: now))  "
        + "\(style.paint(row.word.padded(to: width), row.color))  \(receiver)\(row.story)"
        + (row.id.map { " · \($0)" } ?? "")
    }
  }

  package func words(_ untold: Explanation.Untold) -> String {
    switch untold {
    case .takesOthers(let receiver):
      if let severity, !receiver.severities.contains(severity) {
        let takes = Severity.allCases.filter(receiver.severities.contains).map(\.rawValue)
        return "takes only \(takes.joined(separator: ", ")), and this alert is \(severity.rawValue)"
      }
      return "takes only \(receiver.match.words)"
    case .queued(let row) where row.hold != nil:
      let held = row.hold.map { ": \($0.words(time))" } ?? ""
      return "\(row.notification.event.words(1)) is held" + held
    case .queued(let row):
      var parts = ["\(row.notification.event.words(1)) is queued"]
      if row.mayHaveArrived { parts.append("may have arrived") }
      if let due = row.notBefore, due > now { parts.append("not before \(time(due))") }
      return parts.joined(separator: ", ") + because(row)
    case .refused(let row):
      let verb = row.isUnconfirmed ? "was not confirmed" : "was refused"
      return "\(row.notification.event.words(1)) \(verb)" + because(row)
        + "; status --retry-dead sends it again"
    case .notSetUp: return "is not set up: a variable or file of its settings is empty"
    }
  }

  private func because(_ row: OutboxRow) -> String {
    row.reason.map { ": " + printable("\($0)") } ?? ""
  }

  private func words(_ evidence: Evidence) -> String {
    Quantity.text(evidence, maxGap: subject?.maxGap)
  }

  private func time(_ instant: Instant) -> String { Quantity.time(instant, seenAt: now) }
}
