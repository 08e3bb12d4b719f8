package import AlertEngine
package import HTTP
internal import JSON
internal import Text

/// Any program that reads Alertmanager's webhook format, version 4.
package struct WebhookReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "webhook", sources: [(.url, .required), (.token, .optional)])

  let url: HTTPAddress
  let token: HTTPHeader?

  package init(url: HTTPAddress, token: HTTPHeader?) {
    self.url = url
    self.token = token
  }

  package func request(for message: Message) -> HTTPRequest {
    let headers = [
      HTTPHeader(.contentType, "application/json"), HTTPHeader(.idempotencyKey, message.id),
    ]
    return HTTPRequest(
      .post, url, headers: headers + [token].compactMap(\.self), body: body(of: message),
      deadline: DeliveryLimits.attempt, bodyLimit: DeliveryLimits.answer)
  }

  private func body(of message: Message) -> [UInt8] {
    let alerts = message.notifications.map { notification in
      AlertmanagerAlert(notification: notification, form: message.form)
    }
    let commonLabels = alerts.map(\.labels).common
    let grouping = message.isDigest ? ["target"] : AlertmanagerAlert.identity
    let groupLabels = commonLabels.filter { grouping.contains($0.key) }
    var writer = JSONWriter(.compact)
    writer.object { writer in
      writer.key("version")
      writer.string("4")
      writer.key("groupKey")
      writer.string(Self.groupKey(groupLabels))
      writer.key("truncatedAlerts")
      writer.integer(0)
      writer.key("status")
      writer.string(Self.status(isResolved: Self.isOver(message)))
      writer.key("receiver")
      writer.string(message.receiver)
      writer.key("groupLabels")
      writer.strings(groupLabels)
      writer.key("commonLabels")
      writer.strings(commonLabels)
      writer.key("commonAnnotations")
      writer.strings(alerts.map(\.annotations).common)
      writer.key("externalURL")
      writer.string(alerts.lazy.map(\.generatorURL).first { !$0.isEmpty } ?? "")
      writer.key("alerts")
      writer.array(alerts) { $0.webhookAlert($1) }
    }
    return writer.bytes
  }

  /// Whether the last event of every alert in the message resolves it.
  private static func isOver(_ message: Message) -> Bool {
    let last = Dictionary(
      message.notifications.map { ($0.fingerprint, $0.isResolved) }, uniquingKeysWith: { $1 })
    return last.values.allSatisfy(\.self)
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

  fileprivate static func status(isResolved: Bool) -> String {
    isResolved ? "resolved" : "firing"
  }
}

extension WebhookReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]), try secrets.isSet(settings[.token])
    else { return nil }
    self.init(url: url, token: try secrets.token(settings[.token]))
  }
}

extension JSONWriter {
  fileprivate mutating func webhookAlert(_ alert: AlertmanagerAlert) {
    object { writer in
      writer.key("status")
      writer.string(WebhookReceiver.status(isResolved: alert.notification.isResolved))
      writer.key("labels")
      writer.strings(alert.labels)
      writer.key("annotations")
      writer.strings(alert.annotations)
      writer.key("startsAt")
      writer.instant(alert.startsAt)
      writer.key("endsAt")
      writer.string(alert.endsAt?.rfc3339 ?? AlertmanagerAlert.noTime)
      writer.key("generatorURL")
      writer.string(alert.generatorURL)
      writer.key("fingerprint")
      writer.string(alert.notification.fingerprint.text)
      for (name, number) in alert.numbers {
        writer.key(name)
        writer.number(number)
      }
    }
  }
}
