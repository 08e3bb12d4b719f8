internal import AlertEngine
internal import Reports
internal import Text

/// Acknowledges firing alerts, or undoes that.
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
        try settle(printable(alert, limit: 160), acknowledgement, in: &state, &result) {
          $0.key.isNamed(alert)
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
        let identity = AlertIdentity(
          target: target, key: key, alert.phase, alert.details, of: nil)
        guard isWanted(identity) else { continue }
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
  /// Reads `RULE`, `RULE/INSTANCE`, or `RULE[INSTANCE]` as reports write it; the name of a rule
  /// has neither `/` nor `[`.
  init(named text: String) {
    guard let end = text.firstIndex(where: { $0 == "/" || $0 == "[" }),
      text[end] == "/" || text.hasSuffix("]")
    else {
      self.init(rule: text)
      return
    }
    let instance = text[text.index(after: end)...]
    self.init(
      rule: String(text[..<end]),
      instance: String(text[end] == "/" ? instance : instance.dropLast()))
  }

  /// Whether a text names this alert, or its rule.
  func isNamed(_ name: String) -> Bool {
    // Reports shorten an instance and escape what does not print.
    name == text || name == rule || self == AlertKey(named: name)
  }
}
