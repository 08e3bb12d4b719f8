internal import AlertEngine
internal import Text

/// Finds alerts that no receiver would get, although there are receivers.
enum ReceiverCheck {
  /// A severity that no receiver accepts.
  struct Uncovered: Hashable, Sendable, CustomStringConvertible {
    var severity: Severity
    /// The rules whose alerts have it, in the order of the configuration.
    var rules: [String]

    var description: String {
      "no receiver accepts severity \(severity.rawValue), so nobody is notified of "
        + (rules.count == 1 ? "rule " : "rules ") + listed(rules)
    }
  }

  /// Finds the severities that rules have and no receiver accepts, most severe first.
  ///
  /// - Parameter configuration: the rules and receivers.
  /// - Returns: nothing without receivers, since then nobody is to be notified.
  static func uncovered(in configuration: Configuration) -> [Uncovered] {
    guard !configuration.receivers.isEmpty else { return [] }
    let taken = configuration.receivers.reduce(into: Set()) { $0.formUnion($1.severities) }
    let named =
      configuration.rules.map { ($0.name, $0.severity) }
      + [(EndpointSettings.ruleName, configuration.endpoint.severity)]
    return Severity.allCases.filter { !taken.contains($0) }.compactMap { severity in
      let rules = named.filter { $0.1 == severity }.map(\.0)
      return rules.isEmpty ? nil : Uncovered(severity: severity, rules: rules)
    }
  }
}
