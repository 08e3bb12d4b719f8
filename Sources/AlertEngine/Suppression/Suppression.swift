package import Text

/// Why nobody is notified of an alert now; it is evaluated, shown and recorded all the same.
package indirect enum Suppression: Hashable, Sendable {
  case silenced(Silence)
  /// A maintenance window, by its name.
  case maintenance(ActiveWindow)
  /// An alert that this one depends on is firing.
  case inhibited(by: AlertKey, on: String)
  /// It depends on an alert of a target that is yet to be evaluated in this run.
  case undecided(target: String)

  /// Whether it is a silence or a maintenance window.
  package var isSilence: Bool {
    switch self {
    case .silenced, .maintenance: true
    case .inhibited, .undecided: false
    }
  }
}

/// A maintenance window that is open now.
package struct ActiveWindow: Hashable, Sendable {
  package var name: String
  package var match: AlertMatch
  package var reason: String?
  package var ends: Instant?

  package init(name: String, match: AlertMatch, reason: String?, ends: Instant?) {
    self.name = name
    self.match = match
    self.reason = reason
    self.ends = ends
  }
}

/// Decides which alerts are suppressed at one moment.
package struct Suppressor: Sendable {
  /// The last to end first.
  private let silences: [Silence]
  private let windows: [ActiveWindow]
  private let dependencies: Dependencies?

  /// - Parameters:
  ///   - silences: those of the state, active or not.
  ///   - windows: the maintenance windows that are open.
  ///   - configuration: which alerts depend on which; `nil` if that is not known.
  ///   - targets: what the state keeps of each target.
  ///   - unseen: the targets that this run has yet to evaluate.
  ///   - now: the time of the run.
  package init(
    silences: [Silence], windows: [ActiveWindow], _ configuration: Configuration?,
    _ targets: [String: TargetState], unseen: Set<String> = [], at now: Instant
  ) {
    self.silences = silences.filter { $0.isActive(at: now) }.sorted { $0.ends > $1.ends }
    self.windows = windows
    dependencies = configuration.map { Dependencies($0, targets, unseen: unseen, at: now) }
  }

  /// Whether it suppresses nothing.
  package var isEmpty: Bool { silences.isEmpty && windows.isEmpty && dependencies?.isEmpty ?? true }

  /// Why an alert is suppressed; of several reasons, the one that lasts longest; a dependency comes
  /// last.
  package func suppression(of alert: AlertIdentity) -> Suppression? {
    let never = Instant(milliseconds: .max)
    var longest = silences.first { $0.match.matches(alert) }
      .map { (reason: Suppression.silenced($0), ends: $0.ends) }
    for window in windows where window.match.matches(alert) {
      let ends = window.ends ?? never
      if longest.map({ ends > $0.ends }) ?? true { longest = (.maintenance(window), ends) }
    }
    return longest?.reason ?? dependencies?.suppression(of: alert)
  }
}

/// A rule on which another one depends.
package struct Dependency: Hashable, Sendable {
  package var rule: String
  /// `nil` for the target of the dependent alert.
  package var target: String?

  /// Reads `rule` or `rule@target`.
  init(_ text: String) {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "@"), maxSplits: 1, omittingEmptySubsequences: false)
    rule = String(Substring(parts[0]))
    target = parts.count > 1 ? String(Substring(parts[1])) : nil
  }

  package var text: String { target.map { "\(rule)@\($0)" } ?? rule }
}

/// The open alerts on which others depend.
private struct Dependencies: Sendable {
  /// By rule: what its alerts depend on.
  private var needs: [String: [Dependency]] = [:]
  /// By target and rule: the instances that inhibit others, in order; `nil` for an alert without.
  private var open: [String: [String: [String?]]] = [:]
  private var withInstances: Set<String> = []
  private let unseen: Set<String>

  init(
    _ configuration: Configuration, _ targets: [String: TargetState], unseen: Set<String>,
    at now: Instant
  ) {
    self.unseen = unseen
    for rule in configuration.rules where !rule.dependsOn.isEmpty {
      needs[rule.name] = rule.dependsOn
    }
    guard !needs.isEmpty else { return }
    let wanted = Set(needs.values.flatMap { $0.map(\.rule) })
    var gaps = [EndpointSettings.ruleName: configuration.evaluation.maxGap]
    for rule in configuration.rules {
      gaps[rule.name] = rule.maxGap
      if rule.measurement.hasInstances { withInstances.insert(rule.name) }
    }
    for (name, target) in targets {
      for (key, alert) in target.alerts where wanted.contains(key.rule) {
        guard let episode = alert.phase.episode,
          now - episode.breach.evidence.last <= gaps[key.rule] ?? .zero
        else { continue }
        open[name, default: [:]][key.rule, default: []].append(key.instance)
      }
    }
  }

  var isEmpty: Bool { needs.isEmpty }

  func suppression(of alert: AlertIdentity) -> Suppression? {
    var undecided: Suppression?
    for dependency in needs[alert.key.rule] ?? [] {
      let target = dependency.target ?? alert.target
      let instances = open[target]?[dependency.rule] ?? []
      let areNamed =
        alert.key.instance != nil && withInstances.contains(dependency.rule)
      let match =
        areNamed
        ? instances.first { $0 == alert.key.instance }
        : instances.min { ($0 ?? "") < ($1 ?? "") }
      if let match {
        return .inhibited(by: AlertKey(rule: dependency.rule, instance: match), on: target)
      }
      if unseen.contains(target) { undecided = undecided ?? .undecided(target: target) }
    }
    return undecided
  }
}
