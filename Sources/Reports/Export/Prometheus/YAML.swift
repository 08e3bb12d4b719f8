internal import Prometheus
internal import Text

/// A document of YAML 1.2, composed as a literal.
///
/// Every text is in double quotes, with the escapes of JSON, or in a block if it is an expression. So
/// no text from outside can end a scalar or begin another.
indirect enum YAML {
  case text(String)
  /// A number, a bool, or a duration; never a text from outside.
  case word(String)
  /// An expression, on lines of its own.
  case block(String)
  case list([YAML])
  case map([(key: String, value: YAML)])
  /// What a comment says of the value, one line for each.
  case noted([String], YAML)

  static func number(_ number: some BinaryInteger) -> YAML { .word("\(number)") }

  static func texts(_ texts: [String]) -> YAML { .list(texts.map { .text($0) }) }

  /// A file of YAML, with comments at its top.
  func file(_ comments: [String]) -> String {
    Self.comment(comments, 0) + (isEmpty ? inline + "\n" : lines(0))
  }

  static func comment(_ lines: [String], _ indent: Int) -> String {
    lines.map { line in
      String(repeating: " ", count: indent) + "# " + printable(line, limit: 4_000) + "\n"
    }.joined()
  }

  private var isEmpty: Bool {
    switch self {
    case .list(let list): list.isEmpty
    case .map(let map): map.isEmpty
    case .noted(_, let value): value.isEmpty
    case .text, .word, .block: false
    }
  }

  /// The value on one line, in the flow style.
  var inline: String {
    switch self {
    case .text(let text): text.asGoString
    case .word(let word): word
    case .block(let text): text.asGoString
    case .list(let list): "[" + list.map(\.inline).joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.map { "\(Self.key($0.key)): \($0.value.inline)" }.joined(separator: ", ") + "}"
    case .noted(_, let value): value.inline
    }
  }

  /// Whether it stands behind its key, rather than on lines of its own.
  private var isInline: Bool {
    switch self {
    case .text, .word: true
    case .block: false
    case .list(let list): list.allSatisfy(\.isScalar)
    case .map(let map): map.isEmpty
    case .noted(_, let value): value.isInline
    }
  }

  private var isScalar: Bool {
    switch self {
    case .text, .word: true
    case .block, .list, .map, .noted: false
    }
  }

  private func lines(_ indent: Int) -> String {
    let space = String(repeating: " ", count: indent)
    switch self {
    case .text, .word: return space + inline + "\n"
    case .block(let text):
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { space + $0 + "\n" }.joined()
    case .list(let list):
      return list.map { item in
        let (notes, value) = item.parted
        let lines = value.isInline ? space + "  " + value.inline + "\n" : value.lines(indent + 2)
        return Self.comment(notes, indent) + space + "- " + lines.dropFirst(indent + 2)
      }.joined()
    case .map(let map):
      return map.map { key, item in
        let (notes, value) = item.parted
        let start = Self.comment(notes, indent) + space + Self.key(key) + ":"
        if value.isInline { return start + " " + value.inline + "\n" }
        if case .block = value { return start + " |-\n" + value.lines(indent + 2) }
        return start + "\n" + value.lines(indent + 2)
      }.joined()
    case .noted(let notes, let value): return Self.comment(notes, indent) + value.lines(indent)
    }
  }

  private var parted: ([String], YAML) {
    if case .noted(let notes, let value) = self { (notes, value) } else { ([], self) }
  }

  private static func key(_ key: String) -> String {
    let isPlain =
      key.isLabelLike
      && !["y", "n", "on", "off", "yes", "no", "true", "false", "null"]
        .contains(key.lowercased())
    return isPlain ? key : key.asGoString
  }
}

extension YAML: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral
{
  init(dictionaryLiteral members: (String, YAML)...) {
    self = .map(members.map { (key: $0.0, value: $0.1) })
  }

  init(stringLiteral text: String) { self = .text(text) }

  init(arrayLiteral list: YAML...) { self = .list(list) }
}

extension String {
  fileprivate var isLabelLike: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      }
  }
}
