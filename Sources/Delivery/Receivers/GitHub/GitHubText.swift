internal import AlertEngine
internal import Text

/// What an issue says.
///
/// Every text from outside stands in a code span, and a link in `<…>` where it is a plain address.
enum GitHubText {
  /// The most that an issue's or a comment's text may have, in bytes, to be on the safe side of
  /// GitHub's 65,536 characters.
  static let longestBody = 65_536
  /// In characters.
  static let longestTitle = 256
  /// The longest of its lines, in Unicode scalars.
  static let longestLine = 2_000

  static func title(of message: Message) -> String {
    // Room for one invisible character behind each.
    defused(printable(message.title, limit: longestTitle / 2))
  }

  /// The text of a new issue: what a comment says, and the marker that it is found by.
  static func body(of message: Message) -> String {
    let marker = message.notifications.first.map { GitHubMarker($0).text } ?? ""
    return joined(paragraphs(of: message), marker)
  }

  static func comment(of message: Message) -> String {
    joined(paragraphs(of: message), GitHubMarker.comment(about: message.id))
  }

  /// What an issue's end says when its alert was found good without having been seen to resolve.
  static let reconciled = """
    The alert does not fire any more. When it ended is not known, because the state of earlier runs \
    was lost; this issue was closed automatically.
    """

  /// A text as a code span, in which nothing is live.
  static func code(_ text: String) -> String { MarkdownText.code(text, limit: longestLine) }

  /// A title, which has no code: an invisible character parts what would call or refer to somebody.
  private static func defused(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar)
      if scalar == "@" || scalar == "#" { result.append("\u{200B}") }
    }
    return String(result)
  }

  private static func paragraphs(of message: Message) -> [String] {
    guard message.form == .full else {
      return message.plainText.split(separator: "\n").map { code(String($0)) }
    }
    return message.items.flatMap { item in
      var paragraphs = ["**\(code(item.title))**", code(item.timeline)]
      paragraphs += item.remarks.map(code)
      var points = item.links.map { "- \($0.label): \(link($0))" }
      if let labels = labels(of: item.notification) { points.append(labels) }
      if !points.isEmpty { paragraphs.append(points.joined(separator: "\n")) }
      return paragraphs + ["Event \(code(item.notification.id))"]
    }
  }

  private static func labels(of notification: AlertNotification) -> String? {
    guard !notification.labels.isEmpty else { return nil }
    let labels = notification.labels.sorted { $0.key < $1.key }
    return "- Labels: " + labels.map { code("\($0.key)=\($0.value)") }.joined(separator: " ")
  }

  private static func link(_ link: MessageItem.Link) -> String {
    webAddress(link.place).map { "<\($0)>" } ?? code(link.place)
  }

  /// The paragraphs and, whatever has to go for it, the marker.
  private static func joined(_ paragraphs: [String], _ marker: String) -> String {
    var text = ""
    for paragraph in paragraphs {
      let longer = text + paragraph + "\n\n"
      guard longer.utf8.count + marker.utf8.count <= longestBody else { break }
      text = longer
    }
    return text + marker
  }
}
