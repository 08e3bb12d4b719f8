internal import Files
internal import Foundation
internal import Synchronization

/// A child process that talks over one socket, its standard input; killed and reaped exactly once.
final class ChildProcess: Sendable {
  private let id: pid_t
  private let isReaped = Mutex(false)

  /// How a child ended.
  enum End {
    case exited(status: Int32)
    case killed(signal: Int32)
  }

  /// Starts `executable` in a process group of its own, so that Ctrl-C in a terminal is left to
  /// this process; the child ends when its socket does.
  ///
  /// The kernel's parent-death signal would not do: it fires when the *thread* that started the
  /// child ends, and ours come and go.
  ///
  /// - Parameters:
  ///   - executable: the path of the program.
  ///   - arguments: what follows the program's name.
  ///   - environment: the child's whole environment.
  ///   - socket: what the child gets as its standard input; its output goes nowhere.
  /// - Throws: `SpawnFailure` with the system's code.
  init(
    _ executable: String, arguments: [String], environment: [String: String], socket: Int32
  ) throws(SpawnFailure) {
    id = try spawn(
      executable, arguments: ["ops-alert-eval"] + arguments, environment: environment,
      input: socket)
  }

  /// Ends the child at once, if it still runs.
  func kill() {
    // Under the lock, since a reaped child's number may be another process's by now.
    isReaped.withLock { isReaped in
      if !isReaped { _ = Foundation.kill(id, SIGKILL) }
    }
  }

  /// Ends the child if it still runs and takes its status; to be called once.
  func reap() -> End {
    isReaped.withLock { isReaped in
      // A child that died by itself keeps its own status.
      _ = Foundation.kill(id, SIGKILL)
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
      isReaped = true
      let signal = status & 0x7F
      return signal == 0 ? .exited(status: status >> 8 & 0xFF) : .killed(signal: signal)
    }
  }
}
