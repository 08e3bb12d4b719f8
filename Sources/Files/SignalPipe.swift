internal import Foundation

/// The pipe of each signal, by its number; a handler may only write there.
nonisolated(unsafe) private let writeEnds: UnsafeMutablePointer<Int32> = {
  let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 65)
  ends.initialize(repeating: -1, count: 65)
  return ends
}()

/// Signals as bytes in a pipe, each the number of a signal.
package final class SignalPipe: Sendable {
  /// Nonblocking; a byte of 0 is from `wake`.
  package let readEnd: Int32
  private let writeEnd: Int32

  package init?() {
    // Sockets, since Swift does not import `pipe2`: children started in the meantime must not
    // inherit them.
    guard let ends = openSocketPair() else { return nil }
    (readEnd, writeEnd) = ends
    for end in [readEnd, writeEnd] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  /// Catches signals from now on; ignored ones, as under `nohup`, stay ignored.
  package func `catch`(_ numbers: [Int32]) {
    for number in numbers {
      var before = sigaction()
      guard sigaction(number, nil, &before) == 0, !before.isIgnored else { continue }
      writeEnds[Int(number)] = writeEnd
      var action = sigaction()
      action.handler = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(writeEnds[Int(number)], &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  /// Wakes the reader.
  package func wake() {
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }
}

extension sigaction {
  fileprivate var isIgnored: Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
