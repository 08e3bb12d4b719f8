internal import Files
internal import Foundation

/// A program that reads a mail from its standard input.
enum MailProgram {
  /// The variables that it inherits; none of them is a secret.
  private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ"]
  /// The exit code for "try again later".
  static let tryAgain: Int32 = 75

  /// Runs it to its end, without a shell, in its own process group.
  ///
  /// Processes that it leaves running, as mail systems do, are left alone.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: its arguments.
  ///   - input: what it reads.
  ///   - isTimeUp: whether it and its children are to be killed.
  /// - Returns: its exit code; 75 if it did not end in time or was ended by a signal, `nil` if it
  ///   did not start.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8], isTimeUp: () -> Bool
  ) -> Int32? {
    guard let file = unnamedFile(holding: input) else { return tryAgain }
    // If the signal is ignored, children leave no exit code.
    signal(SIGCHLD, SIG_DFL)
    guard let id = start(program, arguments, reading: file.number) else { return nil }
    var status: Int32 = 0
    while true {
      let ended = waitpid(id, &status, WNOHANG)
      if ended == id { break }
      // How it ended is unknown.
      guard ended == 0 || errno == EINTR else { return tryAgain }
      guard !isTimeUp() else {
        kill(-id, SIGKILL)
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return tryAgain
      }
      usleep(5_000)
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : tryAgain
  }

  private static func start(
    _ program: String, _ arguments: [String], reading file: Int32
  ) -> pid_t? {
    let environment = ProcessInfo.processInfo.environment.filter { inherited.contains($0.key) }
    for _ in 0..<20 {
      do throws(SpawnFailure) {
        return try spawn(
          program, arguments: [program] + arguments, environment: environment, input: file)
      } catch {
        // A script that was just written may still be open for writing in a child being spawned.
        guard error.code == ETXTBSY else { return nil }
        usleep(10_000)
      }
    }
    return nil
  }

  /// An unlinked file, so that the program can read at its own pace; in memory if possible, since a
  /// full disk must not stop a mail.
  private static func unnamedFile(holding bytes: [UInt8]) -> FileDescriptor? {
    for folder in ["/dev/shm", NSTemporaryDirectory()] {
      let path = "\(folder)/ops-alert-mail-\(UInt64.random(in: 0 ... .max))"
      guard
        let file = try? FileDescriptor(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, to: "write")
      else { continue }
      unlink(path)
      guard (try? file.writeAll(bytes)) != nil, lseek(file.number, 0, SEEK_SET) == 0 else {
        continue
      }
      return file
    }
    return nil
  }
}
