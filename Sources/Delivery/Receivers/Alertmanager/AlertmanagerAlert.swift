internal import AlertEngine
internal import HTTP
internal import Text

/// An alert in the form that Prometheus and Alertmanager share, used by Alertmanager's webhook and
/// API alike.
struct AlertmanagerAlert {
  /// Alertmanager's zero time, as the end of an alert that still fires.
  static let noTime = "0001-01-01T00:00:00Z"
  /// The labels that identify an alert: the group of a message about one alert.
  ///
  /// The group of a digest is its target, so that it is not taken for one alert.
  static let identity = ["alertname", "instance", "target"]

  let notification: AlertNotification
  let form: Message.Form

  static func all(in message: Message) -> [AlertmanagerAlert] {
    message.notifications.map { AlertmanagerAlert(notification: $0, form: message.form) }
  }

  private var facts: AlertFacts { notification.facts }

  /// The configured labels and four that they cannot override: `alertname`, `target`, `severity`
  /// and, if there is one, `instance`.
  ///
  /// They identify the alert to Alertmanager, so they are those with which it fired, and contain no
  /// value. Empty ones are left out, as Alertmanager does.
  var labels: [String: String] {
    var labels = notification.labels.filter { TextForm.labelName.matches($0.key) }
    labels["alertname"] = notification.key.rule
    labels["target"] = notification.target
    labels["severity"] = notification.severity.rawValue
    labels["instance"] = (notification.formerKey ?? notification.key).instance
    return labels.bounded
  }

  /// Texts for people; a plain message has only the summary and the event's id.
  var annotations: [String: String] {
    guard form == .full else {
      return ["summary": facts.summary ?? "", "event_id": notification.id].bounded
    }
    let isAddress = MessageItem.Link("", facts.runbook ?? "").isAddress
    return notification.details(and: [
      "ending": facts.ending, "dashboard_url": facts.dashboard,
      isAddress ? "runbook_url" : "runbook": facts.runbook,
    ])
  }

  /// The value for programs; none in a plain message.
  var number: Double? { form == .full ? facts.number : nil }
  var threshold: Double? { form == .full ? facts.threshold : nil }

  /// As in Prometheus, when it fired, not the first bad sample.
  var startsAt: Instant { notification.firedAt }

  /// When it resolved, never before `startsAt`, which Alertmanager rejects; `nil` while it fires.
  var endsAt: Instant? {
    notification.isResolved ? max(notification.at, startsAt) : nil
  }

  /// The page of the CI run that found it; empty if there is none that Alertmanager accepts.
  var generatorURL: String { webAddress(facts.run) ?? "" }
}

extension [[String: String]] {
  /// The names and values that all of them have in common.
  var common: [String: String] {
    guard let first else { return [:] }
    return first.filter { name, value in allSatisfy { $0[name] == value } }
  }
}

/// The text if it is a complete http or https address of at most 1,024 bytes that strict parsers
/// accept, else `nil`.
func webAddress(_ text: String?) -> String? {
  guard let text, text.utf8.count <= 1_024, (try? HTTPAddress(text)) != nil else { return nil }
  return text
}
