@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("One run's pass through a queue")
struct DeliveryPassTests {
  private typealias Q = Queueing
  private static let now = Q.minute(10)

  private static func pass(
    _ queue: ReceiverQueue, _ type: ReceiverType = .slack, digestOver: Int = 5
  ) -> DeliveryPass {
    DeliveryPass(queue, of: "r", type: type, digestOver: digestOver, at: now)
  }

  private static func failure(
    after wait: Duration? = nil, mayHaveArrived: Bool = false, isUnreachable: Bool = false
  ) -> DeliveryOutcome {
    .transient(
      TransientFailure(
        reason: "busy", retryAfter: wait, mayHaveArrived: mayHaveArrived,
        isUnreachable: isUnreachable))
  }

  private struct NothingToSend: Error {}

  private static func batch(_ pass: DeliveryPass, at time: Instant) throws -> DeliveryBatch {
    guard case .send(let batch) = pass.next(at: time) else { throw NothingToSend() }
    return batch
  }

  /// Three alerts; the first has two rows.
  private static var queue: ReceiverQueue {
    var queue = Q.queue("a", "b", "c")
    queue.rows[0].mayHaveArrived = true
    queue.queueResolved([Q.resolved("a", at: 6)], to: .slack)
    return queue
  }

  @Test("A pass sends the rows of an alert in order, each once")
  func order() {
    for type in ReceiverType.allCases {
      var pass = Self.pass(Self.queue, type)
      let sent = pass.attemptAll(at: 10, .delivered(reference: nil))
      #expect(sent == [["a firing"], ["b firing"], ["c firing"], ["a resolved"]])
      #expect(
        pass.queue.rows.isEmpty
          && pass.results.map(\.outcome) == .init(repeating: .delivered, count: 4))
    }
  }

  @Test("A failing row delays only the later rows of its alert, for up to three attempts")
  func held() {
    for type in ReceiverType.allCases {
      var pass = Self.pass(Self.queue, type)
      var sent: [String] = []
      while case .send(let batch) = pass.next(at: Self.now) {
        sent += batch.story
        let isFirst = batch.notifications[0].key.rule == "a"
        pass.record(
          isFirst ? Self.failure() : .delivered(reference: nil), of: batch, at: Self.now,
          pause: .zero)
      }
      pass.finish(at: Self.now)
      #expect(sent == ["a firing", "a firing", "a firing", "b firing", "c firing"])
      #expect(pass.queue.story == ["a firing", "a resolved"])
      #expect(pass.queue.rows.map(\.deferrals) == [1, 1])
      #expect(pass.results.map(\.outcome) == [.delivered, .delivered, .deferred, .deferred])
    }
  }

  @Test("A pass counts its attempts and waits for the earliest row that may be retried")
  func waiting() throws {
    var pass = Self.pass(Q.queue("a"))
    for tries in 0..<3 {
      let time = Q.minute(10 + Double(tries))
      let batch = try Self.batch(pass, at: time)
      #expect(batch.tries == tries)
      pass.record(Self.failure(), of: batch, at: time, pause: .minutes(1))
      let then = time + .minutes(1)
      #expect(pass.next(at: time) == (tries < 2 ? .wait(until: then) : .done))
    }
  }

  @Test("Only rows that may be sent are saved as possibly sent")
  func underWay() {
    var queue = Self.queue
    queue.rows[0].notBefore = Self.now + .milliseconds(1)
    queue.rows[1].notBefore = Self.now
    var pass = Self.pass(queue)
    #expect(pass.queue.story == ["a firing", "b firing", "c firing", "a resolved"])
    #expect(pass.queue.rows.map(\.isUnderWay) == [false, true, true, false])
    pass.attemptAll(at: 10, Self.failure())
    #expect(pass.queue.rows.map(\.isUnderWay) == [false, false, false, false])
    #expect(pass.queue.rows.map(\.deferrals) == [1, 1, 1, 1], "none was delivered")
    var idle = Q.queue("a")
    idle.rows[0].notBefore = Self.now + .minutes(1)
    #expect(Self.pass(idle).next(at: Self.now) == .done)
  }

  @Test("More notifications than the limit become one message, for chats only", arguments: [5, 6])
  func digests(count: Int) {
    let rules = (0..<count).map { "\($0)" }
    for type in ReceiverType.allCases {
      var queue = ReceiverQueue()
      for rule in rules { queue.queueFiring(Q.firing(rule)) }
      var pass = Self.pass(queue, type)
      let sent = pass.attemptAll(at: 10, .delivered(reference: nil))
      let isOne = count > 5 && !type.keepsIncidents
      #expect(sent == (isOne ? [rules.map { "\($0) firing" }] : rules.map { ["\($0) firing"] }))
    }
  }

  @Test("A receiver gets no message for as long as it asks, even in later runs")
  func silence() throws {
    var pass = Self.pass(Self.queue)
    let batch = try Self.batch(pass, at: Self.now)
    pass.record(Self.failure(after: .minutes(2)), of: batch, at: Self.now, pause: .minutes(2))
    #expect(pass.next(at: Self.now) == .wait(until: Q.minute(12)))
    #expect(pass.next(at: Q.minute(11.99)) == .wait(until: Q.minute(12)))
    _ = try Self.batch(pass, at: Q.minute(12))
    pass.finish(at: Q.minute(11))
    #expect(pass.queue.rows.allSatisfy { $0.notBefore == Q.minute(12) })
  }

  @Test("A pass does not wait for the end of a pause after which it has nothing to send")
  func idleSilence() throws {
    var pass = Self.pass(Q.queue("a"))
    for tries in 0..<3 {
      let time = Q.minute(10 + Double(tries))
      let batch = try Self.batch(pass, at: time)
      pass.record(Self.failure(after: .minutes(1)), of: batch, at: time, pause: .minutes(1))
    }
    #expect(pass.next(at: Q.minute(12)) == .done)
    pass.finish(at: Q.minute(12))
    #expect(pass.queue.rows.map(\.notBefore) == [Q.minute(13)])
  }

  @Test("A pause of more than an hour is ignored, and so is the time of a clock that was ahead")
  func longestSilence() throws {
    var queue = Q.queue("a")
    let year = Duration.seconds(365 * 86_400)
    var pass = Self.pass(queue)
    let batch = try Self.batch(pass, at: Self.now)
    pass.record(Self.failure(after: year), of: batch, at: Self.now, pause: year)
    #expect(pass.next(at: Self.now) == .wait(until: Self.now + .minutes(60)))
    pass.finish(at: Self.now)
    #expect(pass.queue.rows[0].notBefore == Self.now + .minutes(60))
    queue.rows[0].notBefore = Self.now + .minutes(61)
    #expect(Self.pass(queue).next(at: Self.now) != .done)
  }

  @Test("A pass stops at a broken receiver, and after three failures to reach one")
  func closing() {
    let table: [(DeliveryOutcome, tries: Int, broken: String?)] = [
      (.broken(reason: "gone"), 1, "gone"), (Self.failure(isUnreachable: true), 3, nil),
    ]
    for (outcome, tries, broken) in table {
      var pass = Self.pass(Self.queue)
      #expect(pass.attemptAll(at: 10, outcome).count == tries)
      #expect(pass.brokenBecause == broken)
      #expect(pass.queue.rows.count == 4)
      #expect(pass.queue.rows.map(\.deferrals) == [1, 1, 1, 1])
      #expect(pass.queue.deadLetters.isEmpty)
    }
    var pass = Self.pass(Self.queue)
    #expect(pass.attemptAll(at: 10, Self.failure()).count == 9, "each is reachable")
  }

  @Test("A rejected notification is sent once more as plain text and then becomes a dead letter")
  func poison() {
    var pass = Self.pass(Q.queue("a"))
    #expect(
      pass.attemptAll(at: 10, .poison(reason: "no")) == [["a firing"], ["a firing", "plain"]])
    #expect(pass.queue.rows.isEmpty && pass.queue.deadLetters.map(\.reason) == [.text("no")])
    #expect(pass.results.map(\.outcome) == [.dead])
    #expect(pass.results.map(\.reason) == [.text("no")])
  }

  @Test("One rejected event does not affect the others in its message")
  func poisonInDigest() {
    var pass = Self.pass(Q.queue("a", "b", "c"), digestOver: 2)
    var sent: [[String]] = []
    while case .send(let batch) = pass.next(at: Self.now) {
      sent.append(batch.story)
      let isBad = batch.notifications.contains { $0.key.rule == "b" }
      pass.record(
        isBad ? .poison(reason: "no") : .delivered(reference: nil), of: batch, at: Self.now,
        pause: .zero)
    }
    #expect(
      sent == [
        ["a firing", "b firing", "c firing"], ["a firing"], ["b firing"], ["b firing", "plain"],
        ["c firing"],
      ])
    #expect(pass.queue.deadLetters.map(\.notification.key.rule) == ["b"])
  }

  @Test("A pass continues with new rows: earlier attempts count, and everything is deferred once")
  func goesOn() throws {
    var pass = Self.pass(Q.queue("a"))
    for minute in [10.0, 11] {
      let time = Q.minute(minute)
      pass.record(
        Self.failure(), of: try Self.batch(pass, at: time), at: time, pause: .minutes(1))
    }
    var queue = pass.queue
    queue.queueFiring(Q.firing("b"))
    pass = pass.limitedToFiring()
    pass.goOn(with: queue, at: Q.minute(11.5))
    #expect(try Self.batch(pass, at: Q.minute(11.5)).story == ["b firing"])
    #expect(
      pass.attemptAll(at: 12, Self.failure()).map { $0[0] }
        == ["a firing", "b firing", "b firing", "b firing"])
    #expect(pass.queue.rows.map(\.deferrals) == [1, 1])
    #expect(pass.results.map(\.outcome) == [.deferred, .deferred])
  }

  @Test("A pass sends nothing more to a broken receiver, whatever is added")
  func staysBroken() throws {
    var pass = Self.pass(Q.queue("a"))
    pass.record(
      .broken(reason: "gone"), of: try Self.batch(pass, at: Self.now), at: Self.now, pause: .zero)
    var queue = pass.queue
    queue.queueFiring(Q.firing("b"))
    pass.goOn(with: queue, at: Self.now)
    #expect(pass.next(at: Self.now) == .done)
    pass.finish(at: Self.now)
    #expect(pass.results.map(\.reason) == [.broken("gone"), .broken("gone")])
  }

  @Test("Without a saved state a pass sends only new firing alerts")
  func limited() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueResolved([Q.resolved(at: 5)], to: .slack)
    queue.queueFiring(Q.firing("b", from: 6))
    queue.queueFiring(Q.firing("a", from: 6))
    var pass = Self.pass(queue).limitedToFiring()
    #expect(pass.attemptAll(at: 10, .delivered(reference: nil)) == [["b firing"], ["a firing"]])
    #expect(pass.queue.story == ["a resolved"])
  }

  @Test("A queue needs attention when it has dead letters, or rows that two runs could not send")
  func attention() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2, Self.failure())
    #expect(!Outbox(queues: ["r": queue]).needsAttention)
    queue.deliver(to: .slack, at: 3, Self.failure())
    #expect(Outbox(queues: ["r": queue]).needsAttention)
    queue.deliver(to: .slack, at: 4, .poison(reason: ""))
    #expect(queue.rows.isEmpty && Outbox(queues: ["r": queue]).needsAttention)
    queue.deadLetters = []
    #expect(!Outbox(queues: ["r": queue]).needsAttention)
  }
}
