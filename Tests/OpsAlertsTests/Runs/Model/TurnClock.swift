internal import Synchronization
internal import TestSupport

/// A clock for tasks that take turns: time advances only when all of them wait, to the earliest
/// deadline, so that the same tasks always do the same in the same order.
final class TurnClock: Clock {
  typealias Instant = ScriptedClock.Instant

  private struct Waiting {
    let until: Instant
    /// The order among those that wait for the same time.
    let order: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now = Instant(offset: .zero)
    var underWay: Int
    var waiting: [Waiting] = []
    var naps: Int
    var isStopped = false

    mutating func next() -> CheckedContinuation<Void, Never>? {
      guard underWay == 0 else { return nil }
      let places = waiting.indices
      let first = places.min {
        (waiting[$0].until, waiting[$0].order) < (waiting[$1].until, waiting[$1].order)
      }
      guard let first else { return nil }
      let nap = waiting.remove(at: first)
      now = max(now, nap.until)
      underWay = 1
      return nap.continuation
    }
  }

  private let state: Mutex<State>
  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .zero }

  /// A clock that starts once this many tasks have joined.
  init(tasks: Int) {
    state = Mutex(State(underWay: tasks, naps: tasks))
  }

  /// Waits for the first turn; every task has a place of its own, from 0 on.
  func join(_ place: Int) async {
    await wait { _ in (.init(offset: .zero), place) }
  }

  func leave() {
    let next = state.withLock { state in
      state.underWay -= 1
      return state.next()
    }
    next?.resume()
  }

  /// Ends all waiting, now and later.
  func stop() { state.withLock { $0.isStopped = true } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    await wait { state in
      state.naps += 1
      return (state.isStopped ? state.now : deadline, state.naps)
    }
    if state.withLock({ $0.isStopped }) { throw CancellationError() }
  }

  private func wait(_ turn: (inout State) -> (until: Instant, order: Int)) async {
    await withCheckedContinuation { continuation in
      let next = state.withLock { state in
        let (until, order) = turn(&state)
        state.underWay -= 1
        state.waiting.append(Waiting(until: until, order: order, continuation: continuation))
        return state.next()
      }
      next?.resume()
    }
  }
}
