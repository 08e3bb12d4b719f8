/// Untrusted text in HTML, SVG and XML.
package enum MarkupText {
  /// The text without markup, fit for content and for an attribute in quotes of either kind.
  ///
  /// - Parameter text: what is printable already; line breaks stay.
  /// - Returns: the text, in which whatever XML does not take even escaped is a visible escape.
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
      case _ where scalar.properties.isNoncharacterCodePoint: markup += scalar.visibleEscape.utf8
      default: markup += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
    return String(decoding: markup, as: UTF8.self)
  }
}
