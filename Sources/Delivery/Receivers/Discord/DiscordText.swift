/// Untrusted text in Discord's Markdown, without effects.
enum DiscordText {
  /// Puts a backslash before every character that could begin formatting, a link or a mention.
  static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(escapedLine)
      .joined(separator: "\n")
  }

  /// The text, escaped, cut to a limit in UTF-16 units.
  static func cut(_ text: String, to limit: Int) -> String {
    Truncation.cut(text, to: limit, escaped: escaped)
  }

  /// An address that is safe between the parentheses of a link.
  static func address(_ place: String) -> String {
    place.replacing("(", with: "%28").replacing(")", with: "%29")
  }

  private static func escapedLine(_ line: Substring) -> String {
    var result = String.UnicodeScalarView()
    /// Only spaces and digits so far: what follows could begin a heading, a quote or a list.
    var isStart = true
    var scalars = line.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      let isMarkup =
        "\\*_~`|[]<@".unicodeScalars.contains(scalar)
        || isStart && "#>-+.)".unicodeScalars.contains(scalar)
        || scalar == ":" && scalars.starts(with: "//".unicodeScalars)
      if isMarkup { result.append("\\") }
      result.append(scalar)
      isStart = isStart && (scalar == " " || ("0"..."9").contains(scalar))
    }
    return String(result)
  }
}
