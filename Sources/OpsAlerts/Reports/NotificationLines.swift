internal import AlertEngine

/// Who was told of what, and who was not: two lines at most for each receiver.
struct NotificationLines {
  let ink: Ink

  func lines(of results: [DeliveryResult]) -> [String] {
    var receivers: [String] = []
    for result in results where !receivers.contains(result.receiver) {
      receivers.append(result.receiver)
    }
    return Self.order.flatMap { outcome in
      receivers.compactMap { receiver in
        line(receiver, outcome, results.filter { $0.receiver == receiver && $0.outcome == outcome })
      }
    }
  }

  /// What needs somebody comes first.
  private static let order: [DeliveryResult.Outcome] = [.dead, .deferred, .skipped, .delivered]

  /// So many alerts of one receiver are named.
  private static let named = 3

  /// ` (error_rate, queue_depth[mail] and 198 more)`.
  private func names(_ results: [DeliveryResult]) -> String {
    var names: [String] = []
    for result in results {
      let key = result.notification.key
      let instance = key.instance.map { "[\(printable($0, limit: 40))]" } ?? ""
      let name = printable(key.rule, limit: 60) + instance
      if !names.contains(name) { names.append(name) }
    }
    let more = names.count > Self.named ? " and \(names.count - Self.named) more" : ""
    return " (\(names.prefix(Self.named).joined(separator: ", "))\(more))"
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
    let what = "\(name): \(counts.joined(separator: ", "))\(names(results))"
    let reason = first.reason.map { ": \(printable($0))" } ?? ""
    switch outcome {
    case .delivered: return "\(ink.paint("told", .green)) \(what)"
    case .deferred:
      return "\(ink.paint("NOT TOLD", .red)) \(what), waits for the next run\(reason)"
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
