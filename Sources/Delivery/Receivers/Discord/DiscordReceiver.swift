package import AlertEngine
package import HTTP
internal import JSON
package import Text

/// A Discord channel, through its webhook.
package struct DiscordReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "discord", sources: [(.url, .required)], keys: [mention],
    forms: [
      mention.name: .oneOrMore(
        "@here|@everyone|<@&?[0-9]+>", of: "@here, @everyone, <@digits>, <@&digits>")
    ])
  private static let mention = Key(
    "mention", .text(.line, max: 200), .optional,
    "mentioned when an alert fires: `@here`, `@everyone`, `<@digits>` or `<@&digits>`, separated "
      + "by spaces", example: #""@here""#)

  package static let pace = Duration.milliseconds(400)

  /// Discord's limits, in UTF-16 units: no way of counting characters gives more.
  enum Limit {
    static let content = 2_000
    static let title = 256
    static let description = 4_096
    /// How much of the description the links may take.
    static let links = 1_600
  }

  let url: HTTPAddress
  let mention: DiscordMention?

  package init(url: HTTPAddress, mention: DiscordMention?) {
    self.url = url
    self.mention = mention
  }

  package func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url.adding(query: "wait=true"))
  }

  /// With `wait=true`, Discord responds with the message it created; the body of a 429 has the
  /// exact time to wait.
  package func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
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
    case .broken(let reason): return .broken(reason: reason)
    case .poison(let reason): return .poison(reason: reason)
    }
  }

  private func body(of message: Message) -> [UInt8] {
    let calls = message.isResolved ? nil : mention
    var writer = JSONWriter(.compact)
    writer.object { writer in
      switch message.form {
      case .full:
        if let calls {
          writer.key("content")
          writer.string(calls.text)
        }
        writer.key("embeds")
        writer.array([message]) { writeEmbed(of: $1, to: &$0) }
      case .plain:
        let call = calls.map { "\($0.text)\n" } ?? ""
        let text = message.plainText {
          DiscordText.escaped($0).utf16.count <= Limit.content - call.utf16.count
        }
        writer.key("content")
        writer.string(call + DiscordText.escaped(text))
      }
      writer.key("allowed_mentions")
      DiscordMention.write(calls, to: &writer)
    }
    return writer.bytes
  }

  private func writeEmbed(of message: Message, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("title")
      writer.string(DiscordText.cut(message.title, to: Limit.title))
      writer.key("color")
      writer.integer(message.isResolved ? 0x2E7D32 : message.severity.embedColor)
      writer.key("description")
      writer.string(description(of: message))
      writer.key("footer")
      writer.strings(["text": message.reference])
      writer.key("timestamp")
      writer.instant(message.notifications.map(\.at).max() ?? message.now)
    }
  }

  private func description(of message: Message) -> String {
    let links = links(message.addresses)
    let limit = Limit.description - links.utf16.count
    guard message.isDigest else {
      return DiscordText.cut(message.lines.joined(separator: "\n"), to: limit) + links
    }
    let told = Truncation.lines(message.lines) {
      DiscordText.escaped($0.joined(separator: "\n")).utf16.count <= limit
    }
    return DiscordText.escaped(told.joined(separator: "\n")) + links
  }

  /// A last line `[Runbook](url) · [Dashboard](url)` with as many as fit; empty if there are none.
  private func links(_ links: [MessageItem.Link]) -> String {
    let texts = links.map { "[\($0.label)](\(DiscordText.address($0.place)))" }
    let count = Truncation.most(of: texts.count) {
      texts.prefix($0).joined(separator: " · ").utf16.count < Limit.links
    }
    return count == 0 ? "" : "\n" + texts.prefix(count).joined(separator: " · ")
  }
}

extension DiscordReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url, mention: settings.text(Self.mention).map(DiscordMention.init))
  }

  package static func phrases(for settings: ReceiverSettings) -> [String] {
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
