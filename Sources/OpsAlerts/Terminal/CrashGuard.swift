internal import Files
internal import Foundation

/// Restores the terminal if the process crashes or is ended by Ctrl-\\.
///
/// Only async-signal-safe calls are made, on memory that was allocated before.
enum CrashGuard {
  private static let faults =
    [
      SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSYS, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
      SIGVTALRM, SIGPROF, SIGXCPU, SIGIO,
    ] + ownSignals

  /// From now on a crash writes `farewell` and restores the terminal's settings.
  ///
  /// - Parameters:
  ///   - farewell: restores the screen.
  ///   - settings: the original ones.
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
      action.handler = { restore(dyingOf: $0) }
      // A process in the background may set a terminal only while SIGTTOU is blocked.
      sigaddset(&action.sa_mask, SIGTTOU)
      sigaction(number, &action, before + Int(number))
    }
    memory.pointee.isArmed = true
  }

  /// The terminal is restored: a crash needs no handling.
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

/// The original action of each signal, by its number.
nonisolated(unsafe) private let before: UnsafeMutablePointer<sigaction> = {
  let memory = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
  memory.initialize(repeating: sigaction(), count: 65)
  return memory
}()

private func restore(dyingOf number: Int32) {
  if guarded.pointee.isArmed {
    guarded.pointee.isArmed = false
    _ = write(STDOUT_FILENO, guarded.pointee.farewell, guarded.pointee.count)
    tcsetattr(STDIN_FILENO, TCSANOW, &guarded.pointee.settings)
  }
  // Die of the same signal, with the original action.
  sigaction(number, before + Int(number), nil)
  raise(number)
}
