internal import Foundation
internal import Synchronization

/// A child process that talks over one socket, its standard input; killed and reaped exactly once.
final class ChildProcess: Sendable {
  private let id: pid_t
  private let isReaped = Mutex(false)

  /// Why no child could be started, as the system says it.
  struct SpawnError: Error {
    let code: Int32
    var text: String { String(cString: strerror(code)) }
  }

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
  /// - Throws: `SpawnError` with the system's code.
  init(
    _ executable: String, arguments: [String], environment: [String: String], socket: Int32
  ) throws(SpawnError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))

    let argumentList = CStrings(["ops-alert-eval"] + arguments)
    let variables = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
    var id: pid_t = 0
    let code = posix_spawn(
      &id, executable, &actions, &attributes, argumentList.pointers, variables.pointers)
    guard code == 0 else { throw SpawnError(code: code) }
    self.id = id
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

/// A list of C strings that ends with nil, as `posix_spawn` takes it.
final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { strdup($0) } + [nil]
  }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}
