internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// A Microsoft Teams channel, through a workflow's webhook: an Adaptive Card, version 1.2.
///
/// Untrusted text is only in text runs, which have no Markdown, unlike text blocks.
struct TeamsReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType("teams", sources: [(.url, .required)], isForPeople: true)
  static let pace = Duration.milliseconds(250)

  /// The most bytes of a whole message.
  static let limit = 20_000

  let url: HTTPAddress

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: url)
  }

  /// A workflow that is switched off responds with 400, as to a message that it cannot read.
  ///
  /// A workflow takes a message with an empty 202, a connector with a 200 whose body is `1`; another
  /// body names the error that Teams returned to the connector.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let text = response.text
    switch DeliveryOutcome(status: response, at: now) {
    case .poison(let reason) where text.contains("WorkflowTriggerIsNotEnabled"):
      return .broken(reason: reason)
    case .delivered where response.isWebPage:
      return .broken(reason: response.lacking("a Teams response"))
    case .delivered where text.contains("delivery failed with error"):
      let reason = response.lacking("a confirmation")
      if text.contains("429") { return .transient(TransientFailure(reason: reason)) }
      return text.contains("400") || text.contains("413")
        ? .poison(reason: reason) : .broken(reason: reason)
    case .delivered where JSONMembers(response.body).has("error"):
      return .broken(reason: response.lacking("a confirmation"))
    case let outcome: return outcome
    }
  }

  private func body(of message: Message) -> JSONText {
    let lines = Truncation.lines(message.lines) {
      body(of: message, lines: $0).encoded(.compact).count <= Self.limit
    }
    return body(of: message, lines: lines)
  }

  private func body(of message: Message, lines: [String]) -> JSONText {
    let isFull = message.form == .full
    let links = message.addresses
    let texts = isFull ? lines : [message.title] + lines + links.map(\.text) + [message.reference]
    let runs = texts.map { Self.run($0) }
    let card: JSONText = [
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
      "type": "AdaptiveCard",
      "version": "1.2",
      "msteams": isFull ? ["width": "Full"] : .omitted,
      "body": .array(isFull ? [title(of: message)] + runs + [facts(of: message)] : runs),
      "actions": !isFull || links.isEmpty
        ? .omitted
        : .array(links) {
          ["type": "Action.OpenUrl", "title": .string($0.label), "url": .string($0.place)]
        },
    ]
    let attachment: JSONText = [
      "contentType": "application/vnd.microsoft.card.adaptive",
      "contentUrl": .null,
      "content": card,
    ]
    return ["type": "message", "attachments": .array([attachment])]
  }

  private func title(of message: Message) -> JSONText {
    let color = message.isResolved ? "Good" : message.severity.cardColor
    return Self.run(
      message.title, style: ["size": "Medium", "weight": "Bolder", "color": .string(color)])
  }

  /// Facts render Markdown, so they contain no untrusted text.
  private func facts(of message: Message) -> JSONText {
    let id: JSONText = [
      "title": message.isDigest ? "Digest" : "Event", "value": .string(message.id),
    ]
    let severity: JSONText = ["title": "Severity", "value": .string(message.severity.rawValue)]
    return ["type": "FactSet", "facts": .array([severity, id])]
  }

  /// A text of one run.
  private static func run(_ text: String, style: JSONText = [:]) -> JSONText {
    let run: JSONText = ["type": "TextRun", "text": .string(withoutFunctions(text))]
    return ["type": "RichTextBlock", "inlines": .array([run.followed(by: style)])]
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
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]) else { return nil }
    self.init(url: url)
  }
}

extension Severity {
  /// The name of a matching colour in Adaptive Cards.
  fileprivate var cardColor: String {
    switch self {
    case .critical, .error: "Attention"
    case .warning: "Warning"
    case .info: "Accent"
    }
  }
}
