@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Dead letters")
struct DeadLetterTests {
  private typealias Q = Queueing
  private static let no = DeliveryOutcome.poison(reason: "status 422")

  @Test("Dead letters are kept in order, and the oldest beyond a hundred are dropped")
  func bounded() {
    var queue = ReceiverQueue()
    for number in 0..<150 { queue.queueFiring(Q.firing("\(number)")) }
    queue.deliver(to: .pagerduty, at: 5, Self.no)
    #expect(queue.rows.isEmpty)
    #expect(queue.deadLetters.map(\.notification.key.rule) == (50..<150).map { "\($0)" })
    #expect(queue.deadLetters.allSatisfy { $0.reason == .text("status 422") && !$0.isUnderWay })
  }

  @Test("Retried dead letters return to the head of the queue, except those of resolved alerts")
  func goBack() {
    var queue = Q.queue("on", "over")
    queue.deliver(to: .slack, at: 5, Self.no)
    queue.queueResolved([Q.resolved("over", at: 6)], to: .slack)
    #expect(queue.story == ["over resolved"])
    let (back, over) = queue.retryDeadLetters()
    #expect((back, over) == (1, 1))
    #expect(queue.story == ["on firing", "over resolved"])
    #expect(queue.rows.allSatisfy { !$0.isPlain && $0.notBefore == nil })
    #expect(queue.deadLetters.isEmpty)
  }

  @Test("A refused reminder is not sent after a newer one")
  func oldReminder() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueReminders([Q.firing("a")], every: .minutes(60), at: Q.minute(62))
    queue.deliver(to: .slack, at: 62, Self.no)
    var newer = queue
    #expect(queue.retryDeadLetters() == (1, 0))
    newer.queueReminders([Q.firing("a")], every: .minutes(60), at: Q.minute(122))
    newer.deliver(to: .slack, at: 122)
    #expect(newer.retryDeadLetters() == (0, 1))
  }

  @Test("A dead letter that may have arrived keeps that fact when it is retried")
  func mayHaveArrived() {
    var queue = Q.queue("a")
    queue.deliver(
      to: .pagerduty, at: 5, .transient(TransientFailure(reason: "", mayHaveArrived: true)))
    queue.deliver(to: .pagerduty, at: 6, Self.no)
    _ = queue.retryDeadLetters()
    queue.queueResolved([Q.resolved(at: 8)], to: .pagerduty)
    #expect(queue.story == ["a resolved"], "without that, it would get nothing")
  }

  @Test("A retried dead letter ends its own incident before a newer episode opens another")
  func overtaken() {
    var queue = Q.queue("a")
    queue.deliver(to: .pagerduty, at: 5)
    queue.queueResolved([Q.resolved(at: 6)], to: .pagerduty)
    queue.deliver(to: .pagerduty, at: 7, Self.no)
    queue.queueFiring(Q.firing(from: 8))

    var unsent = queue
    _ = unsent.retryDeadLetters()
    #expect(unsent.story == ["a resolved", "a firing"])

    var refused = queue
    refused.deliver(to: .pagerduty, at: 9, Self.no)
    _ = refused.retryDeadLetters()
    #expect(refused.story == ["a resolved", "a firing"])

    var told = queue
    told.deliver(to: .pagerduty, at: 9)
    #expect(told.retryDeadLetters() == (0, 1))
    #expect(told.rows.isEmpty)

    var unanswered = queue
    unanswered.deliver(
      to: .pagerduty, at: 9, .transient(TransientFailure(reason: "", mayHaveArrived: true)))
    #expect(unanswered.retryDeadLetters() == (0, 1))
    #expect(unanswered.story == ["a firing"])
  }
}
