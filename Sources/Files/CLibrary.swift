package import Foundation

// What the C libraries of Linux and macOS declare differently, under the same names.

/// A constant that is a number on macOS, and of an enumeration on Linux.
package func number(_ constant: Int32) -> Int32 { constant }
package func number(_ constant: some RawRepresentable<UInt32>) -> Int32 {
  Int32(constant.rawValue)
}

#if canImport(Darwin)
  private let closedOnExec: Int32 = 0
  /// The flags of `send(2)`: `isolate` has set what Linux does by a flag.
  package let sendFlags: Int32 = 0
  /// Closes every descriptor in a child but those that its actions name.
  let spawnFlags = Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
  /// Signals that end a process and exist on this system only.
  package let ownSignals = [SIGEMT]

  /// The executable of this process.
  package var ownExecutable: String { Bundle.main.executablePath ?? CommandLine.arguments[0] }

  package func noSpawnActions() -> posix_spawn_file_actions_t? { nil }
  package func noSpawnAttributes() -> posix_spawnattr_t? { nil }
  func noThread() -> pthread_t? { nil }

  extension sigaction {
    package var handler: (@convention(c) (Int32) -> Void)? {
      get { __sigaction_u.__sa_handler }
      set { __sigaction_u.__sa_handler = newValue }
    }
  }
#else
  private let closedOnExec = number(SOCK_CLOEXEC)
  package let sendFlags = Int32(MSG_NOSIGNAL)
  let spawnFlags: Int16 = 0
  package let ownSignals = [SIGPWR, SIGSTKFLT]

  package var ownExecutable: String { "/proc/self/exe" }

  package func noSpawnActions() -> posix_spawn_file_actions_t { .init() }
  package func noSpawnAttributes() -> posix_spawnattr_t { .init() }
  func noThread() -> pthread_t { .init() }

  extension sigaction {
    package var handler: (@convention(c) (Int32) -> Void)? {
      get { __sigaction_handler.sa_handler }
      set { __sigaction_handler.sa_handler = newValue }
    }
  }
#endif

/// A stream socket that children do not inherit; negative if the system refuses it.
package func openSocket(_ family: Int32) -> Int32 {
  let socket = socket(family, number(SOCK_STREAM) | closedOnExec, 0)
  if socket >= 0 { isolate(socket) }
  return socket
}

/// Two connected sockets that children do not inherit; `nil` if the system refuses them.
package func openSocketPair() -> (Int32, Int32)? {
  var ends: [Int32] = [-1, -1]
  guard socketpair(AF_UNIX, number(SOCK_STREAM) | closedOnExec, 0, &ends) == 0 else { return nil }
  ends.forEach(isolate)
  return (ends[0], ends[1])
}

/// Keeps children from inheriting a socket, and SIGPIPE from ending a process that sends to it.
package func isolate(_ socket: Int32) {
  _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
  #if canImport(Darwin)
    var isOn: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
  #endif
}
