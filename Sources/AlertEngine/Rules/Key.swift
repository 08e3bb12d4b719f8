package import JSON

/// One key of an object in a configuration or a file of rule tests.
///
/// The tables of keys are the only source of the decoder, its suggestions, the JSON Schema and the
/// reference in `docs/configuration.md`.
package struct Key: Sendable {
  package var name: String
  package var kind: Kind
  package var presence: Presence
  /// One line for the reference, without a full stop.
  package var meaning: String
  /// A valid value in JSON.
  package var example: String

  package init(
    _ name: String, _ kind: Kind, _ presence: Presence, _ meaning: String, example: String
  ) {
    self.name = name
    self.kind = kind
    self.presence = presence
    self.meaning = meaning
    self.example = example
  }

  package var isRequired: Bool {
    switch presence {
    case .required: true
    case .optional, .defaults, .derived: false
    }
  }

  /// The values that are allowed.
  package indirect enum Kind: Sendable {
    /// At most this many Unicode scalars.
    case text(TextForm, max: Int)
    case word([String])
    /// `nil` allows any finite number.
    case number(ClosedRange<Double>?)
    /// A number of minutes, or a text such as `1h30m`, which becomes that number.
    case minutes(ClosedRange<Double>)
    case integer(ClosedRange<Int>)
    /// A number, a string or a bool.
    case scalar
    case bool
    /// A path into a snapshot, with or without a `*`.
    case path(wildcards: Bool)
    /// A dotted path, a JSONPath query, or a fact about the response.
    case selector
    /// A PromQL instant vector selector.
    case metric
    /// An object whose keys have one form and whose values another.
    case texts(by: TextForm, TextForm)
    case object(Grammar)
    case list(of: Grammar, atLeast: Int = 1, atMost: Int)
    /// A list of different values of a scalar kind; at least one.
    case values(Kind, atMost: Int)
    /// A list, or a value of another kind.
    case listOr(Kind, list: Kind)
    /// An object with at least one path without `*` as a key and texts of one line as values.
    case series(atMost: Int)
    /// This kind, or `null`.
    case nullable(Kind)
  }

  /// The most Unicode scalars of a text, unless its key sets a lower limit.
  package static let longestText = 1_000
  package static let longestLabelName = 100
  /// The most members of a set that a value is compared with.
  package static let mostScalars = 100
  /// The most labels that one object may have.
  package static let mostLabels = 64
  /// The most Unicode scalars of a series of samples.
  package static let longestSeries = 1_000_000

  package enum Presence: Sendable {
    case required
    /// There is no default.
    case optional
    case defaults(to: Scalar)
    /// The default depends on something else, which this text describes.
    case derived(String)
  }
}

/// The keys of one kind of object.
package struct Grammar: Sendable {
  /// What such an object is called in messages: `a rule`.
  let title: String
  /// In the order of the reference.
  package let keys: [Key]
  package let relations: [Relation]
  private let positions: [String: Int]
  /// The indices in `keys` of those that an object must have.
  let required: [Int]
  /// For each relation, the indices in `keys` of those without which nothing can contradict it;
  /// `nil` if an object without any of them can, too.
  let triggers: [[Int]?]

  /// A constraint between the keys of one object.
  package enum Relation: Sendable {
    /// Exactly one of these keys is present.
    case exactlyOne([String])
    case atMostOne([String])
    case atLeastOne([String])
    /// All of these keys are present, or none.
    case together([String])
    /// The key is required if another one has one of these words, and forbidden otherwise.
    case needed(String, where: String, is: [String])
    /// The key is forbidden if another one has one of these words.
    case forbidden(String, where: String, is: [String])
    /// The key must be a number if another one has one of these words.
    case numeric(String, where: String, is: [String])
    /// The value at the key must be a list if another one has one of these words, and must not be
    /// one otherwise.
    case listed(String, where: String, is: [String])
    /// The text at the key must match this pattern if another one has one of these words.
    case form(String, TextPattern, where: String, is: [String])
    /// Exactly one of these keys is present if another one has one of these words.
    case oneOf([String], where: String, is: [String])
    /// At most one of these keys is present if another one has one of these words.
    case atMostOneOf([String], where: String, is: [String])
  }

  init<Name: KeyName>(
    _ title: String, keys names: Name.Type, relations: [Relation] = []
  ) {
    self.init(title, keys: names.allCases.map(\.key), relations: relations)
  }

  init(_ title: String, keys: [Key], relations: [Relation]) {
    self.title = title
    self.keys = keys
    self.relations = relations
    self.positions = Dictionary(
      zip(keys.map(\.name), keys.indices), uniquingKeysWith: { first, _ in first })
    self.required = keys.indices.filter { keys[$0].isRequired }
    self.triggers = relations.map { [positions] in
      $0.triggers(in: keys)?.compactMap { positions[$0] }
    }
  }

  /// The index in `keys` of the key with this name.
  package func position(of name: String) -> Int? { positions[name] }
}

/// The keys of one grammar: an enum, so that no key can lack a definition; the raw values number
/// the cases from 0.
protocol KeyName: RawRepresentable<Int>, CaseIterable, Sendable {
  static var grammar: Grammar { get }
  var key: Key { get }
}

extension Key.Kind {
  /// An object of label names and texts.
  static let labels = texts(by: .labelName, .line)
  /// Minutes from zero to a year.
  static let anyMinutes = minutes(0...longestMinutes)
  /// Minutes above zero, up to a year.
  package static let positiveMinutes = minutes(0.001...longestMinutes)

  static func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> Self {
    .word(Word.allCases.map(\.rawValue))
  }

  /// Some of the words, each at most once.
  static func someWords<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> Self {
    .values(.words(type), atMost: Word.allCases.count)
  }
}

/// 52 weeks.
private let longestMinutes: Double = 52 * 10_080

/// The keys that a rule and `endpoint` share.
extension Key {
  static let breachStatus = Key(
    "breach_status", .words(BreachStatus.self),
    .defaults(to: .string(BreachStatus.fail.rawValue)),
    "the status of the check while the alert is firing or recovering", example: #""warn""#)

  static let severity = Key(
    "severity", .words(Severity.self), .derived("`critical` for fail, `warning` for warn"),
    "the severity that receivers show", example: #""error""#)
}

extension Grammar.Relation {
  /// The names of the keys without which nothing can contradict this relation; `nil` if an object
  /// without any of them can, too.
  fileprivate func triggers(in keys: [Key]) -> [String]? {
    func isDefault(_ words: [String], of name: String) -> Bool {
      guard case .defaults(.string(let word)) = keys.first(where: { $0.name == name })?.presence
      else { return false }
      return words.contains(word)
    }
    switch self {
    case .exactlyOne, .atLeastOne: return nil
    case .atMostOne(let keys), .atMostOneOf(let keys, _, _), .together(let keys): return keys
    case .needed(let key, let other, let words):
      return isDefault(words, of: other) ? nil : [key, other]
    case .oneOf(_, let other, let words): return isDefault(words, of: other) ? nil : [other]
    case .forbidden(let key, _, _), .numeric(let key, _, _), .listed(let key, _, _),
      .form(let key, _, _, _):
      return [key]
    }
  }
}
