/// A JSON document to be printed, its members in the order in which they are written here.
package indirect enum JSONText: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONText])
  case object([(name: String, value: JSONText)])

  package init(stringLiteral value: String) { self = .string(value) }

  /// Indented by two spaces; short lists of leaves stay on one line.
  package func printed() -> String {
    var writer = JSONWriter(.pretty)
    write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func write(to writer: inout JSONWriter) {
    switch self {
    case .bool(let bool): writer.bool(bool)
    case .number(let number): writer.number(number)
    case .string(let text): writer.string(text)
    case .array(let elements) where elements.allSatisfy(\.isLeaf):
      writer.onOneLine { $0.array(elements) { $1.write(to: &$0) } }
    case .array(let elements): writer.array(elements) { $1.write(to: &$0) }
    case .object(let members):
      writer.object { writer in
        for member in members {
          writer.key(member.name)
          member.value.write(to: &writer)
        }
      }
    }
  }

  private var isLeaf: Bool {
    switch self {
    case .bool, .number, .string: true
    case .array, .object: false
    }
  }
}
