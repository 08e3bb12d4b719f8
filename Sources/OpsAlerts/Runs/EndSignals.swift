internal import Files
internal import Foundation

/// The signals that ask a program to end.
enum EndSignals {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  /// Catches them from now on; a second signal of the same kind ends the process.
  ///
  /// Two within a quarter of a second count as one: `timeout` signals a process and then its group.
  ///
  /// - Returns: an element for each caught signal.
  static func caught() -> AsyncStream<Void> {
    AsyncStream { continuation in
      guard let pipe = SignalPipe() else { return continuation.finish() }
      pipe.catch(numbers)
      let isStarted = startThread {
        var poller = pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0)
        while poll(&poller, 1, -1) >= 0 || errno == EINTR {
          var number: UInt8 = 0
          guard read(pipe.readEnd, &number, 1) == 1 else { continue }
          continuation.yield()
          usleep(250_000)
          signal(Int32(number), SIG_DFL)
          var later: UInt8 = 0
          while read(pipe.readEnd, &later, 1) == 1 {
            guard later != number else { continue }
            continuation.yield()
            signal(Int32(later), SIG_DFL)
          }
        }
      }
      if !isStarted { continuation.finish() }
    }
  }
}
