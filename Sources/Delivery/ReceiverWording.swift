package import AlertEngine
internal import Text

/// A receiver in the words of people, for `check`; secrets are named by where they stand.
package struct ReceiverWording {
  let receiver: ReceiverSettings

  package init(_ receiver: ReceiverSettings) {
    self.receiver = receiver
  }

  /// `slack, address from OPS_ALERT_SLACK_URL, for critical, error, warning`.
  package var sentence: String {
    var parts = [receiver.type.rawValue] + details
    parts.append("for \(severities)")
    if receiver.isRequired { parts.append("required") }
    return parts.joined(separator: ", ")
  }

  private var severities: String {
    let taken = Severity.allCases.filter(receiver.severities.contains)
    guard taken.count < Severity.allCases.count else { return "all severities" }
    return taken.map(\.rawValue).joined(separator: ", ")
  }

  private var details: [String] {
    switch receiver.service {
    case .webhook(let url, let token): [from("address", url)] + from("token", token)
    case .alertmanager(let url, let token, let expires):
      [from("address", url)] + from("token", token) + ["expires after \(Quantity.text(expires))"]
    case .slack(let url, let mention), .discord(let url, let mention):
      [from("address", url)] + (mention.map { ["mentions \(printable($0))"] } ?? [])
    case .teams(let url): [from("address", url)]
    case .pagerduty(let routingKey, let url):
      [from("routing key", routingKey)] + from("address", url)
    case .github(let repository, let token, let labels, let url):
      [from("repository", repository), from("token", token)] + from("API address", url)
        + ["labels \(printable(labels.joined(separator: " + ")))"]
    case .ntfy(let url, let topic, let token):
      [from("address", url), from("topic", topic)] + from("token", token)
    case .email(let to, let from, let sendmail):
      ["to \(printable(listed(to)))"] + (from.map { ["from \(printable($0))"] } ?? [])
        + ["by \(printable(sendmail))"]
    }
  }

  private func from(_ what: String, _ source: SecretSource) -> String {
    "\(what) from \(source.name)"
  }

  private func from(_ what: String, _ source: SecretSource?) -> [String] {
    source.map { [from(what, $0)] } ?? []
  }
}

extension NotificationSettings {
  /// `reminders every 4 h; more than 5 events for one chat become one message`.
  package var sentence: String {
    let reminders =
      reminder == .zero ? "no reminders" : "reminders every \(Quantity.text(reminder))"
    let events = digestOver == 1 ? "1 event" : "\(digestOver) events"
    return "\(reminders); more than \(events) for one chat become one message"
  }
}
