extension JSONDocument {
  /// The normalized path of a node (RFC 9535, section 2.7): `$['a'][0]`.
  package func normalizedPath(of node: Node, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var parts: [String] = []
    var next = node
    while let parent = parent(of: next) {
      parts.append(
        key(of: next, in: bytes).map { "['\($0.escapedInPath)']" }
          ?? "[\(index(of: next) ?? 0)]")
      next = parent
    }
    return "$" + parts.reversed().joined()
  }
}

extension String {
  /// A key as a segment of a query: `.name`, or `['a b']` where the shorthand cannot have it.
  package var asQuerySegment: String {
    let isPlain = utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "_"):
        true
      default: index > 0 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    }
    return isPlain && !isEmpty ? ".\(self)" : "['\(escapedInPath)']"
  }

  /// A name in a normalized path.
  fileprivate var escapedInPath: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "'": text += #"\'"#
      case "\\": text += #"\\"#
      case "\u{8}": text += #"\b"#
      case "\t": text += #"\t"#
      case "\n": text += #"\n"#
      case "\u{C}": text += #"\f"#
      case "\r": text += #"\r"#
      case "\0"..."\u{1F}": text += "\\u" + hex(scalar.value, digits: 4).lowercased()
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
