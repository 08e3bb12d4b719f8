internal import AlertEngine
internal import Delivery
internal import JSON

/// The references of `docs/configuration.md` and `docs/rule-tests.md`: a table of the keys of each object.
enum ConfigurationReference {
  /// The lines that enclose a reference in its document.
  static let begin = "<!-- reference: made by `make generate` from the tables of keys -->"
  static let end = "<!-- end of the reference -->"

  /// The tables, without the two lines, with a newline at the end.
  ///
  /// - Parameter receivers: the types of receivers that it lists.
  /// - Returns: Markdown.
  static func markdown(_ receivers: [ReceiverType] = ReceiverCatalogue.standard.types)
    -> String
  {
    tables(of: [
      ("The configuration", RootKey.grammar), ("An included file", IncludedKey.grammar),
      ("A rule", RuleKey.grammar), ("`bad_samples`", BadSamplesKey.grammar),
      ("`evaluation`", EvaluationKey.grammar), ("`endpoint`", EndpointKey.grammar),
      ("A target", TargetKey.grammar), ("`notifications`", NotificationKey.grammar),
      ("`heartbeat`", HeartbeatKey.grammar), ("A receiver", .receiver(of: receivers)),
      ("`match`", MatchKey.grammar), ("`hours`", HoursKey.grammar),
      ("A maintenance window", MaintenanceKey.grammar),
    ]) + "\n" + table(of: receivers)
  }

  /// The same for files of rule tests.
  static func ruleTestsMarkdown() -> String {
    tables(of: [
      ("A file of tests", RuleTestFileKey.grammar), ("A test", RuleTestKey.grammar),
      ("An expectation", ExpectationKey.grammar), ("A transition", TransitionKey.grammar),
    ])
  }

  private static func tables(of grammars: [(heading: String, grammar: Grammar)]) -> String {
    grammars.map { heading, grammar in
      """
      ### \(heading)

      | key | value | default | meaning | example |
      | --- | --- | --- | --- | --- |
      \(grammar.keys.map(\.row).joined(separator: "\n"))

      """
    }.joined(separator: "\n")
  }

  /// The keys of each type of receiver, besides those that all types have.
  private static func table(of types: [ReceiverType]) -> String {
    let rows = types.map { type in
      let cells = [type.needed, type.optional].map { $0.isEmpty ? "" : $0.joined(separator: "; ") }
      return "| `\(type.name)` | \(cells.joined(separator: " | ")) |"
    }
    return """
      ### The types of receivers

      Every type has `name`, `type`, `severities`, `match`, `after_minutes` and `required`, and those that people read have \
      `hours`; keys of other types are rejected.

      | type | required | optional |
      | --- | --- | --- |
      \(rows.joined(separator: "\n"))

      """
  }
}

extension ReceiverType {
  fileprivate var needed: [String] {
    sources.filter { $0.need == .required }.map { Self.words($0, $1) }
      + keys.filter(\.isRequired).map(\.quoted)
  }

  fileprivate var optional: [String] {
    sources.filter { $0.need != .required }.map { Self.words($0, $1) }
      + keys.filter { !$0.isRequired }.map(\.quoted)
  }

  private static func words(_ source: ReceiverSource, _ need: Need) -> String {
    let pair = "\(source.variableKey.quoted) or \(source.fileKey.quoted)"
    return switch need {
    case .required, .optional: pair
    case .variable(let name): "\(pair), else the variable `\(name)`"
    }
  }
}

extension Key {
  fileprivate var quoted: String { "`\(name)`" }

  fileprivate var row: String {
    let cells = ["`\(name)`", kind.shape, presence.text, meaning, "`\(example)`"]
    let escaped = cells.map { $0.split(separator: "|").joined(separator: "\\|") }
    return "| \(escaped.joined(separator: " | ")) |"
  }
}

extension Key.Presence {
  fileprivate var text: String {
    switch self {
    case .required: "required"
    case .optional: "none"
    case .defaults(.number(let number)): "\(number.plain)"
    case .defaults(.string(let text)): "`\(text)`"
    case .defaults(.bool(let bool)): "`\(bool)`"
    case .derived(let text): text
    }
  }
}
