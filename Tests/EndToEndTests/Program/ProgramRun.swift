internal import Files
internal import Foundation
internal import TestSupport

/// The result of a run.
struct Ended: Sendable {
  /// The exit code; `nil` if the run was killed.
  let code: Int32?
  let output: String
  let errors: String
  let took: Duration

  /// What was written to standard error, line by line.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// A process that a test started: it ends by itself or is killed, and is reaped either way.
final class ProgramRun: Sendable {
  /// What becomes of standard output.
  enum Output: Sendable {
    case kept, closed
    case file(String)
  }

  struct StartFailure: Error, CustomStringConvertible {
    let description: String
  }

  let id: pid_t
  private let output: Int32
  private let errors: Int32
  private let begin = ContinuousClock.now

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - command: the program, looked up in `PATH`, and its arguments.
  ///   - folder: where it runs.
  ///   - variables: its whole environment.
  ///   - input: the file that it reads as standard input.
  ///   - output: what becomes of its standard output.
  /// - Throws: a `StartFailure` that names the program.
  init(
    _ command: [String], in folder: String, variables: [String: String],
    input: String = "/dev/null", output: Output = .kept
  ) throws {
    self.output = try Self.unnamedFile()
    errors = try Self.unnamedFile()
    var actions = noSpawnActions()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    switch output {
    case .kept: posix_spawn_file_actions_adddup2(&actions, self.output, STDOUT_FILENO)
    case .closed: posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO)
    case .file(let path):
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path, O_WRONLY, 0)
    }
    // The threads of tests block signals, or ignore them, and a child would inherit that.
    var attributes = noSpawnAttributes()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    // The call that changes the folder of a child is hidden from Swift.
    let words = (["env", "-C", folder] + command).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var id: pid_t = 0
    let code = posix_spawnp(&id, "env", &actions, &attributes, words, settings)
    guard code == 0 else {
      throw StartFailure(description: "\(command[0]): \(String(cString: strerror(code)))")
    }
    self.id = id
  }

  deinit {
    close(output)
    close(errors)
  }

  /// Waits for the end, which comes by force after `limit`; to be called once.
  ///
  /// By itself the limit only ends what hangs: no run on a machine that stalls comes near it.
  func end(within limit: Duration = .seconds(600)) async -> Ended {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: self.endNow(within: limit))
      }
    }
  }

  /// Waits as `end(within:)` does, and holds up its thread.
  func endNow(within limit: Duration) -> Ended {
    let status = waitForStatus(until: begin + limit)
    return Ended(
      code: status & 0x7F == 0 ? status >> 8 & 0xFF : nil, output: Self.text(in: output),
      errors: Self.text(in: errors), took: begin.duration(to: .now))
  }

  /// What was written to standard error so far.
  var errorsSoFar: String { Self.text(in: errors) }

  /// What was written to standard output so far.
  var outputSoFar: String { Self.text(in: output) }

  private func waitForStatus(until end: ContinuousClock.Instant) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, WNOHANG) == 0 {
      guard ContinuousClock.now < end else {
        kill(id, SIGKILL)
        waitpid(id, &status, 0)
        return status
      }
      usleep(500)
    }
    return status
  }

  private static func unnamedFile() throws(StartFailure) -> Int32 {
    let path = NSTemporaryDirectory() + "/ops-alert-eval-output-\(UUID().uuidString)"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StartFailure(description: "cannot make \(path)") }
    unlink(path)
    return file
  }

  private static func text(in file: Int32) -> String {
    var status = stat()
    fstat(file, &status)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = pread(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
