internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// A Discord channel, through its webhook.
struct DiscordReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "discord", sources: [(.url, .required)], keys: [mention],
    forms: [
      mention.name: .oneOrMore(
        "@here|@everyone|<@&?[0-9]+>", of: "@here, @everyone, <@digits>, <@&digits>")
    ], isForPeople: true)
  private static let mention = Key(
    "mention", .text(.line, max: 200), .optional,
    "mentioned when an alert fires: `@here`, `@everyone`, `<@digits>` or `<@&digits>`, separated "
      + "by spaces", example: #""@here""#)

  static let pace = Duration.milliseconds(400)

  /// Discord's limits, in UTF-16 units: no other way to count characters gives more.
  enum Limit {
    static let content = 2_000
    static let title = 256
    static let description = 4_096
    /// How much of the description the links may take.
    static let links = 1_600
  }

  let url: HTTPAddress
  let mention: DiscordMention?

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url.adding(query: "wait=true"))
  }

  /// With `wait=true`, Discord responds with the message it created; the body of a 429 has the
  /// exact time to wait.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let members = JSONMembers(response.body)
    switch DeliveryOutcome(status: response, at: now) {
    case .delivered:
      guard response.status == 204 || members.string("id") != nil else {
        return .broken(reason: response.lacking("a Discord response"))
      }
      return .delivered(reference: nil)
    case .transient(var failure):
      if let seconds = members.number("retry_after"), (0...1e6).contains(seconds) {
        failure.retryAfter = .milliseconds(Int64((seconds * 1_000).rounded(.up)))
      }
      return .transient(failure)
    case let outcome: return outcome
    }
  }

  private func body(of message: Message) -> JSONText {
    let mention = message.isCalm ? nil : mention
    let allowed = (mention ?? .nobody).allowed
    switch message.form {
    case .full:
      return [
        "content": mention.map { .string($0.text) } ?? .omitted,
        "embeds": .array([embed(of: message)]),
        "allowed_mentions": allowed,
      ]
    case .plain:
      let text = message.plainText(
        after: mention?.text, to: Limit.content, escaped: DiscordText.escaped)
      return ["content": .string(text), "allowed_mentions": allowed]
    }
  }

  private func embed(of message: Message) -> JSONText {
    [
      "title": .string(DiscordText.cut(message.title, to: Limit.title)),
      "color": .integer(message.isResolved ? 0x2E7D32 : message.severity.embedColor),
      "description": .string(description(of: message)),
      "footer": ["text": .string(message.reference)],
      "timestamp": .instant(message.notifications.map(\.at).max() ?? message.now),
    ]
  }

  private func description(of message: Message) -> String {
    let links = links(message.addresses)
    let limit = Limit.description - links.utf16.count
    guard message.isDigest else {
      return DiscordText.cut(message.lines.joined(separator: "\n"), to: limit) + links
    }
    let lines = Truncation.lines(message.lines) {
      DiscordText.escaped($0.joined(separator: "\n")).utf16.count <= limit
    }
    return DiscordText.escaped(lines.joined(separator: "\n")) + links
  }

  /// A last line `[Runbook](url) · [Dashboard](url)` with as many as fit; empty if there are none.
  private func links(_ links: [MessageItem.Link]) -> String {
    let texts = links.map { "[\($0.label)](\(DiscordText.address($0.place)))" }
    return Truncation.links(texts, to: Limit.links - 1).map { "\n" + $0 } ?? ""
  }
}

extension DiscordReceiver {
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url, mention: settings.text(Self.mention).map(DiscordMention.init))
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    settings.text(mention).map { ["mentions \(printable($0))"] } ?? []
  }
}

extension Severity {
  fileprivate var embedColor: Int {
    switch self {
    case .critical: 0xB71C1C
    case .error: 0xE53935
    case .warning: 0xF9A825
    case .info: 0x1E88E5
    }
  }
}
