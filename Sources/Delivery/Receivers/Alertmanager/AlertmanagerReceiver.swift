package import AlertEngine
package import HTTP
internal import JSON
package import Text

/// Prometheus Alertmanager, through its API v2.
///
/// It forgets a firing alert at its `endsAt`, so every run posts a `heartbeat` of each.
package struct AlertmanagerReceiver: RequestReceiver, ConfiguredReceiver {
  package static let type = ReceiverType(
    "alertmanager", sources: [(.url, .required), (.token, .optional)], keys: [expiresMinutes],
    keepsIncidents: true, forgetsAlerts: true)
  private static let expiresMinutes = Key(
    "expires_minutes", .positiveMinutes, .defaults(to: .number(240)),
    "how long Alertmanager keeps an alert firing without another run", example: "60")

  let url: HTTPAddress
  let token: HTTPHeader?
  let expires: Duration

  /// An Alertmanager.
  ///
  /// - Parameters:
  ///   - base: its address, to which `/api/v2/alerts` is appended.
  ///   - token: what a proxy in front of it may require.
  ///   - expires: how long an alert keeps firing without another post; above zero.
  package init(base: HTTPAddress, token: HTTPHeader?, expires: Duration) {
    url = base.appending(path: "/api/v2/alerts")
    self.token = token
    self.expires = expires
  }

  package func request(for message: Message) -> HTTPRequest {
    // No idempotency key: a proxy that honours it would take a heartbeat for a duplicate.
    HTTPRequest(
      .post, url,
      headers: [HTTPHeader(.contentType, "application/json")] + [token].compactMap(\.self),
      body: body(of: message), deadline: DeliveryLimits.attempt,
      bodyLimit: DeliveryLimits.answer)
  }

  /// Repeats a firing alert so that it does not expire; not part of the outbox.
  ///
  /// - Parameters:
  ///   - notification: the alert's firing.
  ///   - receiver: the receiver's name.
  ///   - now: when it is posted; valid until `expires` later.
  /// - Returns: the request of the firing, with another end.
  package func heartbeat(
    for notification: AlertNotification, receiver: String, at now: Instant
  ) -> HTTPRequest {
    request(for: Message([notification], to: receiver, at: now))
  }

  private func body(of message: Message) -> [UInt8] {
    let alerts = message.notifications.map { notification in
      AlertmanagerAlert(notification: notification, form: message.form)
    }
    var writer = JSONWriter(.compact)
    writer.array(alerts) { writer, alert in
      writer.object { writer in
        writer.key("labels")
        writer.strings(alert.labels)
        writer.key("annotations")
        writer.strings(alert.annotations)
        writer.key("startsAt")
        writer.instant(alert.startsAt)
        writer.key("endsAt")
        writer.instant(alert.endsAt ?? max(message.now + expires, alert.startsAt))
        writer.key("generatorURL")
        writer.string(alert.generatorURL)
      }
    }
    return writer.bytes
  }
}

extension AlertmanagerReceiver {
  package init?(
    _ settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) {
    guard let url = try secrets.address(settings[.url]), try secrets.isSet(settings[.token]),
      let expires = Self.expires(settings)
    else { return nil }
    self.init(base: url, token: try secrets.token(settings[.token]), expires: expires)
  }

  package static func phrases(for settings: ReceiverSettings) -> [String] {
    expires(settings).map { ["expires after \(Quantity.text($0))"] } ?? []
  }

  private static func expires(_ settings: ReceiverSettings) -> Duration? {
    settings.number(expiresMinutes).map { .minutes($0) }
  }
}
