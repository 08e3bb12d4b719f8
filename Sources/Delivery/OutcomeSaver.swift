package import AlertEngine
internal import Synchronization

/// Saves the outbox as outcomes come in: one save for all that arrived during the save before it.
package final class OutcomeSaver: Sendable {
  private struct State {
    var outbox: Outbox
    var isDirty = false
    var task: Task<Void, Never>?
    /// Somebody waits for the last save.
    var isFinishing = false
  }

  /// After a save that took longer than this, the next one waits for as long.
  private static let notableDuration = Duration.milliseconds(100)

  private let save: @Sendable (Outbox) -> Void
  private let state: Mutex<State>

  /// A saver of an outbox that has just been saved.
  ///
  /// - Parameters:
  ///   - outbox: as it was saved.
  ///   - save: saves another one; never called twice at the same time.
  package init(_ outbox: Outbox, save: @escaping @Sendable (Outbox) -> Void) {
    self.save = save
    state = Mutex(State(outbox: outbox))
  }

  /// Takes note of a queue, and sees to it that it is saved.
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
  /// - Returns: the outbox as it is now.
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
      // A state of many megabytes is not written all the time: half of it is enough.
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
