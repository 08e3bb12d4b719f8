internal import AlertEngine
internal import Text

/// Finds alerts that no receiver would get, although there are receivers.
enum ReceiverCheck {
  /// Rules that no receiver is told of.
  struct Uncovered: Hashable, Sendable, CustomStringConvertible {
    /// The severity that no receiver accepts; `nil` if it is for another reason.
    var severity: Severity?
    /// In the order of the configuration.
    var rules: [String]

    var description: String {
      "no receiver accepts \(severity.map { "severity \($0.rawValue)" } ?? "them"), so nobody is "
        + "notified of " + (rules.count == 1 ? "rule " : "rules ") + listed(rules)
    }
  }

  /// A dependency that no receiver of the dependent alert is told of.
  struct Unheard: Hashable, Sendable, CustomStringConvertible {
    var rule: String
    var dependency: String

    var description: String {
      "no receiver of \(rule) is told of \(dependency), on which it depends: while that fires, "
        + "nobody learns that \(rule) fires"
    }
  }

  /// Finds dependencies that no receiver of the dependent alert takes.
  ///
  /// - Parameter configuration: the rules and receivers.
  /// - Returns: nothing for rules without receivers.
  static func unheard(in configuration: Configuration) -> [Unheard] {
    let severities = Dictionary(
      configuration.rules.map { ($0.name, $0.severity) }
        + [(EndpointSettings.ruleName, configuration.endpoint.severity)]
    ) { one, _ in one }
    func receivers(of rule: String) -> Set<String> {
      guard let severity = severities[rule] else { return [] }
      let takers = configuration.receivers.filter { receiver in
        receiver.severities.contains(severity) && receiver.match.mayMatch(rule: rule, severity)
      }
      return Set(takers.map(\.name))
    }
    return configuration.rules.flatMap { rule -> [Unheard] in
      guard !rule.dependsOn.isEmpty else { return [] }
      let own = receivers(of: rule.name)
      return rule.dependsOn.compactMap { dependency in
        guard !own.isEmpty, own.isDisjoint(with: receivers(of: dependency.rule)) else { return nil }
        return Unheard(rule: rule.name, dependency: dependency.text)
      }
    }
  }

  /// Finds the severities that rules have and no receiver accepts, most severe first; then the rules
  /// that match no receiver.
  ///
  /// - Parameter configuration: the rules and receivers.
  /// - Returns: nothing without receivers, since then nobody is to be notified.
  static func uncovered(in configuration: Configuration) -> [Uncovered] {
    guard !configuration.receivers.isEmpty else { return [] }
    let taken = configuration.receivers.reduce(into: Set()) { $0.formUnion($1.severities) }
    let named =
      configuration.rules.map { ($0.name, $0.severity) }
      + [(EndpointSettings.ruleName, configuration.endpoint.severity)]
    let refused = Severity.allCases.filter { !taken.contains($0) }.compactMap { severity in
      let rules = named.filter { $0.1 == severity }.map(\.0)
      return rules.isEmpty ? nil : Uncovered(severity: severity, rules: rules)
    }
    let unmatched = named.filter { rule, severity in
      taken.contains(severity)
        && !configuration.receivers.contains {
          $0.severities.contains(severity) && $0.match.mayMatch(rule: rule, severity)
        }
    }
    return refused + (unmatched.isEmpty ? [] : [Uncovered(rules: unmatched.map(\.0))])
  }
}
