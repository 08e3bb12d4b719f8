/// Untrusted text, made safe to show on a terminal.
///
/// Whatever could move the cursor, recolour the screen, reverse the reading order or hide itself
/// becomes a visible escape such as `\u{1b}`.
///
/// - Parameters:
///   - text: anything at all.
///   - limit: the most Unicode scalars that the result may have, at least 1; a longer text is cut
///     and ends with `…`. Scalars are counted, not characters, since one character may carry
///     thousands of combining marks.
/// - Returns: the text, on one line.
package func printable(_ text: String, limit: Int = 256) -> String {
  if text.utf8.count <= limit, text.isPrintableASCII { return text }
  var result = String.UnicodeScalarView()
  /// Where to cut, should the text turn out to be too long: room is left for the `…`.
  var cut = result.endIndex
  var length = 0
  for scalar in text.unicodeScalars {
    let piece = scalar.isPrintable ? String(scalar) : scalar.visibleEscape
    length += piece.unicodeScalars.count
    guard length <= limit else { return String(result[..<cut]) + "…" }
    result.append(contentsOf: piece.unicodeScalars)
    if length < limit { cut = result.endIndex }
  }
  return String(result)
}

extension String {
  /// Whether `printable` would show this text as it is, however long it is.
  package var isPrintable: Bool { isPrintableASCII || unicodeScalars.allSatisfy(\.isPrintable) }

  package var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }

  /// This text as an error may show it: in quotes, cut after 60 scalars, on one line.
  package var quoted: String {
    let limit = 60
    var quoted = "\""
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      case _ where scalar.isPrintable: quoted.unicodeScalars.append(scalar)
      default: quoted += scalar.visibleEscape
      }
    }
    return quoted + (unicodeScalars.dropFirst(limit).isEmpty ? "\"" : "…\"")
  }
}

extension Unicode.Scalar {
  /// Whether this scalar is safe to show: no control character, no line or paragraph separator, and
  /// no format character, the bidirectional ones among them.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  /// `\u{1b}`.
  var visibleEscape: String { "\\u{\(String(value, radix: 16))}" }
}
