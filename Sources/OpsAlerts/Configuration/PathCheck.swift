internal import AlertEngine
internal import JSON
internal import Text

/// Finds paths that are valid, but hardly what was meant: written in the syntax of other tools,
/// which is read as strange keys, or with a pattern that matches nothing.
enum PathCheck {
  struct Foreign: Hashable, Sendable, CustomStringConvertible {
    var rule: String
    var path: String
    /// What is odd about it, and what to write instead.
    var problem: String

    var description: String { "\(rule): the path \(path.quoted) \(problem)" }
  }

  /// The paths of all rules that look foreign, in the order of the configuration.
  static func foreign(in configuration: Configuration) -> [Foreign] {
    configuration.rules.flatMap { rule in
      let measurement = rule.measurement
      let selectors = [
        measurement.selector, measurement.denominator, rule.condition.threshold.selector,
      ]
      return selectors.compactMap { selector -> Foreign? in
        switch selector {
        case .path(let path)?:
          return path.foreignSyntaxAdvice.map { advice in
            Foreign(
              rule: rule.name, path: path.text, problem: "is read as keys of objects; \(advice)")
          }
        case .query(let query)?:
          return query.patternMistakes.first.map { mistake in
            Foreign(
              rule: rule.name, path: query.text,
              problem: "has a pattern that matches nothing: \(mistake)")
          }
        case .metric?, .response?, nil: return nil
        }
      }
    }
  }
}
