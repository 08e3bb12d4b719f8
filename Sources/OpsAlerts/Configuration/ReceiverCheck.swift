internal import AlertEngine
internal import Text

/// Finds alerts that no receiver would get, although there are receivers.
enum ReceiverCheck {
  /// Rules of which no receiver is notified.
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

  /// A dependency of which no receiver of the dependent alert is notified.
  struct Unheard: Hashable, Sendable, CustomStringConvertible {
    var rule: String
    var dependency: String

    var description: String {
      "no receiver of \(rule) is notified of \(dependency), on which it depends: while that is "
        + "firing, nobody learns that \(rule) is"
    }
  }

  /// Finds dependencies that no receiver of the dependent alert takes.
  ///
  /// - Parameter configuration: the rules and receivers.
  /// - Returns: nothing for rules without receivers.
  static func unheard(in configuration: Configuration) -> [Unheard] {
    let takers = Dictionary(configuration.takers) { one, _ in one }
    return configuration.rules.flatMap { rule -> [Unheard] in
      guard !rule.dependsOn.isEmpty else { return [] }
      let own = takers[rule.name] ?? []
      return rule.dependsOn.compactMap { dependency in
        guard !own.isEmpty, own.isDisjoint(with: takers[dependency.rule] ?? []) else {
          return nil
        }
        return Unheard(rule: rule.name, dependency: dependency.text)
      }
    }
  }

  /// Finds the severities that rules have and no receiver accepts, most severe first; then the
  /// rules that no receiver matches.
  ///
  /// - Parameter configuration: the rules and receivers.
  /// - Returns: nothing without receivers, since then nobody is to be notified.
  static func uncovered(in configuration: Configuration) -> [Uncovered] {
    guard !configuration.receivers.isEmpty else { return [] }
    let taken = configuration.receivers.reduce(into: Set()) { $0.formUnion($1.severities) }
    let severities = configuration.severities
    let untold = Set(configuration.takers.filter(\.receivers.isEmpty).map(\.rule))
    let refused = Severity.allCases.filter { !taken.contains($0) }
    return (refused + [nil]).compactMap { severity in
      let rules = severities.filter { rule, own in
        untold.contains(rule) && (severity ?? own) == own
          && taken.contains(own) == (severity == nil)
      }
      return rules.isEmpty ? nil : Uncovered(severity: severity, rules: rules.map(\.rule))
    }
  }
}

extension Configuration {
  /// The rules and their severities, the endpoint's last.
  fileprivate var severities: [(rule: String, severity: Severity)] {
    rules.map { ($0.name, $0.severity) } + [(EndpointSettings.ruleName, endpoint.severity)]
  }

  /// The receivers that are told of each rule.
  fileprivate var takers: [(rule: String, receivers: Set<String>)] {
    severities.map { rule, severity in
      let takers = receivers.filter {
        $0.severities.contains(severity) && $0.match.mayMatch(rule: rule, severity)
      }
      return (rule, Set(takers.map(\.name)))
    }
  }
}
