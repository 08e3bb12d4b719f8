/// Text from outside in Discord's Markdown, without any of its effects.
enum DiscordText {
  /// Every character that could begin a format, a link or a mention has a backslash before it.
  static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(escapedLine)
      .joined(separator: "\n")
  }

  /// As much of the text as its escaped form has room for, in UTF-16 units, escaped.
  static func cut(_ text: String, to limit: Int) -> String {
    escaped(Truncation.cut(text) { escaped($0).utf16.count <= limit })
  }

  /// An address as it may stand between the parentheses of a link.
  static func address(_ place: String) -> String {
    place.replacing("(", with: "%28").replacing(")", with: "%29")
  }

  private static func escapedLine(_ line: Substring) -> String {
    var result = String.UnicodeScalarView()
    /// Only blanks and digits came so far: what follows may make a heading, a quote or a list.
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
