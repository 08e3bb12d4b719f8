/// Texts that a snapshot may contain instead of a name.
package enum HostileText {
  package static let table = [
    "@channel", "<!here>", "<!channel|x>", "<@U0123>", "@everyone", "<@123456>", "<@&123456>",
    "`rm -rf /`", "```\ncode\n```", "::error::gone", "##[error]gone", "\u{1b}[31mred\u{1b}[0m",
    "a\r\nb", "a\u{202e}b\u{2066}c", "\u{9b}31m", String(repeating: "x", count: 100_000),
    String(repeating: "&", count: 2_000), String(repeating: "\u{301}", count: 2_000),
    String(repeating: "\u{1F6A8}", count: 2_000), "x](http://evil.example)",
    "[a](http://evil.example)",
    "<http://evil.example|a>", "**bold**", "_italic_", "~~gone~~", "||spoiler||", "| a | b |",
    "# heading", "> quote", "- item", "1. item", "{{DATE(2026-11-21T10:15:00Z, SHORT)}}",
    "<at>all</at>", "\\", "\\*", "\"}],\"text\":\"<!here>\"", "\u{0}", "$(id)", "${{ secrets.A }}",
    // A combining mark changes the preceding character, but not its bytes.
    "|\u{301} a |\u{301} b", "<\u{301}!here>", ",\u{301}:\u{301}:%\u{301}",
    "`\u{301}@everyone`\u{301}",
  ]

  /// Whether it is a control character, changes the reading direction, or is invisible.
  package static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
