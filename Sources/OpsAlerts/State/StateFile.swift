internal import Delivery
internal import Files
internal import Foundation
internal import Text

/// A state file under this run's exclusive lock, which ends when this is released.
final class StateFile: Sendable {
  /// No state of this tool is larger.
  static let sizeLimit = 256 << 20

  let path: String
  private let lock: FileDescriptor
  private let flush: FileDescriptor.Flush
  private let secrets: Redactor

  private init(
    _ path: String, lock: FileDescriptor, flush: @escaping FileDescriptor.Flush, _ secrets: Redactor
  ) {
    self.path = path
    self.lock = lock
    self.flush = flush
    self.secrets = secrets
  }

  /// Unlocks the file before its descriptor is closed: a child that another thread is starting shares
  /// the descriptor until it runs its program, and a lock lasts as long as any descriptor of it.
  deinit { flock(lock.number, LOCK_UN) }

  /// Locks a state file, waiting for another run that holds it; gives up if the task is cancelled.
  ///
  /// The lock is on a separate file, since each save replaces the state file itself; it ends with the
  /// process, however that ends.
  ///
  /// - Parameters:
  ///   - path: the state file; its folder is created if it does not exist.
  ///   - timeout: how long to wait.
  ///   - secrets: of this run; the file names their sources where its texts hold them.
  ///   - pause: waits for the given time between two tries.
  ///   - flush: makes each save durable.
  ///   - onWait: called once, if another run holds the lock.
  /// - Returns: the locked file, or why it cannot be locked.
  static func lock(
    _ path: String, timeout: Duration, secrets: Redactor = Redactor(),
    pause: (Duration) -> Void = { sleep(for: $0) },
    flush: @escaping FileDescriptor.Flush = { file throws(FileFailure) in try file.flush() },
    onWait: (_ holder: Int?) -> Void = { _ in }
  ) -> Result<StateFile, StateFailure> {
    do throws(FileFailure) {
      try AtomicFile.makeFolder(AtomicFile.split(path).folder)
      let file = try AtomicFile.resolved(path)
      let (folder, _) = AtomicFile.split(file)
      try AtomicFile.makeFolder(folder)
      let lock = try FileDescriptor(
        Self.lockPath(file), O_RDWR | O_CREAT | O_NOFOLLOW, to: "lock the state file with")
      guard try lock.kind().isPlain else {
        throw FileFailure(code: EMLINK, cannot: "lock the state file with", lock.path)
      }
      AtomicFile.keepOwner(of: file, in: folder, on: lock)
      var waited = Duration.zero
      while try !lock.tryLock() {
        let holder = holder(of: lock)
        if waited == .zero { onWait(holder) }
        guard waited < timeout, !Task.isCancelled else {
          return .failure(.locked(path: path, holder: holder, waited: waited))
        }
        pause(.milliseconds(20))
        waited += .milliseconds(20)
      }
      let locked = StateFile(path, lock: lock, flush: flush, secrets)
      try lock.replaceContent(with: Array("\(getpid())\n".utf8))
      return .success(locked)
    } catch {
      return .failure(.file(error))
    }
  }

  /// The file that is locked for a state file: next to it, not next to a link to it.
  static func lockPath(_ path: String) -> String {
    ((try? AtomicFile.resolved(path)) ?? path) + ".lock"
  }

  /// Whether a save may succeed.
  var isInWritableFolder: Bool {
    let file = (try? AtomicFile.resolved(path)) ?? path
    return access(AtomicFile.split(file).folder, W_OK) == 0
  }

  /// Reads the state.
  ///
  /// - Returns: `nil` if there is no file yet.
  /// - Throws: a `StateFailure` if the file is not a complete state.
  func load() throws(StateFailure) -> RunState? { try Self.read(path, secrets: secrets) }

  /// Reads a state file without a lock: saves are atomic, so it is never half written.
  ///
  /// - Parameters:
  ///   - path: the state file.
  ///   - secrets: put back where the file names their sources.
  /// - Returns: `nil` if there is no file yet.
  /// - Throws: a `StateFailure` if the file is not a complete state.
  static func read(
    _ path: String, secrets: Redactor = Redactor()
  ) throws(StateFailure) -> RunState? {
    let bytes: [UInt8]?
    do throws(FileFailure) {
      bytes = try FileDescriptor(regular: path, to: "read the state file")
        .readAll(limit: sizeLimit)
    } catch {
      if error.isNotFound { return nil }
      throw .file(error)
    }
    guard let bytes else { throw .corrupt(path: path, reason: "it is larger than 256 MiB") }
    do throws(RunState.Failure) {
      return try RunState(decoding: secrets.unmasked(bytes))
    } catch {
      if case .newerFormat(let format) = error { throw .newerFormat(path: path, found: format) }
      throw .corrupt(path: path, reason: error.reason)
    }
  }

