internal import AlertEngine
internal import HTTP
internal import Text

/// An alert in the form that Prometheus and Alertmanager share, used by Alertmanager's webhook and
/// API alike.
struct AlertmanagerAlert {
  /// Alertmanager's zero time, as the end of an alert that still fires.
  static let noTime = "0001-01-01T00:00:00Z"
  /// The longest label or annotation, in Unicode scalars.
  static let longestValue = 1_024
  /// The labels that identify an alert: the group of a message about one alert.
  ///
  /// The group of a digest is its target, so that it is not taken for one alert.
  static let identity = ["alertname", "instance", "target"]

  let notification: AlertNotification
  var form = Message.Form.full

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
    labels["instance"] = notification.key.instance
    return labels.filter { !$0.value.isEmpty }.mapValues { bounded($0) }
  }

  /// Texts for people; a plain message has only the summary.
  var annotations: [String: String] {
    guard form == .full else {
      return ["summary": bounded(facts.summary ?? "")].filter { !$0.value.isEmpty }
    }
    var annotations: [String: String?] = [
      "summary": facts.summary, "description": facts.description, "value": facts.value,
      "limit": facts.limit, "owner": facts.owner, "evidence": facts.evidence,
      "doubt": facts.doubt, "ending": facts.ending, "peak": facts.peak,
      "event": notification.event.rawValue, "event_id": notification.id,
      "active_at": notification.activeAt.rfc3339,
      "reminder": notification.sequence > 0 ? "\(notification.sequence)" : nil,
      "test": notification.isTest ? "true" : nil,
    ]
    if let runbook = facts.runbook {
      annotations[MessageItem.Link("", runbook).isAddress ? "runbook_url" : "runbook"] = runbook
    }
    if let dashboard = facts.dashboard { annotations["dashboard_url"] = dashboard }
    return annotations.compactMapValues { $0.map(bounded) }.filter { !$0.value.isEmpty }
  }

  /// Numbers for programs; none in a plain message.
  var numbers: [(name: StaticString, number: Double)] {
    guard form == .full else { return [] }
    return [("value", facts.number), ("threshold", facts.threshold)].compactMap { name, number in
      number.map { (name, $0) }
    }
  }

  /// As in Prometheus, when it fired, not the first bad sample.
  var startsAt: Instant { notification.firedAt }

  /// When it resolved, never before `startsAt`, which Alertmanager rejects; `nil` while it fires.
  var endsAt: Instant? {
    notification.isResolved ? max(notification.at, startsAt) : nil
  }

  /// The page of the CI run that found it; empty if there is none that Alertmanager accepts.
  var generatorURL: String { webAddress(facts.run) ?? "" }

  private func bounded(_ text: String) -> String { printable(text, limit: Self.longestValue) }
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
