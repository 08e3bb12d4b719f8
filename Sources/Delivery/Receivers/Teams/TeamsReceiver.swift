package import AlertEngine
package import HTTP
internal import JSON
package import Text

/// A Microsoft Teams channel, through a workflow's webhook: an Adaptive Card, version 1.2.
///
/// Untrusted text is only in text runs, which have no Markdown, unlike text blocks.
package struct TeamsReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType("teams", sources: [(.url, .required)])
  package static let pace = Duration.milliseconds(250)

  /// The most bytes of a whole message.
  static let limit = 20_000

  let url: HTTPAddress

  package init(url: HTTPAddress) {
    self.url = url
  }

  package func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url)
  }

  /// A workflow that is switched off responds with 400, as to a message that it cannot read.
  package func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let outcome = DeliveryOutcome(status: response, at: now)
    guard case .poison(let reason) = outcome,
      String(decoding: response.body, as: UTF8.self).contains("WorkflowTriggerIsNotEnabled")
    else { return outcome }
    return .broken(reason: reason)
  }

  private func body(of message: Message) -> [UInt8] {
    let lines = Truncation.lines(message.lines) { body(of: message, lines: $0).count <= Self.limit }
    return body(of: message, lines: lines)
  }

  private func body(of message: Message, lines: [String]) -> [UInt8] {
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key("type")
      writer.string("message")
      writer.key("attachments")
      writer.array([lines]) { writer, lines in
        writer.object { writer in
          writer.key("contentType")
          writer.string("application/vnd.microsoft.card.adaptive")
          writer.key("contentUrl")
          writer.null()
          writer.key("content")
          writeCard(of: message, lines: lines, to: &writer)
        }
      }
    }
    return writer.bytes
  }

  private func writeCard(of message: Message, lines: [String], to writer: inout JSONWriter) {
    let isFull = message.form == .full
    writer.object { writer in
      writer.key("$schema")
      writer.string("http://adaptivecards.io/schemas/adaptive-card.json")
      writer.key("type")
      writer.string("AdaptiveCard")
      writer.key("version")
      writer.string("1.2")
      if isFull {
        writer.key("msteams")
        writer.strings(["width": "Full"])
      }
      writer.key("body")
      let links = isFull ? [] : message.addresses.map(\.text)
      writer.array(elements(of: message, lines: lines + links)) { $1.write(to: &$0) }
      if isFull, !message.addresses.isEmpty {
        writer.key("actions")
        writer.array(message.addresses) { writer, link in
          Self.write(
            [("type", "Action.OpenUrl"), ("title", link.label), ("url", link.place)], to: &writer)
        }
      }
    }
  }

  /// Writes an object of texts in their order.
  private static func write(_ members: [(String, String)], to writer: inout JSONWriter) {
    writer.object { writer in
      for (key, text) in members {
        writer.key(key)
        writer.string(text)
      }
    }
  }

  private func elements(of message: Message, lines: [String]) -> [Element] {
    guard message.form == .full else {
      return ([message.title] + lines + [message.reference]).map { .text($0, []) }
    }
    let color = message.isResolved ? "Good" : message.severity.cardColor
    let title = Element.text(
      message.title, [("size", "Medium"), ("weight", "Bolder"), ("color", color)])
    let facts = Element.facts([
      ("Severity", message.severity.rawValue), (message.isDigest ? "Digest" : "Event", message.id),
    ])
    return [title] + lines.map { .text($0, []) } + [facts]
  }

  private enum Element {
    /// A text of one run, with its style properties.
    case text(String, [(String, String)])
    /// Names and values that are never untrusted: facts render Markdown.
    case facts([(title: String, value: String)])

    func write(to writer: inout JSONWriter) {
      writer.object { writer in
        writer.key("type")
        switch self {
        case .text(let text, let looks):
          writer.string("RichTextBlock")
          writer.key("inlines")
          let run = [("type", "TextRun"), ("text", TeamsReceiver.withoutFunctions(text))]
          writer.array([run + looks]) { TeamsReceiver.write($1, to: &$0) }
        case .facts(let facts):
          writer.string("FactSet")
          writer.key("facts")
          writer.array(facts) { writer, fact in
            TeamsReceiver.write([("title", fact.title), ("value", fact.value)], to: &writer)
          }
        }
      }
    }
  }

  /// Puts a space into every `{{`, which begins a function such as `{{DATE(…)}}`.
  private static func withoutFunctions(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "{", result.last == "{" { result.append(" ") }
      result.append(scalar)
    }
    return String(result)
  }
}

extension TeamsReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url)
  }
}

extension Severity {
  /// The name of a fitting colour in Adaptive Cards.
  fileprivate var cardColor: String {
    switch self {
    case .critical, .error: "Attention"
    case .warning: "Warning"
    case .info: "Accent"
    }
  }
}
