internal import Files
internal import Foundation
internal import Synchronization

/// A child process that communicates over a socket, its standard input; killed and reaped once.
final class ChildProcess: Sendable {
  private let id: pid_t
  private let isReaped = Mutex(false)

  /// How a child ended.
  enum End {
    case exited(status: Int32)
    case killed(signal: Int32)
  }

  /// Starts `executable` in its own process group, so that Ctrl-C reaches only this process; the child
  /// ends when its socket is closed.
  ///
  /// The kernel's parent-death signal is no alternative: it fires when the *thread* that started the
  /// child ends.
  ///
  /// - Parameters:
  ///   - executable: the path of the program.
  ///   - arguments: without the program's name.
  ///   - environment: the child's whole environment.
  ///   - socket: the child's standard input; its output is discarded.
  /// - Throws: `SpawnFailure` with the system's code.
  init(
    _ executable: String, arguments: [String], environment: [String: String], socket: Int32
  ) throws(SpawnFailure) {
    id = try spawn(
      executable, arguments: ["ops-alert-eval"] + arguments, environment: environment,
      input: socket)
  }

  /// Kills the child if it still runs.
  func kill() {
    // Under the lock, since the process id of a reaped child may be reused.
    isReaped.withLock { isReaped in
      if !isReaped { _ = Foundation.kill(id, SIGKILL) }
    }
  }

  /// Kills the child if it still runs, and reaps it; call once.
  func reap() -> End {
    isReaped.withLock { isReaped in
      // A child that exited by itself keeps its own status.
      _ = Foundation.kill(id, SIGKILL)
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
      isReaped = true
      let signal = status & 0x7F
      return signal == 0 ? .exited(status: status >> 8 & 0xFF) : .killed(signal: signal)
    }
  }
}
