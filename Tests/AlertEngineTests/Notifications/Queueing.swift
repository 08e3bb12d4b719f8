@testable import AlertEngine
@testable import Text

/// Events of made-up alerts at minutes of a day, and queues with them.
enum Queueing {
  static let origin = Instant(milliseconds: 1_790_000_000_000)

  static func minute(_ minute: Double) -> Instant { origin + .minutes(minute) }

  /// An event of an episode whose first bad sample is at `begin`, and which fires a minute later.
  static func event(
    _ event: AlertNotification.Event, of rule: String = "a", at minute: Double, from begin: Double,
    sequence: Int = 0
  ) -> AlertNotification {
    AlertNotification(
      event, target: "api", key: AlertKey(rule: rule), severity: .critical, labels: [:],
      at: Self.minute(minute), activeAt: Self.minute(begin), firedAt: Self.minute(begin + 1),
      sequence: sequence, facts: AlertFacts(value: "7 %"))
  }

  static func firing(_ rule: String = "a", from begin: Double = 0) -> AlertNotification {
    event(.firing, of: rule, at: begin + 1, from: begin)
  }

  static func resolved(
    _ rule: String = "a", at minute: Double, from begin: Double = 0
  ) -> AlertNotification {
    event(.resolved, of: rule, at: minute, from: begin)
  }

  /// A queue with the firings of some alerts.
  static func queue(_ rules: String..., from begin: Double = 0) -> ReceiverQueue {
    var queue = ReceiverQueue()
    for rule in rules { queue.queueFiring(firing(rule, from: begin)) }
    return queue
  }
}

/// Types with the properties that matter to the queue.
extension ReceiverType {
  static let slack = ReceiverType("slack")
  static let pagerduty = ReceiverType("pagerduty", keepsIncidents: true)
  static let github = ReceiverType("github", keepsIncidents: true)
  static let allCases = [slack, pagerduty, github]
}

extension ReceiverQueue {
  /// The rows in short: `a firing`, `b resolved`.
  var story: [String] { rows.map(\.story) }

  /// The queue after a run in which every attempt has the same outcome; `nil` attempts nothing.
  mutating func deliver(
    to type: ReceiverType, at minute: Double,
    _ outcome: DeliveryOutcome = .delivered(reference: nil)
  ) {
    var pass = DeliveryPass(
      self, of: "r", type: type, digestOver: 5, at: Queueing.minute(minute))
    pass.attemptAll(at: minute, outcome)
    self = pass.queue
  }
}

extension OutboxRow {
  var story: String { "\(notification.key.rule) \(notification.event.rawValue)" }
}

extension DeliveryBatch {
  var story: [String] {
    notifications.map { "\($0.key.rule) \($0.event.rawValue)" } + (isPlain ? ["plain"] : [])
  }
}

extension DeliveryPass {
  /// Gives every attempt the same outcome until none is left at this minute, and ends the run.
  @discardableResult
  mutating func attemptAll(at minute: Double, _ outcome: DeliveryOutcome) -> [[String]] {
    let now = Queueing.minute(minute)
    var sent: [[String]] = []
    while case .send(let batch) = next(at: now) {
      sent.append(batch.story)
      record(outcome, of: batch, at: now, pause: .zero)
    }
    finish(at: now)
    return sent
  }
}
