/// One type of receiver that configurations can name: its keys, and what its queue depends on.
///
/// Types are equal if their names are.
package struct ReceiverType: Hashable, Sendable {
  /// Whether a type requires something that it reads from a variable or a file.
  package enum Need: Hashable, Sendable {
    case required, optional
    /// Read from this variable if the configuration names no other.
    case variable(String)
  }

  /// The value of `type`: `slack`.
  package let name: String
  /// What it reads from variables or files.
  package let sources: [(source: ReceiverSource, need: Need)]
  /// The keys that only some types have.
  ///
  /// If several types have the same key, they differ at most in its meaning, its example and its
  /// form.
  package let keys: [Key]
  /// The pattern of the text at one of `keys`, by the key's name.
  let forms: [String: TextPattern]
  /// Whether it keeps an incident for each alert; then nothing is combined into a digest.
  package let keepsIncidents: Bool
  /// Whether it recognizes duplicates of a message, however many.
  package let recognizesRepetitions: Bool
  /// Whether it forgets a firing alert unless every run repeats it.
  package let forgetsAlerts: Bool
  /// Whether people read its messages, as in a chat, rather than programs.
  package let isForPeople: Bool

  package init(
    _ name: String, sources: [(source: ReceiverSource, need: Need)] = [], keys: [Key] = [],
    forms: [String: TextPattern] = [:], keepsIncidents: Bool = false,
    recognizesRepetitions: Bool = false, forgetsAlerts: Bool = false,
    isForPeople: Bool = false
  ) {
    self.name = name
    self.sources = sources
    self.keys = keys
    self.forms = forms
    self.keepsIncidents = keepsIncidents
    self.recognizesRepetitions = recognizesRepetitions
    self.forgetsAlerts = forgetsAlerts
    self.isForPeople = isForPeople
  }

  package static func == (one: ReceiverType, other: ReceiverType) -> Bool { one.name == other.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Something that a receiver reads from a variable or a file, never from the configuration itself.
package struct ReceiverSource: Hashable, Sendable {
  package static let url = ReceiverSource(
    "url", "the address", label: "address", example: "OPS_ALERT_SLACK_URL")
  package static let token = ReceiverSource(
    "token", "the token", label: "token", example: "GITHUB_TOKEN")

  /// The beginning of its two keys: `url` of `url_env` and `url_file`.
  package let stem: String
  /// Its name in `check`: `address`.
  package let label: String
  private let meaning: String
  private let variable: String

  /// A source with two keys, for a variable and for a file.
  ///
  /// - Parameters:
  ///   - stem: the beginning of the names of its two keys.
  ///   - meaning: what it is, with an article.
  ///   - label: the same in a word or two.
  ///   - example: the name of a variable that holds it.
  package init(_ stem: String, _ meaning: String, label: String, example: String) {
    self.stem = stem
    self.label = label
    self.meaning = meaning
    self.variable = example
  }

  package var variableKey: Key {
    Key(
      "\(stem)_env", .text(.variable, max: 200), .derived("depends on the type"),
      "the environment variable that holds \(meaning)", example: "\"\(variable)\"")
  }

  package var fileKey: Key {
    Key(
      "\(stem)_file", .text(.file, max: Key.longestText), .derived("depends on the type"),
      "the file that holds \(meaning); read in every run", example: "\"/run/secrets/\(stem)\"")
  }
}
