internal import Foundation

/// A file that is written piece by piece and takes another one's place when it is complete.
///
/// A draft that is not published leaves the other one as it was, and nothing behind.
package final class AtomicDraft {
  private let path: String
  private let folder: String
  private let target: String
  /// What it is called before it is published; `nil` for a pipe or a device, which is written at
  /// once.
  private let temporary: String?
  /// Whether it has that name from the begin; one without any leaves nothing behind a process that
  /// is killed.
  private let isNamed: Bool
  private let file: FileDescriptor
  private var isPublished = false

  /// Begins a draft.
  ///
  /// - Parameters:
  ///   - path: the file; a symbolic link is followed, so that the link stays.
  ///   - temporaryName: as of `AtomicFile.replace`.
  ///   - permissions: those of the new file.
  /// - Throws: a `FileError` where nothing can be written there.
  package init(
    of path: String, temporaryName: String? = nil, permissions: UInt32 = 0o644
  ) throws(FileError) {
    self.path = path
    target = AtomicFile.resolved(path)
    let (folder, name) = AtomicFile.split(target)
    self.folder = folder
    guard !AtomicFile.isStream(path) else {
      temporary = nil
      isNamed = false
      // Without waiting for somebody who reads a pipe; once it is open, writes may wait.
      file = try FileDescriptor(path, O_WRONLY | O_NONBLOCK, to: "write")
      _ = fcntl(file.number, F_SETFL, O_WRONLY)
      return
    }
    let temporary = folder + "/" + (temporaryName ?? ".\(name).\(getpid()).tmp")
    self.temporary = temporary
    unlink(temporary)
    if temporaryName == nil, let file = FileDescriptor(namelessIn: folder, permissions) {
      self.file = file
      isNamed = false
      AtomicFile.keepOwner(of: target, in: folder, on: file)
      return
    }
    isNamed = true
    do throws(FileError) {
      file = try FileDescriptor(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: permissions, to: "write")
    } catch {
      throw FileError(code: error.code, cannot: error.verb, path)
    }
    AtomicFile.keepOwner(of: target, in: folder, on: file)
  }

  deinit {
    if let temporary, !isPublished { unlink(temporary) }
  }

  /// Appends a piece.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    do throws(FileError) {
      try file.writeAll(bytes)
    } catch {
      throw FileError(code: error.code, cannot: error.verb, path)
    }
  }

  /// Puts the draft in the other file's place.
  ///
  /// - Parameter isDurable: whether it is on the disk when this returns.
  /// - Throws: a `FileError`; the old file is then as it was, unless only the flush of its folder
  ///   failed.
  package func publish(isDurable: Bool = false) throws(FileError) {
    guard let temporary else { return }
    do throws(FileError) {
      if isDurable { try file.flush() }
      if !isNamed { try file.link(to: temporary) }
      guard rename(temporary, target) == 0 else { throw FileError(cannot: "replace", path) }
    } catch {
      throw FileError(code: error.code, cannot: error.verb, path)
    }
    isPublished = true
    if isDurable {
      try FileDescriptor(folder, O_RDONLY | O_DIRECTORY, to: "flush").flush()
    }
  }
}
