internal import Text

/// The location of a value in a snapshot: `request_metrics.errors.rate`, `sources.*.age`.
///
/// A dot separates segments, a number selects an element of an array (and a key of an object), and
/// `*` matches every key or element and makes an instance of each. In a key, `\.` is a dot and `\\`
/// a `\`; a key that is only a star is written `\*`.
package struct MetricPath: Hashable, Sendable, CustomStringConvertible {
  package enum Segment: Hashable, Sendable {
    /// A key of an object; if it has an `index`, also an element of an array, counted from 0.
    case key(String, index: Int?)
    case wildcard
  }

  /// Why a text is not a path, in lower case: `"a..b" has an empty segment`.
  package struct Mistake: Error, Hashable, Sendable {
    package var reason: String

    package init(reason: String) {
      self.reason = reason
    }

    package static let tooLong = Mistake(
      reason: "a path has at most 1,024 bytes")
  }

  /// The most bytes of a path, in any syntax.
  package static let mostBytes = 1_024

  static let mostSegments = 32

  /// Never empty.
  package let segments: [Segment]
  /// The path as it was written.
  package let text: String

  package var description: String { text }

  package var hasWildcard: Bool { segments.contains(.wildcard) }

  /// A key as a path has it.
  package static func escaped(_ key: String, isFirst: Bool) -> String {
    let isSyntax = key == "*" || isFirst && key.utf8.first.map("$@".utf8.contains) ?? false
    // In bytes: a combining mark makes one character with a dot before it.
    return (isSyntax ? "\\" : "")
      + key.replacingBytes("\\", with: "\\\\").replacingBytes(".", with: "\\.")
  }

  /// Parses a path.
  ///
  /// - Parameter text: the path as an operator writes it.
  /// - Throws: a `Mistake` if it is empty, has an empty segment, a `\` before anything but a dot, a
  ///   `*` or a `\`, more than 32 segments or more than 1,024 bytes.
  package init(_ text: String) throws(Mistake) {
    func mistake(_ reason: String) -> Mistake { Mistake(reason: reason) }
    guard !text.isEmpty else { throw mistake("a path must not be empty") }
    guard text.utf8.count <= Self.mostBytes else { throw .tooLong }
    var segments: [Segment] = []
    var key: [UInt8] = []
    var isEscaped = false
    var hadEscape = false

    func close() throws(Mistake) {
      guard !key.isEmpty else { throw mistake("\"\(text)\" has an empty segment") }
      if key == [UInt8(ascii: "*")], !hadEscape {
        segments.append(.wildcard)
      } else {
        let name = String(decoding: key, as: UTF8.self)
        let isIndex =
          key.allSatisfy { (0x30...0x39).contains($0) } && (key.count == 1 || key[0] != 0x30)
        segments.append(.key(name, index: isIndex && key.count <= 9 ? Int(name) : nil))
      }
      key = []
      hadEscape = false
    }

    for byte in text.utf8 {
      switch byte {
      case _ where isEscaped:
        let isFirst = segments.isEmpty && key.isEmpty
        guard ".\\*".utf8.contains(byte) || isFirst && "$@".utf8.contains(byte) else {
          throw mistake("\"\(text)\" has a \\ before something other than a dot, a * or a \\")
        }
        key.append(byte)
        isEscaped = false
        hadEscape = true
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "."): try close()
      default: key.append(byte)
      }
    }
    guard !isEscaped else { throw mistake("\"\(text)\" ends with a single \\") }
    try close()
    guard segments.count <= Self.mostSegments else {
      throw mistake("a path has at most 32 segments")
    }
    self.segments = segments
    self.text = text
  }
}
