internal import AlertEngine
internal import Text

/// Which receivers were notified of what, and which were not, in at most a few lines each.
struct NotificationLines {
  /// Failures come first.
  let lines: [NotificationLine]

  /// - Parameters:
  ///   - results: what became of each notification.
  ///   - now: when the lines are shown; `nil` if they are kept, so that times need their dates.
  init(_ results: [DeliveryResult], seenAt now: Instant? = nil) {
    var receivers: [String] = []
    var groups: [String: [DeliveryResult.Outcome: [DeliveryResult]]] = [:]
    for result in results {
      if groups[result.receiver] == nil { receivers.append(result.receiver) }
      groups[result.receiver, default: [:]][result.outcome, default: []].append(result)
    }
    lines = Self.order.flatMap { outcome in
      receivers.flatMap { receiver -> [NotificationLine] in
        let results = groups[receiver]?[outcome] ?? []
        guard outcome == .held else {
          return [NotificationLine(receiver, outcome, results, now)].compactMap(\.self)
        }
        return Self.byReason(results).compactMap { NotificationLine(receiver, outcome, $0, now) }
      }
    }
  }

  private static let order: [DeliveryResult.Outcome] = [
    .dead, .deferred, .skipped, .held, .delivered,
  ]

  /// Results that are held for the same kind of reason together, in the order of the first of each.
  private static func byReason(_ results: [DeliveryResult]) -> [[DeliveryResult]] {
    var places: [RowHold.Kind?: Int] = [:]
    return results.reduce(into: []) { groups, result in
      var kind: RowHold.Kind?
      if case .held(let hold)? = result.reason { kind = hold.kind }
      let place = places[kind, default: groups.count]
      places[kind] = place
      if place == groups.count { groups.append([]) }
      groups[place].append(result)
    }
  }
}

/// What one receiver was notified of, or was not for one reason.
struct NotificationLine {
  let outcome: DeliveryResult.Outcome
  /// Its name.
  let receiver: String
  /// `2 firing, 1 resolved`.
  let counts: String
  /// Some of the alerts, and how many more there are.
  let alerts: [String]
  let more: Int
  /// Why it was not notified; safe to show.
  let reason: String?
  private let isUnconfirmed: Bool
  /// Nothing will be delivered until this is fixed.
  let isLost: Bool

  /// The largest number of alerts named for one receiver.
  private static let named = 3

  init?(
    _ receiver: String, _ outcome: DeliveryResult.Outcome, _ results: [DeliveryResult],
    _ now: Instant?
  ) {
    guard let first = results.first else { return nil }
    self.outcome = outcome
    self.receiver = printable(receiver, limit: 60)
    let events = results.reduce(into: [:]) { $0[$1.notification.event, default: 0] += 1 }
    counts = AlertNotification.Event.allCases.compactMap { event in
      events[event].map { "\($0) \(event.words($0))" }
    }.joined(separator: ", ")
    var keys: Set<AlertKey> = []
    let distinct = results.map(\.notification.key).filter { keys.insert($0).inserted }
    alerts = distinct.prefix(Self.named).map { $0.text(limit: 40) }
    more = distinct.count - alerts.count
    reason = first.reason.map { reason in
      guard case .held(let hold) = reason else { return printable("\(reason)") }
      let words = printable(
        hold.words { time in
          now.map { Quantity.time(time, seenAt: $0) } ?? "\(time.dayAndTime) \(time.zoneLabel)"
        })
      let others = Set(results.map(\.reason)).count - 1
      return words + (others > 0 ? " and \(Quantity.count(others, "other reason"))" : "")
    }
    isUnconfirmed = first.reason?.isUnconfirmed == true
    isLost = outcome == .dead || outcome == .deferred && first.reason?.isBroken == true
  }

  var verdict: String {
    switch outcome {
    case .delivered: "notified"
    case .held: "not yet notified"
    case .deferred, .dead, .skipped: "NOT NOTIFIED"
    }
  }

  /// Whether the receiver should have been notified.
  var isFailure: Bool { outcome != .delivered && outcome != .held }

  /// `2 firing (error_rate, latency and 3 more)`.
  var events: String { "\(counts) (\(listed(alerts, of: alerts.count + more)))" }

  /// What happens next: `, left for the next run: HTTP 503`; empty if it was delivered.
  var result: String { (ending ?? "") + (reason.map { ": \($0)" } ?? "") }

  /// Starts with a comma; `nil` if it was delivered or is held.
  var ending: String? { isUnconfirmed && outcome == .dead ? ", not confirmed" : outcome.ending }

  /// `notified oncall-chat: 2 firing, 1 resolved (…)`, or `NOT NOTIFIED pager: 2 firing (…), …`.
  func text(_ style: TerminalStyle) -> String {
    let color: TerminalStyle.Color =
      switch outcome {
      case .delivered: .green
      case .held: .plain
      case .deferred, .dead: .red
      case .skipped: .yellow
      }
    return "\(style.paint(verdict, color)) \(style.bold(receiver)): \(events)\(result)"
  }
}

extension AlertNotification.Event {
  /// The word for this number of them.
  func words(_ count: Int) -> String {
    switch self {
    case .firing: "firing"
    case .resolved: "resolved"
    case .reminder: count == 1 ? "reminder" : "reminders"
    case .firedAndResolved: "fired and resolved"
    case .acknowledged: "acknowledged"
    }
  }
}
