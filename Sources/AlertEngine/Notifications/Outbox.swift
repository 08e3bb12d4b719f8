/// The queues of all receivers: part of the state file, so that a crash loses nothing.
package struct Outbox: Hashable, Sendable {
  /// By the receiver's name.
  package var queues: [String: ReceiverQueue]

  package init(queues: [String: ReceiverQueue] = [:]) {
    self.queues = queues
  }

  /// Whether the outbox alone makes a run exit with 5.
  package var needsAttention: Bool {
    queues.values.contains { queue in
      !queue.deadLetters.isEmpty || queue.rows.contains { $0.deferrals >= 2 && $0.hold == nil }
    }
  }

  /// Removes empty queues.
  package mutating func tidy() {
    queues = queues.filter { !$0.value.isEmpty }
  }
}
