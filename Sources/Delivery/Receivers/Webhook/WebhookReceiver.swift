internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// Any program that reads Alertmanager's webhook format, version 4.
struct WebhookReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "webhook", sources: [(.url, .required), (.token, .optional)], keys: [acceptHTML])
  private static let acceptHTML = Key(
    "accept_html", .bool, .defaults(to: .bool(false)),
    "whether an HTML page confirms a message; otherwise it is taken for a login page",
    example: "true")

  let url: HTTPAddress
  let authorization: [HTTPHeader]
  /// Whether an HTML page confirms a message.
  var acceptsHTML = false

  func request(for message: Message) -> HTTPRequest {
    HTTPRequest(
      posting: body(of: message), to: url,
      headers: [HTTPHeader(.idempotencyKey, message.id)] + authorization)
  }

  /// Any success is a confirmation, except an HTML page, which something else may have sent.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let outcome = DeliveryOutcome(status: response, at: now)
    guard case .delivered = outcome, !acceptsHTML, response.isWebPage else { return outcome }
    return .unconfirmed(reason: .webPage(status: response.status))
  }

  private func body(of message: Message) -> JSONText {
    let alerts = AlertmanagerAlert.all(in: message)
    let commonLabels = alerts.map(\.labels).common
    let grouping = message.isDigest ? ["target"] : AlertmanagerAlert.identity
    let groupLabels = commonLabels.filter { grouping.contains($0.key) }
    return [
      "version": "4",
      "groupKey": .string(Self.groupKey(groupLabels)),
      "truncatedAlerts": .integer(0),
      "status": Self.status(isResolved: message.isResolved),
      "receiver": .string(message.receiver),
      "groupLabels": .strings(groupLabels),
      "commonLabels": .strings(commonLabels),
      "commonAnnotations": .strings(alerts.map(\.annotations).common),
      "externalURL": .string(alerts.lazy.map(\.generatorURL).first { !$0.isEmpty } ?? ""),
      "alerts": .array(alerts) { alert in
        [
          "status": Self.status(isResolved: alert.notification.isResolved),
          "labels": .strings(alert.labels),
          "annotations": .strings(alert.annotations),
          "startsAt": .instant(alert.startsAt),
          "endsAt": .string(alert.endsAt?.rfc3339 ?? AlertmanagerAlert.noTime),
          "generatorURL": .string(alert.generatorURL),
          "fingerprint": .string(alert.notification.fingerprint.text),
          "event_id": .string(alert.notification.id),
          "value": alert.number.map { .number($0) } ?? .omitted,
          "threshold": alert.threshold.map { .number($0) } ?? .omitted,
        ]
      },
    ]
  }

  /// A group key as Alertmanager writes it for its root route:
  /// `{}:{alertname="error_rate", target="production"}`.
  static func groupKey(_ labels: [String: String]) -> String {
    let pairs = labels.sorted { $0.key < $1.key }.map { name, value in
      let escaped = value.replacingBytes("\\", with: "\\\\").replacingBytes("\"", with: "\\\"")
      return "\(name)=\"\(escaped)\""
    }
    return "{}:{\(pairs.joined(separator: ", "))}"
  }

  private static func status(isResolved: Bool) -> JSONText { isResolved ? "resolved" : "firing" }
}

extension WebhookReceiver {
  init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]),
      let authorization = try secrets.authorization(settings[.token])
    else { return nil }
    self.init(
      url: url, authorization: authorization,
      acceptsHTML: settings.flag(Self.acceptHTML) ?? false)
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    settings.flag(acceptHTML) == true ? ["accepts HTML pages"] : []
  }
}
