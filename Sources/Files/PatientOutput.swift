internal import Foundation
internal import Synchronization
internal import Text

/// An output that never blocks its writer, however slow its reader.
///
/// Bytes are buffered up to a limit and dropped beyond it; the next line that fits says how many were.
package final class PatientOutput: Sendable {
  private struct State {
    var waiting = 0
    var dropped = 0
    var isGone = false
  }

  /// The size of the buffer in bytes.
  private static let limit = 1 << 20

  private let take: @Sendable ([UInt8]) -> Bool
  private let queue = DispatchQueue(label: "patient-output")
  private let state = Mutex(State())

  /// - Parameter take: writes bytes and may block; `false` once the reader is gone.
  package init(_ take: @escaping @Sendable ([UInt8]) -> Bool) {
    self.take = take
  }

  /// Whether bytes are buffered.
  package var isBehind: Bool { state.withLock { $0.waiting > 0 } }

  /// Buffers bytes.
  ///
  /// - Returns: `false` once the reader is known to be gone.
  package func write(_ bytes: [UInt8]) -> Bool {
    let dropped = state.withLock { state -> Int? in
      guard !state.isGone, state.waiting + bytes.count <= Self.limit else {
        state.dropped += 1
        return nil
      }
      state.waiting += bytes.count
      defer { state.dropped = 0 }
      return state.dropped
    }
    guard let dropped else { return !state.withLock(\.isGone) }
    let note = "(\(Quantity.count(dropped, "line")) dropped here: the reader was too slow)\n"
    queue.async { [self] in
      let isTaken = take(dropped > 0 ? Array(note.utf8) + bytes : bytes)
      state.withLock { state in
        state.waiting -= bytes.count
        if !isTaken { state.isGone = true }
      }
    }
    return true
  }

  /// Waits for the buffer to drain.
  ///
  /// - Returns: whether everything was written in time.
  @discardableResult
  package func finish(within limit: Duration) -> Bool {
    let end = DispatchSemaphore(value: 0)
    queue.async { end.signal() }
    let isDone = end.wait(timeout: .now() + limit.inSeconds) == .success
    return isDone && !state.withLock(\.isGone)
  }
}
