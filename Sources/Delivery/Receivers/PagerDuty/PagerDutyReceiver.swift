package import AlertEngine
package import HTTP
internal import JSON
package import Text

/// PagerDuty, through its Events API v2: one incident for each alert, keyed by its fingerprint.
package struct PagerDutyReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "pagerduty", sources: [(.routingKey, .required), (.url, .optional)], keepsIncidents: true)
  package static var pace: Duration { .milliseconds(500) }
  package static let defaultBase = "https://events.pagerduty.com"

  /// The longest summary, in characters.
  static let longestSummary = 1_024
  /// The longest of the other texts, in Unicode scalars.
  static let longestText = 1_024

  let url: HTTPAddress
  let routingKey: String

  /// A service in PagerDuty.
  ///
  /// - Parameters:
  ///   - base: the address to which `/v2/enqueue` is appended.
  ///   - routingKey: the service's integration key, sent in the body.
  package init(base: HTTPAddress, routingKey: String) {
    url = base.appending(path: "/v2/enqueue")
    self.routingKey = routingKey
  }

  package func request(for message: Message) -> HTTPRequest {
    HTTPRequest(
      .post, url, headers: [HTTPHeader(.contentType, "application/json")],
      body: body(of: message), deadline: DeliveryLimits.attempt,
      bodyLimit: DeliveryLimits.answer)
  }

  /// A 400 is about the event, unless it mentions the routing key: then no event is accepted.
  package func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    if response.status == 400 {
      let text = String(decoding: response.body.prefix(4_096), as: UTF8.self).lowercased()
      if text.contains("routing key") || text.contains("routing_key") {
        return .broken(reason: response.reason)
      }
    }
    return DeliveryOutcome(status: response, at: now)
  }

  private func body(of message: Message) -> [UInt8] {
    var writer = JSONWriter(.compact)
    writer.object { writer in
      guard let notification = message.notifications.first else { return }
      writer.member("routing_key", routingKey)
      writer.member("event_action", notification.isResolved ? "resolve" : "trigger")
      writer.member("dedup_key", notification.fingerprint.text)
      if !notification.isResolved { trigger(message, notification, &writer) }
    }
    return writer.bytes
  }

  private func trigger(
    _ message: Message, _ notification: AlertNotification, _ writer: inout JSONWriter
  ) {
    let isFull = message.form == .full
    writer.key("payload")
    writer.object { writer in
      writer.member("summary", Self.summary(of: message, notification))
      writer.member("source", notification.target)
      writer.member("severity", notification.severity.pagerDutyName)
      guard isFull else { return }
      writer.member("timestamp", notification.at.rfc3339)
      writer.member("component", notification.key.instance)
      writer.member("group", notification.labels["service"])
      writer.member("class", notification.key.rule)
      writer.key("custom_details")
      writer.strings(Self.details(of: notification))
    }
    guard isFull else { return }
    writer.member("client", "ops-alert-eval")
    writer.member("client_url", webAddress(notification.facts.run))
    let links = MessageItem(notification, sentAt: message.now).links
      .filter { $0.place.hasPrefix("https://") && webAddress($0.place) != nil }
    guard !links.isEmpty else { return }
    writer.key("links")
    writer.array(links) { writer, link in
      writer.object { writer in
        writer.member("href", link.place)
        writer.member("text", link.label)
      }
    }
  }

  /// What a phone shows: the title and the rule's summary.
  private static func summary(of message: Message, _ notification: AlertNotification) -> String {
    let delay = message.items.first?.delay.map { ", \(Quantity.text($0)) late" }
    let impact = message.form == .full ? notification.facts.summary.map { ": \($0)" } : nil
    return printable(message.title + (delay ?? "") + (impact ?? ""), limit: longestSummary)
  }

  private static func details(of notification: AlertNotification) -> [String: String] {
    let facts = notification.facts
    var details: [String: String?] = [
      "value": facts.value, "limit": facts.limit, "evidence": facts.evidence,
      "peak": facts.peak,
      "doubt": facts.doubt, "summary": facts.summary, "description": facts.description,
      "owner": facts.owner, "runbook": facts.runbook, "dashboard": facts.dashboard,
      "rule": notification.key.rule, "instance": notification.key.instance,
      "event": notification.event.rawValue, "event_id": notification.id,
      "active_at": notification.activeAt.rfc3339, "fired_at": notification.firedAt.rfc3339,
      "reminder": notification.sequence > 0 ? "\(notification.sequence)" : nil,
      "test": notification.isTest ? "true" : nil,
    ]
    for (name, value) in notification.labels where TextForm.labelName.matches(name) {
      details["label_\(name)"] = value
    }
    return details.compactMapValues { $0.map { printable($0, limit: longestText) } }
      .filter { !$0.value.isEmpty }
  }
}

extension PagerDutyReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
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
  /// PagerDuty's four severities have the same words.
  fileprivate var pagerDutyName: String {
    switch self {
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .info: "info"
    }
  }
}

extension JSONWriter {
  /// Writes a text member, bounded and safe to show, unless the text is empty.
  fileprivate mutating func member(_ name: StaticString, _ text: String?) {
    guard let text, !text.isEmpty else { return }
    key(name)
    string(printable(text, limit: PagerDutyReceiver.longestText))
  }
}
