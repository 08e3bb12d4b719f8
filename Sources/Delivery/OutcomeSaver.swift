package import AlertEngine
internal import Synchronization

/// Saves the outbox as outcomes arrive: one save for all that arrived during the previous save.
package final class OutcomeSaver: Sendable {
  private struct State {
    var outbox: Outbox
    var isDirty = false
    var task: Task<Void, Never>?
    /// A caller waits for the last save.
    var isFinishing = false
  }

  /// After a save that took longer than this, the next one waits as long.
  private static let notableDuration = Duration.milliseconds(100)

  private let save: @Sendable (Outbox) -> Void
  private let state: Mutex<State>

  /// A saver for an outbox that has just been saved.
  ///
  /// - Parameters:
  ///   - outbox: as it was saved.
  ///   - save: saves an outbox; never called concurrently.
  package init(_ outbox: Outbox, save: @escaping @Sendable (Outbox) -> Void) {
    self.save = save
    state = Mutex(State(outbox: outbox))
  }

  /// Schedules a queue to be saved.
  package func publish(_ queue: ReceiverQueue, of receiver: String) {
    state.withLock { state in
      guard state.outbox.queues[receiver] != queue else { return }
      state.outbox.queues[receiver] = queue
      state.isDirty = true
      if state.task == nil { state.task = Task.detached { await self.saveAll() } }
    }
  }

  /// Waits until everything that was published is saved.
  ///
  /// - Returns: the outbox as saved.
  package func finish() async -> Outbox {
    state.withLock { $0.isFinishing = true }
    while let task = state.withLock({ $0.task }) { await task.value }
    return state.withLock { $0.outbox }
  }

  private func saveAll() async {
    while let outbox = takeDirty() {
      let begin = ContinuousClock.now
      save(outbox)
      let took = begin.duration(to: .now)
      // With a state of many megabytes, spend at most half of the time on writing it.
      guard took > Self.notableDuration else { continue }
      let end = ContinuousClock.now + took
      while ContinuousClock.now < end, !state.withLock(\.isFinishing) {
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func takeDirty() -> Outbox? {
    state.withLock { state in
      guard state.isDirty else {
        state.task = nil
        return nil
      }
      state.isDirty = false
      return state.outbox
    }
  }
}
