package import AlertEngine
package import Delivery
package import Text

extension AlertNotification {
  /// 2026-11-21 10:15 UTC: when samples are sent.
  package static let sampleNow = Instant(milliseconds: 1_795_256_100_000)

  /// An event of an alert that was bad from 10:03 on and fired at 10:15; by default, a reminder is
  /// due at 14:15, and a resolution is at 10:52.
  package static func sample(
    _ event: Event = .firing, rule: String = "error_rate", instance: String? = nil,
    target: String = "production", severity: Severity = .critical, value: String? = nil,
    limit: String = "> 5 %", at: Instant? = nil, sequence: Int? = nil,
    labels: [String: String] = [:], isTest: Bool = false,
    facts change: (inout AlertFacts) -> Void = { _ in }
  ) -> AlertNotification {
    let firedAt = sampleNow
    let isOver = event == .resolved || event == .firedAndResolved
    let happened =
      switch event {
      case .firing: firedAt
      case .reminder: firedAt + .seconds(4 * 3_600)
      case .acknowledged: firedAt + .seconds(7 * 60)
      case .resolved, .firedAndResolved: firedAt + .seconds(37 * 60)
      }
    var facts = AlertFacts(
      value: value ?? (isOver ? "0.41 %" : "7.12 %"), limit: limit, evidence: "12 m, 3 samples",
      sparkline: "▁▂▅▇█", peak: event == .firing ? nil : "9.1 %",
      peakAt: event == .firing ? nil : firedAt + .seconds(19 * 60),
      summary: "Too many requests end in an error",
      description: "Clients see the page \"try again later\".", owner: "@payments",
      runbook: "docs/release/incident-observability-runbook.md",
      dashboard: "https://grafana.example.com/d/errors?var-env=prod&from=now-6h",
      run: "https://github.com/example/service/actions/runs/123456789")
    change(&facts)
    return AlertNotification(
      event, target: target, key: AlertKey(rule: rule, instance: instance), severity: severity,
      labels: labels, at: at ?? happened, activeAt: firedAt - .seconds(12 * 60), firedAt: firedAt,
      sequence: sequence ?? (event == .reminder ? 1 : 0), facts: facts, isTest: isTest)
  }
}

extension Message {
  /// A message sent when its last event happens, or this much later.
  package static func sample(
    _ notifications: [AlertNotification], late: Duration = .seconds(2), form: Form = .full
  ) -> Message {
    let last = notifications.map(\.at).max() ?? AlertNotification.sampleNow
    return Message(notifications, to: "oncall-chat", at: last + late, form: form)
  }

  package static func sample(
    _ notification: AlertNotification = .sample(), late: Duration = .seconds(2),
    form: Form = .full
  ) -> Message {
    sample([notification], late: late, form: form)
  }
}
