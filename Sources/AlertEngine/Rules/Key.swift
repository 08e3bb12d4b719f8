package import JSON

/// One key of an object in a configuration or a file of rule tests.
///
/// The tables of keys are the one source of the decoder, its suggestions, the JSON Schema and the
/// reference in `docs/configuration.md`.
package struct Key: Sendable {
  package var name: String
  package var kind: Kind
  package var presence: Presence
  /// One line for people, without a full stop.
  package var meaning: String
  /// A valid value as JSON text.
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

  /// The most Unicode scalars of a text without a lower limit.
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
    /// The default depends on something else, which this text names.
    case derived(String)
  }
}

/// The keys of one kind of object.
package struct Grammar: Sendable {
  /// What such an object is called: `a rule`.
  let title: String
  /// In the order of the reference.
  package let keys: [Key]
  package let relations: [Relation]
  private let positions: [String: Int]

  /// A constraint between keys of one object.
  package enum Relation: Sendable {
    /// Exactly one of these keys is present.
    case exactlyOne([String])
    case atMostOne([String])
    case atLeastOne([String])
    /// The key is required where another one has one of these words, and forbidden elsewhere.
    case needed(String, where: String, is: [String])
    /// The key is forbidden where another one has one of these words.
    case forbidden(String, where: String, is: [String])
    /// The key is a number where another one has one of these words.
    case numeric(String, where: String, is: [String])
    /// The text at the key matches this pattern where another one has one of these words.
    case form(String, TextPattern, where: String, is: [String])
    /// Exactly one of these keys is present where another one has one of these words.
    case oneOf([String], where: String, is: [String])
    /// At most one of these keys is present where another one has one of these words.
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
  }

  /// The index in `keys` of the key with this name, if there is one.
  func position(of name: String) -> Int? { positions[name] }
}

/// The keys of one grammar: an enum, so that no key can lack its definition; the raw values count
/// the cases from 0.
protocol KeyName: RawRepresentable<Int>, CaseIterable, Sendable {
  static var grammar: Grammar { get }
  var key: Key { get }
}

extension Key.Kind {
  /// Minutes from zero to a year.
  static let minutes = number(0...longestMinutes)
  /// Minutes above zero, to a year.
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
