@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Holding queued events")
struct HoldingTests {
  private typealias Q = Queueing

  private static let silence = Suppression.silenced(
    Silence(
      id: "5", match: AlertMatch(), reason: "deploy", author: "kim", createdAt: Q.minute(0),
      starts: Q.minute(0), ends: Q.minute(60)))
  private static let acknowledgement = Acknowledgement(author: "kim", at: Q.minute(2))

  /// One run: holds, sends what is due, and tells what was sent.
  private static func run(
    _ queue: inout ReceiverQueue, _ standing: AlertStanding, _ timing: ReceiverTiming = .init(),
    to type: ReceiverType = .slack, at minute: Double,
    _ outcome: DeliveryOutcome? = .delivered(reference: nil)
  ) -> [[String]] {
    queue.hold(timing, at: Q.minute(minute), by: { _ in standing }, refreshed: { _ in nil })
    var pass = DeliveryPass(queue, of: "r", type: type, digestOver: 5, at: Q.minute(minute))
    let sent = outcome.map { pass.attemptAll(at: minute, $0) } ?? []
    if outcome == nil { pass.finish(at: Q.minute(minute)) }
    queue = pass.queue
    return sent
  }

  @Test("What is suppressed is not sent and not deferred, and is sent once the reason has ended")
  func suppression() {
    let reasons: [Suppression] = [
      Self.silence,
      .maintenance(ActiveWindow(name: "m", match: AlertMatch(), reason: nil, ends: nil)),
      .inhibited(by: AlertKey(rule: "b"), on: "api"), .undecided(target: "db"),
    ]
    for reason in reasons {
      for type in ReceiverType.allCases {
        var queue = Q.queue("a")
        let suppressed = AlertStanding(suppression: reason, phase: .firing)
        for minute in [1.0, 2, 3] {
          #expect(Self.run(&queue, suppressed, to: type, at: minute).isEmpty)
        }
        #expect(queue.rows.map(\.deferrals) == [0])
        #expect(!Outbox(queues: ["r": queue]).needsAttention)
        #expect(
          Self.run(&queue, AlertStanding(phase: .firing), to: type, at: 4) == [["a firing"]])
        #expect(Self.run(&queue, AlertStanding(phase: .firing), to: type, at: 5).isEmpty)
      }
    }
  }

  @Test("A firing that was never sent has no end to send, whether or not its silence lasts")
  func untold() {
    for type in ReceiverType.allCases {
      var held = Q.queue("a")
      _ = Self.run(&held, AlertStanding(suppression: Self.silence), to: type, at: 1)
      held.queueResolved([Q.resolved(at: 9)], to: type)
      #expect(held.rows.isEmpty && held.threads.isEmpty)

      var unsent = Q.queue("a")
      unsent.queueResolved([Q.resolved(at: 9)], to: type, isSuppressed: { _ in true })
      #expect(unsent.rows.isEmpty && unsent.threads.isEmpty)
    }
  }

  @Test("What may have arrived is never held, and its end is always sent")
  func mayHaveArrived() {
    var queue = Q.queue("a")
    queue.rows[0].mayHaveArrived = true
    let suppressed = AlertStanding(suppression: Self.silence, phase: .firing)
    #expect(Self.run(&queue, suppressed, at: 1) == [["a firing"]])
    queue.queueResolved([Q.resolved(at: 9)], to: .slack, isSuppressed: { _ in true })
    #expect(Self.run(&queue, suppressed, at: 10) == [["a resolved"]])
  }

  @Test("While an alert is suppressed or acknowledged, its queued reminders are dropped")
  func reminders() {
    for standing in [
      AlertStanding(suppression: Self.silence),
      AlertStanding(acknowledgement: Self.acknowledgement),
    ] {
      var queue = Q.queue("a")
      queue.deliver(to: .slack, at: 2)
      queue.queueReminders([Q.firing()], every: .minutes(60), at: Q.minute(90))
      #expect(queue.story == ["a reminder"])
      #expect(Self.run(&queue, standing, at: 90).isEmpty)
      #expect(queue.rows.isEmpty)
    }
  }

  // MARK: - Escalation

  private static let patient = ReceiverTiming(escalation: .minutes(15))

  @Test("A receiver with after_minutes is notified only after that, and never while recovering")
  func escalation() {
    let firing = AlertStanding(phase: .firing)
    var queue = Q.queue("a")
    #expect(Self.run(&queue, firing, Self.patient, at: 1).isEmpty)
    #expect(Self.run(&queue, firing, Self.patient, at: 15.9).isEmpty)
    #expect(Self.run(&queue, AlertStanding(phase: .recovering), Self.patient, at: 16).isEmpty)
    #expect(Self.run(&queue, firing, Self.patient, at: 17) == [["a firing"]])
  }

  @Test("Its time begins when the alert could be sent for the first time")
  func permitted() {
    let firing = AlertStanding(phase: .firing)
    var queue = Q.queue("a")
    let silenced = AlertStanding(suppression: Self.silence, phase: .firing)
    #expect(Self.run(&queue, silenced, Self.patient, at: 1).isEmpty)
    #expect(Self.run(&queue, silenced, Self.patient, at: 20).isEmpty)
    #expect(Self.run(&queue, firing, Self.patient, at: 21).isEmpty)
    #expect(Self.run(&queue, silenced, Self.patient, at: 30).isEmpty)
    #expect(Self.run(&queue, firing, Self.patient, at: 36) == [["a firing"]])
  }

  @Test("What was refused after it escalated does not wait again when it is requeued")
  func requeued() {
    let firing = AlertStanding(phase: .firing)
    var queue = Q.queue("a")
    #expect(Self.run(&queue, firing, Self.patient, at: 1).isEmpty)
    (queue.deadLetters, queue.rows) = (queue.rows, [])
    #expect(queue.retryDeadLetters().back == 1)
    #expect(Self.run(&queue, firing, Self.patient, at: 17) == [["a firing"]])
  }

  @Test("An acknowledged alert does not escalate, and its end goes only to those notified")
  func acknowledged() {
    var queue = Q.queue("a")
    let standing = AlertStanding(phase: .firing, acknowledgement: Self.acknowledgement)
    #expect(Self.run(&queue, AlertStanding(phase: .firing), Self.patient, at: 1).isEmpty)
    #expect(Self.run(&queue, standing, Self.patient, at: 30).isEmpty)
    queue.queueResolved([Q.resolved(at: 40)], to: .slack)
    #expect(queue.rows.isEmpty)
  }

  // MARK: - Hours

  private static let closed = ReceiverTiming(closed: RowHold(.hours, until: Q.minute(600)))

  @Test("What happens outside the hours is sent as one message when they begin")
  func hours() {
    var queue = Q.queue("a", "b")
    #expect(Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 1).isEmpty)
    queue.queueResolved([Q.resolved("b", at: 9)], to: .slack)
    #expect(Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 10).isEmpty)
    #expect(queue.story == ["a firing", "b fired_and_resolved"])
    #expect(!Outbox(queues: ["r": queue]).needsAttention)
    #expect(
      Self.run(&queue, AlertStanding(phase: .firing), at: 600)
        == [["a firing", "b fired_and_resolved"]])
  }

  @Test("A single event is sent as it is when the hours begin")
  func oneEvent() {
    var queue = Q.queue("a")
    #expect(Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 1).isEmpty)
    #expect(Self.run(&queue, AlertStanding(phase: .firing), at: 600) == [["a firing"]])
  }

  @Test("What waits for the hours does not expire")
  func weekend() {
    var queue = Q.queue("a")
    _ = Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 1)
    queue.queueResolved([Q.resolved(at: 9)], to: .slack)
    #expect(queue.expire(at: Q.minute(60 * 60), isConfigured: true).isEmpty)
    #expect(queue.story == ["a fired_and_resolved"])
  }

  @Test("It is sent when they begin, however old it is, and also if the receiver is down then")
  func opening() {
    var queue = Q.queue("a")
    _ = Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 1)
    queue.queueResolved([Q.resolved(at: 9)], to: .slack)
    let down = DeliveryOutcome.transient(TransientFailure(reason: "", isUnreachable: true))
    _ = Self.run(&queue, AlertStanding(), at: 60 * 60, down)
    #expect(queue.expire(at: Q.minute(60 * 60), isConfigured: true).isEmpty)
    #expect(queue.expire(at: Q.minute(60 * 60 + 5), isConfigured: true).isEmpty)
    #expect(Self.run(&queue, AlertStanding(), at: 60 * 60 + 5) == [["a fired_and_resolved"]])
    queue = Q.queue("a")
    _ = Self.run(&queue, AlertStanding(phase: .firing), Self.closed, at: 1)
    queue.queueResolved([Q.resolved(at: 9)], to: .slack)
    _ = Self.run(&queue, AlertStanding(), at: 60 * 60, down)
    #expect(queue.expire(at: Q.minute(85 * 60), isConfigured: true).count == 1, "a day later")
  }

  @Test("A clock that was ahead does not keep an alert from escalating")
  func clockSetBack() {
    var queue = Q.queue("a")
    _ = Self.run(&queue, AlertStanding(phase: .firing), Self.patient, at: 500_000)
    queue.correctDates(to: Q.minute(10))
    #expect(Self.run(&queue, AlertStanding(phase: .firing), Self.patient, at: 25) == [["a firing"]])
  }

  @Test("A reminder that waits for another target is kept")
  func undecidedReminder() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueReminders([Q.firing()], every: .minutes(60), at: Q.minute(90))
    let undecided = AlertStanding(suppression: .undecided(target: "db"), phase: .firing)
    #expect(Self.run(&queue, undecided, at: 90).isEmpty)
    #expect(Self.run(&queue, AlertStanding(phase: .firing), at: 90) == [["a reminder"]])
  }

  @Test("What would escalate later is sent at once if the next run would not know of it")
  func unsaved() {
    var queue = Q.queue("a")
    queue.hold(
      Self.patient, at: Q.minute(1), by: { _ in AlertStanding(phase: .firing) },
      refreshed: { _ in nil })
    let pass = DeliveryPass(queue, of: "r", type: .slack, digestOver: 5, at: Q.minute(1))
    for (isForgotten, sent) in [(true, [["a firing"]]), (false, [])] {
      var limited = pass.limitedToFiring(isForgotten: isForgotten)
      #expect(limited.attemptAll(at: 1, .delivered(reference: nil)) == sent)
    }
  }

  // MARK: - Acknowledgements

  private static func acknowledged(at minute: Double) -> AlertNotification {
    var event = Q.event(.acknowledged, at: minute, from: 0, sequence: Int(minute))
    event.facts.acknowledgement = Acknowledgement(author: "kim", at: Q.minute(minute))
    return event
  }

  @Test("An acknowledgement is sent once, and only to a receiver that was notified of the alert")
  func told() {
    var queue = Q.queue("a")
    queue.queueAcknowledged(Self.acknowledged(at: 3))
    #expect(queue.story == ["a firing"])
    queue.deliver(to: .slack, at: 4)
    for minute in [5.0, 6, 7] {
      queue.queueAcknowledged(Self.acknowledged(at: 3))
      let standing = AlertStanding(phase: .firing, acknowledgement: Self.acknowledgement)
      let sent = Self.run(&queue, standing, at: minute)
      #expect(sent == (minute == 5 ? [["a acknowledged"]] : []))
    }
    queue.queueAcknowledged(Self.acknowledged(at: 9))
    #expect(queue.story == ["a acknowledged"])
    #expect(Self.run(&queue, AlertStanding(phase: .firing), at: 10).isEmpty, "taken back")
    #expect(queue.rows.isEmpty)
  }

  @Test("A chat whose first message already names the acknowledgement is not notified again")
  func once() {
    for type in ReceiverType.allCases {
      var queue = ReceiverQueue()
      var firing = Q.firing()
      firing.facts.acknowledgement = Acknowledgement(author: "kim", at: Q.minute(3))
      queue.queueFiring(firing)
      queue.deliver(to: type, at: 4)
      queue.queueAcknowledged(Self.acknowledged(at: 3))
      #expect(queue.story == (type.keepsIncidents ? ["a acknowledged"] : []))
    }
  }

  @Test("The end of an alert removes its unsent acknowledgement")
  func over() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueAcknowledged(Self.acknowledged(at: 3))
    queue.queueResolved([Q.resolved(at: 9)], to: .slack)
    #expect(queue.story == ["a resolved"])
  }

  @Test("A message that was held says why, and does not call itself late")
  func words() {
    var queue = Q.queue("a")
    let silenced = AlertStanding(suppression: Self.silence, phase: .firing)
    _ = Self.run(&queue, silenced, at: 1)
    queue.hold(
      .init(), at: Q.minute(40), by: { _ in AlertStanding(phase: .firing) },
      refreshed: { _ in AlertFacts(value: "9 %") })
    let facts = queue.rows[0].notification.facts
    #expect(facts.value == "9 %")
    #expect(facts.held == "silenced until \(Q.minute(40).clockTime) UTC (deploy, by kim)")
  }
}
