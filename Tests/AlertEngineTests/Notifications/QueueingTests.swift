@testable import AlertEngine
internal import TestSupport
internal import Testing
@testable import Text

@Suite("Queueing for a receiver")
struct QueueingTests {
  private typealias Q = Queueing

  enum Before: CaseIterable {
    case unsent, unreachable, mayHaveArrived, underWay, delivered, refused
  }

  /// What is left to send when an alert resolves, by the outcome of its firing.
  private static let ends: [(Before, chat: [String], incident: [String])] = [
    (.unsent, ["a fired_and_resolved"], []), (.unreachable, ["a fired_and_resolved"], []),
    (.mayHaveArrived, ["a firing", "a resolved"], ["a resolved"]),
    (.underWay, ["a firing", "a resolved"], ["a resolved"]),
    (.delivered, ["a resolved"], ["a resolved"]), (.refused, ["a resolved"], ["a resolved"]),
  ]

  @Test("A resolution absorbs its firing only if the firing certainly has not arrived")
  func coalescing() {
    #expect(Self.ends.map(\.0) == Before.allCases)
    for (before, chat, incident) in Self.ends {
      for type in ReceiverType.allCases {
        var queue = Self.queue(before, type)
        queue.queueResolved([Q.resolved(at: 9)], to: type)
        #expect(queue.story == (type.keepsIncidents ? incident : chat), "\(before), \(type)")
        queue.queueResolved([Q.resolved(at: 10)], to: type)
        #expect(queue.story == (type.keepsIncidents ? incident : chat), "a second end")
      }
    }
  }

  private static func queue(_ before: Before, _ type: ReceiverType) -> ReceiverQueue {
    var queue = Q.queue("a")
    switch before {
    case .unsent: break
    case .unreachable:
      queue.deliver(to: type, at: 5, .transient(TransientFailure(reason: "", isUnreachable: true)))
    case .mayHaveArrived:
      queue.deliver(to: type, at: 5, .transient(TransientFailure(reason: "", mayHaveArrived: true)))
    case .underWay: queue.rows[0].mayHaveArrived = true
    case .delivered: queue.deliver(to: type, at: 5)
    case .refused: queue.deliver(to: type, at: 5, .poison(reason: ""))
    }
    return queue
  }

  @Test("A resolution goes only to receivers for which the firing was queued")
  func strangers() {
    var queue = Q.queue("b")
    queue.queueResolved([Q.resolved("a", at: 5)], to: .slack)
    #expect(queue.story == ["b firing"])
  }

  @Test("A merged row keeps its place, its pause and its count of deferrals")
  func puttingTogether() {
    var queue = Q.queue("a", "b")
    let failure = TransientFailure(reason: "busy", retryAfter: .minutes(30))
    var pass = DeliveryPass(queue, of: "r", type: .slack, digestOver: 5, at: Q.minute(5))
    if case .send(let batch) = pass.next(at: Q.minute(5)) {
      pass.record(.transient(failure), of: batch, at: Q.minute(5), pause: .minutes(30))
    }
    pass.finish(at: Q.minute(5))
    queue = pass.queue
    queue.queueResolved([Q.resolved(at: 9)], to: .slack)
    #expect(queue.story == ["a fired_and_resolved", "b firing"])
    #expect(queue.rows.map(\.notBefore) == [Q.minute(35), Q.minute(35)])
    #expect(queue.rows.map(\.deferrals) == [1, 1])
  }

  @Test("A clock set back between firing and resolution changes neither the episode nor its id")
  func clockSetBack() {
    var queue = Q.queue("a", from: 60)
    queue.deliver(to: .pagerduty, at: 62)
    queue.queueResolved([Q.resolved(at: 5, from: 3)], to: .pagerduty)
    let resolved = queue.rows[0].notification
    #expect(resolved.activeAt == Q.minute(60))
    #expect(resolved.firedAt == Q.minute(5))
    #expect(resolved.id == Q.resolved(at: 99, from: 60).id)
    queue.deliver(to: .pagerduty, at: 6)
    #expect(queue.isEmpty)
  }

