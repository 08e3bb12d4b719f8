internal import Foundation

/// The write end of the pipe that tells of signals; a handler may do no more than write to it.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// The signals of a terminal, told through a pipe: its size, Ctrl-Z and `fg`.
final class TerminalSignals: Sendable {
  private static let numbers = [SIGWINCH, SIGTSTP, SIGCONT]

  /// Each byte that comes is the number of a signal; 0 is from `wake`.
  let readEnd: Int32
  private let writeEnd: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  func begin() {
    signalPipe = writeEnd
    for number in Self.numbers {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let saved = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe, &byte, 1)
        errno = saved
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
  }

  func end() {
    for number in Self.numbers { signal(number, SIG_DFL) }
    wake()
  }

  /// Lets whoever reads go on.
  private func wake() {
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }
}
