package import JSON

/// The settings of a receiver in the configuration.
package struct ReceiverSettings: Hashable, Sendable {
  /// The value at a key that only some types have.
  package enum Value: Hashable, Sendable {
    case scalar(Scalar)
    case texts([String])
  }

  /// Unique in a configuration.
  package var name: String
  package var type: ReceiverType
  /// The configured sources.
  package var sources: [ReceiverSource: SecretSource]
  /// The values that are set at the type's own keys, by name.
  package var values: [String: Value]
  /// The severities that it receives; all of them unless configured otherwise.
  package var severities: Set<Severity>
  /// The alerts that it receives; all of them unless configured otherwise.
  package var match: AlertMatch
  /// How long an alert must fire, unacknowledged, before it is sent; zero for immediately.
  package var escalation: Duration
  /// When it receives messages; `nil` for at any time.
  package var hours: ZonedWindow?
  /// Whether an unset variable is a mistake; otherwise the receiver is skipped with a notice.
  package var isRequired: Bool

  package init(
    name: String, type: ReceiverType, sources: [ReceiverSource: SecretSource] = [:],
    values: [String: Value] = [:], severities: Set<Severity> = Set(Severity.allCases),
    match: AlertMatch = AlertMatch(), escalation: Duration = .zero, hours: ZonedWindow? = nil,
    isRequired: Bool = false
  ) {
    self.name = name
    self.type = type
    self.sources = sources
    self.values = values
    self.severities = severities
    self.match = match
    self.escalation = escalation
    self.hours = hours
    self.isRequired = isRequired
  }
}

extension ReceiverSettings {
  /// Whether it takes an alert.
  package func takes(_ alert: AlertIdentity) -> Bool {
    severities.contains(alert.severity) && match.matches(alert)
  }

  /// Where to read something from: the configured source, or the type's usual variable.
  package subscript(source: ReceiverSource) -> SecretSource? {
    if let written = sources[source] { return written }
    switch type.sources.first(where: { $0.source == source })?.need {
    case .variable(let name): return .variable(name)
    case .required, .optional, nil: return nil
    }
  }

  /// Everything that it reads, in the order of its type.
  package var allSources: [(source: ReceiverSource, place: SecretSource)] {
    type.sources.compactMap { source, _ in self[source].map { (source, $0) } }
  }

  /// The text at a key of its type, or the key's default.
  package func text(_ key: Key) -> String? {
    guard case .string(let text) = scalar(key) else { return nil }
    return text
  }

  /// The number at a key of its type, or the key's default.
  package func number(_ key: Key) -> Double? {
    guard case .number(let number) = scalar(key) else { return nil }
    return number
  }

  /// The flag at a key of its type, or the key's default.
  package func flag(_ key: Key) -> Bool? {
    guard case .bool(let flag) = scalar(key) else { return nil }
    return flag
  }

  /// The list at a key of its type.
  package func texts(_ key: Key) -> [String]? {
    guard case .texts(let texts) = values[key.name] else { return nil }
    return texts
  }

  private func scalar(_ key: Key) -> Scalar? {
    if case .scalar(let scalar) = values[key.name] { return scalar }
    guard case .defaults(let scalar) = key.presence else { return nil }
    return scalar
  }
}

/// Where an address or a token is read from; never the configuration itself.
package enum SecretSource: Hashable, Sendable {
  case variable(String)
  case file(String)

  /// The path of the file; `nil` for a variable.
  package var path: String? {
    switch self {
    case .variable: nil
    case .file(let path): path
    }
  }
}

/// The settings for all receivers.
package struct NotificationSettings: Hashable, Sendable {
  /// The time between two reminders while an alert is firing; zero for none.
  package var reminder: Duration
  /// More events than this for one chat are combined into one message.
  package var digestOver: Int
  /// The name of the time zone of messages and reports; `nil` for the default.
  package var timeZone: String?

  package init(
    reminder: Duration = .seconds(4 * 3_600), digestOver: Int = 5, timeZone: String? = nil
  ) {
    self.reminder = reminder
    self.digestOver = digestOver
    self.timeZone = timeZone
  }
}
