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
  /// Whether this scalar is safe to show: the one definition for all output, which the forms of
  /// configured texts also use.
  ///
  /// Not control characters, line and paragraph separators, format characters (such as those that
  /// change the reading direction), what is invisible by itself, or noncharacters, which XML refuses.
  package var isPrintable: Bool {
    guard value > 0x7E else { return value > 0x1F }
    return value & 0xFFFE != 0xFFFE && !Self.unprintable.contains { $0.contains(value) }
  }

  /// The characters that are not printable, besides the last two of every plane.
  package static let unprintable: [ClosedRange<UInt32>] = [
    0...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x34F...0x34F, 0x600...0x605, 0x61C...0x61C, 0x6DD...0x6DD,
    0x70F...0x70F, 0x890...0x891, 0x8E2...0x8E2, 0x115F...0x1160, 0x17B4...0x17B5,
    0x180B...0x180F, 0x200B...0x200B, joiners, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F,
    0x3164...0x3164, 0xFDD0...0xFDEF, 0xFEFF...0xFEFF, 0xFFA0...0xFFA0, 0xFFF0...0xFFFB,
    0xFFFE...0xFFFF, 0x110BD...0x110BD, 0x110CD...0x110CD, 0x13430...0x1343F, 0x1BCA0...0x1BCA3,
    0x1D173...0x1D17A, 0xE0000...0xE0FFF,
  ]

  /// Invisible, but parts of emoji and of words in some scripts.
  package static let joiners: ClosedRange<UInt32> = 0x200C...0x200D

  /// `\u{1b}`.
  var visibleEscape: String { "\\u{\(String(value, radix: 16))}" }
}
