package import Text

/// A JSON value to be written, composed as a literal.
///
///     let check: JSONText = [
///       "name": .string(check.name), "instance": .string(check.instance),
///       "episodes": .array(check.episodes, episode),
///     ]
///
/// Members are written in this order. `nil` is written as `null`, or omitted with `?? .omitted`. An
/// array makes its elements one by one while it is written, so a long document is never a tree in
/// memory.
package struct JSONText {
  package typealias Member = (String, JSONText)

  enum Form {
    case omitted
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case instant(Instant)
    case list([JSONText])
    case object([Member])
    case line([JSONText])
    case written((inout JSONWriter) -> Void)
  }

  let form: Form

  private init(_ form: Form) { self.form = form }

  package static var null: JSONText { JSONText(.null) }

  /// A member that is not written.
  package static var omitted: JSONText { JSONText(.omitted) }

  package static func bool(_ bool: Bool) -> JSONText { JSONText(.bool(bool)) }

  package static func integer(_ integer: some BinaryInteger) -> JSONText {
    JSONText(.integer(Int64(integer)))
  }

  /// A number, without a fraction if it is whole; `null` if it is not finite.
  package static func number(_ number: Double?) -> JSONText {
    JSONText(number.map { .number($0) } ?? .null)
  }

  package static func string(_ text: String?) -> JSONText {
    JSONText(text.map { .string($0) } ?? .null)
  }

  /// A time as in RFC 3339.
  package static func instant(_ instant: Instant?) -> JSONText {
    JSONText(instant.map { .instant($0) } ?? .null)
  }

  /// A duration as a number of minutes.
  package static func minutes(_ duration: Duration?) -> JSONText { .number(duration?.inMinutes) }

  package static func scalar(_ scalar: Scalar?) -> JSONText {
    switch scalar {
    case .number(let number): .number(number)
    case .string(let text): .string(text)
    case .bool(let bool): .bool(bool)
    case nil: .null
    }
  }

  /// A value, or `null`.
  package static func optional<Value>(
    _ value: Value?, _ text: (Value) -> JSONText
  ) -> JSONText {
    value.map(text) ?? .null
  }

  /// The elements, made one by one while they are written.
  package static func array<Elements: Sequence>(
    _ elements: Elements, _ element: @escaping (Elements.Element) -> JSONText
  ) -> JSONText {
    JSONText(.written { writer in writer.array(elements) { $0.write(element($1)) } })
  }

  /// A short list, which stays on one line if all its elements are leaves.
  package static func array(_ elements: [JSONText]) -> JSONText { JSONText(.list(elements)) }

  package static func object(_ members: [Member]) -> JSONText { JSONText(.object(members)) }

  /// An object with the dictionary's keys, sorted.
  package static func object<Value>(
    _ values: [String: Value], _ value: @escaping (Value) -> JSONText
  ) -> JSONText {
    .object(values.sorted { $0.key < $1.key }.map { ($0.key, value($0.value)) })
  }

  package static func strings(_ strings: [String: String]) -> JSONText {
    .object(strings) { .string($0) }
  }

  /// A value on one line, even in a pretty document.
  package static func line(_ text: JSONText) -> JSONText { JSONText(.line([text])) }

  /// A JSON document, inserted as it is.
  package static func document(_ json: [UInt8]) -> JSONText {
    JSONText(.written { $0.document(json) })
  }

  /// This object, followed by the members of another.
  package func followed(by other: JSONText) -> JSONText {
    guard case .object(let members) = form, case .object(let others) = other.form else {
      return self
    }
    return .object(members + others)
  }

  /// The document's bytes.
  package func encoded(_ layout: JSONWriter.Layout) -> [UInt8] {
    var writer = JSONWriter(layout)
    writer.write(self)
    return writer.finish()
  }

  /// Indented by two spaces.
  package func printed() -> String { String(decoding: encoded(.pretty), as: UTF8.self) }

  var isLeaf: Bool {
    switch form {
    case .omitted, .null, .bool, .integer, .number, .string, .instant: true
    case .list, .object, .line, .written: false
    }
  }
}

extension JSONText: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral members: (String, JSONText)...) {
    self.init(.object(members))
  }
}

extension JSONText: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self = .string(text) }
}
