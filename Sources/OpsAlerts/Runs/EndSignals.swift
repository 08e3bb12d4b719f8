internal import Foundation

/// The signals by which people and supervisors ask a program to end.
enum EndSignals {
  /// Catches each of them once, from now on: the second one of a kind ends the process.
  ///
  /// - Returns: an element for each signal that was caught.
  static func caught() -> AsyncStream<Void> {
    AsyncStream { continuation in
      guard let pipe = SignalPipe() else { return continuation.finish() }
      pipe.tell(of: [SIGINT, SIGTERM, SIGHUP], once: true)
      Thread.detachNewThread {
        var poller = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        while poll(&poller, 1, -1) >= 0 || errno == EINTR {
          while read(pipe.readEnd, &byte, 1) == 1 { continuation.yield() }
        }
      }
    }
  }
}
