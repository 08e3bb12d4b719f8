package import AlertEngine
package import HTTP
internal import JSON
package import Text

/// A Slack channel, through an incoming webhook.
///
/// Untrusted text is only in `plain_text` objects, where nothing is a mention, a link or
/// formatting; `mrkdwn` is for the configured mention and for links.
package struct SlackReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "slack", sources: [(.url, .required)], keys: [mention],
    forms: [
      mention.name: .oneOrMore(
        #"<!(?:here|channel|everyone)>|<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>"#,
        of: "<!here>, <!channel>, <!everyone>, <@U…>, <!subteam^S…>")
    ])
  private static let mention = Key(
    "mention", .text(.line, max: 200), .optional,
    "mentioned when an alert fires: `<!here>`, `<!channel>`, `<!everyone>`, `<@U…>` or "
      + "`<!subteam^S…>`, separated by spaces", example: #""<!here>""#)

  package static let pace = Duration.seconds(1)

  /// Slack's limits, in UTF-16 units: no way of counting characters gives more.
  enum Limit {
    static let header = 150
    static let section = 3_000
    static let fallback = 500
    static let links = 2_000
    static let blocks = 50
    static let whole = 10_000
  }

  let url: HTTPAddress
  let mention: String?

  /// A channel to post to.
  ///
  /// - Parameters:
  ///   - url: the webhook's address, all of it secret.
  ///   - mention: who is mentioned when an alert fires, as in the configuration.
  package init(url: HTTPAddress, mention: String?) {
    self.url = url
    self.mention = mention
  }

  package func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url)
  }

  /// Slack confirms with 200 and `ok`; another 200 is not from Slack, or names an error.
  package func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let text = String(decoding: response.body.prefix(HTTPResponse.quotedBytes), as: UTF8.self)
    let word = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if Self.brokenWebhooks.contains(word) { return .broken(reason: response.reason) }
    guard (200...299).contains(response.status) else {
      return DeliveryOutcome(status: response, at: now)
    }
    if word == "ok" { return .delivered(reference: nil) }
    if Self.refusedPayloads.contains(word) { return .poison(reason: response.reason) }
    return .broken(reason: response.lacking("Slack's \"ok\""))
  }

  /// Slack's errors for a message that it cannot read.
  private static let refusedPayloads: Set = [
    "invalid_payload", "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "no_text",
    "missing_text_or_fallback_or_attachments", "msg_too_long", "msg_blocks_too_long",
    "too_many_attachments",
  ]
  /// Slack's errors for a webhook that accepts no message.
  private static let brokenWebhooks: Set = [
    "invalid_token", "no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled",
    "user_not_found", "channel_not_found", "channel_is_archived", "action_prohibited",
    "posting_to_general_channel_denied",
  ]
}

extension SlackReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url, mention: settings.text(Self.mention))
  }

  package static func phrases(for settings: ReceiverSettings) -> [String] {
    settings.text(mention).map { ["mentions \(printable($0))"] } ?? []
  }
}

extension SlackReceiver {
  private func body(of message: Message) -> [UInt8] {
    guard message.form == .full else { return plainBody(of: message) }
    let lines = message.lines
    guard message.isDigest else {
      let rest = lines.dropFirst().joined(separator: "\n")
      return body(of: message, sections: [lines.first ?? "", rest].filter { !$0.isEmpty })
    }
    let told = Truncation.lines(lines) { sections in
      let body = body(of: message, sections: sections)
      return sections.count <= Limit.blocks - 4 && Self.length(of: body) <= Limit.whole
    }
    return body(of: message, sections: told)
  }

  private func body(of message: Message, sections: [String]) -> [UInt8] {
    let calls = message.isResolved ? nil : mention
    let told = [message.title] + (message.isDigest ? [] : sections.prefix(1))
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key("text")
      writer.string(Self.text(told.joined(separator: ": "), limit: Limit.fallback))
      Self.writeQuiet(to: &writer)
      writer.key("blocks")
      writer.array(blocks(of: message, calls: calls, sections: sections)) { $1.write(to: &$0) }
    }
    return writer.bytes
  }

  private func blocks(of message: Message, calls: String?, sections: [String]) -> [Block] {
    var blocks = [Block(type: "header", text: .plain(message.title, limit: Limit.header))]
    if let calls { blocks.append(Block(type: "section", text: .markup(calls))) }
    blocks += sections.map { Block(type: "section", text: .plain($0, limit: Limit.section)) }
    if let links = Self.links(message.addresses) {
      blocks.append(Block(type: "section", text: .markup(links)))
    }
    blocks.append(Block(type: "context", text: .plain(message.reference, limit: Limit.header)))
    return blocks
  }

  private func plainBody(of message: Message) -> [UInt8] {
    let call = mention.flatMap { message.isResolved ? nil : "\($0)\n" } ?? ""
    let text = message.plainText {
      Self.escaped($0).utf16.count <= Limit.section - call.utf16.count
    }
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key("text")
      writer.string(call + Self.escaped(text))
      Self.writeQuiet(to: &writer)
    }
    return writer.bytes
  }

  /// Turns off formatting, links of names and previews of addresses.
  private static func writeQuiet(to writer: inout JSONWriter) {
    writer.key("mrkdwn")
    writer.bool(false)
    writer.key("parse")
    writer.string("none")
    for key in ["link_names", "unfurl_links", "unfurl_media"] {
      writer.key(key)
      writer.bool(false)
    }
  }

  /// `<url|Runbook> · <url|Dashboard>`, as many as fit; `nil` if there are none.
  private static func links(_ links: [MessageItem.Link]) -> String? {
    let texts = links.map { "<\(escaped($0.place))|\($0.label)>" }
    let count = Truncation.most(of: texts.count) {
      texts.prefix($0).joined(separator: " · ").utf16.count <= Limit.links
    }
    return count == 0 ? nil : texts.prefix(count).joined(separator: " · ")
  }

  private static func text(_ text: String, limit: Int) -> String {
    escaped(Truncation.cut(text) { escaped($0).utf16.count <= limit })
  }

  /// The three characters that begin or end anything in Slack's texts.
  private static func escaped(_ text: String) -> String {
    text.replacingBytes("&", with: "&amp;").replacingBytes("<", with: "&lt;").replacingBytes(
      ">", with: "&gt;")
  }

  private static func length(of body: [UInt8]) -> Int {
    String(decoding: body, as: UTF8.self).utf16.count
  }

  private struct Block {
    enum Text {
      case plain(String, limit: Int)
      case markup(String)
    }

    var type: String
    var text: Text

    func write(to writer: inout JSONWriter) {
      writer.object { writer in
        writer.key("type")
        writer.string(type)
        if type == "context" {
          writer.key("elements")
          writer.array([text]) { write($1, to: &$0) }
        } else {
          writer.key("text")
          write(text, to: &writer)
        }
      }
    }

    private func write(_ text: Text, to writer: inout JSONWriter) {
      writer.object { writer in
        writer.key("type")
        switch text {
        case .plain(let text, let limit):
          writer.string("plain_text")
          writer.key("text")
          writer.string(SlackReceiver.text(text, limit: limit))
          writer.key("emoji")
          writer.bool(false)
        case .markup(let markup):
          writer.string("mrkdwn")
          writer.key("text")
          writer.string(markup)
          writer.key("verbatim")
          writer.bool(true)
        }
      }
    }
  }
}
