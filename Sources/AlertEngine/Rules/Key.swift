package import JSON

/// One key that an object of the configuration may have.
///
/// The tables of keys are the one source of the decoder, its suggestions, the JSON Schema and the
/// reference in `docs/configuration.md`.
package struct Key: Sendable {
  package var name: String
  package var kind: Kind
  package var presence: Presence
  /// One line for people, without a full stop.
  package var meaning: String
  /// JSON text of a value that is right.
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

  /// What a value may be.
  package indirect enum Kind: Sendable {
    /// At most so many Unicode scalars.
    case text(TextForm, max: Int)
    case word([String])
    /// `nil` for any finite number.
    case number(ClosedRange<Double>?)
    case integer(ClosedRange<Int>)
    /// A number, a string or a bool.
    case scalar
    case bool
    /// A path into a snapshot, with or without a `*`.
    case path(wildcards: Bool)
    /// An object of names and texts.
    case labels
    case object(Grammar)
    case list(of: Grammar, atLeast: Int = 1, atMost: Int)
    /// A list of different texts or words, at least one.
    case values(Kind, atMost: Int)
    /// An object of paths without `*` and texts of one line, at least one.
    case series(atMost: Int)
    /// `null` too.
    case nullable(Kind)
  }

  /// The most Unicode scalars that a text may have where nothing less is said.
  package static let longestText = 1_000
  package static let longestLabelName = 100
  /// The most labels that one object may have.
  package static let mostLabels = 64
  /// The most Unicode scalars of a series of samples.
  package static let longestSeries = 1_000_000

  package enum Presence: Sendable {
    case required
    /// Nothing takes its place.
    case optional
    case defaults(to: Scalar)
    /// The default depends on something else, as this text tells.
    case derived(String)
  }
}

/// The keys of one kind of object.
package struct Grammar: Sendable {
  /// What such an object is called: `a rule`.
  package let title: String
  /// In the order of the reference.
  package let keys: [Key]
  package let relations: [Relation]
  private let positions: [String: Int]

  /// What the keys of one object have to do with each other.
  package enum Relation: Sendable {
    /// There is one of these keys, and no second one.
    case exactlyOne([String])
    case atMostOne([String])
    case atLeastOne([String])
    /// The key is required where another one is one of these words, and a mistake elsewhere.
    case needed(String, where: String, is: [String])
    /// The key is a mistake where another one is one of these words.
    case forbidden(String, where: String, is: [String])
    /// The key is a number where another one is one of these words.
    case numeric(String, where: String, is: [String])
    /// The text at the key matches this pattern where another one is one of these words.
    case form(String, TextPattern, where: String, is: [String])
    /// There is one of these keys, and no second one, where another one is one of these words.
    case oneOf([String], where: String, is: [String])
    /// There are no two of these keys where another one is one of these words.
    case atMostOneOf([String], where: String, is: [String])
  }

  package init<Name: KeyName>(
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
  }

  /// Where the key of this name stands in `keys`, if there is one.
  func position(of name: String) -> Int? { positions[name] }
}

/// The keys of one grammar: an enum, so that no key can lack its definition; the raw values count the
/// cases from 0.
package protocol KeyName: RawRepresentable<Int>, CaseIterable, Sendable {
  static var grammar: Grammar { get }
  var key: Key { get }
}

extension Key.Kind {
  /// Minutes from zero to a year.
  package static let minutes = number(0...longestMinutes)
  /// Minutes from about nothing to a year, for what zero would make meaningless.
  package static let positiveMinutes = number(0.001...longestMinutes)

  static func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> Self {
    .word(Word.allCases.map(\.rawValue))
  }

  /// Some of the words, each once.
  static func someWords<Word: CaseIterable & RawRepresentable<String>>(_ type: Word.Type) -> Self {
    .values(.words(type), atMost: Word.allCases.count)
  }
}

/// 52 weeks.
private let longestMinutes: Double = 52 * 10_080

/// What a rule and the endpoint's alert have in common.
extension Key {
  static let breachStatus = Key(
    "breach_status", .words(BreachStatus.self),
    .defaults(to: .string(BreachStatus.fail.rawValue)),
    "what the check says while the alert fires", example: #""warn""#)

  static let severity = Key(
    "severity", .words(Severity.self), .derived("`critical` for fail, `warning` for warn"),
    "what receivers see", example: #""error""#)
}
