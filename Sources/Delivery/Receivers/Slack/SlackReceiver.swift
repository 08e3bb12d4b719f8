internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// A Slack channel, through an incoming webhook.
///
/// Untrusted text is only in `plain_text` objects, where nothing is a mention, a link or
/// formatting; `mrkdwn` is for the configured mention and for links.
struct SlackReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "slack", sources: [(.url, .required)], keys: [mention],
    forms: [
      mention.name: .oneOrMore(
        #"<!(?:here|channel|everyone)>|<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>"#,
        of: "<!here>, <!channel>, <!everyone>, <@U…>, <!subteam^S…>")
    ], isForPeople: true)
  private static let mention = Key(
    "mention", .text(.line, max: 200), .optional,
    "mentioned when an alert fires: `<!here>`, `<!channel>`, `<!everyone>`, `<@U…>` or "
      + "`<!subteam^S…>`, separated by spaces", example: #""<!here>""#)

  static let pace = Duration.seconds(1)

  /// Slack's limits, in UTF-16 units: no other way to count characters gives more.
  enum Limit {
    static let header = 150
    static let section = 3_000
    static let fallback = 500
    static let links = 2_000
    static let blocks = 50
    static let whole = 10_000
  }

  /// The webhook's address, all of it secret.
  let url: HTTPAddress
  /// The mentions when an alert fires, as in the configuration.
  let mention: String?

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url)
  }

  /// Slack confirms with 200 and `ok`; another 200 is not from Slack, or names an error.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
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
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url, mention: settings.text(Self.mention))
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    settings.text(mention).map { ["mentions \(printable($0))"] } ?? []
  }
}

extension SlackReceiver {
  private func body(of message: Message) -> JSONText {
    let mention = message.isCalm ? nil : mention
    let lines = message.lines
    switch message.form {
    case .plain:
      return Self.body(message.plainText(after: mention, to: Limit.section, escaped: Self.escaped))
    case .full where message.isDigest:
      let sections = Truncation.lines(lines) { sections in
        sections.count <= Limit.blocks - 4
          && Self.length(of: body(of: message, mention: mention, sections: sections)) <= Limit.whole
      }
      return body(of: message, mention: mention, sections: sections)
    case .full:
      let rest = lines.dropFirst().joined(separator: "\n")
      let sections = [lines.first ?? "", rest].filter { !$0.isEmpty }
      return body(of: message, mention: mention, sections: sections)
    }
  }

  private func body(of message: Message, mention: String?, sections: [String]) -> JSONText {
    let fallback = [message.title] + (message.isDigest ? [] : sections.prefix(1))
    let links = Truncation.links(
      message.addresses.map { "<\(Self.escaped($0.place))|\($0.label)>" }, to: Limit.links)
    var blocks: [JSONText] = [
      ["type": "header", "text": Self.plain(message.title, limit: Limit.header)]
    ]
    if let mention { blocks.append(["type": "section", "text": Self.markup(mention)]) }
    blocks += sections.map { ["type": "section", "text": Self.plain($0, limit: Limit.section)] }
    if let links { blocks.append(["type": "section", "text": Self.markup(links)]) }
    let reference = Self.plain(message.reference, limit: Limit.header)
    blocks.append(["type": "context", "elements": .array([reference])])
    return Self.body(
      Truncation.cut(fallback.joined(separator: ": "), to: Limit.fallback, escaped: Self.escaped),
      blocks: .array(blocks))
  }

  /// A message without formatting, links of names and previews of addresses.
  private static func body(_ text: String, blocks: JSONText = .omitted) -> JSONText {
    [
      "text": .string(text),
      "mrkdwn": .bool(false),
      "parse": "none",
      "link_names": .bool(false),
      "unfurl_links": .bool(false),
      "unfurl_media": .bool(false),
      "blocks": blocks,
    ]
  }

  private static func length(of body: JSONText) -> Int {
    String(decoding: body.encoded(.compact), as: UTF8.self).utf16.count
  }

  private static func plain(_ text: String, limit: Int) -> JSONText {
    let text = Truncation.cut(text, to: limit, escaped: escaped)
    return ["type": "plain_text", "text": .string(text), "emoji": .bool(false)]
  }

  private static func markup(_ text: String) -> JSONText {
    ["type": "mrkdwn", "text": .string(text), "verbatim": .bool(true)]
  }

  /// Escapes the three characters that begin or end anything in Slack's texts.
  private static func escaped(_ text: String) -> String {
    text.replacingBytes("&", with: "&amp;").replacingBytes("<", with: "&lt;")
      .replacingBytes(">", with: "&gt;")
  }
}