  /// Replaces the state, atomically and durably.
  ///
  /// - Parameter state: what the next run begins with.
  /// - Throws: a `StateFailure`; the old state is then as it was.
  func save(_ state: RunState) throws(StateFailure) {
    let (_, name) = AtomicFile.split(path)
    let plain = state.encoded()
    let bytes = secrets.masked(json: plain)
    if bytes.count != plain.count, (try? RunState(decoding: bytes)) == nil {
      throw .commonSecret(path: path)
    }
    guard bytes.count <= Self.sizeLimit else {
      throw .tooLarge(path: path, megabytes: bytes.count >> 20)
    }
    guard lock.isStillThere else { throw .lockLost(path: path) }
    do throws(FileFailure) {
      try AtomicFile.replace(
        path, with: bytes, temporaryName: ".\(name).tmp", permissions: 0o600, flush: flush)
    } catch {
      throw .file(error)
    }
  }

  /// Takes over the state that an older version kept at another path, if there is none here.
  ///
  /// - Parameters:
  ///   - owner: the configuration of this state; a former state that belongs to another stays.
  ///   - timeout: how long to wait for a run that uses it.
  /// - Throws: a `StateFailure` if the file cannot be read, locked or renamed.
  func takeOverFormer(of owner: StateOwner, timeout: Duration) throws(StateFailure) {
    let former = owner.formerPath
    guard former != path, access(path, F_OK) != 0, access(former, F_OK) == 0 else { return }
    let file = try Self.lock(former, timeout: timeout).get()
    guard let state = try file.load(), [[], owner.names(from: path)].contains(state.configuration)
    else { return }
    guard rename(file.path, path) == 0 || errno == ENOENT else {
      throw .file(FileFailure(cannot: "rename", former))
    }
  }

  /// Moves the state file aside, whatever it holds; a folder or a pipe is left alone.
  ///
  /// - Parameter now: goes into the new name.
  /// - Returns: the new name; `nil` if there was no file.
  /// - Throws: a `StateFailure` if it cannot be moved.
  func moveAside(at now: Instant) throws(StateFailure) -> String? {
    do throws(FileFailure) { _ = try FileDescriptor(regular: path, to: "move aside") } catch {
      if [EISDIR, ESPIPE].contains(error.code) { throw .file(error) }
    }
    let time = now.rfc3339.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
    var aside = "\(path).corrupt-\(time)"
    while access(aside, F_OK) == 0 { aside += "-again" }
    guard rename(path, aside) != 0 else { return aside }
    guard errno != ENOENT else { return nil }
    throw .file(FileFailure(cannot: "move aside", path))
  }

  private static func holder(of lock: FileDescriptor) -> Int? {
    var digits = [UInt8](repeating: 0, count: 20)
    let count = pread(lock.number, &digits, digits.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: digits[..<count], as: UTF8.self).filter(\.isNumber))
  }

  private static func sleep(for duration: Duration) {
    usleep(UInt32(clamping: duration.wholeMilliseconds * 1_000))
  }
}

extension FileDescriptor {
  /// Whether the file that was opened still has its name.
  fileprivate var isStillThere: Bool {
    var opened = stat()
    var named = stat()
    guard fstat(number, &opened) == 0, stat(path, &named) == 0 else { return false }
    return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
  }

  /// Whether the exclusive lock was free.
  fileprivate func tryLock() throws(FileFailure) -> Bool {
    guard flock(number, LOCK_EX | LOCK_NB) != 0 else { return true }
    guard errno == EWOULDBLOCK || errno == EINTR else { throw FileFailure(cannot: "lock", path) }
    return false
  }

  /// Overwrites a small file in place, with the number of the process that holds the lock.
  fileprivate func replaceContent(with bytes: [UInt8]) throws(FileFailure) {
    guard ftruncate(number, 0) == 0 else { throw FileFailure(cannot: "write", path) }
    // The lock holds without the number, which a full disk cannot take.
    _ = pwrite(number, bytes, bytes.count, 0)
  }
}
