package import JSON

/// Which alerts a silence, a maintenance window or a receiver is for: all of its parts must match.
package struct AlertMatch: Hashable, Sendable {
  /// One of these rules, or any if there are none; the same for the next three.
  package var rules: [NamePattern]
  /// A rule without instances matches no pattern here.
  package var instances: [NamePattern]
  package var targets: [NamePattern]
  package var severities: Set<Severity>
  /// All of these labels.
  package var labels: [String: NamePattern]

  package init(
    rules: [NamePattern] = [], instances: [NamePattern] = [], targets: [NamePattern] = [],
    severities: Set<Severity> = [], labels: [String: NamePattern] = [:]
  ) {
    self.rules = rules
    self.instances = instances
    self.targets = targets
    self.severities = severities
    self.labels = labels
  }

  /// Whether it matches every alert.
  package var isEverything: Bool {
    rules.isEmpty && instances.isEmpty && targets.isEmpty && severities.isEmpty && labels.isEmpty
  }

  package func matches(_ alert: AlertIdentity) -> Bool {
    guard rules.isEmpty || rules.contains(where: { $0.matches(alert.key.rule) }),
      targets.isEmpty || targets.contains(where: { $0.matches(alert.target) }),
      severities.isEmpty || severities.contains(alert.severity)
    else { return false }
    if !instances.isEmpty {
      guard let instance = alert.key.instance, instances.contains(where: { $0.matches(instance) })
      else { return false }
    }
    return labels.allSatisfy { name, pattern in
      alert.labels[name].map(pattern.matches) ?? false
    }
  }
}

/// The names and labels by which an alert is matched.
package struct AlertIdentity: Hashable, Sendable {
  package var target: String
  package var key: AlertKey
  package var severity: Severity
  package var labels: [String: String]

  package init(target: String, key: AlertKey, severity: Severity, labels: [String: String]) {
    self.target = target
    self.key = key
    self.severity = severity
    self.labels = labels
  }
}

extension AlertIdentity {
  /// That by which receivers know an alert, or would if it fired; `subject` is `nil` if the rule is not
  /// known.
  package init(
    target: String, key: AlertKey, _ phase: Phase, _ details: SeriesDetails?, of subject: Subject?
  ) {
    let episode = phase.episode
    self.init(
      target: target, key: key, severity: episode?.severity ?? subject?.severity ?? .critical,
      labels: episode?.labels ?? subject?.labels(with: details) ?? details?.labels ?? [:])
  }
}

extension AlertNotification {
  package var identity: AlertIdentity {
    AlertIdentity(target: target, key: key, severity: severity, labels: labels)
  }
}

extension Check {
  package func identity(target: String) -> AlertIdentity {
    AlertIdentity(target: target, key: key, phase, details, of: subject)
  }
}

/// A name in which `*` matches any text, even none; it is case-sensitive.
package struct NamePattern: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package func matches(_ name: String) -> Bool {
    let (pattern, name) = (text.utf8, name.utf8)
    var (place, end) = (pattern.startIndex, name.startIndex)
    /// Where to resume if the last `*` has to match one more byte.
    var retry: (pattern: String.Index, name: String.Index)?
    while end < name.endIndex {
      if place < pattern.endIndex, pattern[place] == UInt8(ascii: "*") {
        pattern.formIndex(after: &place)
        retry = (place, end)
      } else if place < pattern.endIndex, pattern[place] == name[end] {
        pattern.formIndex(after: &place)
        name.formIndex(after: &end)
      } else if let last = retry {
        (place, end) = (last.pattern, name.index(after: last.name))
        retry = (place, end)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
