internal import AlertEngine
internal import Text

/// The text of an issue.
///
/// Untrusted text is in code spans, and links are in `<…>` if they are plain addresses.
enum GitHubText {
  /// The longest text of an issue or a comment, in bytes, to stay below GitHub's 65,536 characters.
  static let longestBody = 65_536
  /// In characters.
  static let longestTitle = 256
  /// The longest of its lines, in Unicode scalars.
  static let longestLine = 2_000

  static func title(of message: Message) -> String {
    // Leaves room for one invisible character after each.
    defused(printable(message.title, limit: longestTitle / 2))
  }

  /// The text of a new issue: that of a comment, and the marker by which it is found.
  static func body(of message: Message) -> String {
    let marker = message.notifications.first.map { GitHubMarker($0).text } ?? ""
    return joined(paragraphs(of: message), marker)
  }

  static func comment(of message: Message) -> String {
    joined(paragraphs(of: message), GitHubMarker.comment(about: message.id))
  }

  /// The closing comment of an issue whose alert is good, but was not seen to resolve.
  static let reconciled = """
    The alert is no longer firing. When it resolved is unknown, because the state of earlier runs was \
    lost. This issue was closed automatically.
    """

  /// A text as a code span, where nothing has an effect.
  static func code(_ text: String) -> String { MarkdownText.code(text, limit: longestLine) }

  /// Titles have no code spans: an invisible character breaks up mentions and references.
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

  /// As many paragraphs as fit beside the marker, which is always there.
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
