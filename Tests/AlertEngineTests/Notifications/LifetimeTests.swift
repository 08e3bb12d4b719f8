@testable import AlertEngine
internal import Testing

@Suite("The lifetime of events in a receiver's queue")
struct LifetimeTests {
  private typealias Q = Queueing

  private static let day = 24.0 * 60
  /// A millisecond, in minutes.
  private static let moment = 1.0 / 60_000

  /// An alert that resolved at minute 5, and whose issue was closed.
  private static func closed() -> ReceiverQueue {
    var queue = Q.queue("a")
    queue.deliver(to: .github, at: 2, .delivered(reference: "17"))
    queue.queueResolved([Q.resolved(at: 5)], to: .github)
    queue.deliver(to: .github, at: 6)
    return queue
  }

  @Test(
    "An issue is reused up to exactly a day after its alert resolved",
    arguments: [(0.0, true), (-moment, true), (moment, false)])
  func reference(more: Double, isKept: Bool) {
    let key = Q.firing().fingerprint.text
    var queue = Self.closed()
    // Fires a minute after its first bad sample.
    queue.queueFiring(Q.firing(from: 5 + Self.day - 1 + more))
    #expect(queue.threads[key]?.reference == (isKept ? "17" : nil))
    var idle = Self.closed()
    _ = idle.expire(at: Q.minute(5 + Self.day + more), isConfigured: true)
    #expect(idle.threads[key]?.reference == (isKept ? "17" : nil))
  }

  @Test(
    "A firing that has resolved is kept for exactly a day and then dropped",
    arguments: [(0.0, true), (-moment, true), (moment, false)])
  func firing(more: Double, isKept: Bool) {
    var queue = Q.queue("a")
    queue.queueResolved([Q.resolved(at: 5)], to: .slack)
    let dropped = queue.expire(at: Q.minute(5 + Self.day + more), isConfigured: true)
    #expect(queue.story == (isKept ? ["a fired_and_resolved"] : []))
    #expect(dropped.count == (isKept ? 0 : 1))
  }

  @Test(
    "A resolution for a removed receiver becomes a dead letter after exactly a day",
    arguments: [(0.0, true), (-moment, true), (moment, false)])
  func unconfigured(more: Double, isKept: Bool) {
    var queue = Q.queue("a")
    queue.deliver(to: .slack, at: 2)
    queue.queueResolved([Q.resolved(at: 5)], to: .slack)
    let dropped = queue.expire(at: Q.minute(5 + Self.day + more), isConfigured: false)
    #expect(dropped.isEmpty)
    #expect(queue.story == (isKept ? ["a resolved"] : []))
    #expect(queue.deadLetters.map(\.story) == (isKept ? [] : ["a resolved"]))
  }
}