  @Test("A reminder is due a whole number of intervals after the last message")
  func reminders() {
    // The minutes of the firing's delivery, of the last reminder and of the run; when one is due.
    let table: [(toldAt: Double?, remindedAt: Double?, every: Double, now: Double, due: Double?)] =
      [
        (nil, nil, 240, 1_000, nil), (5, nil, 240, 244.9, nil), (5, nil, 240, 245, 245),
        (5, nil, 240, 484.9, 245), (5, nil, 240, 485, 485), (5, 245, 240, 484.9, nil),
        (5, 245, 240, 485, 485), (5, 485, 240, 9_700, 9_605), (300, nil, 240, 539.9, nil),
        (300, nil, 240, 540, 540), (5, nil, 240, -10, nil),
        // The interval was 6 minutes, or 10 hours.
        (5, 485, 240, 724.9, nil), (5, 485, 240, 725, 725), (5, 605, 240, 900, 845),
      ]
    for (toldAt, remindedAt, every, now, due) in table {
      var queue = Q.queue("a")
      let alert = Q.firing().fingerprint
      let interval = Duration.minutes(every)
      if let toldAt { queue.deliver(to: .slack, at: toldAt) }
      queue.rows = []
      if let remindedAt {
        queue.threads[alert.text]?.reminders = 3
        queue.threads[alert.text]?.lastToldAt = Q.minute(remindedAt)
      }
      let isDue = queue.isReminderDue(of: alert, every: interval, at: Q.minute(now))
      queue.queueReminders([Q.firing()], every: interval, at: Q.minute(now))
      #expect(isDue == (due != nil), "at \(now)")
      #expect(queue.rows.map(\.notification.at) == [due].compactMap { $0.map(Q.minute) })
      let number = remindedAt == nil ? 1 : 4
      #expect(queue.rows.allSatisfy { $0.notification.sequence == number })
      #expect(!queue.isReminderDue(of: alert, every: interval, at: Q.minute(now)), "queued once")
      queue.deliver(to: .slack, at: now)
      if due != nil {
        let soon = Q.minute(now + every - 0.1)
        #expect(!queue.isReminderDue(of: alert, every: interval, at: soon))
        #expect(queue.isReminderDue(of: alert, every: interval, at: Q.minute(now + every)))
      }
    }
  }

  @Test("A state of an earlier version counts its reminders from the firing, never into the future")
  func earlierReminders() {
    // The number of the last reminder, the minutes of the run, and when one is due.
    let table: [(reminders: Int, now: Double, due: Double?)] = [
      (0, 240, nil), (0, 241, 241), (2, 720, nil), (2, 721, 721), (80, 482, 245),
    ]
    for (reminders, now, due) in table {
      var queue = Q.queue("a")
      queue.deliver(to: .slack, at: 5)
      let alert = Q.firing().fingerprint.text
      queue.threads[alert]?.reminders = reminders
      queue.threads[alert]?.lastToldAt = nil
      queue.queueReminders([Q.firing()], every: .minutes(240), at: Q.minute(now))
      #expect(queue.rows.map(\.notification.at) == [due].compactMap { $0.map(Q.minute) })
    }
  }

  @Test("Dates that a clock left in the future are corrected, and reminders continue")
  func clockWasAhead() throws {
    let year = 525_600.0
    var queue = Q.queue("a", "b", from: year)
    queue.deliver(to: .slack, at: year + 2)
    queue.queueResolved([Q.resolved("b", at: year + 3, from: year)], to: .slack)
    queue.correctDates(to: Q.minute(10))
    let a = try #require(queue.threads[Q.firing().fingerprint.text])
    #expect([a.firedAt, a.notifiedAt, a.lastToldAt] == [Q.minute(10), Q.minute(10), Q.minute(10)])
    #expect(a.activeAt == Q.minute(year), "it identifies the episode")
    let b = try #require(queue.threads[Q.firing("b").fingerprint.text])
    #expect(b.resolvedAt == Q.minute(10))
    #expect(queue.rows.map(\.notification.at) == [Q.minute(10)])
    #expect(queue.rows.map(\.id) == [Q.resolved("b", at: year + 3, from: year).id])
    queue.queueReminders([Q.firing(from: year)], every: .minutes(240), at: Q.minute(250))
    #expect(queue.story == ["b resolved", "a reminder"])
  }

