internal import AlertEngine
internal import Text

/// Looks for alerts that would reach nobody although there are receivers.
enum ReceiverCheck {
  /// A severity that no receiver takes.
  struct Unheard: Hashable, Sendable, CustomStringConvertible {
    var severity: Severity
    /// The rules whose alerts have it, in the order of the configuration.
    var rules: [String]

    var description: String {
      let reach =
        rules.count == 1 ? "rule \(listed(rules)) reaches" : "rules \(listed(rules)) reach"
      return "no receiver takes alerts of severity \(severity.rawValue): \(reach) nobody"
    }
  }

  /// Finds the severities that rules have and no receiver takes, worst first.
  ///
  /// - Parameter configuration: what names rules and receivers.
  /// - Returns: nothing where there are no receivers at all: then nobody is meant to be told.
  static func unheard(in configuration: Configuration) -> [Unheard] {
    guard !configuration.receivers.isEmpty else { return [] }
    let taken = configuration.receivers.reduce(into: Set()) { $0.formUnion($1.severities) }
    let named =
      configuration.rules.map { ($0.name, $0.severity) }
      + [(EndpointSettings.ruleName, configuration.endpoint.severity)]
    return Severity.allCases.filter { !taken.contains($0) }.compactMap { severity in
      let rules = named.filter { $0.1 == severity }.map(\.0)
      return rules.isEmpty ? nil : Unheard(severity: severity, rules: rules)
    }
  }
}
