package import AlertEngine
internal import Text

/// The types of receivers that configurations can name.
package struct ReceiverCatalogue: Sendable {
  /// Those of this program, in the order of the reference.
  package static let standard = ReceiverCatalogue([
    WebhookReceiver.self, AlertmanagerReceiver.self, SlackReceiver.self, TeamsReceiver.self,
    DiscordReceiver.self, PagerDutyReceiver.self, GitHubReceiver.self, NtfyReceiver.self,
    EmailReceiver.self,
  ])

  /// The type of the receiver that `OPS_ALERT_WEBHOOK_URL` alone sets up.
  package static let webhook = WebhookReceiver.type

  private let receivers: [any ConfiguredReceiver.Type]

  init(_ receivers: [any ConfiguredReceiver.Type]) {
    self.receivers = receivers
  }

  package var types: [ReceiverType] { receivers.map { $0.type } }

  /// The same with more types.
  func adding(_ more: [any ConfiguredReceiver.Type]) -> ReceiverCatalogue {
    ReceiverCatalogue(receivers + more)
  }

  /// Makes a receiver from its settings.
  ///
  /// - Parameters:
  ///   - settings: of a type of this catalogue.
  ///   - secrets: reads its address and tokens.
  /// - Returns: `nil` if a variable is unset, so that the receiver is skipped.
  /// - Throws: a `ReceiverMistake` if a value cannot be used.
  package func receiver(
    for settings: ReceiverSettings, reading secrets: inout Secrets
  ) throws(ReceiverMistake) -> (any Receiver)? {
    try receiver(of: settings.type)?.init(settings, reading: &secrets)
  }

  /// A receiver as `check` lists it, with the sources of its secrets:
  /// `slack, address from OPS_ALERT_SLACK_URL, for critical, error, warning`.
  package func sentence(for settings: ReceiverSettings) -> String {
    let sources = settings.allSources.map { "\($0.source.label) from \($0.place.name)" }
    let phrases = receiver(of: settings.type)?.phrases(for: settings) ?? []
    let taken = Severity.allCases.filter(settings.severities.contains)
    let severities =
      taken.count < Severity.allCases.count
      ? taken.map(\.rawValue).joined(separator: ", ") : "all severities"
    var parts = [settings.type.name] + sources + phrases + ["for \(severities)"]
    if !settings.match.isEverything { parts.append("only \(settings.match.words)") }
    if settings.escalation > .zero {
      parts.append("after \(Quantity.text(settings.escalation)) without acknowledgement")
    }
    if let hours = settings.hours { parts.append(hours.words) }
    return (parts + (settings.isRequired ? ["required"] : [])).joined(separator: ", ")
  }

  private func receiver(of type: ReceiverType) -> (any ConfiguredReceiver.Type)? {
    receivers.first { $0.type == type }
  }
}

/// A receiver that is ready to be sent to.
package struct ReadyReceiver: Sendable {
  package let settings: ReceiverSettings
  package let receiver: any Receiver

  package init(settings: ReceiverSettings, receiver: any Receiver) {
    self.settings = settings
    self.receiver = receiver
  }
}

extension NotificationSettings {
  /// `reminders every 4 h; more than 5 events for one chat become one message`.
  package var sentence: String {
    let reminders =
      reminder == .zero ? "no reminders" : "reminders every \(Quantity.text(reminder))"
    let events = Quantity.count(digestOver, "event")
    return "\(reminders); more than \(events) for one chat become one message"
  }
}
