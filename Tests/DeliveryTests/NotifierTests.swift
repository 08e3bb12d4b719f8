@testable import AlertEngine
@testable import Delivery
@testable import HTTP
internal import Synchronization
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Delivery to one receiver")
struct NotifierTests {
  private static let now = Instant(milliseconds: 1_790_000_000_000)
  private let clock = ScriptedClock()

  /// Returns scripted outcomes, the last one repeatedly, and records the time of each attempt.
  private final class Receiver: Delivery.Receiver {
    static var pace: Duration { .seconds(1) }
    private let outcomes: [DeliveryOutcome]
    private let state = Mutex<[(at: Instant, message: Message)]>([])

    init(_ outcomes: [DeliveryOutcome]) { self.outcomes = outcomes }

    var seconds: [Int64] {
      state.withLock { $0.map { ($0.at - NotifierTests.now).wholeMilliseconds / 1_000 } }
    }

    func deliver(
      _ message: Message, reference: String?, over transport: any Transport
    ) async -> DeliveryOutcome {
      state.withLock { state in
        state.append((transport.now, message))
        return outcomes[min(state.count, outcomes.count) - 1]
      }
    }

    func preview(of message: Message, reference: String?) -> [OutgoingText] { [] }
  }

  private static func notification(_ rule: String) -> AlertNotification {
    AlertNotification(
      .firing, target: "api", key: AlertKey(rule: rule), severity: .error, labels: [:], at: now,
      activeAt: now, firedAt: now, facts: AlertFacts(value: "1"))
  }

  private func notifier(to receiver: Receiver, timeLeft: Duration = .seconds(60)) -> Notifier {
    let settings = ReceiverSettings(name: "r", type: WebhookReceiver.type)
    let transport = RunTransport(timeLeft: timeLeft, from: Self.now, clock: clock) {
      ScriptedClient(clock: ScriptedClock()) { _, _ in .failure(.cancelled) }
    }
    return Notifier(
      to: ReadyReceiver(settings: settings, receiver: receiver), over: transport,
      pause: RetryPause(jitter: { $0 }, now: { Self.now }),
      redact: { $0.replacing("secret", with: "***") })
  }

  private func pass(_ rules: String...) -> DeliveryPass {
    var queue = ReceiverQueue()
    for rule in rules { queue.queueFiring(Self.notification(rule)) }
    return DeliveryPass(queue, of: "r", type: SlackReceiver.type, digestOver: 5, at: Self.now)
  }

  private static func busy(_ wait: Duration? = nil) -> DeliveryOutcome {
    .transient(TransientFailure(reason: "busy", retryAfter: wait))
  }

  @Test("Delivery keeps the service's pace, and pauses longer after a failure")
  func pauses() async {
    let table: [([DeliveryOutcome], seconds: [Int64], left: Int)] = [
      ([.delivered(reference: nil)], [0, 1, 2], 0),
      ([Self.busy(.seconds(20)), .delivered(reference: nil)], [0, 21, 22, 23], 0),
      ([Self.busy(.seconds(61))], [0], 3), ([.broken(reason: "gone")], [0], 3),
    ]
    for (outcomes, seconds, left) in table {
      let receiver = Receiver(outcomes)
      let notifier = notifier(to: receiver)
      clock.advance(by: .zero)
      let end = await notifier.deliver(pass("a", "b", "c")) { _ in }
      #expect(receiver.seconds == seconds)
      #expect(end.queue.rows.count == left)
      #expect(end.queue.rows.allSatisfy { !$0.isUnderWay && $0.deferrals == 1 })
    }
  }

  @Test("The queue is published after each outcome and at the end")
  func publishes() async {
    let published = Mutex<[[Bool]]>([])
    let receiver = Receiver([.delivered(reference: nil), .broken(reason: "gone")])
    _ = await notifier(to: receiver).deliver(pass("a", "b", "c")) { queue in
      published.withLock { $0.append(queue.rows.map(\.isUnderWay)) }
    }
    #expect(published.withLock { $0 } == [[true, true], [true, true], [false, false]])
  }

  @Test("Secrets and control characters are removed from every reason")
  func redaction() async {
    for outcome in [
      DeliveryOutcome.broken(reason: "the secret\u{1B}[1m is wrong"),
      .transient(TransientFailure(reason: "the secret\u{1B}[1m is wrong")),
      .poison(reason: "the secret\u{1B}[1m is wrong"),
    ] {
      let end = await notifier(to: Receiver([outcome])).deliver(pass("a")) { _ in }
      let row = (end.queue.rows + end.queue.deadLetters)[0]
      #expect(row.reason?.description.contains("the ***") == true)
      #expect(row.reason?.description.unicodeScalars.contains { $0.value < 32 } == false)
    }
  }

  @Test("Alerts that keep firing are sent again, up to the first failure")
  func repeats() async {
    let all = ["a", "b", "c"].map(Self.notification)
    let good = Receiver([.delivered(reference: nil)])
    #expect(await notifier(to: good).repeatAll(all) == nil)
    #expect(good.seconds.count == 3)
    let bad = Receiver([.delivered(reference: nil), .broken(reason: "no secret")])
    #expect(await notifier(to: bad).repeatAll(all) == .broken(reason: "no ***"))
    #expect(bad.seconds.count == 2)
  }

  @Test(
    "Sending again ends where the service cannot be reached or asks for a pause",
    arguments: [
      (TransientFailure(reason: "busy"), 3),
      (TransientFailure(reason: "busy", retryAfter: .seconds(20)), 1),
      (TransientFailure(reason: "refused", isUnreachable: true), 1),
    ])
  func repeatsToFailing(failure: TransientFailure, count: Int) async {
    let receiver = Receiver([.transient(failure)])
    let all = ["a", "b", "c"].map(Self.notification)
    #expect(await notifier(to: receiver).repeatAll(all) == .transient(failure))
    #expect(receiver.seconds.count == count)
  }
}
