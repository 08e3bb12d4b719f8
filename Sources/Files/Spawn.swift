package import Foundation

/// The system's reason why a child could not be started.
package struct SpawnFailure: Error {
  package let code: Int32
  package var text: String { String(cString: strerror(code)) }
}

/// Starts a program in its own process group, so that Ctrl-C reaches only this process; its output is
/// discarded.
///
/// - Parameters:
///   - executable: the path of the program; no shell is involved.
///   - arguments: starting with the program's name.
///   - environment: the child's whole environment.
///   - input: the child's standard input.
/// - Returns: the child's process id; the caller must wait for it.
/// - Throws: `SpawnFailure` with the system's code.
package func spawn(
  _ executable: String, arguments: [String], environment: [String: String], input: Int32
) throws(SpawnFailure) -> pid_t {
  var actions = noSpawnActions()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)

  var attributes = noSpawnAttributes()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var noSignals = sigset_t()
  sigemptyset(&noSignals)
  posix_spawnattr_setsigmask(&attributes, &noSignals)
  posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK) | spawnFlags)

  let words = CStrings(arguments)
  let variables = CStrings(environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
  var id: pid_t = 0
  let code = posix_spawn(
    &id, executable, &actions, &attributes, words.pointers, variables.pointers)
  guard code == 0 else { throw SpawnFailure(code: code) }
  return id
}

/// A list of C strings that ends with nil, as `posix_spawn` takes it.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { strdup($0) } + [nil]
  }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}
