internal import AlertEngine
internal import Reports
internal import Text

/// Acknowledges alerts that fire, or takes that back.
struct AcknowledgeRun {
  let options: AcknowledgeOptions
  let environment: RunEnvironment

  init(_ options: AcknowledgeOptions, in environment: RunEnvironment) {
    self.options = options
    self.environment = environment
  }

  func run() -> ExitCode {
    let change = StateChange(place: options.place, environment: environment)
    let acknowledgement = Acknowledgement(
      author: options.author ?? change.author, at: environment.now(), note: options.note)
    return change.make { (state) throws(UsageMistake) in
      var result = StateChange.Result()
      for alert in options.alerts {
        let wanted = AlertKey(named: alert)
        try settle(wanted.text, acknowledgement, in: &state, &result) { alert in
          alert.key.rule == wanted.rule
            && (wanted.instance == nil || wanted.instance == alert.key.instance)
        }
      }
      if let match = options.text?.match {
        try settle(match.words, acknowledgement, in: &state, &result, where: match.matches)
      }
      return result
    }
  }

  private func settle(
    _ name: String, _ acknowledgement: Acknowledgement, in state: inout RunState,
    _ result: inout StateChange.Result, where isWanted: (AlertIdentity) -> Bool
  ) throws(UsageMistake) {
    var isFound = false
    var open: [String] = []
    for (target, memory) in state.targets.sorted(by: { $0.key < $1.key })
    where options.target.map({ $0 == target }) ?? true {
      for (key, alert) in memory.alerts.sorted(by: { $0.key < $1.key }) {
        guard let episode = alert.phase.episode else { continue }
        let place = "\(key.text) on \(printable(target, limit: 60))"
        open.append(place)
        let found = OpenAlert(target: target, key: key, alert: alert, rule: nil)
        guard isWanted(found.identity) else { continue }
        isFound = true
        var changed = acknowledgement
        if options.isUndone {
          guard var former = episode.acknowledged else {
            result.text += "\(place) is not acknowledged\n"
            continue
          }
          former.isWithdrawn = true
          changed = former
        }
        state.targets[target]?.alerts[key]?.phase.acknowledge(changed)
        result.text +=
          options.isUndone
          ? "\(place) is no longer acknowledged\n"
          : "\(place) is \(changed.words(seenAt: environment.now()))\n"
        result.entries.append(
          HistoryEntry(
            at: acknowledgement.at, kind: .acknowledgement,
            event: options.isUndone ? .undone : .acknowledged, target: target, key: key,
            by: acknowledgement.author, note: options.isUndone ? nil : acknowledgement.note))
      }
    }
    guard !isFound else { return }
    let place = options.target.map { " on \(printable($0, limit: 60))" } ?? ""
    throw UsageMistake(
      "\(name) is not firing\(place)"
        + (open.isEmpty ? "; nothing is" : "; firing: \(listed(open, most: 10))"),
      command: acknowledgeCommand.text.name)
  }
}

extension AlertKey {
  /// Reads `RULE`, `RULE/INSTANCE`, or `RULE[INSTANCE]` as reports write it.
  init(named text: String) {
    if text.hasSuffix("]"), let open = text.firstIndex(of: "[") {
      let instance = text[text.index(after: open)...].dropLast()
      self.init(rule: String(text[..<open]), instance: String(instance))
    } else {
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      self.init(rule: String(parts[0]), instance: parts.count > 1 ? String(parts[1]) : nil)
    }
  }
}
