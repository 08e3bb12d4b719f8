internal import Foundation

/// Puts a terminal back when the process dies of a fault, or of Ctrl-\\.
///
/// The handlers run wherever the fault struck, so they do nothing but `write`, `tcsetattr` and
/// `sigaction`, on memory that was laid out before.
enum CrashGuard {
  private static let faults = [
    SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSYS, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
    SIGVTALRM, SIGPROF, SIGXCPU, SIGIO, SIGPWR, SIGSTKFLT,
  ]

  /// From now on a crash writes `farewell` and sets the terminal's old settings.
  ///
  /// - Parameters:
  ///   - farewell: what puts the screen back.
  ///   - settings: those of before.
  static func arm(farewell: [UInt8], settings: termios) {
    let memory = guarded
    if memory.pointee.farewell == nil {
      let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: farewell.count)
      bytes.initialize(from: farewell, count: farewell.count)
      memory.pointee.farewell = bytes
      memory.pointee.count = farewell.count
    }
    memory.pointee.settings = settings
    guard !memory.pointee.isArmed else { return }
    for number in faults {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { putBack(dyingOf: $0) }
      // A process in the background may set a terminal only while this signal is held back.
      sigaddset(&action.sa_mask, SIGTTOU)
      sigaction(number, &action, before + Int(number))
    }
    memory.pointee.isArmed = true
  }

  /// The terminal is as it was: a crash is nobody's business any more.
  static func disarm() {
    guard guarded.pointee.isArmed else { return }
    guarded.pointee.isArmed = false
    for number in faults { sigaction(number, before + Int(number), nil) }
  }
}

private struct Guarded {
  var farewell: UnsafeMutablePointer<UInt8>?
  var count = 0
  var settings = termios()
  var isArmed = false
}

nonisolated(unsafe) private let guarded: UnsafeMutablePointer<Guarded> = {
  let memory = UnsafeMutablePointer<Guarded>.allocate(capacity: 1)
  memory.initialize(to: Guarded())
  return memory
}()

/// What was done on each signal before, by its number.
nonisolated(unsafe) private let before: UnsafeMutablePointer<sigaction> = {
  let memory = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
  memory.initialize(repeating: sigaction(), count: 65)
  return memory
}()

private func putBack(dyingOf number: Int32) {
  if guarded.pointee.isArmed {
    guarded.pointee.isArmed = false
    _ = write(STDOUT_FILENO, guarded.pointee.farewell, guarded.pointee.count)
    tcsetattr(STDIN_FILENO, TCSANOW, &guarded.pointee.settings)
  }
  // Once more, to die of it with nothing in between.
  sigaction(number, before + Int(number), nil)
  raise(number)
}
