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
    /// A path into a snapshot, with or without a `*`.
    case path(wildcards: Bool)
    /// An object of names and texts.
    case labels
    case object(Grammar)
    case list(of: Grammar, atMost: Int)
    /// A key that a later version has; the text says what this one does not do.
    case unsupported(String)
  }

  /// The most Unicode scalars that a text may have where nothing less is said.
  package static let longestText = 1_000
  package static let longestLabelName = 100
  /// The most labels that one object may have.
  package static let mostLabels = 64

  package enum Presence: Hashable, Sendable {
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
  package var title: String
  /// In the order of the reference.
  package var keys: [Key]
  private let positions: [String: Int]

  package init<Name: KeyName>(_ title: String, keys names: Name.Type) {
    self.title = title
    self.keys = names.allCases.map(\.key)
    self.positions = Dictionary(
      zip(keys.map(\.name), keys.indices), uniquingKeysWith: { first, _ in first })
  }

  /// The key of this name, if there is one.
  package subscript(name: String) -> Key? { positions[name].map { keys[$0] } }
}

/// The names of one grammar's keys: an enum, so that no key can lack its definition.
package protocol KeyName: RawRepresentable<String>, CaseIterable, Sendable {
  static var grammar: Grammar { get }
  var key: Key { get }
}

extension KeyName {
  func key(
    _ kind: Key.Kind, _ presence: Key.Presence, _ meaning: String, example: String
  ) -> Key {
    Key(name: rawValue, kind: kind, presence: presence, meaning: meaning, example: example)
  }
}

extension Key.Kind {
  /// Minutes from zero to a year.
  static let minutes = number(0...longestMinutes)
  /// Minutes from about nothing to a year, for what zero would make meaningless.
  static let positiveMinutes = number(0.001...longestMinutes)

  static func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> Self {
    .word(Word.allCases.map(\.rawValue))
  }
}

/// 52 weeks.
private let longestMinutes: Double = 52 * 10_080
