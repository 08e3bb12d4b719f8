@testable import AlertEngine
@testable import Delivery
internal import Synchronization

/// One event that reached a receiver.
struct Arrival: Hashable {
  let receiver: String
  let run: Int
  let notification: AlertNotification
  let id: String
  /// The id of the message that carried it, and the ids of all its events.
  let message: String
  let companions: [String]
  /// Whether the sender got the response.
  let isAnswered: Bool
}

/// One process, from its first save to its end or to the point where it is killed; nothing after that
/// point has an effect.
final class ProcessLife: Sendable {
  private struct State {
    var points = 0
    var isOver = false
    var saves: [Outbox] = []
    var arrivals: [Arrival] = []
    var refusals: Set<[String]> = []
    var oddities: [[String]: Int] = [:]
    var faults: [String] = []
    var saver: OutcomeSaver?
  }

  let run: Int
  let clock: TurnClock
  private let end: Int?
  private let state = Mutex(State())

  init(run: Int, clock: TurnClock, killedAt end: Int?) {
    self.run = run
    self.clock = clock
    self.end = end
  }

  var isOver: Bool { state.withLock { $0.isOver } }
  var saves: [Outbox] { state.withLock { $0.saves } }
  var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  /// By receiver and id: how many responses did not tell whether it arrived.
  var oddities: [[String]: Int] { state.withLock { $0.oddities } }
  /// By receiver and id: what was refused.
  var refusals: Set<[String]> { state.withLock { $0.refusals } }
  var faults: [String] { state.withLock { $0.faults } }

  func startSaver(_ outbox: Outbox) -> OutcomeSaver {
    let saver = OutcomeSaver(outbox) { outbox in
      self.state.withLock { if !$0.isOver { $0.saves.append(outbox) } }
    }
    state.withLock { state in
      state.saves = [outbox]
      state.saver = saver
    }
    return saver
  }

  /// A point at which the process may be killed, with every save before it done.
  ///
  /// - Returns: whether it lives on.
  func livesOn() async -> Bool {
    _ = await state.withLock { $0.saver }?.finish()
    let isOver = state.withLock { state in
      state.points += 1
      if state.points == end { state.isOver = true }
      return state.isOver
    }
    if isOver { clock.stop() }
    return !isOver
  }

  func arrive(_ message: Message, isAnswered: Bool) {
    state.withLock { state in
      for notification in message.notifications {
        state.arrivals.append(
          Arrival(
            receiver: message.receiver, run: run, notification: notification, id: notification.id,
            message: message.id, companions: message.notifications.map(\.id),
            isAnswered: isAnswered))
      }
    }
  }

  func noteRefusal(_ key: [String]) { state.withLock { _ = $0.refusals.insert(key) } }

  func noteOddity(_ key: [String]) {
    state.withLock { if !$0.isOver { $0.oddities[key, default: 0] += 1 } }
  }

  func fault(_ sentence: String) {
    state.withLock { $0.faults.append("run \(run): \(sentence)") }
  }
}
