internal import Synchronization
internal import TestSupport

/// A clock that stands still until something has happened, and then jumps by a day.
///
/// It also gives up waiting, so that a test of what never happens fails and does not hang.
final class EventClock: Clock {
  typealias Instant = ScriptedClock.Instant

  /// Some minutes, where it is looked at every few milliseconds.
  private static let mostLooks = 60_000

  private let hasHappened: @Sendable () -> Bool
  private let looks = Mutex(0)

  init(_ hasHappened: @escaping @Sendable () -> Bool) {
    self.hasHappened = hasHappened
  }

  var now: Instant {
    let isPatient = looks.withLock { looks in
      looks += 1
      return looks < Self.mostLooks
    }
    return Instant(offset: isPatient && !hasHappened() ? .zero : .seconds(86_400))
  }

  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}
