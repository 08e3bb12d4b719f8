internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// PagerDuty, through its Events API v2: one incident for each alert, keyed by its fingerprint.
struct PagerDutyReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "pagerduty", sources: [(.routingKey, .required), (.url, .optional)], keepsIncidents: true,
    recognizesRepetitions: true)
  static let pace = Duration.milliseconds(500)
  static let defaultBase = "https://events.pagerduty.com"

  /// The longest text, in Unicode scalars.
  private static let longestText = 1_024

  /// The address to which `/v2/enqueue` is appended.
  let base: HTTPAddress
  /// The service's integration key, sent in the body.
  let routingKey: String

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(posting: body(of: message), to: base.appending(path: "/v2/enqueue"))
  }

  /// PagerDuty takes an event with 202 and `success`.
  ///
  /// A 400 is about the event, unless it mentions the routing key: then no event is accepted.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    if response.status == 400 {
      let text = response.text.lowercased()
      if text.contains("routing key") || text.contains("routing_key") {
        return .broken(reason: response.reason)
      }
    }
    let outcome = DeliveryOutcome(status: response, at: now)
    guard case .delivered = outcome else { return outcome }
    let isTaken =
      response.status == 202 && JSONMembers(response.body).string("status") == "success"
    return isTaken ? outcome : .broken(reason: response.lacking("PagerDuty's 202 \"success\""))
  }

  private func body(of message: Message) -> JSONText {
    guard let notification = message.notifications.first else { return [:] }
    let action =
      switch notification.event {
      case .firing, .reminder: "trigger"
      case .acknowledged: "acknowledge"
      case .resolved, .firedAndResolved: "resolve"
      }
    let event: JSONText = [
      "routing_key": Self.text(routingKey),
      "event_action": .string(action),
      "dedup_key": .string(notification.fingerprint.text),
    ]
    return action == "trigger" ? event.followed(by: incident(message, notification)) : event
  }

  private func incident(_ message: Message, _ notification: AlertNotification) -> JSONText {
    let payload: JSONText = [
      "summary": Self.text(Self.summary(of: message, notification)),
      "source": Self.text(notification.target),
      "severity": .string(notification.severity.pagerDutyName),
    ]
    guard message.form == .full else {
      let id: JSONText = ["custom_details": ["event_id": .string(notification.id)]]
      return ["payload": payload.followed(by: id)]
    }
    let details: JSONText = [
      "timestamp": .instant(notification.at),
      "component": Self.text(notification.key.instance),
      "group": Self.text(notification.labels["service"]),
      "class": Self.text(notification.key.rule),
      "custom_details": .strings(Self.details(of: notification)),
    ]
    let links = MessageItem(notification, sentAt: message.now).links
      .filter { $0.place.hasPrefix("https://") && webAddress($0.place) != nil }
    return [
      "payload": payload.followed(by: details),
      "client": "ops-alert-eval",
      "client_url": Self.text(webAddress(notification.facts.run)),
      "links": links.isEmpty
        ? .omitted
        : .array(links) { ["href": Self.text($0.place), "text": .string($0.label)] },
    ]
  }

  /// A text, bounded and safe to show; no member if it is empty.
  private static func text(_ text: String?) -> JSONText {
    guard let text, !text.isEmpty else { return .omitted }
    return .string(printable(text, limit: longestText))
  }

  /// What a phone shows: the title and the rule's summary.
  private static func summary(of message: Message, _ notification: AlertNotification) -> String {
    let delay = message.items.first?.delay.map { ", \(Quantity.text($0)) late" }
    let impact = message.form == .full ? notification.facts.summary.map { ": \($0)" } : nil
    return printable(message.title + (delay ?? "") + (impact ?? ""), limit: longestText)
  }

  private static func details(of notification: AlertNotification) -> [String: String] {
    let facts = notification.facts
    var more: [String: String?] = [
      "runbook": facts.runbook, "dashboard": facts.dashboard, "rule": notification.key.rule,
      "instance": notification.key.instance, "fired_at": notification.firedAt.rfc3339,
    ]
    for (name, value) in notification.labels where TextForm.labelName.matches(name) {
      more["label_\(name)"] = value
    }
    return notification.details(and: more)
  }
}

extension PagerDutyReceiver {
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let base = try secrets.address(settings[.url], or: Self.defaultBase),
      let source = settings[.routingKey], let key = try secrets.read(source)
    else { return nil }
    guard key.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil else {
      throw ReceiverMistake(
        "\(source.name): a routing key has only letters, digits, _ and -, and no quotes")
    }
    self.init(base: base, routingKey: key)
  }
}

extension ReceiverSource {
  static let routingKey = ReceiverSource(
    "routing_key", "the routing key", label: "routing key", example: "PAGERDUTY_ROUTING_KEY")
}

extension Severity {
  /// PagerDuty has the same four severities.
  fileprivate var pagerDutyName: String {
    switch self {
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .info: "info"
    }
  }
}
