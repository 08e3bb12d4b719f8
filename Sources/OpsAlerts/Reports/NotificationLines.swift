internal import AlertEngine

/// Who was told of what, and who was not: two lines at most for each receiver.
struct NotificationLines {
  let ink: Ink

  func lines(of results: [DeliveryResult]) -> [String] {
    var receivers: [String] = []
    for result in results where !receivers.contains(result.receiver) {
      receivers.append(result.receiver)
    }
    return receivers.flatMap { receiver in
      DeliveryResult.Outcome.allCases.compactMap { outcome in
        line(receiver, outcome, results.filter { $0.receiver == receiver && $0.outcome == outcome })
      }
    }
  }

  /// `told oncall-chat: 2 firing, 1 resolved`, or `NOT TOLD pager: 2 firing, deferred (…)`.
  private func line(
    _ receiver: String, _ outcome: DeliveryResult.Outcome, _ results: [DeliveryResult]
  ) -> String? {
    guard let first = results.first else { return nil }
    let counts = AlertNotification.Event.allCases.compactMap { event in
      let count = results.count { $0.notification.event == event }
      return count == 0 ? nil : "\(count) \(event.words(count))"
    }
    let name = ink.bold(printable(receiver, limit: 60))
    let what = "\(name): \(counts.joined(separator: ", "))"
    let reason = first.reason.map { " (\(printable($0)))" } ?? ""
    switch outcome {
    case .delivered: return "\(ink.paint("told", .green)) \(what)"
    case .deferred:
      return "\(ink.paint("NOT TOLD", .red)) \(what), deferred to the next run\(reason)"
    case .dead: return "\(ink.paint("NOT TOLD", .red)) \(what), refused\(reason)"
    case .skipped: return "\(ink.paint("NOT TOLD", .yellow)) \(what), skipped\(reason)"
    }
  }
}

extension AlertNotification.Event {
  /// What so many of them are called.
  func words(_ count: Int) -> String {
    switch self {
    case .firing: "firing"
    case .resolved: "resolved"
    case .reminder: count == 1 ? "reminder" : "reminders"
    case .firedAndResolved: "fired and resolved"
    }
  }
}
