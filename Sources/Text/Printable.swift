/// Text from outside, made safe to show on a terminal.
///
/// Whatever could move the cursor, recolour the screen, reverse the reading order or hide itself
/// becomes a visible escape such as `\u{1b}`: control characters, line and paragraph separators,
/// and all format characters, the bidirectional ones among them.
///
/// - Parameters:
///   - text: anything at all.
///   - limit: the most Unicode scalars that the result may have, at least 1; a longer text is cut
///     and ends with `…`. Scalars are counted, not characters, since one character may carry
///     thousands of combining marks.
/// - Returns: the text, of one line.
package func printable(_ text: String, limit: Int = 256) -> String {
  if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return text }
  var result = String.UnicodeScalarView()
  /// Where to cut, should the text turn out to be too long: room is left for the `…`.
  var cut = result.endIndex
  var length = 0
  for scalar in text.unicodeScalars {
    let piece = isHarmless(scalar) ? String(scalar) : visibleEscape(of: scalar)
    length += piece.unicodeScalars.count
    guard length <= limit else { return String(result[..<cut]) + "…" }
    result.append(contentsOf: piece.unicodeScalars)
    if length < limit { cut = result.endIndex }
  }
  return String(result)
}

private func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: false
  default: true
  }
}

private func visibleEscape(of scalar: Unicode.Scalar) -> String {
  "\\u{\(String(scalar.value, radix: 16))}"
}
