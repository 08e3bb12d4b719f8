@testable import AlertEngine
internal import TestSupport
internal import Testing

@Suite("Responses that do not tell whether a message arrived")
struct UnconfirmedTests {
  private typealias Q = Queueing
  private static let odd = DeliveryOutcome.unconfirmed(reason: "the response is odd")

  @Test("A message is sent once more with the same id, then it is a dead letter for good")
  func once() {
    var queue = Q.queue("a", "b")
    var pass = DeliveryPass(queue, of: "r", type: .slack, digestOver: 5, at: Q.minute(5))
    let sent = pass.attemptAll(at: 5, Self.odd)
    #expect(sent == [["a firing"], ["a firing"], ["b firing"], ["b firing"]])
    #expect(pass.results.map(\.outcome) == [.dead, .dead])
    queue = pass.queue
    #expect(queue.rows.isEmpty && queue.deadLetters.map(\.isUnconfirmed) == [true, true])
    #expect(
      queue.deadLetters[0].reason == .unconfirmed("it may have arrived, but the response is odd"))
    queue.deliver(to: .slack, at: 6)
    #expect(queue.deadLetters.count == 2, "never again by itself")
  }

  @Test("The second send may be in a later run, with failures of other kinds between them")
  func later() throws {
    var queue = Q.queue("a")
    let id = queue.rows[0].id
    let busy = DeliveryOutcome.transient(TransientFailure(reason: "busy"))
    for (minute, outcome) in [(5.0, Self.odd), (6, busy), (7, busy), (8, Self.odd)] {
      var pass = DeliveryPass(queue, of: "r", type: .slack, digestOver: 5, at: Q.minute(minute))
      guard case .send(let batch) = pass.next(at: Q.minute(minute)) else {
        Issue.record("nothing was sent at \(minute)")
        return
      }
      #expect(batch.notifications.map(\.id) == [id])
      pass.record(outcome, of: batch, at: Q.minute(minute), pause: .seconds(30))
      if minute < 8 { #expect(pass.queue.rows.map(\.mayHaveArrived) == [true]) }
      pass.finish(at: Q.minute(minute))
      queue = pass.queue
    }
    #expect(queue.rows.isEmpty && queue.deadLetters.map(\.id) == [id])
  }

  @Test("A system that recognizes duplicates gets it in every run")
  func recognized() {
    let type = ReceiverType("pagerduty", keepsIncidents: true, recognizesRepetitions: true)
    var queue = Q.queue("a")
    for minute in 5...8 { queue.deliver(to: type, at: Double(minute), Self.odd) }
    #expect(queue.story == ["a firing"] && queue.deadLetters.isEmpty)
    #expect(queue.rows[0].deferrals == 4 && queue.rows[0].mayHaveArrived)
  }

  @Test("A retried dead letter may be sent twice again, and the resolution follows in any case")
  func retried() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 5, Self.odd)
    #expect(queue.retryDeadLetters() == (1, 0))
    #expect(queue.rows.map(\.unconfirmed) == [0] && queue.rows[0].mayHaveArrived)
    queue.deliver(to: .slack, at: 6, Self.odd)
    queue.queueResolved([Q.resolved(at: 7)], to: .slack)
    #expect(queue.story == ["a resolved"])
  }
}
