internal import Foundation
internal import Synchronization
internal import Text

/// An output whose reader may be slow, or asleep: whoever writes to it is never held up.
///
/// What the reader has not taken yet waits; beyond a limit it is dropped, and the next line that
/// finds room says how much was.
package final class PatientOutput: Sendable {
  private struct State {
    var waiting = 0
    var dropped = 0
    var isGone = false
  }

  /// So many bytes wait for a reader.
  private static let limit = 1 << 20

  private let take: @Sendable ([UInt8]) -> Bool
  private let queue = DispatchQueue(label: "patient-output")
  private let state = Mutex(State())

  /// - Parameter take: writes bytes and waits for the reader; `false` where there is none any more.
  package init(_ take: @escaping @Sendable ([UInt8]) -> Bool) {
    self.take = take
  }

  /// Whether something waits for the reader.
  package var isBehind: Bool { state.withLock { $0.waiting > 0 } }

  /// Hands bytes over.
  ///
  /// - Returns: `false` once it is known that nobody reads.
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
    let note = "(\(dropped) lines were dropped here: nobody read them)\n"
    queue.async { [self] in
      let isTaken = take(dropped > 0 ? Array(note.utf8) + bytes : bytes)
      state.withLock { state in
        state.waiting -= bytes.count
        if !isTaken { state.isGone = true }
      }
    }
    return true
  }

  /// Waits until the reader has everything, for a time at most.
  ///
  /// - Returns: whether all was taken.
  @discardableResult
  package func finish(within limit: Duration) -> Bool {
    let end = DispatchSemaphore(value: 0)
    queue.async { end.signal() }
    let isDone = end.wait(timeout: .now() + limit.inSeconds) == .success
    return isDone && !state.withLock(\.isGone)
  }
}
