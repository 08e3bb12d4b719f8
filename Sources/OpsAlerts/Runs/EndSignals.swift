internal import Foundation

/// The write end of the pipe that tells of signals; a handler may do no more than write to it.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// The signals by which people and supervisors ask a program to end.
enum EndSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// Catches each of them once, from now on.
  ///
  /// The second one of a kind ends the process as if nobody cared. One that is ignored, as under
  /// `nohup`, stays so.
  ///
  /// - Returns: an element for each signal that was caught.
  static func caught() -> AsyncStream<Void> {
    AsyncStream { continuation in
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return continuation.finish() }
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      let readEnd = ends[0]
      signalPipe = ends[1]
      for number in numbers { catchOnce(number) }
      Thread.detachNewThread {
        var poller = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        while poll(&poller, 1, -1) >= 0 || errno == EINTR {
          while read(readEnd, &byte, 1) == 1 { continuation.yield() }
        }
      }
    }
  }

  private static func catchOnce(_ number: Int32) {
    var before = sigaction()
    guard sigaction(number, nil, &before) == 0 else { return }
    #if canImport(Glibc)
      let isIgnored = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
      guard !isIgnored else { return }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        let saved = errno
        _ = write(signalPipe, "!", 1)
        errno = saved
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
      sigaction(number, &action, nil)
    #endif
  }
}
