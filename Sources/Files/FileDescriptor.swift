internal import Foundation

/// An open file, closed on deinitialization.
package final class FileDescriptor: Sendable {
  package let number: Int32
  /// The path in failures.
  package let path: String

  /// Opens a file; child processes do not inherit it.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - flags: as in `open(2)`.
  ///   - permissions: of a newly created file.
  ///   - verb: the operation, for the error.
  ///   - name: the path in failures, if it differs.
  /// - Throws: a `FileFailure` with the system's reason.
  package init(
    _ path: String, _ flags: Int32, permissions: UInt32 = 0o600, to verb: String,
    shownAs name: String? = nil
  ) throws(FileFailure) {
    self.path = name ?? path
    var number: Int32
    repeat {
      number = open(path, flags | O_CLOEXEC, mode_t(permissions))
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw FileFailure(cannot: verb, name ?? path) }
    self.number = number
  }

  /// Opens a file for reading; if it is a pipe, waits for the first writer.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - end: how long it waits.
  ///   - verb: the operation, for the error.
  /// - Throws: a `FileFailure` with the system's reason, or because nothing was written in time.
  package convenience init(
    reading path: String, until end: ContinuousClock.Instant, to verb: String
  ) throws(FileFailure) {
    // Opening a pipe could wait forever.
    try self.init(path, O_RDONLY | O_NONBLOCK, to: verb)
    guard try kind().type == .other else { return }
    try waitForInput(until: end, to: verb)
    _ = fcntl(number, F_SETFL, O_RDONLY)
  }

  /// Opens a regular file for reading, without waiting for anything.
  ///
  /// - Throws: a `FileFailure` with the system's reason: `EISDIR` for a folder, `ESPIPE` for a pipe, a
  ///   socket or a device.
  package convenience init(regular path: String, to verb: String) throws(FileFailure) {
    try self.init(path, O_RDONLY | O_NONBLOCK, to: verb)
    switch try kind().type {
    case .regular: break
    case .folder: throw FileFailure(code: EISDIR, cannot: verb, path)
    case .other: throw FileFailure(code: ESPIPE, cannot: verb, path)
    }
  }

  private func waitForInput(
    until end: ContinuousClock.Instant, to verb: String
  ) throws(FileFailure) {
    var poller = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    while true {
      let left = max(.zero, ContinuousClock.now.duration(to: end))
      let milliseconds = Int32(clamping: left.components.seconds * 1_000 + 1)
      let count = poll(
        &poller, 1, left < .seconds(1) ? Int32(left / .milliseconds(1)) : milliseconds)
      if count > 0 || count < 0 && errno != EINTR { return }
      guard ContinuousClock.now < end else {
        let hasNoWriter = isAtEnd
        throw FileFailure(code: hasNoWriter ? ENODATA : ETIMEDOUT, cannot: verb, path)
      }
    }
  }

  /// Whether nobody has this pipe open for writing; never waits.
  private var isAtEnd: Bool {
    let flags = fcntl(number, F_GETFL)
    // Others may share a pipe that was inherited.
    defer { _ = fcntl(number, F_SETFL, flags) }
    var byte: UInt8 = 0
    return fcntl(number, F_SETFL, flags | O_NONBLOCK) == 0 && read(number, &byte, 1) == 0
  }

  /// Duplicates a descriptor of this process; both share the file position.
  ///
  /// - Throws: a `FileFailure` if it is not open for writing, or is internal to this process.
  init(copyOf shared: Int32, _ path: String, to verb: String) throws(FileFailure) {
    let access = fcntl(shared, F_GETFL)
    // Inherited descriptors lack FD_CLOEXEC, unlike the process's own.
    let isOwn = shared > STDERR_FILENO && fcntl(shared, F_GETFD) & FD_CLOEXEC != 0
    guard access >= 0, access & O_ACCMODE != O_RDONLY, !isOwn else {
      throw FileFailure(code: EBADF, cannot: verb, path)
    }
    number = fcntl(shared, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard number >= 0 else { throw FileFailure(cannot: verb, path) }
    self.path = path
  }

  #if os(Linux)
    /// Creates a file without a name, which vanishes unless it is linked.
    ///
    /// - Returns: `nil` if the file system does not support it, or there is no `/proc`.
    init?(namelessIn folder: String, _ permissions: UInt32, shownAs name: String) {
      // The value of `O_TMPFILE`, which is not imported.
      let nameless = 0o20_000_000 | O_DIRECTORY
      number = open(folder, nameless | O_WRONLY | O_CLOEXEC, mode_t(permissions))
      path = name
      guard number >= 0 else { return nil }
      guard access(ownPath, F_OK) == 0 else { return nil }
    }

    private var ownPath: String { "/proc/self/fd/\(number)" }

    /// Links a nameless file under an unused name.
    func link(to name: String) throws(FileFailure) {
      guard linkat(AT_FDCWD, ownPath, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
        throw FileFailure(cannot: "write", path)
      }
    }
  #else
    init?(namelessIn folder: String, _ permissions: UInt32, shownAs name: String) { return nil }

    func link(to name: String) throws(FileFailure) {}
  #endif

  deinit { close(number) }

  /// The kind of a file.
  package struct Kind: Sendable {
    package enum FileType: Sendable {
      case regular, folder
      /// A pipe, a socket or a device.
      case other
    }

    package let type: FileType
    /// In bytes; 0 for anything but a regular file.
    package let size: Int
    /// A regular file with a single link.
    package let isPlain: Bool
  }

  package func kind() throws(FileFailure) -> Kind {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw FileFailure(cannot: "inspect", path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      return Kind(
        type: .regular, size: Int(status.st_size), isPlain: status.st_nlink == 1)
    case S_IFDIR: return Kind(type: .folder, size: 0, isPlain: false)
    default: return Kind(type: .other, size: 0, isPlain: false)
    }
  }

  /// Copies the permissions and the group of another file.
  func take(permissionsOf other: stat) {
    var permissions = other.st_mode & 0o777
    var own = stat()
    if fstat(number, &own) != 0 || own.st_gid != other.st_gid,
      fchown(number, uid_t.max, other.st_gid) != 0
    {
      // A wrong group gets no more permissions than everyone else.
      permissions &= 0o707 | (permissions & 0o007) << 3
    }
    _ = fchmod(number, permissions)
  }

  package func writeAll(_ bytes: [UInt8]) throws(FileFailure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(number, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        // Another process has made the file nonblocking; this one waits.
        var poller = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        _ = poll(&poller, 1, -1)
        continue
      }
      guard count > 0 else { throw FileFailure(cannot: "write", path) }
      done += count
    }
  }

  /// Reads to the end.
  ///
  /// - Parameters:
  ///   - limit: the most bytes to accept.
  ///   - end: how long to wait for input from a pipe; `nil` to wait forever.
  /// - Returns: the bytes; `nil` if there are more than `limit`.
  /// - Throws: a `FileFailure` with the system's reason, or because nothing was written in time.
  package func readAll(
    limit: Int, until end: ContinuousClock.Instant? = nil
  ) throws(FileFailure) -> [UInt8]? {
    var bytes: [UInt8] = []
    let kind = try kind()
    let size = kind.size
    bytes.reserveCapacity(min(size, limit))
    var chunk = [UInt8](repeating: 0, count: min(max(size + 1, 65_536), 1 << 20))
    while true {
      if let end, kind.type == .other { try waitForInput(until: end, to: "read") }
      let count = chunk.withUnsafeMutableBytes { read(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure(cannot: "read", path) }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else { return nil }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Flushes a file's content, or a folder's entries, to the disk.
  package typealias Flush = @Sendable (FileDescriptor) throws(FileFailure) -> Void

  package func flush() throws(FileFailure) {
    guard fsync(number) == 0 else { throw FileFailure(cannot: "flush", path) }
  }
}
