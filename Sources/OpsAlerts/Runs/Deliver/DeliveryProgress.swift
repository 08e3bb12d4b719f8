internal import AlertEngine
internal import Delivery
internal import Synchronization

/// How many notifications of a run have been sent or refused, on the line of progress.
final class DeliveryProgress: Sendable {
  private let line: ProgressLine?
  private let begin = ContinuousClock.now
  private let total: Int
  /// What is queued for each receiver.
  private let waiting: Mutex<[String: Int]>

  init(_ jobs: [DeliveryJob], on line: ProgressLine?) {
    self.line = line
    let counts = jobs.map { ($0.ready.settings.name, $0.pass?.queue.rows.count ?? 0) }
    total = counts.reduce(0) { $0 + $1.1 }
    waiting = Mutex(Dictionary(counts) { one, _ in one })
  }

  /// Takes a receiver's queue after a response.
  func note(_ queue: ReceiverQueue, of receiver: String) {
    let left = waiting.withLock { waiting in
      waiting[receiver] = queue.rows.count
      return waiting.values.reduce(0, +)
    }
    line?.show(since: begin, "delivering: \(max(0, total - left)) of \(total.notifications)")
  }

  /// Removes the line, unless there was nothing to send: it may show something else.
  func end() {
    if total > 0 { line?.clear() }
  }
}
