/// Escapes untrusted text for HTML, SVG and XML.
package enum MarkupText {
  /// Escapes a text for element content and for attributes in either kind of quotes.
  ///
  /// - Parameter text: printable text; line breaks and tabs are kept.
  /// - Returns: the escaped text; what is not printable becomes visible escapes, since XML does not
  ///   allow it even when escaped.
  package static func escaped(_ text: String) -> String {
    var markup: [UInt8] = []
    markup.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": markup += "&amp;".utf8
      case "<": markup += "&lt;".utf8
      case ">": markup += "&gt;".utf8
      case "\"": markup += "&quot;".utf8
      case "'": markup += "&#39;".utf8
      case "\n", "\t": markup.append(UInt8(scalar.value))
      case _ where !scalar.isPrintable: markup += scalar.visibleEscape.utf8
      default: markup += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    return String(decoding: markup, as: UTF8.self)
  }
}
