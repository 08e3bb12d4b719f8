internal import Files
internal import Foundation

/// What remains to be done when Swift's runtime traps, as it does for a `fatalError` in a library.
enum Trap {
  private static let signals = [SIGILL, SIGTRAP]

  /// Makes a thread that traps stop instead of ending the process.
  ///
  /// - Parameter handle: called once, on a thread of its own, with what was written to standard error; if
  ///   it returns, the process ends by the signal.
  static func whenever(_ handle: @escaping @Sendable (_ message: String) -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, dup2(ends[1], STDERR_FILENO) >= 0 else { return }
    close(ends[1])
    let output = ends[0]
    let isStarted = startThread {
      let (message, signal) = read(from: output)
      handle(message)
      Foundation.signal(signal, SIG_DFL)
      kill(getpid(), signal)
    }
    guard isStarted else { return }
    for signal in signals {
      Foundation.signal(signal) { signal in
        // The signal's number ends the message.
        var mark = UInt8(truncatingIfNeeded: signal)
        write(STDERR_FILENO, &mark, 1)
        while true { pause() }
      }
    }
  }

  /// Reads standard error up to the signal's number.
  private static func read(from descriptor: Int32) -> (message: String, signal: Int32) {
    var message: [UInt8] = []
    var byte: UInt8 = 0
    while Foundation.read(descriptor, &byte, 1) == 1 || errno == EINTR {
      if signals.contains(Int32(byte)) {
        return (String(decoding: message, as: UTF8.self), Int32(byte))
      }
      message.append(byte)
      if message.count > 1 << 16 { message.removeFirst(1 << 15) }
    }
    return ("", SIGKILL)
  }
}
