/// Makes untrusted text safe to show on a terminal.
///
/// Any character that could move the cursor, change colours, reverse the reading order or be
/// invisible becomes a visible escape such as `\u{1b}`.
///
/// - Parameters:
///   - text: any text.
///   - limit: the most Unicode scalars that the result may have, at least 1; a longer text is cut
///     and ends with `…`. Scalars are counted rather than characters, since one character may carry
///     thousands of combining marks.
/// - Returns: the safe text, on one line.
package func printable(_ text: String, limit: Int = 256) -> String {
  if text.utf8.count <= limit, text.isPrintableASCII { return text }
  var result = String.UnicodeScalarView()
  /// Where to cut if the text turns out to be too long; leaves room for the `…`.
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
  /// Whether `printable` would leave this text as it is, whatever its length.
  package var isPrintable: Bool { isPrintableASCII || unicodeScalars.allSatisfy(\.isPrintable) }

  package var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }

  /// This text for an error message: in quotes, on one line, cut after 60 scalars.
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
  /// Whether this scalar is safe to show: neither a control character nor a line or paragraph
  /// separator nor a format character, such as those that change the reading direction.
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }

  /// `\u{1b}`.
  var visibleEscape: String { "\\u{\(String(value, radix: 16))}" }
}
