internal import AlertEngine
internal import HTTP
internal import JSON
internal import Text

/// Prometheus Alertmanager, through its API v2.
///
/// It forgets a firing alert at its `endsAt`, so every run repeats each.
struct AlertmanagerReceiver: RequestReceiver, ConfiguredReceiver {
  static let type = ReceiverType(
    "alertmanager", sources: [(.url, .required), (.token, .optional)], keys: [expiresMinutes],
    keepsIncidents: true, recognizesRepetitions: true, forgetsAlerts: true)
  private static let expiresMinutes = Key(
    "expires_minutes", .positiveMinutes, .defaults(to: .number(240)),
    "how long Alertmanager keeps an alert firing without another run", example: "60")

  /// The address to which `/api/v2/alerts` is appended.
  let base: HTTPAddress
  /// What a proxy in front of it may require.
  let authorization: [HTTPHeader]
  /// How long an alert keeps firing without another post; above zero.
  let expires: Duration

  func request(for message: Message) -> HTTPRequest {
    // No idempotency key: a proxy that uses it would take a repetition for a duplicate.
    HTTPRequest(
      posting: body(of: message), to: base.appending(path: "/api/v2/alerts"),
      headers: authorization)
  }

  /// Alertmanager takes alerts with an empty 200.
  func outcome(of response: HTTPResponse, at now: Instant) -> DeliveryOutcome {
    let outcome = DeliveryOutcome(status: response, at: now)
    guard case .delivered = outcome, response.isWebPage else { return outcome }
    return .broken(reason: response.lacking("an Alertmanager response"))
  }

  private func body(of message: Message) -> JSONText {
    .array(AlertmanagerAlert.all(in: message)) { alert in
      [
        "labels": .strings(alert.labels),
        "annotations": .strings(alert.annotations),
        "startsAt": .instant(alert.startsAt),
        "endsAt": .instant(alert.endsAt ?? max(message.now + expires, alert.startsAt)),
        "generatorURL": .string(alert.generatorURL),
      ]
    }
  }
}

extension AlertmanagerReceiver {
  init?(_ settings: ReceiverSettings, reading secrets: inout Secrets) throws(ReceiverMistake) {
    guard let base = try secrets.address(settings[.url]),
      let authorization = try secrets.authorization(settings[.token]),
      let expires = Self.expires(settings)
    else { return nil }
    self.init(base: base, authorization: authorization, expires: expires)
  }

  static func phrases(for settings: ReceiverSettings) -> [String] {
    expires(settings).map { ["expires after \(Quantity.text($0))"] } ?? []
  }

  private static func expires(_ settings: ReceiverSettings) -> Duration? {
    settings.number(expiresMinutes).map { .minutes($0) }
  }
}
