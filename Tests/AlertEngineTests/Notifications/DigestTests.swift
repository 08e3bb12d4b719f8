@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Digests over several runs")
struct DigestTests {
  private typealias Q = Queueing
  private static let lost = DeliveryOutcome.transient(
    TransientFailure(reason: "late", mayHaveArrived: true))
  private static let busy = DeliveryOutcome.transient(TransientFailure(reason: "busy"))

  private static func pass(_ queue: ReceiverQueue, at minute: Double) -> DeliveryPass {
    DeliveryPass(queue, of: "r", type: .slack, digestOver: 2, at: Q.minute(minute))
  }

  /// The queue as a crash leaves it while the pass is sending.
  private static func crash(_ pass: DeliveryPass) -> ReceiverQueue {
    var queue = pass.queue
    for index in queue.rows.indices where queue.rows[index].isUnderWay {
      queue.rows[index].isUnderWay = false
      queue.rows[index].mayHaveArrived = true
    }
    return queue
  }

  private static let three = [["a firing", "b firing", "c firing"]]

  @Test("A digest that was under way is sent again unchanged after the clock was set back")
  func clockSetBack() {
    var queue = Q.queue("a", "b", "c")
    queue.rows[1].notBefore = Q.minute(20)
    queue = Self.crash(Self.pass(queue, at: 21))
    var pass = Self.pass(queue, at: 5)
    #expect(pass.attemptAll(at: 5, .delivered(reference: nil)) == Self.three)
  }

  @Test("A digest that was under way is sent again unchanged, and newer events after it")
  func sameAgain() {
    var queue = Self.crash(Self.pass(Q.queue("a", "b", "c"), at: 5))
    queue.queueResolved([Q.resolved("a", at: 6)], to: .slack)
    for rule in ["d", "e"] { queue.queueFiring(Q.firing(rule, from: 6)) }
    var pass = Self.pass(queue, at: 8)
    let sent = pass.attemptAll(at: 8, .delivered(reference: nil))
    #expect(sent == Self.three + [["a resolved", "d firing", "e firing"]])
  }

  @Test("A digest waits for one that has an earlier event of one of its alerts")
  func order() {
    var queue = Self.crash(Self.pass(Q.queue("a", "b", "c"), at: 5))
    queue.queueResolved([Q.resolved("a", at: 6)], to: .slack)
    queue.queueFiring(Q.firing("e", from: 6))
    queue.deadLetters = [OutboxRow(Q.firing("d"), mayHaveArrived: true)]
    queue.threads[Q.firing("d").fingerprint.text] = AlertThread(
      activeAt: Q.minute(0), firedAt: Q.minute(1))
    #expect(queue.retryDeadLetters() == (1, 0))
    var pass = Self.pass(queue, at: 8)
    let sent = pass.attemptAll(at: 8, .delivered(reference: nil))
    #expect(sent == Self.three + [["d firing", "a resolved", "e firing"]])
  }

  @Test("Digests that wait for each other are partly sent")
  func cycle() {
    var rows = ["a", "b", "a", "b"].map { OutboxRow(Q.firing($0)) }
    for (place, digest) in ["1", "2", "2", "1"].enumerated() { rows[place].digest = digest }
    rows[2] = OutboxRow(Q.resolved("a", at: 3), digest: "2")
    rows[3] = OutboxRow(Q.resolved("b", at: 3), digest: "1")
    var sent: [[String]] = []
    while !rows.isEmpty {
      let batch = rows.firstBatch
      sent.append(batch.map(\.story))
      rows.removeAll { batch.contains($0) }
    }
    #expect(sent == [["a firing"], ["b firing", "a resolved"], ["b resolved"]])
  }

  @Test("A digest that may have arrived keeps a reminder that is no longer the newest")
  func reminders() throws {
    var queue = Q.queue("a", "b", "c")
    queue.deliver(to: .slack, at: 2)
    let firing = ["a", "b", "c"].map { Q.firing($0) }
    queue.queueReminders(firing, every: .minutes(60), at: Q.minute(70))
    queue = Self.crash(Self.pass(queue, at: 70))
    let digest = try #require(queue.rows[0].digest)
    queue.queueReminders(firing, every: .minutes(60), at: Q.minute(130))
    queue.queueResolved([Q.resolved("c", at: 131)], to: .slack)
    #expect(queue.rows.filter { $0.digest == digest }.count == 3)
    var pass = Self.pass(queue, at: 131)
    let sent = pass.attemptAll(at: 131, .delivered(reference: nil))
    #expect(
      sent == [
        ["a reminder", "b reminder", "c reminder"], ["a reminder", "b reminder", "c resolved"],
      ])
  }

  @Test("A digest whose response was lost is sent again unchanged; one that was not accepted grows")
  func failures() {
    for (outcome, isSame) in [(Self.lost, true), (Self.busy, false)] {
      var first = Self.pass(Q.queue("a", "b", "c"), at: 5)
      #expect(first.attemptAll(at: 5, outcome) == Self.three + Self.three + Self.three)
      var queue = first.queue
      queue.queueFiring(Q.firing("d", from: 6))
      var next = Self.pass(queue, at: 8)
      let sent = next.attemptAll(at: 8, .delivered(reference: nil))
      #expect(
        sent
          == (isSame
            ? Self.three + [["d firing"]] : [["a firing", "b firing", "c firing", "d firing"]]))
    }
  }

  @Test("A digest that nothing confirms is sent twice, then all of its events are dead letters")
  func unconfirmed() {
    var pass = Self.pass(Q.queue("a", "b", "c"), at: 5)
    #expect(pass.attemptAll(at: 5, .unconfirmed(reason: "odd")) == Self.three + Self.three)
    #expect(pass.queue.deadLetters.count == 3 && pass.queue.rows.isEmpty)
  }

  @Test("A refused digest is split, and stays split in the next run")
  func split() {
    var pass = Self.pass(Q.queue("a", "b", "c"), at: 5)
    var sent: [[String]] = []
    while case .send(let batch) = pass.next(at: Q.minute(5)) {
      sent.append(batch.story)
      let outcome: DeliveryOutcome =
        batch.notifications.count > 1 ? .poison(reason: "no") : Self.busy
      pass.record(outcome, of: batch, at: Q.minute(5), pause: .minutes(1))
    }
    #expect(sent == Self.three + [["a firing"], ["b firing"], ["c firing"]])
    #expect(pass.queue.rows.allSatisfy { $0.digest == nil })
  }
}
