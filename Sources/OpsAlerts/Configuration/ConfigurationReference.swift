internal import AlertEngine

/// The reference of `docs/configuration.md`: a table of the keys of each object.
package enum ConfigurationReference {
  /// The lines between which the reference stands in the document.
  package static let begin = "<!-- reference: made by `make generate` from the tables of keys -->"
  package static let end = "<!-- end of the reference -->"

  /// The tables, without the two lines, with a newline at the end.
  package static func markdown() -> String {
    let grammars: [(heading: String, grammar: Grammar)] = [
      ("The configuration", RootKey.grammar), ("A rule", RuleKey.grammar),
      ("`evaluation`", EvaluationKey.grammar), ("`endpoint`", EndpointKey.grammar),
      ("A target", TargetKey.grammar),
    ]
    return grammars.map { heading, grammar in
      """
      ### \(heading)

      | key | value | default | meaning | example |
      | --- | --- | --- | --- | --- |
      \(grammar.keys.filter(\.isSupported).map(\.row).joined(separator: "\n"))

      """
    }.joined(separator: "\n")
  }
}

extension Key {
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
