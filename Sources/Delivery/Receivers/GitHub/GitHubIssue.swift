internal import AlertEngine
internal import JSON

/// What this program knows about one of its issues.
struct GitHubIssue {
  let number: Int
  var isOpen: Bool
  let marker: GitHubMarker
  /// Whether its number was saved or the token's account wrote it; anybody can write a marker.
  var isOwn = false
  /// Its labels besides the one by which people acknowledge the alert; `nil` if it does not have that.
  var labelsOfAcknowledged: [String]?
}

/// The invisible comment in an issue's body that identifies its alert.
///
/// It contains only hashes, so that no name can end the comment.
struct GitHubMarker: Hashable {
  private static let start = "<!-- ops-alert-eval fp="
  private static let end = " -->"

  let fingerprint: String
  /// The event that opened the issue.
  let event: String

  init(_ notification: AlertNotification) {
    fingerprint = notification.fingerprint.text
    event = notification.id
  }

  /// The marker that is the last line of a text; one above it, such as a quoted one, does not count.
  init?(in text: String) {
    let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
    guard let line, line.hasPrefix(Self.start) else { return nil }
    let fields = line.dropFirst("<!-- ops-alert-eval ".count)
      .split(separator: " ")
    var values: [Substring: String] = [:]
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { values[parts[0]] = String(parts[1]) }
    }
    guard let fingerprint = values["fp"], let event = values["event"] else { return nil }
    self.fingerprint = fingerprint
    self.event = event
  }

  var text: String {
    "\(Self.start)\(fingerprint) event=\(event)\(Self.end)"
  }

  /// The marker of a comment, which says which event it is about.
  static func comment(about event: String) -> String {
    "<!-- ops-alert-eval event=\(event)\(end)"
  }
}

extension GitHubIssue {
  /// One of this program's issues in GitHub's JSON; `nil` for pull requests and other issues.
  init?(_ node: JSONNode) {
    let members = JSONMembers(node)
    guard !members.has("pull_request"), let number = Self.number(in: node),
      let state = members.string("state"), let body = members.string("body"),
      let marker = GitHubMarker(in: body)
    else { return nil }
    self.init(number: number, isOpen: state == "open", marker: marker)
    guard case .array(let nodes)? = try? JSONObject(node).optional("labels")?.value else { return }
    let labels = nodes.compactMap { JSONMembers($0).string("name") }
    let others = labels.filter { $0 != GitHubAPI.acknowledgedLabel }
    if others.count < labels.count { labelsOfAcknowledged = others }
  }

  /// The number of any issue that a JSON object describes.
  static func number(in node: JSONNode) -> Int? {
    JSONMembers(node).number("number").flatMap { Int(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
  }
}
