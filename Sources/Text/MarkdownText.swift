/// Untrusted text in Markdown as GitHub renders it.
///
/// GitHub turns plain text into mentions, references, HTML, images and links. Escapes do not
/// prevent all of that (`\@name` still notifies); code spans do.
package enum MarkdownText {
  /// A text as a code span, where nothing has an effect, either in Markdown or in the log of a CI
  /// system.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - limit: the most Unicode scalars of the text that are shown.
  /// - Returns: a span with a fence longer than any run of backticks in the text; if that would be
  ///   too long, the backticks become visible escapes. Empty for an empty text.
  package static func code(_ text: String, limit: Int = 2_000) -> String {
    var text = inert(printable(text, limit: limit))
    guard !text.isEmpty else { return "" }
    if longestRun(in: text) >= longestFence { text = text.replacingBytes("`", with: "\\u{60}") }
    let fence = String(repeating: "`", count: longestRun(in: text) + 1)
    // GitHub strips one space from each end if both are there.
    let ends = [text.utf8.first, text.utf8.last].compactMap(\.self)
    let needsBlanks = ends.contains { "` ".utf8.contains($0) }
    return needsBlanks ? "\(fence) \(text) \(fence)" : fence + text + fence
  }

  /// A longer fence is plain text to GitHub's parser, and its content would take effect.
  private static let longestFence = 80

  /// The length of the longest run of backticks.
  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  /// A text as a code span in a table cell: a `|` would end the cell even in code, so it becomes a
  /// visible escape.
  package static func cell(_ text: String, limit: Int = 300) -> String {
    let text = inert(printable(text, limit: limit))
    return code(
      text.utf8.contains(UInt8(ascii: "|")) ? text.replacingBytes("|", with: "\\u{7c}") : text)
  }

  /// A link if the place is an https address, else the place as code.
  ///
  /// - Parameters:
  ///   - label: trusted text.
  ///   - place: an address or a file.
  /// - Returns: Markdown that is safe in a table cell, too.
  package static func link(_ label: String, _ place: String) -> String {
    guard let address = safeLink(place) else { return cell(place) }
    return "[\(label)](<\(address.replacingBytes("&", with: "&amp;"))>)"
  }
}
