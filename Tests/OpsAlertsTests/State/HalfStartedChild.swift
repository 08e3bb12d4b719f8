internal import Files
import Foundation
internal import TestSupport

/// A child process between fork and exec, for as long as a test needs it.
///
/// Every child is in this state for a moment, longer on a busy machine. It then has all open files of
/// this process, including those that its program will not inherit.
final class HalfStartedChild {
  private let release: String
  private var isReleased = false
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Forks a child, and returns once it is there.
  init(in folder: Folder) throws {
    let fork = folder.file("fork")
    release = folder.file("release")
    for pipe in [fork, release] where mkfifo(pipe, 0o600) != 0 {
      throw CocoaError(.fileWriteUnknown)
    }
    Thread.detachNewThread { [release, hasEnded] in
      Self.spawn(fork, release)
      hasEnded.signal()
    }
    // Opens when the child opens the other end.
    close(open(fork, O_RDONLY | O_CLOEXEC))
  }

  deinit { finish() }

  /// Lets the child go on to its program and to its end.
  func finish() {
    guard !isReleased else { return }
    isReleased = true
    close(open(release, O_WRONLY | O_CLOEXEC))
    hasEnded.wait()
  }

  /// Starts a program whose standard input is to be opened first, which takes until `finish`.
  private static func spawn(_ fork: String, _ release: String) {
    var actions = noSpawnActions()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, fork, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, release, O_RDONLY, 0)
    let name = strdup("true")
    defer { free(name) }
    var id: pid_t = 0
    guard posix_spawn(&id, "/bin/true", &actions, nil, [name, nil], [nil]) == 0 else {
      // No test should wait for a child that does not exist.
      close(open(fork, O_WRONLY | O_NONBLOCK | O_CLOEXEC))
      close(open(release, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
      return
    }
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
  }
}