  @Test("Only the newest reminder waits, and none is left when the alert resolves")
  func newestReminder() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    for hour in [5.0, 9, 13] {
      queue.queueReminders([Q.firing()], every: .minutes(240), at: Q.minute(60 * hour))
    }
    #expect(queue.rows.map(\.notification.sequence) == [3])
    queue.queueResolved([Q.resolved(at: 800)], to: .slack)
    #expect(queue.story == ["a resolved"])
    queue.queueReminders([Q.firing()], every: .minutes(240), at: Q.minute(2_000))
    #expect(queue.story == ["a resolved"], "none after the end")
    queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueReminders([Q.firing()], every: .zero, at: Q.minute(2_000))
    #expect(queue.rows.isEmpty, "an interval of zero is none")
  }

  @Test("A reminder that becomes due leaves those of other alerts in the queue")
  func remindersOfTwo() {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueFiring(Q.firing("b", from: 60))
    queue.deliver(to: .slack, at: 62)
    let interval = Duration.minutes(240)
    queue.queueReminders([Q.firing("a")], every: interval, at: Q.minute(242))
    queue.queueReminders([Q.firing("b", from: 60)], every: interval, at: Q.minute(302))
    #expect(queue.story == ["a reminder", "b reminder"])
  }

  @Test(
    "A firing is deferred for a receiver without settings only where it may have been notified",
    arguments: [(false, true, 0), (true, true, 1), (false, false, 1), (true, false, 1)])
  func withoutSettings(mayHaveArrived: Bool, isConfigured: Bool, deferrals: Int) {
    var queue = Q.queue("a")
    queue.rows[0].mayHaveArrived = mayHaveArrived
    #expect(queue.wait(isConfigured: isConfigured).count == deferrals)
    #expect(queue.rows.map(\.deferrals) == [deferrals])
  }

  @Test("After a day, only resolutions and alerts that still fire are kept")
  func expiry() {
    let day = 24.0 * 60
    var queue = Q.queue("on", "over", "unanswered")
    queue.rows[2].mayHaveArrived = true
    queue.queueResolved([Q.resolved("over", at: 5)], to: .slack)
    queue.queueResolved([Q.resolved("unanswered", at: 5)], to: .slack)
    queue.queueFiring(Q.firing("new", from: day))
    let full = queue
    #expect(queue.expire(at: Q.minute(day + 1), isConfigured: true).isEmpty, "not a moment early")
    let dropped = queue.expire(at: Q.minute(day + 5.1), isConfigured: true)
    #expect(dropped.map(\.key.rule) == ["over", "unanswered"])
    #expect(queue.story == ["on firing", "unanswered resolved", "new firing"])
    #expect(queue.threads.count == 3, "the thread of what was dropped is forgotten")
    queue = full
    _ = queue.expire(at: Q.minute(day + 5.1), isConfigured: false)
    #expect(queue.story == ["new firing"], "the receiver is not configured")
  }

  @Test("Rows beyond the limit push out the oldest, which are reported as dropped")
  func mostRows() {
    var queue = ReceiverQueue()
    queue.rows = (0..<ReceiverQueue.mostRows).map { _ in OutboxRow(Q.resolved("old", at: 1)) }
    queue.queueFiring(Q.firing("new"))
    #expect(queue.expire(at: Q.minute(5), isConfigured: true).map(\.key.rule) == ["old"])
    #expect(queue.rows.count == ReceiverQueue.mostRows)
    #expect(queue.rows.last?.story == "new firing")
  }

  @Test("Tens of thousands of old rows are all dropped")
  func manyExpire() {
    var queue = ReceiverQueue()
    queue.rows = (0..<20_000).map { OutboxRow(Q.firing("\($0)")) }
    let dropped = queue.expire(at: Q.minute(3_000), isConfigured: true)
    #expect(dropped.count == 20_000)
    #expect(queue.isEmpty)
  }

  @Test("A reference lives for a day after the resolution, and passes to the next episode")
  func references() {
    let key = Q.firing().fingerprint.text
    var queue = Q.queue("a")
    queue.deliver(to: .github, at: 2, .delivered(reference: "17"))
    queue.queueResolved([Q.resolved(at: 5)], to: .github)
    queue.deliver(to: .github, at: 6)
    #expect(queue.rows.isEmpty && queue.threads[key]?.reference == "17")

    var flapped = queue
    flapped.queueFiring(Q.firing(from: 60))
    #expect(flapped.threads[key]?.reference == "17")
    var late = queue
    late.queueFiring(Q.firing(from: 24 * 60 + 6))
    #expect(late.threads[key]?.reference == nil)
    _ = queue.expire(at: Q.minute(24 * 60 + 6), isConfigured: true)
    #expect(queue.isEmpty)
  }

  @Test("A reference that arrives while the next episode waits is not lost")
  func lateReference() {
    var queue = Q.queue("a")
    queue.rows[0].mayHaveArrived = true
    queue.queueResolved([Q.resolved(at: 5)], to: .github)
    queue.queueFiring(Q.firing(from: 6))
    var pass = DeliveryPass(queue, of: "r", type: .github, digestOver: 5, at: Q.minute(8))
    guard case .send(let batch) = pass.next(at: Q.minute(8)) else { return }
    #expect(batch.reference == nil)
    pass.record(.delivered(reference: "17"), of: batch, at: Q.minute(8), pause: .zero)
    #expect(pass.queue.story == ["a firing"])
    #expect(pass.queue.threads[Q.firing().fingerprint.text]?.reference == "17")
  }

  @Test("An id is the same each time, and differs if anything that distinguishes events differs")
  func ids() {
    let base = Q.firing()
    var later = base
    later.facts.value = "9 %"
    later.at = Q.minute(50)
    later.labels = ["team": "x"]
    #expect(base.id == "1e33b804188cbd47")
    #expect(later.id == base.id)
    var ids: Set<String> = []
    for rule in ["a", "b"] {
      for begin in [0.0, 1] {
        for event in AlertNotification.Event.allCases {
          for number in 0...2 {
            ids.insert(Q.event(event, of: rule, at: 9, from: begin, sequence: number).id)
          }
        }
      }
    }
    #expect(ids.count == 2 * 2 * AlertNotification.Event.allCases.count * 3)
  }
}
