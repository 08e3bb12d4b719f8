internal import AlertEngine
internal import HTTP
internal import Text

/// One alert in the form that Prometheus and Alertmanager share: what the webhook and Alertmanager's
/// own API are both made of.
struct AlertmanagerAlert {
  /// What Alertmanager writes for a time that is not there, as the end of what still fires.
  static let noTime = "0001-01-01T00:00:00Z"
  /// The longest label or annotation, in Unicode scalars.
  static let longestValue = 1_024
  /// The labels that tell one alert from all others: the group of a message about one alert.
  ///
  /// The group of a digest is its target, so that no digest passes for one alert.
  static let identity = ["alertname", "instance", "target"]

  let notification: AlertNotification
  var form = Message.Form.full

  private var facts: AlertFacts { notification.facts }

  /// The configured labels and this program's own four, which no configured one overrides:
  /// `alertname`, `target`, `severity` and, where there is one, `instance`.
  ///
  /// They are the alert's identity to Alertmanager, so they are those of the time when it fired, and
  /// hold no value. Empty ones are left out, as Alertmanager would.
  var labels: [String: String] {
    var labels = notification.labels.filter { TextForm.labelName.matches($0.key) }
    labels["alertname"] = notification.key.rule
    labels["target"] = notification.target
    labels["severity"] = notification.severity.rawValue
    labels["instance"] = notification.key.instance
    return labels.filter { !$0.value.isEmpty }.mapValues { bounded($0) }
  }

  /// What people read; a plain message has the summary alone.
  var annotations: [String: String] {
    guard form == .full else {
      return ["summary": bounded(facts.summary ?? "")].filter { !$0.value.isEmpty }
    }
    var annotations: [String: String?] = [
      "summary": facts.summary, "description": facts.description, "value": facts.value,
      "limit": facts.bareLimit, "owner": facts.owner, "evidence": facts.evidence,
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

  /// As Prometheus does, the time when it fired, not that of the first bad sample.
  var startsAt: Instant { notification.firedAt }

  /// When it resolved, never before `startsAt`, which Alertmanager refuses; nil while it fires.
  var endsAt: Instant? {
    notification.isResolved ? max(notification.at, startsAt) : nil
  }

  /// The page of the CI run that found it; empty where there is none that Alertmanager takes.
  var generatorURL: String { webAddress(facts.run) ?? "" }

  private func bounded(_ text: String) -> String { printable(text, limit: Self.longestValue) }
}

extension AlertFacts {
  /// The limit without its word, for a field that is named so.
  var bareLimit: String {
    limit.hasPrefix("limit ") ? String(limit.dropFirst(6)) : limit
  }
}

extension [[String: String]] {
  /// The names and values that all of them share.
  var common: [String: String] {
    guard let first else { return [:] }
    return first.filter { name, value in allSatisfy { $0[name] == value } }
  }
}

/// A text that is a whole http or https address as strict readers take it, of at most 1,024 bytes;
/// nil where it is not.
func webAddress(_ text: String?) -> String? {
  guard let text, text.utf8.count <= 1_024, (try? HTTPAddress(text)) != nil else { return nil }
  return text
}
