package import AlertEngine
internal import Files
internal import Foundation

/// How a mail program ended.
package enum MailEnd: Hashable, Sendable {
  case exited(Int32)
  case killed(signal: Int32)
  case unknown
  /// It was killed after this time.
  case late(after: Duration)
  case notStarted
  /// It was not started, because the run has no time left or no folder has room for the mail.
  case notHandedOver(reason: DeliveryFailure)
}

/// A program that reads a mail from its standard input.
enum MailProgram {
  /// The variables that it inherits; none of them is a secret.
  private static let inherited = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ"]

  /// Runs it to its end, without a shell, in its own process group.
  ///
  /// Processes that it leaves running, as mail systems do, are left alone.
  ///
  /// - Parameters:
  ///   - program: its path.
  ///   - arguments: its arguments.
  ///   - input: what it reads.
  ///   - limit: how long it may take.
  ///   - isTimeUp: whether that time is over, so that it and its children are killed.
  /// - Returns: how it ended.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8], limit: Duration, isTimeUp: () -> Bool
  ) -> MailEnd {
    guard let file = unnamedFile(holding: input) else {
      return .notHandedOver(reason: .noResponse("no folder has room for the mail"))
    }
    // If the signal is ignored, children leave no exit code.
    signal(SIGCHLD, SIG_DFL)
    guard let id = start(program, arguments, reading: file.number) else {
      return .notStarted
    }
    var status: Int32 = 0
    while true {
      let ended = waitpid(id, &status, WNOHANG)
      if ended == id { break }
      // How it ended is unknown.
      guard ended == 0 || errno == EINTR else { return .unknown }
      guard !isTimeUp() else {
        kill(-id, SIGKILL)
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return .late(after: limit)
      }
      usleep(5_000)
    }
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
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
