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
    return change.make(mayBeFirst: false) { (state) throws(UsageMistake) in
      var result = StateChange.Result()
      let match = options.text?.match ?? AlertMatch()
      for alert in options.alerts {
        try settle(printable(alert, limit: 160), acknowledgement, in: &state, &result) {
          $0.key.isNamed(alert) && match.matches($0)
        }
      }
      if options.alerts.isEmpty {
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
    var pending: [String] = []
    for (target, memory) in state.targets.sorted(by: { $0.key < $1.key })
    where options.target.map({ $0 == target }) ?? true {
      for (key, alert) in memory.alerts.sorted(by: { $0.key < $1.key }) {
        let place = "\(key.text) on \(printable(target, limit: 60))"
        let isWanted = isWanted(
          AlertIdentity(target: target, key: key, alert.phase, alert.details, of: nil))
        guard let episode = alert.phase.episode else {
          if isWanted, alert.phase.kind == .pending { pending.append(place) }
          continue
        }
        open.append(place)
        guard isWanted else { continue }
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
    guard pending.isEmpty else {
      throw UsageMistake(
        "\(listed(pending, most: 10)) \(pending.count == 1 ? "is" : "are") pending, not firing",
        command: acknowledgeCommand.text.name)
    }
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
    let scalars = text.unicodeScalars
    guard let end = scalars.firstIndex(where: { $0 == "/" || $0 == "[" }),
      scalars[end] == "/" || scalars.last == "]"
    else {
      self.init(rule: text)
      return
    }
    let instance = scalars[scalars.index(after: end)...]
    self.init(
      rule: String(scalars[..<end]),
      instance: String(scalars[end] == "/" ? instance : instance.dropLast()))
  }

  /// Whether a text names this alert, or its rule.
  func isNamed(_ name: String) -> Bool {
    // Reports shorten an instance and escape what does not print.
    name == text || name == rule || self == AlertKey(named: name)
  }
}
